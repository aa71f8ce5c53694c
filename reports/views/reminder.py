"""Words to send to the villages that sent nothing: no name of a person, no address."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from reports.dashboard import SILENT_DAYS
from reports.views.places import commune_asked_for
from reports.villages import silent_villages
from villages.access import COMMUNE_ROLES, for_roles
from villages.periods import today
from villages.templatetags.display import day as written_day

CHOICES_OF_DAYS = (7, 14, SILENT_DAYS, 60)


@for_roles(*COMMUNE_ROLES)
@require_GET
def reminder(request):
    """Show the reminder as plain text to copy, and the villages it is for.

    ``?so-ngay=`` asks for villages silent for fewer or more days than usual.
    """
    commune = commune_asked_for(request)
    asked = request.GET.get("so-ngay", "")
    days = next((days for days in CHOICES_OF_DAYS if str(days) == asked), SILENT_DAYS)
    silent = silent_villages(commune, days)
    context = {
        "commune": commune,
        "is_demo": commune.is_demo,
        "silent": silent,
        "silent_days": days,
        "choices": CHOICES_OF_DAYS,
        "text": reminder_text(commune, silent, days),
    }
    return render(request, "reports/reminder.html", context)


def reminder_text(commune, silent, days=SILENT_DAYS):
    """Return the message: which villages, since when, what to do, who helps."""
    lines = [
        _("Community Digital Technology Teams of %(commune)s, %(day)s")
        % {
            "commune": commune.full_name,
            "day": written_day(today()),
        },
        "",
        _("For %(days)s days the portal has received no visit or gathering from:") % {"days": days},
    ]
    lines += [_silence_of(village) for village in silent]
    lines += [
        "",
        _("Please send the visits that are still on the phone, or record those on paper."),
        _("Where there is no signal, send them as soon as there is."),
        _("For help, ask the commune's Culture and Social Affairs Office."),
    ]
    return "\n".join(lines)


def _silence_of(village):
    words = {"village": village.full_name, "day": written_day(village.last_on)}
    if village.last_on is None:
        return _("- %(village)s (nothing yet)") % words
    return _("- %(village)s (last: %(day)s)") % words

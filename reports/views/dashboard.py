"""The official's desk: what the figures are, and what to do next."""

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reports.coverage import ask_for_day
from reports.drawing import draw_dashboard
from reports.periods import period_asked_for
from reports.state import state_of
from reports.views.places import commune_asked_for
from villages.access import ADMIN, COMMUNE_ROLES, for_roles, scope_of
from villages.models import Commune

UNCHANGED = 204
SECONDS_CHOICES_KEPT = 60


@for_roles(*COMMUNE_ROLES)
@require_GET
def dashboard(request):
    """Show a commune's figures of a period; answer 204 to a screen that has the latest."""
    commune = commune_asked_for(request)
    period, form = period_asked_for(request.GET)
    drawn = draw_dashboard(
        commune,
        state_of(commune),
        period,
        request.GET,
        may_administer=scope_of(request.user).role == ADMIN,
    )
    if request.htmx and request.GET.get("v") == drawn.token:
        return HttpResponse(status=UNCHANGED)
    for day in drawn.days_to_count:
        ask_for_day(commune.pk, day)
    part = request.htmx and not request.htmx.history_restore_request
    context = {
        "commune": commune,
        "is_demo": commune.is_demo,
        "communes": communes_to_choose(request.user),
        "period": period,
        "form": form,
        "drawn": drawn,
        "poll_url": poll_url(request, drawn),
    }
    return render(request, "reports/_dashboard.html" if part else "reports/dashboard.html", context)


def communes_to_choose(user):
    """Return [(code, name)] when the reader has several communes, else nothing."""
    scope = scope_of(user)
    if not scope.everything and len(scope.communes) < 2:
        return []
    key = f"communes-to-choose:{'all' if scope.everything else sorted(scope.communes)}"
    known = cache.get(key.replace(" ", ""))
    if known is None:
        found = Commune.objects.visible_to(user).order_by("name", "code")
        known = [(commune.code, commune.full_name) for commune in found]
        cache.set(key.replace(" ", ""), known, SECONDS_CHOICES_KEPT)
    return known if len(known) > 1 else []


def poll_url(request, drawn):
    asked = request.GET.copy()
    asked["v"] = drawn.token
    return f"{request.path}?{asked.urlencode()}"

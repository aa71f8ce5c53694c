"""The official's desk: what the figures are, and what to do next."""

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reports.coverage import ask_for_day
from reports.drawing import draw_dashboard
from reports.periods import period_asked_for
from reports.views.pages import page_for
from reports.views.places import commune_with_state, communes_to_choose
from villages.access import ADMIN, COMMUNE_ROLES, for_roles, scope_of

UNCHANGED = 204


@for_roles(*COMMUNE_ROLES)
@require_GET
def dashboard(request):
    """Show a commune's figures of a period; answer 204 to a screen that has the latest."""
    commune, state = commune_with_state(request)
    period, form = period_asked_for(request.GET)
    drawn = draw_dashboard(
        commune,
        state,
        period,
        request.GET,
        may_administer=scope_of(request.user).role == ADMIN,
    )
    if request.htmx and request.GET.get("v") == drawn.token:
        return HttpResponse(status=UNCHANGED)
    for day in drawn.days_to_count:
        ask_for_day(commune.pk, day)

    def context():
        return {
            "commune": commune,
            "is_demo": commune.is_demo,
            "communes": communes_to_choose(request.user),
            "period": period,
            "form": form,
            "drawn": drawn,
            "poll_url": poll_url(request, drawn),
        }

    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "reports/_dashboard.html", {**context(), "is_part": True})
    if form or len(get_messages(request)):
        return render(request, "reports/dashboard.html", context())
    return HttpResponse(page_for(request, drawn.token, "reports/dashboard.html", context))


def poll_url(request, drawn):
    asked = request.GET.copy()
    asked["v"] = drawn.token
    return f"{request.path}?{asked.urlencode()}"

"""A leader's own page: how far the village is, whom to visit today, what was sent."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from households.handing import is_late, progress_of_lists, shown_title
from households.models import Encounter, HandedList, Household
from households.progress import ADULTS, CONFIRMED, REACHED, VISITED, progress_of
from households.worklist import worklist
from villages.access import EVERYONE, for_roles, scope_of
from villages.models import Village
from villages.periods import today

MOST_TO_VISIT = 10
LAST_VISITS = 5


@for_roles(*EVERYONE)
@require_safe
def my_village(request):
    """Show a leader's village; with several, ``?village=`` names one or a chooser asks."""
    villages = _villages(request.user)
    wanted = request.GET.get("village", "")
    if wanted:
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0
        village = get_object_or_404(villages, pk=number)
    elif len(villages) == 1:
        village = villages[0]
    else:
        return render(request, "households/my_village_choose.html", {"villages": villages})
    may_write = Village.objects.writable_by(request.user).filter(pk=village.pk).exists()
    figures = progress_of(village)
    visits = Encounter.objects.filter(village=village, household__isnull=False)
    context = {
        "village": village,
        "several": len(villages) > 1,
        "visited": figures[VISITED],
        "able": figures[ADULTS],
        "reached": figures[REACHED],
        "confirmed": figures[CONFIRMED],
        "to_visit": worklist(village, today(), MOST_TO_VISIT, with_poverty=may_write),
        "lists": _open_lists(village, request.user),
        "is_empty": not Household.objects.filter(village=village).exists(),
        "last_visits": visits.visible_to(request.user)
        .select_related("household")
        .order_by("-pk")[:LAST_VISITS],
        "may_write": may_write,
    }
    return render(request, "households/my_village.html", context)


def _open_lists(village, user):
    """Return [(list, how far it is, whether it is late)] of what the commune handed over."""
    lists = list(
        HandedList.objects.visible_to(user).filter(village=village, closed_at__isnull=True)
    )
    progress = progress_of_lists(lists)
    for handed in lists:
        handed.shown_title = shown_title(handed, user)
    return [(one, progress[one.pk], is_late(one, progress[one.pk])) for one in lists]


def _villages(user):
    """Return the villages this person leads, or else all open ones in reach."""
    villages = Village.objects.visible_to(user).on(today()).select_related("commune").distinct()
    led = scope_of(user).villages
    return villages.filter(pk__in=led) if led else villages

"""A list the commune has handed to some teams: poor households that need more guidance."""

from datetime import timedelta

from django.db.models import Exists, OuterRef

from households.models import Encounter, HandedHousehold, HandedList, Household
from portal.demo import story
from villages.models import Village

TITLE = "Hộ nghèo, cận nghèo cần hướng dẫn thêm"
HANDED_DAYS_AGO, DAYS_TO_DO_IT = 24, 35
MOST_DONE, MOST_OPEN = 5, 9


def hand_over(commune, official, until):
    """Hand each of a few villages its list, some weeks before the last day.

    Some of the households have been visited since: the lists have begun to shrink.
    """
    handed_on = until - timedelta(days=HANDED_DAYS_AGO)
    since = (
        Encounter.objects.standing()
        .home_visits()
        .filter(household=OuterRef("pk"), held_on__gte=handed_on)
    )
    for village in Village.objects.filter(commune=commune, number__in=story.HANDED_TO):
        poor = Household.objects.filter(village=village, poverty__in=["poor", "near_poor"])
        poor = poor.order_by("number")
        chosen = [*poor.filter(Exists(since))[:MOST_DONE], *poor.filter(~Exists(since))[:MOST_OPEN]]
        handed = HandedList.objects.create(
            village=village,
            title=TITLE,
            is_about_poverty=True,
            handed_on=handed_on,
            handed_by=official,
            due_on=handed_on + timedelta(days=DAYS_TO_DO_IT),
        )
        HandedHousehold.objects.bulk_create(
            HandedHousehold(handed_list=handed, household=household) for household in chosen
        )

"""Handing lists of households to villages, and watching them shrink.

A household is done with the first home visit on or after the day its list was handed over.
Nothing is ticked off by hand: a visit that is declared void opens its household again.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from households.models import Encounter, HandedHousehold, HandedList, Household
from villages.access import scope_of
from villages.models import Village
from villages.periods import today
from villages.templatetags.display import day as written_day
from villages.templatetags.display import number
from villages.text import clean_text, fold

TELLS_OF_POVERTY = ("ngheo", "poor", "poverty")


class HandingError(Exception):
    """A list that cannot be handed over; its text is for people."""


@dataclass(frozen=True)
class ListProgress:
    """How far a list has come: households visited since, still open, standing elsewhere by now.

    Who stands elsewhere is not counted: the village's team cannot visit there.
    """

    done: int = 0
    open: int = 0
    elsewhere: int = 0

    @property
    def total(self):
        return self.done + self.open

    @property
    def width(self):
        """How far the bar reaches, of 100; the bar only, never shown as a number."""
        return self.done * 100 / self.total if self.total else None

    def __add__(self, other):
        return ListProgress(
            self.done + other.done, self.open + other.open, self.elsewhere + other.elsewhere
        )


@transaction.atomic
def hand_lists(*, households, title, by, due_on=None, is_about_poverty=False):
    """Hand households to the teams of the villages they stand in: one list per village."""
    by_village = defaultdict(list)
    for household in households:
        by_village[household.village_id].append(household)
    villages = Village.objects.filter(pk__in=by_village).order_by("number", "pk")
    return [
        hand_list(
            village=village,
            households=by_village[village.pk],
            title=title,
            by=by,
            due_on=due_on,
            is_about_poverty=is_about_poverty,
        )
        for village in villages
    ]


@transaction.atomic
def hand_list(*, village, households, title, by, due_on=None, is_about_poverty=False):
    """Hand households of a village to its team as one list, today.

    The same title handed to a village twice on one day is one list with all households, so
    that an impatient second press makes no second one. A title that says who is poor marks
    the list as telling so, whatever was asked.
    """
    title = clean_text(title)
    if not households:
        raise HandingError(_("No household is on this list."))
    if any(household.village_id != village.pk for household in households):
        raise HandingError(_("A list holds households of one village."))
    village = Village.objects.select_for_update().get(pk=village.pk)
    if village.to_on is not None and village.to_on < today():
        raise HandingError(_("This village does not exist any more."))
    handed = HandedList.objects.filter(
        village=village, title=title, handed_on=today(), closed_at__isnull=True
    ).first() or HandedList.objects.create(
        village=village,
        title=title,
        is_about_poverty=is_about_poverty or tells_of_poverty(title),
        handed_by=by,
        due_on=due_on,
    )
    known = set(handed.entries.values_list("household", flat=True))
    HandedHousehold.objects.bulk_create(
        HandedHousehold(handed_list=handed, household=household)
        for household in households
        if household.pk not in known
    )
    return handed


@transaction.atomic
def close_list(*, handed):
    """Close a list: the team sees it no more, what was done stays readable."""
    handed = HandedList.objects.select_for_update().get(pk=handed.pk)
    if handed.closed_at is None:
        handed.closed_at = timezone.now()
        handed.save()
    return handed


@transaction.atomic
def reopen_list(*, handed):
    """Open a closed list again; visits made meanwhile count."""
    handed = HandedList.objects.select_for_update().get(pk=handed.pk)
    if handed.closed_at is not None:
        handed.closed_at = None
        handed.save()
    return handed


def tells_of_poverty(title):
    """Whether a title says of its households that they are poor."""
    return any(word in fold(title) for word in TELLS_OF_POVERTY)


def shown_title(handed, user):
    """Return the title this person may read."""
    is_hidden = handed.is_about_poverty and not scope_of(user).can_write
    return handed.neutral_title if is_hidden else handed.title


def progress_of_lists(lists):
    """Return {list id: ListProgress}, in one query."""
    found = {handed.pk: [0, 0, 0] for handed in lists}
    for row in entries_of(lists).values_list("handed_list", "done_on", "is_here"):
        pk, done_on, is_here = row
        found[pk][0 if done_on else 1 if is_here else 2] += 1
    return {pk: ListProgress(*counts) for pk, counts in found.items()}


def entries_of(lists):
    """Return the entries of lists, annotated with ``done_on`` and ``is_here``.

    ``done_on`` is the first home visit since the list was handed over. After a merger all
    households of the former village stand «here»: where its lists went.
    """
    visits = _visits_since().order_by().values("household").annotate(first=Min("held_on"))
    return (
        HandedHousehold.objects.filter(handed_list__in=[handed.pk for handed in lists])
        .annotate(done_on=Subquery(visits.values("first")), is_here=Exists(_still_here()))
        .order_by("household__village__number", "household__number", "pk")
    )


def households_left(handed):
    """Return the households of a list that its team still has to visit."""
    left = entries_of([handed]).filter(done_on__isnull=True, is_here=True)
    return Household.objects.filter(pk__in=left.order_by().values("household"))


def late_lists():
    """Return the lists that should have been done by now and are not."""
    left = HandedHousehold.objects.filter(
        ~Exists(_visits_since()), Exists(_still_here()), handed_list=OuterRef("pk")
    )
    lists = HandedList.objects.filter(closed_at__isnull=True, due_on__lt=today())
    return lists.filter(Exists(left))


def is_late(handed, progress):
    """Whether a list should have been done by now and is not."""
    is_open = handed.closed_at is None and progress.open
    return bool(is_open and handed.due_on and handed.due_on < today())


def on_open_lists():
    """Return the ids of the households that are on an open list, as a subquery."""
    return HandedHousehold.objects.filter(handed_list__closed_at__isnull=True).values("household")


def open_lists_with(household, user):
    """Return the open lists in reach that a household is on, each with its title to show."""
    lists = HandedList.objects.visible_to(user).filter(
        closed_at__isnull=True, entries__household=household
    )
    for handed in lists:
        handed.shown_title = shown_title(handed, user)
    return list(lists)


def reminder_of(handed, progress):
    """Return one line for the team's group chat; it names no person and no reason.

    «Bản Vi: còn 12 hộ trong danh sách giao ngày 05/11, hạn 20/11».
    """
    words = {
        "village": handed.village.full_name,
        "count": number(progress.open),
        "day": _short_day(handed.handed_on),
        "due": _short_day(handed.due_on),
    }
    line = ngettext(
        "%(village)s: %(count)s household left on the list of %(day)s",
        "%(village)s: %(count)s households left on the list of %(day)s",
        progress.open,
    )
    if handed.due_on is not None:
        is_late = handed.due_on < today()
        line += ", " + (_("overdue since %(due)s") if is_late else _("due %(due)s"))
    return line % words


def _short_day(day):
    """A day of this year is written without it."""
    is_this_year = day is not None and day.year == today().year
    return f"{day:%d/%m}" if is_this_year else written_day(day)


def _visits_since():
    """The home visits to an entry's household since its list was handed over."""
    return (
        Encounter.objects.standing()
        .home_visits()
        .filter(household=OuterRef("household"), held_on__gte=OuterRef("handed_list__handed_on"))
    )


def _still_here():
    """The village of an entry's list, if its household stands there."""
    return Village.objects.filter(pk=OuterRef("handed_list__village")).filter(
        Q(pk=OuterRef("household__village")) | Q(to_on__isnull=False)
    )

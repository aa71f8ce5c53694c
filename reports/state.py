"""What a page of a commune's figures depends on, in one cheap query.

Whoever keeps a drawn page keeps it under this state: every change that counts leaves a
mark (``last_mark``) and every recount raises a version (``versions``), so a page drawn
under the same state is still right.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connection
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from households.handing import late_lists
from households.models import Doubt, HeldRecord
from reports.counting import answers_to
from reports.models import CoverageUnit
from villages.models import Commune, StaleMark, TeamMember, Village
from villages.periods import today

COMMUNE_FIELDS = ("id", "code", "name", "kind", "is_demo")
# Stands in a written statement where a code will be put.
SOME_CODE = "<code>"


@dataclass(frozen=True)
class FiguresState:
    """The state of one commune's figures now."""

    commune_id: int
    versions: int
    last_mark: int
    marked_since: date | None
    open_doubts: int
    leaderless: int
    held_records: int
    late_lists: int
    on: date

    def is_being_recounted(self, day):
        """Whether a change that reaches back to a day waits for its recount."""
        return self.marked_since is not None and self.marked_since <= day


def read_commune(*, code=None, among=None):
    """Return (commune, its state) in one query, or ``None`` when there is no such commune.

    ``among`` are ids of which the first by code is wanted; with neither, of all communes.
    Django takes longer to write the statement than a database to answer it, so each is
    written once a day.
    """
    on = today()
    sql, parameters = _statement(code is not None, among and tuple(sorted(among)), on)
    with connection.cursor() as cursor:
        cursor.execute(sql, [code if value == SOME_CODE else value for value in parameters])
        row = cursor.fetchone()
    if row is None:
        return None
    pk, number, name, kind, is_demo, versions, last_mark, marked_since, *counts = row
    if isinstance(marked_since, str):
        marked_since = date.fromisoformat(marked_since)
    commune = Commune.from_db(
        connection.alias, COMMUNE_FIELDS, (pk, number, name, kind, bool(is_demo))
    )
    return commune, FiguresState(pk, versions, last_mark, marked_since, *counts, on)


@lru_cache(maxsize=256)
def _statement(by_code, among, on):
    current_leader = TeamMember.objects.on(on).filter(
        team__village=OuterRef("pk"), role=TeamMember.Role.LEADER
    )
    communes = Commune.objects.all()
    if by_code:
        communes = communes.filter(code=SOME_CODE)
    if among is not None:
        communes = communes.filter(pk__in=among)
    query = (
        communes.order_by("code").values_list(
            *COMMUNE_FIELDS,
            _only(
                # A unit more is a change too, hence the one added to each.
                CoverageUnit.objects.filter(commune=OuterRef("pk")).order_by().values("commune"),
                Sum(F("version") + 1),
            ),
            _only(_marks(), Max("pk")),
            Subquery(_marks().annotate(answer=Min("since_on")).values("answer")),
            # Of all communes: cheaper than finding each one's, and they are settled seldom.
            answers_to({"open": Doubt.objects.filter(settled_at__isnull=True)})["open"],
            _only(
                Village.objects.on(on)
                .filter(~Exists(current_leader), commune=OuterRef("pk"))
                .order_by()
                .values("commune"),
                Count("pk"),
            ),
            _only(_of_commune(HeldRecord.objects.waiting(), "commune"), Count("pk")),
            _only(_of_commune(late_lists(), "village__commune"), Count("pk")),
        )
    )[:1]
    return query.query.sql_with_params()


def _marks():
    return _of_commune(StaleMark.objects.all(), "commune")


def _of_commune(rows, path):
    return rows.filter(**{path: OuterRef("pk")}).order_by().values(path)


def _only(rows, measure):
    return Coalesce(Subquery(rows.annotate(answer=measure).values("answer")), 0)

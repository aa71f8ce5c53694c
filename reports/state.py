"""What a page of a commune's figures depends on, in one cheap query.

Whoever keeps a drawn page keeps it under this state: every change that counts leaves a
mark (``last_mark``) and every recount raises a version (``versions``), so a page drawn
under the same state is still right.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from households.models import Doubt
from reports.models import CoverageUnit
from villages.models import Commune, StaleMark, TeamMember, Village
from villages.periods import today


@dataclass(frozen=True)
class FiguresState:
    """The state of one commune's figures now."""

    commune_id: int
    versions: int
    last_mark: int
    marked_since: date | None
    doubts: int
    leaderless: int
    on: date

    def is_being_recounted(self, day):
        """Whether a change that reaches back to a day waits for its recount."""
        return self.marked_since is not None and self.marked_since <= day


def communes_with_state(user):
    """Return the communes this person may read, each able to give its ``state_of``."""
    current_leader = TeamMember.objects.on(today()).filter(
        team__village=OuterRef("pk"), role=TeamMember.Role.LEADER
    )
    return (
        Commune.objects.visible_to(user)
        .annotate(
            figures_versions=_only(
                # A unit more is a change too, hence the one added to each.
                CoverageUnit.objects.filter(commune=OuterRef("pk")).order_by().values("commune"),
                Sum(F("version") + 1),
            ),
            figures_last_mark=_only(_marks(), Max("pk")),
            figures_marked_since=Subquery(
                _marks().annotate(answer=Min("since_on")).values("answer")
            ),
            figures_doubts=_only(
                Doubt.objects.filter(
                    encounter__commune=OuterRef("pk"),
                    encounter__voided_at__isnull=True,
                    settled_at__isnull=True,
                )
                .order_by()
                .values("encounter__commune"),
                Count("pk"),
            ),
            figures_leaderless=_only(
                Village.objects.on(today())
                .filter(~Exists(current_leader), commune=OuterRef("pk"))
                .order_by()
                .values("commune"),
                Count("pk"),
            ),
        )
        .order_by("code")
    )


def state_of(commune):
    """Return the state of a commune read by ``communes_with_state``."""
    return FiguresState(
        commune_id=commune.pk,
        versions=commune.figures_versions,
        last_mark=commune.figures_last_mark,
        marked_since=commune.figures_marked_since,
        doubts=commune.figures_doubts,
        leaderless=commune.figures_leaderless,
        on=today(),
    )


def _marks():
    return StaleMark.objects.filter(commune=OuterRef("pk")).order_by().values("commune")


def _only(rows, measure):
    return Coalesce(Subquery(rows.annotate(answer=measure).values("answer")), 0)

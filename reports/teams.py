"""The teams of a commune: who is in them, what they did since the year began, what is missing."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from households.models import Encounter
from reports.dashboard import TEAMS_OWN_OCCASIONS, is_silent, with_last_activity
from villages.models import Sex, TeamMember, Village
from villages.periods import today
from villages.text import fold
from villages.views.teams import FEWEST_MEMBERS

QUIET_DAYS = 45
NO_TEAM, NO_LEADER, FEW, QUIET, ANY_GAP = (
    "chua-co-to",
    "khong-to-truong",
    "it-thanh-vien",
    "lau-khong-tham",
    "con-thieu",
)
GAPS = {
    NO_TEAM: _("No team yet"),
    NO_LEADER: _("No leader"),
    FEW: _("Fewer than 4 members"),
    QUIET: _("No visit for 45 days"),
}
SORTS = ("number", "name", "leader", "members", "women", "days", "visits", "households", "last")


@dataclass(frozen=True)
class TeamRow:
    """One village's team; the flows are those of the year so far."""

    pk: int
    number: int
    village: str
    village_folded: str
    leader: str
    members: int
    women: int
    days: int  # buổi: days on which the team was active
    visits: int  # lượt hộ
    households: int  # hộ
    last_on: date | None
    document: str
    gaps: tuple

    @property
    def gap_words(self):
        return [GAPS[gap] for gap in self.gaps]


def team_rows(commune, day=None):
    """Return a row for each village that stands on a day, in three queries."""
    day = day or today()
    villages = with_last_activity(Village.objects.filter(commune=commune).on(day), day)
    members = {}
    for member in (
        TeamMember.objects.on(day)
        .filter(team__village__commune=commune)
        .values("team__village", "role", "sex", "full_name")
    ):
        members.setdefault(member["team__village"], []).append(member)
    done = {row["village"]: row for row in _activity(commune, date(day.year, 1, 1), day)}
    return [
        _row(village, members.get(village.pk, []), done.get(village.pk, {}), day)
        for village in villages.select_related("team__document").order_by("number")
    ]


def _activity(commune, first, last):
    encounters = Encounter.objects.standing().within(first, last)
    at_home = Q(occasion=Encounter.Occasion.HOME_VISIT)
    return (
        encounters.filter(commune=commune, occasion__in=TEAMS_OWN_OCCASIONS)
        .order_by()
        .values("village")
        .annotate(
            days=Count("held_on", distinct=True),
            visits=Count("pk", filter=at_home),
            households=Count("household", filter=at_home, distinct=True),
        )
    )


def _row(village, members, done, day):
    team = getattr(village, "team", None)
    # A team that has ended is none on that day.
    if team is not None and not (team.from_on <= day and (not team.to_on or team.to_on >= day)):
        team = None
    leaders = [one["full_name"] for one in members if one["role"] == TeamMember.Role.LEADER]
    gaps = []
    if team is None:
        gaps.append(NO_TEAM)
    elif not leaders:
        gaps.append(NO_LEADER)
    if team is not None and len(members) < FEWEST_MEMBERS:
        gaps.append(FEW)
    if team is not None and is_silent(village.last_on, day, QUIET_DAYS):
        gaps.append(QUIET)
    return TeamRow(
        pk=village.pk,
        number=village.number,
        village=village.full_name,
        village_folded=village.name_folded,
        leader=", ".join(leaders),
        members=len(members),
        women=sum(one["sex"] == Sex.FEMALE for one in members),
        days=done.get("days", 0),
        visits=done.get("visits", 0),
        households=done.get("households", 0),
        last_on=village.last_on,
        document=str(team.document) if team is not None and team.document else "",
        gaps=tuple(gaps),
    )


def chosen_teams(rows, *, gap="", search="", sort="number"):
    """Return the rows that are wanted, in the order wanted; what is missing sorts last."""
    wanted = [
        row for row in rows if not gap or gap in row.gaps or (gap == ANY_GAP and bool(row.gaps))
    ]
    words = fold(search)
    if words:
        wanted = [row for row in wanted if words in row.village_folded or words in fold(row.leader)]
    down, by = sort.startswith("-"), sort.removeprefix("-")
    key = {
        "name": lambda row: row.village_folded,
        "leader": lambda row: fold(row.leader) or None,
        "last": lambda row: row.last_on,
    }.get(by, lambda row: getattr(row, by))
    known = [row for row in wanted if key(row) is not None]
    unknown = [row for row in wanted if key(row) is None]
    return sorted(known, key=key, reverse=down) + unknown


def gap_counts(rows):
    """Return (gap, words, how many villages have it), those without any left out."""
    counts = [(gap, words, sum(gap in row.gaps for row in rows)) for gap, words in GAPS.items()]
    return [found for found in counts if found[2]]

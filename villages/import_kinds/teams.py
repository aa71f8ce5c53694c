"""The Community Digital Technology Teams: one row for each member."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from villages.import_kinds.columns import (
    EMPTY_KEEPS,
    choice_column,
    from_column,
    name_column,
    phone_column,
    sex_column,
    text_column,
    to_column,
)
from villages.import_kinds.documents import Documents
from villages.import_kinds.finding_villages import VillageBook, village_column
from villages.import_kinds.flat import FlatList, said_in
from villages.import_kinds.list_day import ListDayForm, list_day
from villages.import_kinds.memberships import Terms, check_period, differ, keep_spelling
from villages.importing.kinds import Outcome
from villages.models import GoverningDocument, Team, TeamMember, Village
from villages.text import fold

Role = TeamMember.Role
LEADER = Role.LEADER
TRAITS = ("sex", "organisation")
IN_THE_TEAM = tuple(
    f"{words} trong {team}"
    for words in ("Chức danh", "Chức vụ", "Vai trò", "Nhiệm vụ")
    for team in ("tổ", "Tổ CNSCĐ", "Tổ công nghệ số cộng đồng")
)


class TeamList(FlatList):
    """Team members, found by village, name and first day. A missing team is made."""

    code = "teams"
    title = gettext_lazy("Community Digital Technology Teams")
    description = gettext_lazy(
        "One row for each member of a team. The village's team is made with its first member."
    )
    position = 40
    list_url = "team_list"
    clears = ("organisation", "sex", "phone", "document_number")
    options_form = ListDayForm

    def columns(self, request):
        return [
            village_column(),
            name_column(),
            choice_column(
                "role",
                gettext_lazy("Role"),
                Role.choices,
                {
                    "leader": ("tổ trưởng", "trưởng", "tt"),
                    "deputy": ("tổ phó", "phó tổ trưởng", "phó", "tp"),
                    "member": ("thành viên", "tổ viên", "tv", "ủy viên"),
                },
                synonyms=("Vai trò", "Chức vụ", "Nhiệm vụ", "Chức danh", *IN_THE_TEAM),
                note=gettext_lazy("Empty: member. A team has one leader at a time."),
                example="Tổ trưởng",
            ),
            choice_column(
                "organisation",
                gettext_lazy("Organisation"),
                TeamMember.Organisation.choices,
                ORGANISATIONS,
                synonyms=("Tổ chức", "Thành phần", "Đoàn thể", "Đơn vị", "Tổ chức, đoàn thể"),
                note=EMPTY_KEEPS,
                example="Trưởng bản",
            ),
            sex_column(),
            phone_column(),
            text_column(
                "document_number",
                gettext_lazy("Decision number"),
                longest=60,
                synonyms=("Số quyết định", "Quyết định", "QĐ", "Quyết định số", "Số QĐ"),
                note=EMPTY_KEEPS,
                example="38/QĐ-UBND",
            ),
            from_column(
                gettext_lazy("Empty: the day of the decision if it is kept, or else of the list.")
            ),
            to_column(),
        ]

    def open_book(self, request):
        book = VillageBook(request)
        book.request, book.list_day = request, list_day(request)
        teams = Team.objects.filter(village__in=book.by_pk)
        book.teams = {team.village_id: team for team in teams}
        members = TeamMember.objects.filter(team__in=teams).select_related("team")
        members = list(members.order_by("from_on", "pk"))
        book.leaders = {m.team.village_id: m for m in members if m.role == LEADER and not m.to_on}
        book.terms = Terms(request, members, lambda member: member.team.village_id, TRAITS)
        documents = GoverningDocument.objects.filter(commune=request.commune)
        book.documents = Documents(request, documents)
        return book

    def look_through(self, rows, book):
        # Two people of one name in one team are told apart by sex or organisation.
        for row in rows:
            village = book.find(row, on=row.said("to_on"))
            if village is not None:
                name = fold(row.said("full_name"))
                book.terms.told.add((village.pk, name, _traits(row)))

    def read(self, row, book):
        values = said_in(
            row, "full_name", "role", "organisation", "sex", "phone", "document_number",
            "from_on", "to_on",
        )  # fmt: skip
        values["village"] = book.find(row, on=row.said("to_on"))
        village = values["village"].pk if values["village"] else None
        name, traits = fold(row.said("full_name")), _traits(row)
        return (village, name, values.get("from_on"), traits), values

    def match(self, row, key, values, book):
        village = values.pop("village")
        stored = book.terms.match(row, village.pk, values)
        keep_spelling(stored, values)
        if stored is None and not row.outcome:
            document = book.documents.numbered(values.get("document_number"))
            begins = document.issued_on if document else book.list_day
            values.setdefault("from_on", begins)
            values.setdefault("role", Role.MEMBER)
            values["village"], values["document"] = village, document
        check_period(row, stored, values)
        return stored

    def check_together(self, rows, book):
        """Refuse the same person twice, and a second present leader of a team."""
        refuse_namesakes(rows)
        leading = {}
        for row in rows:
            stored, values = row.record.stored, row.record.values
            village = stored.team.village_id if stored else values["village"].pk
            role = values.get("role") or stored.role
            to_on = values.get("to_on") or (stored.to_on if stored else None)
            known = book.leaders.get(village)
            if known is not None and known == stored and (role != LEADER or to_on):
                del book.leaders[village]
            if role == LEADER and to_on is None and row.outcome != Outcome.WRONG:
                leading.setdefault(village, []).append(row)
        for village, found in leading.items():
            known = book.leaders.get(village)
            for row in found:
                if known is not None and row.record.stored != known:
                    row.refuse(
                        _(
                            "%(name)s leads this team. Give the day the leadership ended in "
                            "«To», or hand the village over on the page of the team."
                        )
                        % {"name": known.full_name},
                        "role",
                    )
                elif known is None and row is not found[0]:
                    row.refuse(
                        _("Row %(row)s names another leader of this team.")
                        % {"row": found[0].number},
                        "role",
                    )

    def write(self, rows, request, journal):
        self._make_teams([row for row in rows if row.outcome == Outcome.NEW], request, journal)
        # Who leads no longer goes first: a team has one leader at every moment.
        changed = [row.record for row in rows if row.record.stored is not None]
        for planned in sorted(changed, key=_begins_to_lead):
            if _begins_to_lead(planned):
                journal.settle()
            journal.change(planned.stored, **planned.values)
        journal.settle()
        journal.create(
            TeamMember, [TeamMember(**row.record.values) for row in rows if not row.record.stored]
        )

    def _make_teams(self, rows, request, journal):
        """Give each new member the team of the village, made with the first of its members."""
        villages = {row.record.values["village"] for row in rows}
        # A member hangs on the team alone: a village that ends meanwhile would not be noticed.
        pks = [village.pk for village in villages]
        list(Village.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))
        teams = {team.village_id: team for team in Team.objects.filter(village__in=villages)}
        missing = {}
        for row in rows:
            values = row.record.values
            village, document = values.pop("village"), values.pop("document")
            team = teams.get(village.pk)
            if team is None:
                team = missing.setdefault(village.pk, Team(village=village, document=document))
                team.from_on = min(values["from_on"], team.from_on or values["from_on"])
            values["team"] = team
        journal.create(Team, missing.values())
        for team in missing.values():
            journal.touch([(request.commune.pk, team.village_id)], team.from_on)


def refuse_namesakes(rows):
    """Refuse a second new member of one name and first day, unless they are told apart."""
    found = {}
    for row in rows:
        if row.outcome != Outcome.NEW:
            continue
        values = row.record.values
        key = values["village"].pk, fold(values["full_name"]), values["from_on"]
        for first in found.setdefault(key, []):
            if not differ(_traits(first), _traits(row)):
                row.refuse(_("Row %(row)s says otherwise about the same.") % {"row": first.number})
        found[key].append(row)


def _traits(row):
    return tuple(row.said(trait) or "" for trait in TRAITS)


def _begins_to_lead(planned):
    """Whether a change makes somebody lead who does not."""
    stored, values = planned.stored, planned.values
    leads = stored.role == LEADER and stored.to_on is None
    return not leads and values.get("role", stored.role) == LEADER and not values.get("to_on")


ORGANISATIONS = {
    "village_head": ("trưởng bản", "trưởng thôn", "trưởng khu"),
    "party_cell": ("chi bộ", "bí thư chi bộ", "đảng viên", "phó bí thư chi bộ"),
    "youth_union": ("đoàn thanh niên", "đoàn tn", "đtn", "bí thư chi đoàn", "chi đoàn"),
    "womens_union": (
        "hội phụ nữ", "hội liên hiệp phụ nữ", "hội lhpn", "hội pn", "hpn", "chi hội phụ nữ",
        "phụ nữ",
    ),
    "fatherland_front": ("mặt trận tổ quốc", "mttq", "mặt trận", "ban công tác mặt trận"),
    "farmers_association": ("hội nông dân", "hội nd", "hnd", "chi hội nông dân", "nông dân"),
    "veterans_association": ("hội cựu chiến binh", "hội ccb", "ccb", "cựu chiến binh"),
    "teacher": ("giáo viên", "gv", "nhà trường"),
    "health_worker": ("y tế", "y tế thôn bản", "nhân viên y tế", "y tế bản", "cán bộ y tế"),
    "other": ("khác", "công an viên", "dân quân", "người có uy tín"),
}  # fmt: skip

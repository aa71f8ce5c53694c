"""The members of the Steering Committee."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from villages.import_kinds.columns import (
    EMPTY_KEEPS,
    choice_column,
    from_column,
    name_column,
    text_column,
    to_column,
)
from villages.import_kinds.documents import Documents, no_such_document
from villages.import_kinds.flat import FlatList, said_in
from villages.import_kinds.list_day import ListDayForm, list_day
from villages.import_kinds.memberships import Terms, check_period, keep_spelling
from villages.models import GoverningDocument, SteeringCommittee, SteeringCommitteeMember
from villages.text import fold

Role = SteeringCommitteeMember.Role
IN_THE_COMMITTEE = tuple(
    f"{words} trong {committee}"
    for words in ("Chức danh", "Chức vụ", "Vai trò", "Nhiệm vụ")
    for committee in ("Ban Chỉ đạo", "BCĐ")
)


class CommitteeList(FlatList):
    """Committee members, found by committee, name and first day."""

    code = "committee"
    title = gettext_lazy("Steering Committee")
    description = gettext_lazy(
        "One row for each member. A committee that is not kept yet is made with its members."
    )
    position = 30
    list_url = "committee_list"
    clears = ("position",)
    options_form = ListDayForm

    def columns(self, request):
        return [
            name_column(),
            text_column(
                "position",
                gettext_lazy("Position"),
                longest=150,
                synonyms=("Chức vụ", "Chức vụ, đơn vị", "Chức vụ công tác", "Đơn vị công tác"),
                note=EMPTY_KEEPS,
                example="Chủ tịch UBND xã",
            ),
            choice_column(
                "role",
                gettext_lazy("Role"),
                Role.choices,
                {
                    "head": ("trưởng ban", "trưởng"),
                    "standing_deputy": ("phó trưởng ban thường trực", "phó ban thường trực"),
                    "deputy": ("phó trưởng ban", "phó ban", "phó"),
                    "member": ("thành viên", "ủy viên", "tv"),
                },
                synonyms=("Vai trò", "Chức danh", "Nhiệm vụ", *IN_THE_COMMITTEE),
                note=gettext_lazy("Empty: member."),
                example="Trưởng ban",
            ),
            from_column(
                gettext_lazy("Empty: the day of the decision if it is kept, or else of the list.")
            ),
            to_column(),
            text_column(
                "decision",
                gettext_lazy("Decision number"),
                longest=60,
                synonyms=("Số quyết định", "Quyết định", "QĐ", "Quyết định số", "Số QĐ"),
                note=gettext_lazy("The decision that set up the committee, as in the documents."),
                example="37/QĐ-UBND",
            ),
            text_column(
                "committee",
                gettext_lazy("Steering Committee"),
                longest=200,
                synonyms=("Ban Chỉ đạo", "Tên Ban Chỉ đạo", "BCĐ"),
                note=gettext_lazy("Only needed when there are several."),
            ),
        ]

    def open_book(self, request):
        return Committees(request)

    def read(self, row, book):
        values = said_in(row, "full_name", "position", "role", "from_on", "to_on")
        committee = values["committee"] = book.committee_of(row)
        return (committee, fold(row.said("full_name")), values.get("from_on")), values

    def match(self, row, key, values, book):
        committee = values.pop("committee")
        stored = book.terms.match(row, committee, values)
        keep_spelling(stored, values)
        if stored is None and not row.outcome:
            document = book.documents.numbered(row.said("decision"))
            values.setdefault("from_on", document.issued_on if document else book.list_day)
            values.setdefault("role", Role.MEMBER)
            values["committee"], values["document"] = committee, document
        check_period(row, stored, values)
        return stored

    def write(self, rows, request, journal):
        new = [row.record.values for row in rows if row.record.stored is None]
        self._find_committees(new, request, journal)
        for row in rows:
            if row.record.stored is not None:
                stored = row.record.stored
                since = stored.from_on
                journal.change(stored, **row.record.values)
                journal.touch([(request.commune.pk, None)], min(since, stored.from_on))
        for values in new:
            journal.touch([(request.commune.pk, None)], values["from_on"])
        journal.create(
            SteeringCommitteeMember, [SteeringCommitteeMember(**values) for values in new]
        )

    def _find_committees(self, new, request, journal):
        """Give each new member the committee, made where it is not kept yet."""
        book, made = Committees(request), {}
        for values in new:
            key, document = values["committee"], values.pop("document")
            if key in book.by_key:
                values["committee"] = book.by_key[key]
                continue
            committee = made.get(key)
            if committee is None:
                name = key[1] or _("Steering Committee of %(commune)s") % {
                    "commune": request.commune.full_name
                }
                committee = made[key] = SteeringCommittee(
                    commune=request.commune,
                    name=name,
                    document=document,
                    from_on=values["from_on"],
                )
            committee.from_on = min(committee.from_on, values["from_on"])
            values["committee"] = committee
        journal.create(SteeringCommittee, made.values())


class Committees:
    """The committees of a commune and who sits in them; a key is (id or "new", its name)."""

    def __init__(self, request):
        own = SteeringCommittee.objects.writable_by(request.user).filter(commune=request.commune)
        self.committees = list(own.distinct().order_by("-from_on"))
        self.by_key = {(committee.pk, ""): committee for committee in self.committees}
        self.by_name = {fold(committee.name): committee for committee in self.committees}
        documents = GoverningDocument.objects.filter(commune=request.commune)
        self.documents = Documents(request, documents)
        members = SteeringCommitteeMember.objects.filter(committee__in=self.committees)
        self.terms = Terms(request, members.order_by("from_on"), lambda m: (m.committee_id, ""))
        self.list_day = list_day(request)

    def committee_of(self, row):
        """Return the key of the committee a row means, by name, by decision, or the present one."""
        name, decision = row.said("committee"), row.said("decision")
        document = self.documents.numbered(decision)
        if decision and document is None:
            row.refuse(no_such_document(decision), "decision")
            return None
        found = self.by_name.get(fold(name)) if name else None
        if found is None and not name:
            found = self._by_decision(document) or self._present(document)
        return (found.pk, "") if found else ("new", name or "")

    def _by_decision(self, document):
        if document is None:
            return None
        return next((c for c in self.committees if c.document_id == document.pk), None)

    def _present(self, document):
        """Return the committee that stands now, unless another decision set it up."""
        standing = [c for c in self.committees if c.to_on is None]
        if document is not None:
            standing = [c for c in standing if c.document_id is None]
        return standing[0] if standing else None

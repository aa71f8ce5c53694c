"""What enterprises and cooperatives declare of their workers, day by day."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.forms.enterprises import MOST_WORKERS
from training.import_kinds import columns
from training.models import Enterprise, WorkerDeclaration
from villages.import_kinds.finding_villages import VillageBook, village_column
from villages.import_kinds.flat import is_repeated, shown
from villages.importing.kinds import ImportKind, Outcome
from villages.models import PopulationGroup
from villages.outbox import EVERY_DAY
from villages.text import fold


@dataclass
class Planned:
    """What a row brings: an enterprise's village, and a declaration or its correction."""

    enterprise: Enterprise
    village: object = None
    declaration: WorkerDeclaration | None = None
    numbers: dict = field(default_factory=dict)


class DeclarationsKind(ImportKind):
    code = "declarations"
    title = gettext_lazy("Workers of enterprises and cooperatives")
    description = gettext_lazy(
        "How many workers each enterprise or cooperative has on a day, and how many with digital "
        "skills. An enterprise that is not there yet is made."
    )
    position = 150
    list_url = "enterprise_list"

    def columns(self, request):
        groups = _groups()
        return [
            columns.text(
                "enterprise", _("Enterprise or cooperative"), required=True,
                synonyms=("Tên doanh nghiệp", "Doanh nghiệp, hợp tác xã", "Doanh nghiệp", "HTX",
                          "Hợp tác xã", "Tên đơn vị", "Đơn vị"),
                example="HTX nông nghiệp mẫu",
            ),
            columns.choice(
                "group", _("Declares for the group"),
                [(group.code, group.title, group.name, group.code) for group in groups],
                synonyms=("Kê khai cho nhóm", "Nhóm", "Đối tượng", "Nhóm đối tượng"),
                note=_("Empty: the only group whose workers are declared, or the known one."),
                example=groups[0].title if groups else "",
            ),
            village_column(
                required=False,
                note=_("Its workers are counted there too; empty: for the commune only."),
            ),
            columns.day(
                "declared_on", _("Declared for the day"), past=True, required=True,
                synonyms=("Kê khai cho ngày", "Ngày kê khai",
                          "Kê khai ngày", "Ngày", "Tính đến ngày"),
                example="25/09/2025",
            ),
            columns.number(
                "workers", _("Workers"), most=MOST_WORKERS, required=True, example="46",
                synonyms=("Người lao động", "Số lao động",
                          "Lao động", "Tổng số lao động", "Tổng số"),
            ),
            columns.number(
                "equipped", _("With digital skills"), most=MOST_WORKERS, required=True,
                synonyms=("Có kỹ năng số", "Số có kỹ năng số", "Đã có kỹ năng số"), example="30",
            ),
        ]  # fmt: skip

    def plan(self, rows, request):
        own = Enterprise.objects.writable_by(request.user).filter(commune=request.commune)
        villages, groups = VillageBook(request), {group.code: group for group in _groups()}
        known = {
            (one.group_id, fold(one.name)): one for one in own.select_related("village").distinct()
        }
        stored = {
            (one.enterprise_id, one.declared_on): one
            for one in WorkerDeclaration.objects.filter(enterprise__in=own.values("pk"))
        }
        headings = {column.name: str(column.heading) for column in self.columns(request)}
        first_of, village_of = {}, {}
        for done, row in enumerate(rows, start=1):
            group = self._group(row, groups, known)
            day = row.said("declared_on")
            village = villages.find(row, on=day) if row.said("village") else None
            if row.said("equipped") > row.said("workers"):
                row.refuse(_("More workers with skills than workers."), "equipped")
            key = (group and group.pk, fold(row.said("enterprise")))
            first = village_of.setdefault(key, village) if village else None
            if first and first != village and not villages.is_same_place(first, village):
                row.refuse(_("An earlier row names another village."), "village")
            day_key = key, day
            if not row.outcome and not is_repeated(row, first_of, day_key, row.values):
                if key not in known:
                    known[key] = Enterprise(
                        commune=request.commune, group=group, name=row.said("enterprise")
                    )
                enterprise = known[key]
                if village and villages.is_where(enterprise.village, village, day):
                    village = enterprise.village
                if enterprise.pk is None and village is not None:
                    enterprise.village = village
                self._compare(row, enterprise, village, stored, headings)
            request.moved(done)

    def _group(self, row, groups, known):
        if row.said("group"):
            return groups[row.said("group")]
        name = fold(row.said("enterprise"))
        theirs = [one.group for (_group, folded), one in known.items() if folded == name]
        if len(theirs) == 1:
            return theirs[0]
        if len(groups) == 1:
            return next(iter(groups.values()))
        row.refuse(_("Write the group that the enterprise declares for."), "group")
        return None

    def _compare(self, row, enterprise, village, stored, headings):
        planned = row.record = Planned(enterprise)
        if enterprise.pk is None:
            said = _("%(name)s (a new enterprise)") % {"name": enterprise.name}
            row.changes.append([headings["enterprise"], shown(None), said])
        elif village is not None and village.pk != enterprise.village_id:
            planned.village = village
            row.changes.append([headings["village"], shown(enterprise.village), shown(village)])
        planned.declaration = stored.get((enterprise.pk, row.said("declared_on")))
        said = {name: row.said(name) for name in ("workers", "equipped")}
        if planned.declaration is None:
            planned.numbers = {"declared_on": row.said("declared_on"), **said}
            row.outcome = Outcome.NEW
            return
        for name, value in said.items():
            before = getattr(planned.declaration, name)
            if before != value:
                planned.numbers[name] = value
                row.changes.append([headings[name], shown(before), shown(value)])
        row.outcome = Outcome.CHANGED if row.changes else Outcome.SAME

    def write(self, rows, request, journal):
        planned = [row.record for row in rows]
        new = {id(o.enterprise): o.enterprise for o in planned if o.enterprise.pk is None}
        journal.create(Enterprise, new.values())
        for one in planned:
            before = one.enterprise.village_id
            if one.village is not None:
                journal.change(one.enterprise, village=one.village)
            units = {(request.commune.pk, before), (request.commune.pk, one.enterprise.village_id)}
            days = [one.numbers.get("declared_on")]
            if one.declaration is not None:
                days = [one.declaration.declared_on]
                journal.change(one.declaration, **one.numbers)
            journal.touch(units, min(days) if one.village is None else EVERY_DAY)
        journal.create(
            WorkerDeclaration,
            [
                WorkerDeclaration(enterprise=one.enterprise, **one.numbers)
                for one in planned
                if one.declaration is None
            ],
        )


def _groups():
    declared = PopulationGroup.CountedFrom.DECLARATIONS
    return list(PopulationGroup.objects.filter(counted_from=declared))

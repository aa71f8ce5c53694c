"""The targets a commune sets: an indicator, a year, a percentage, perhaps for one village."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from villages.form_fields import LineField, PercentField
from villages.import_kinds.columns import EMPTY_KEEPS, text_column
from villages.import_kinds.finding_villages import VillageBook, village_column
from villages.import_kinds.flat import FlatList, said_in
from villages.importing.kinds import Column
from villages.measured import indicator_names, indicator_words
from villages.models import Target
from villages.outbox import EVERY_DAY
from villages.text import fold


class TargetList(FlatList):
    """Targets of the commune and its villages, found by indicator, year and village."""

    code = "targets"
    title = gettext_lazy("Targets")
    description = gettext_lazy(
        "What the commune wants to reach in a year. Where it sets no target of its own, the one "
        "for all communes applies."
    )
    position = 50
    list_url = "target_list"
    clears = ("source",)

    def columns(self, request):
        names = list(indicator_names().values())
        return [
            Column(
                name="indicator",
                heading=gettext_lazy("Indicator"),
                field=LineField(max_length=120),
                synonyms=("Chỉ tiêu", "Nhóm", "Tên chỉ tiêu", "Đối tượng", "Nhóm đối tượng"),
                note=_("One of: %(names)s.") % {"names": ", ".join(map(str, names))},
                example=str(names[0]) if names else "",
            ),
            Column(
                name="year",
                heading=gettext_lazy("Year"),
                field=forms.IntegerField(min_value=2020, max_value=2100),
                reads="year",
                synonyms=("Năm", "Năm thực hiện"),
                example="2026",
            ),
            Column(
                name="percent",
                heading=gettext_lazy("Target (%)"),
                field=PercentField(),
                reads="number",
                synonyms=("Mục tiêu", "Mục tiêu (%)", "Tỷ lệ", "Tỷ lệ (%)", "Phần trăm", "%"),
                example="80",
            ),
            village_column(
                required=False,
                note=gettext_lazy("Empty: the target of the whole commune."),
                example="",
            ),
            text_column(
                "source",
                gettext_lazy("Source"),
                longest=200,
                synonyms=("Nguồn", "Căn cứ", "Theo văn bản", "Văn bản"),
                note=EMPTY_KEEPS,
                example="Kế hoạch số 611/KH-UBND",
            ),
        ]

    def open_book(self, request):
        book = VillageBook(request)
        book.commune = request.commune
        book.codes = {fold(word): c for c, words in indicator_words().items() for word in words}
        targets = Target.objects.writable_by(request.user).filter(commune=request.commune)
        book.known = {(t.indicator, t.village_id, t.year): t for t in targets.distinct()}
        return book

    def read(self, row, book):
        code = book.codes.get(fold(row.said("indicator")))
        if code is None:
            row.refuse(
                _("There is no indicator of this name. Its names stand in the note of the column."),
                "indicator",
            )
        village = book.find(row) if row.said("village") else None
        values = said_in(row, "percent", "source")
        values |= {"indicator": code, "year": row.said("year")}
        values["village"] = village
        return (code, village.pk if village else None, row.said("year")), values

    def write(self, rows, request, journal):
        new = []
        for row in rows:
            planned = row.record
            if planned.stored is None:
                target = Target(commune=request.commune, **planned.values)
                new.append(target)
            else:
                target = journal.change(planned.stored, **planned.values)
            journal.touch([(request.commune.pk, target.village_id)], EVERY_DAY)
        journal.create(Target, new)

"""The list of villages and residential areas."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from villages.form_fields import LineField
from villages.import_kinds.columns import EMPTY_KEEPS, choice_column, from_column
from villages.import_kinds.finding_villages import VillageBook, bare_name
from villages.import_kinds.flat import FlatList
from villages.import_kinds.list_day import ListDayForm, list_day
from villages.importing.kinds import Column, Outcome
from villages.models import Village
from villages.outbox import EVERY_DAY
from villages.text import fold


class VillageList(FlatList):
    """Villages, found by number or name. An open village is renamed on its own page."""

    code = "villages"
    title = gettext_lazy("Villages and residential areas")
    description = gettext_lazy(
        "The villages of the commune with their numbers. Everything else belongs to a village, "
        "so this list comes first."
    )
    position = 10
    list_url = "village_list"
    options_form = ListDayForm

    def columns(self, request):
        return [
            Column(
                name="number",
                heading=gettext_lazy("Number"),
                field=forms.IntegerField(min_value=1, max_value=999),
                reads="number",
                synonyms=("Số", "STT", "TT", "Số thứ tự", "Mã bản", "Số bản", "Mã"),
                note=gettext_lazy("The village's number in the commune, from 1."),
                example="1",
            ),
            Column(
                name="name",
                heading=gettext_lazy("Name of the village"),
                field=LineField(max_length=80),
                synonyms=(
                    "Bản", "Tên bản", "Tên", "Thôn", "Tên thôn", "Bản, khu dân cư", "Khu dân cư",
                    "Tên bản, khu dân cư", "Thôn/bản",
                ),
                example="Vi",
            ),
            choice_column(
                "kind",
                gettext_lazy("Kind"),
                Village.Kind.choices,
                {
                    "village": ("bản", "thôn", "b"),
                    "residential_area": ("khu dân cư", "khu", "kdc", "tổ dân phố", "tdp"),
                },
                synonyms=("Loại", "Loại hình", "Phân loại"),
                note=EMPTY_KEEPS,
                example="Bản",
            ),
            from_column(
                gettext_lazy("Since when the village exists. Empty: the day of the list."),
                example="01/01/2025",
            ),
        ]  # fmt: skip

    def examples(self, request):
        return [
            {"number": "1", "name": "Vi", "kind": "Bản", "from_on": "01/01/2025"},
            {"number": "2", "name": "Khì", "kind": "Bản", "from_on": "01/01/2025"},
            {"number": "3", "name": "Khu 1", "kind": "Khu dân cư", "from_on": "01/07/2025"},
        ]

    def open_book(self, request):
        book = VillageBook(request)
        book.by_number = {village.number: village for village in book.open}
        book.list_day = list_day(request)
        return book

    def read(self, row, book):
        number, name = row.said("number"), row.said("name")
        values = {"number": number, "name": name, "kind": row.said("kind") or None}
        values["from_on"] = row.said("from_on")
        return number, values

    def match(self, row, key, values, book):
        same_name, same_number = book.named(values["name"]), book.by_number.get(key)
        stored = same_number if same_number in same_name else None
        if stored is None and len(same_name) == 1:
            stored = same_name[0]
        if stored is None and same_number is not None:
            row.refuse(
                _(
                    "Number %(number)s is «%(name)s». If it is renamed, use «Rename» on the page "
                    "of the village, with the day; a list does not rename."
                )
                % {"number": key, "name": same_number.name},
                "name",
            )
        elif stored is None and (closed := book.closed_named(values["name"])):
            row.refuse(
                _("«%(name)s» was closed on %(day)s; a list does not open it again.")
                % {"name": closed[0].name, "day": closed[0].to_on.strftime("%d/%m/%Y")},
                "name",
            )
        elif stored is not None:
            self._check_stored(row, stored, same_number, values)
        else:
            values["from_on"] = values["from_on"] or book.list_day
            values["kind"] = values["kind"] or Village.Kind.VILLAGE
        return stored

    def _check_stored(self, row, stored, same_number, values):
        # Written with other accents or with «Bản» before it, it is the same name.
        values.pop("name")
        if same_number not in (None, stored):
            row.refuse(
                _("Number %(number)s belongs to «%(name)s».")
                % {"number": same_number.number, "name": same_number.name},
                "number",
            )
        if values["from_on"] and values["from_on"] > stored.from_on:
            row.refuse(
                _("«%(name)s» exists since %(day)s; a list does not make it younger.")
                % {"name": stored.name, "day": stored.from_on.strftime("%d/%m/%Y")},
                "from_on",
            )

    def check_together(self, rows, book):
        names = {}
        for row in rows:
            if row.outcome == Outcome.NEW:
                first = names.setdefault(bare_name(fold(row.record.values["name"])), row)
                if first is not row:
                    row.refuse(_("Row %(row)s has the same name.") % {"row": first.number}, "name")

    def write(self, rows, request, journal):
        new = []
        for row in rows:
            planned = row.record
            if planned.stored is not None:
                journal.change(planned.stored, **planned.values)
                journal.touch([(request.commune.pk, planned.stored.pk)], EVERY_DAY)
            else:
                folded = fold(planned.values["name"])
                new.append(Village(commune=request.commune, name_folded=folded, **planned.values))
        for village in journal.create(Village, new):
            journal.touch([(request.commune.pk, village.pk)], EVERY_DAY)

"""Where the network is weak or missing, village by village."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from villages.connectivity import place_in_successor
from villages.form_fields import DayField
from villages.forms import EARLIEST_YEAR
from villages.import_kinds.columns import choice_column, text_column
from villages.import_kinds.finding_villages import VillageBook, village_column
from villages.import_kinds.flat import FlatList, said_in
from villages.importing.kinds import Column
from villages.models import ConnectivityReport
from villages.text import fold

Technology = ConnectivityReport.Technology


class ConnectivityList(FlatList):
    """Reports about a network, found by village, operator, technology, place and day."""

    code = "connectivity"
    title = gettext_lazy("Connectivity of the villages")
    description = gettext_lazy("How well each network works where, for the telecom companies.")
    position = 60
    list_url = "connectivity_list"
    clears = ("resolved_on",)

    def columns(self, request):
        return [
            village_column(),
            text_column(
                "operator",
                gettext_lazy("Operator"),
                longest=60,
                required=True,
                synonyms=("Nhà mạng", "Doanh nghiệp viễn thông", "Doanh nghiệp", "Mạng"),
                example="Viettel",
            ),
            choice_column(
                "technology",
                gettext_lazy("Technology"),
                Technology.choices,
                {"fibre": ("cáp quang", "internet cáp quang", "ftth", "wifi", "wi-fi")},
                required=True,
                synonyms=("Công nghệ", "Loại mạng", "Loại kết nối"),
                example="4G",
            ),
            choice_column(
                "quality",
                gettext_lazy("Quality"),
                ConnectivityReport.Quality.choices,
                {
                    "good": ("tốt", "ổn định", "có sóng"),
                    "weak": ("yếu", "chập chờn", "sóng yếu", "không ổn định"),
                    "none": ("không có sóng", "không", "không sóng", "lõm sóng", "vùng lõm"),
                },
                required=True,
                synonyms=("Chất lượng", "Tình trạng", "Chất lượng sóng", "Sóng"),
                example="Yếu",
            ),
            text_column(
                "where",
                gettext_lazy("Where in the village"),
                longest=200,
                synonyms=("Vị trí", "Khu vực", "Chỗ nào trong bản", "Địa điểm", "Điểm"),
                example="Cuối bản",
            ),
            _day_column(
                "reported_on",
                gettext_lazy("Reported on"),
                ("Ngày báo", "Ngày phản ánh", "Ngày ghi nhận", "Báo ngày", "Ngày"),
                required=True,
                example="20/07/2025",
            ),
            text_column(
                "told_by",
                gettext_lazy("Told by"),
                longest=120,
                synonyms=("Người phản ánh", "Người báo", "Người báo tin", "Ai phản ánh"),
                example="Lò Văn Mẫu",
                note=gettext_lazy("Empty: whoever brings in the list."),
            ),
            _day_column(
                "resolved_on",
                gettext_lazy("Resolved on"),
                (
                    "Ngày khắc phục",
                    "Khắc phục",
                    "Đã khắc phục ngày",
                    "Ngày xử lý",
                    "Khắc phục ngày",
                ),
                note=gettext_lazy("Empty: not yet, or what is known stays."),
            ),
        ]

    def open_book(self, request):
        book = VillageBook(request)
        reports = ConnectivityReport.objects.filter(village__in=book.by_pk)
        book.known = {_key(vars(report), report.village_id): report for report in reports}
        return book

    def read(self, row, book):
        village = book.find(row, on=row.said("reported_on"))
        values = said_in(
            row,
            "operator",
            "technology",
            "quality",
            "where",
            "reported_on",
            "resolved_on",
            "told_by",
        )
        values["village"] = village
        if values["reported_on"].year < EARLIEST_YEAR:
            row.refuse(_("This day is too long ago."), "reported_on")
        resolved_on = values.get("resolved_on")
        if resolved_on and resolved_on < values["reported_on"]:
            row.refuse(_("It cannot be resolved before it was reported."), "resolved_on")
        key = _key(values, village.pk if village else None)
        if village is not None and key not in book.known:
            # What is not solved has gone along with its village.
            moved = _moved(values, village, book)
            if _key(moved, moved["village"].pk) in book.known or not resolved_on:
                values, key = moved, _key(moved, moved["village"].pk)
        return key, values

    def match(self, row, key, values, book):
        stored = book.known.get(key)
        if stored is not None:
            # Written with other capitals or accents, the operator and the place are the same.
            values.pop("operator")
            values.pop("where", None)
            values.pop("reported_in", None)
        return stored

    def write(self, rows, request, journal):
        new = []
        for row in rows:
            planned = row.record
            if planned.stored is None:
                report = ConnectivityReport(reported_by=request.user, **planned.values)
                new.append(report)
            else:
                report = journal.change(planned.stored, **planned.values)
            journal.touch([(request.commune.pk, report.village_id)], report.reported_on)
        journal.create(ConnectivityReport, new)


def _day_column(name, heading, synonyms, *, required=False, **options):
    return Column(
        name=name,
        heading=heading,
        field=DayField(past=True, required=required),
        reads="day",
        synonyms=synonyms,
        **options,
    )


def _moved(values, village, book):
    reported_in, where = village, values.get("where") or ""
    for former, successor, is_merger in book.went_on(village):
        where = place_in_successor(former, where) if is_merger else where
        village = successor
    return {**values, "village": village, "where": where, "reported_in": reported_in}


def _key(values, village):
    return (
        village,
        fold(values["operator"]),
        values["technology"],
        fold(values.get("where") or ""),
        values["reported_on"],
    )

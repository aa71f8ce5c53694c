"""The documents that direct the programme: plans, decisions, letters."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from villages.form_fields import DayField
from villages.import_kinds.columns import EMPTY_KEEPS, choice_column, text_column
from villages.import_kinds.flat import FlatList, ask, said_in
from villages.importing.kinds import Column
from villages.models import GoverningDocument
from villages.text import fold


def number_key(number):
    """Return a document's number as it is compared: «611 / KH-UBND» is «611/KH-UBND»."""
    return fold(number).replace(" ", "")


class DocumentList(FlatList):
    """Documents, found by number and day."""

    code = "documents"
    title = gettext_lazy("Governing documents")
    description = gettext_lazy("Plans, decisions and letters that direct the programme.")
    position = 20
    list_url = "document_list"
    clears = ("link",)

    def columns(self, request):
        return [
            text_column(
                "number",
                gettext_lazy("Number and sign"),
                longest=60,
                required=True,
                synonyms=("Số, ký hiệu", "Số ký hiệu", "Số/ký hiệu", "Số văn bản", "Số hiệu", "Số"),
                example="611/KH-UBND",
            ),
            choice_column(
                "kind",
                gettext_lazy("Kind"),
                GoverningDocument.Kind.choices,
                {
                    "plan": ("kế hoạch", "kh", "đề án", "chương trình"),
                    "decision": ("quyết định", "qđ"),
                    "letter": ("công văn", "cv"),
                    "other": ("khác", "thông báo", "báo cáo", "nghị quyết", "hướng dẫn"),
                },
                required=True,
                synonyms=("Loại", "Loại văn bản", "Hình thức"),
                example="Kế hoạch",
            ),
            text_column(
                "issuer",
                gettext_lazy("Issued by"),
                longest=150,
                required=True,
                synonyms=("Cơ quan ban hành", "Nơi ban hành", "Đơn vị ban hành", "Ban hành bởi"),
                example="UBND xã Mường Kim",
            ),
            Column(
                name="issued_on",
                heading=gettext_lazy("Issued on"),
                field=DayField(past=True),
                reads="day",
                synonyms=("Ngày ban hành", "Ngày", "Ngày ký", "Ngày tháng", "Ngày văn bản"),
                example="08/08/2025",
            ),
            text_column(
                "title",
                gettext_lazy("Subject"),
                longest=300,
                required=True,
                synonyms=("Trích yếu", "Nội dung", "Tên văn bản", "Trích yếu nội dung", "Về việc"),
                example="Triển khai phong trào «Bình dân học vụ số» trên địa bàn xã",
            ),
            Column(
                name="link",
                heading=gettext_lazy("Link"),
                field=forms.URLField(max_length=200, required=False, assume_scheme="https"),
                synonyms=("Đường dẫn", "Địa chỉ", "Liên kết", "URL", "Link văn bản"),
                note=EMPTY_KEEPS,
            ),
        ]

    def open_book(self, request):
        documents = GoverningDocument.objects.writable_by(request.user)
        return Documents(request, documents.filter(commune=request.commune).distinct())

    def read(self, row, book):
        values = said_in(row, "number", "kind", "issuer", "issued_on", "title", "link")
        key = number_key(values["number"]), values["issued_on"]
        return key, values

    def match(self, row, key, values, book):
        stored = book.known.get(key)
        if stored is not None:
            # Blanks and capitals in a number are no change.
            values.pop("number")
            return stored
        number, day = key
        candidates = [
            (known.pk, f"{known} · {known.issued_on:%d/%m/%Y} · {known.title}")
            for known in book.by_year.get((number, day.year), [])
        ]
        decided = ask(row, book.request, candidates) if candidates else "new"
        return book.by_pk.get(decided)

    def write(self, rows, request, journal):
        new = []
        for row in rows:
            planned = row.record
            if planned.stored is None:
                document = GoverningDocument(commune=request.commune, **planned.values)
                new.append(document)
                since = document.issued_on
            else:
                since = planned.stored.issued_on
                journal.change(planned.stored, **planned.values)
                since = min(since, planned.stored.issued_on)
            journal.touch([(request.commune.pk, None)], since)
        journal.create(GoverningDocument, new)


class Documents:
    """The documents of a commune by number and day, and by number and year."""

    def __init__(self, request, documents):
        self.request = request
        self.known, self.by_year, self.by_pk, self.by_number = {}, {}, {}, {}
        for document in documents.order_by("issued_on"):
            number = number_key(document.number)
            self.known[number, document.issued_on] = document
            self.by_year.setdefault((number, document.issued_on.year), []).append(document)
            self.by_pk[str(document.pk)] = document
            self.by_number[number] = document

    def numbered(self, text):
        """Return the newest document of this number, or ``None``."""
        return self.by_number.get(number_key(text)) if text else None


def no_such_document(number):
    """Return the words that a decision is not among the documents."""
    return _("No document «%(number)s» is kept. Bring in the documents first.") % {"number": number}

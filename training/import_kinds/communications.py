"""The list of news, articles, videos and broadcasts."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.import_kinds import columns
from training.models import Communication
from villages.import_kinds.flat import FlatList, said_in
from villages.importing.kinds import Column
from villages.text import fold

Kind, Channel = Communication.Kind, Communication.Channel
KIND_WORDS = {
    Kind.NEWS: ("Tin", "Tin tức", "News"),
    Kind.ARTICLE: ("Bài", "Bài báo", "Article"),
    Kind.VIDEO: ("Phim", "Clip", "Phóng sự", "Video"),
    Kind.BROADCAST: ("Phát thanh", "Loa", "Bài phát thanh", "Broadcast"),
}
CHANNEL_WORDS = {
    Channel.INFORMATION_PAGE: ("Trang thông tin", "Cổng thông tin", "Website", "Trang TTĐT"),
    Channel.FACEBOOK: ("FB", "Trang Facebook", "Fanpage"),
    Channel.ZALO: ("Nhóm Zalo", "Zalo OA"),
    Channel.LOUDSPEAKER: ("Loa", "Loa truyền thanh", "Đài truyền thanh", "Truyền thanh"),
    Channel.VIDEO: ("YouTube", "TikTok", "Kênh video"),
    Channel.OTHER: ("Khác", "Kênh khác"),
}
ATTRIBUTES = (
    "kind", "channel", "title", "published_on", "link", "reach", "summary", "is_public", "note",
)  # fmt: skip
KEY = ("published_on", "title", "kind", "channel")
MOST_REACHED = 100_000_000


class CommunicationsKind(FlatList):
    code = "communications"
    title = gettext_lazy("Communications")
    description = gettext_lazy(
        "News items, articles, videos and loudspeaker broadcasts: where, when, how many reached."
    )
    position = 180
    list_url = "communication_list"
    clears = ("link", "reach", "summary", "note")

    def columns(self, request):
        return [
            columns.text(
                "title", _("Title"), most=300, required=True,
                synonyms=("Tên tin, bài", "Tiêu đề", "Tên bài", "Nội dung"),
                example="Người cao tuổi học dùng điện thoại thông minh",
            ),
            columns.choice(
                "kind", _("Kind"), columns.with_words(Kind.choices, KIND_WORDS), required=True,
                synonyms=("Thể loại", "Loại", "Loại tin, bài", "Hình thức"),
                example=str(Kind.NEWS.label),
            ),
            columns.choice(
                "channel", _("Channel"), columns.with_words(Channel.choices, CHANNEL_WORDS),
                required=True, synonyms=("Kênh", "Kênh đăng", "Nơi đăng", "Phương tiện"),
                example=str(Channel.INFORMATION_PAGE.label),
            ),
            columns.day(
                "published_on", _("Published on"), past=True, required=True, example="15/10/2025",
                synonyms=("Ngày đăng", "Ngày phát", "Ngày", "Thời gian"),
            ),
            Column(
                name="link", heading=_("Link"), synonyms=("Đường dẫn", "Liên kết", "Link", "URL"),
                field=forms.URLField(required=False, max_length=500, assume_scheme="https"),
            ),
            columns.number(
                "reach", _("Reach"), most=MOST_REACHED, example="1200",
                synonyms=("Lượt tiếp cận", "Lượt xem", "Tiếp cận", "Lượt nghe"),
                note=_("Views or listeners; empty: not known."),
            ),
            columns.text(
                "summary", _("Summary"), most=1000, synonyms=("Tóm tắt", "Trích yếu"),
                note=_("Shown on the public page."),
            ),
            columns.yes_no(
                "is_public", _("Shown on the public page"),
                synonyms=("Công khai", "Hiện trên trang công khai", "Đăng công khai"),
                note=_("Yes: everybody can read title, link and summary. Empty: no."),
            ),
            columns.text("note", _("Note"), most=500, synonyms=("Ghi chú",)),
        ]  # fmt: skip

    def open_book(self, request):
        return _Book(request)

    def read(self, row, book):
        values = said_in(row, *ATTRIBUTES)
        return key_of(**{name: values[name] for name in KEY}), values

    def write(self, rows, request, journal):
        planned = [row.record for row in rows]
        journal.create(
            Communication,
            [Communication(commune=request.commune, **o.values) for o in planned if not o.stored],
        )
        for one in planned:
            if one.stored is not None:
                journal.change(one.stored, **one.values)
        days = [one.values.get("published_on") or one.stored.published_on for one in planned]
        if days:
            journal.touch({(request.commune.pk, None)}, min(days))


class _Book:
    def __init__(self, request):
        own = Communication.objects.writable_by(request.user).filter(commune=request.commune)
        self.known = {
            key_of(**{name: getattr(one, name) for name in KEY}): one for one in own.order_by("-pk")
        }


def key_of(*, published_on, title, kind, channel):
    """Return what tells one item from another: the day, the title, what it is and where."""
    return published_on, fold(title), kind, channel

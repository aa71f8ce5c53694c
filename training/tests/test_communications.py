"""News, articles, videos and broadcasts."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from training import publishing
from training.models import Communication
from training.tasks import erase_communications
from villages.models import StaleMark, StoredFile
from villages.periods import today


def typed(**changes):
    return {
        "title": "Bản Vi học dùng VNeID",
        "kind": "news",
        "channel": "zalo",
        "published_on": "2025-08-20",
        **changes,
    }


@pytest.fixture
def news(cast):
    return Communication.objects.create(
        commune=cast.commune, title="Loa bản", kind="broadcast", channel="loudspeaker",
        published_on=today(), reach=1820,
    )  # fmt: skip


def test_it_works(cast, as_user):
    client = as_user(cast.official)
    client.post(reverse("communication_add"), typed(link="baolaichau.vn/x", reach="1200"))
    row = Communication.objects.get()
    assert (row.commune, row.reach, row.link) == (cast.commune, 1200, "https://baolaichau.vn/x")
    assert StaleMark.objects.filter(commune=cast.commune).exists()
    page = client.get(reverse("communication_list"), {"q": "ban vi hoc"})
    assert row.title in page.text
    assert page.context["total"] == 1


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("title", ""),
        ("title", "x" * 301),
        ("title", "a\0"),
        ("kind", "opera"),
        ("channel", ""),
        ("published_on", "9999-12-31"),
        ("published_on", "0001-01-01"),
        ("link", "javascript:alert(1)"),
        ("reach", "-1"),
        ("reach", "9" * 40),
        pytest.param("note", "n" * 10_000_000, id="ten-megabytes"),
    ],
)
def test_bad_input_is_named_beside_its_field_and_kept(cast, as_user, name, bad):
    page = as_user(cast.official).post(
        reverse("communication_add"), typed(**{"note": "ghi chú của tôi", name: bad})
    )
    assert page.context["form"].errors.keys() == {name}
    assert name == "note" or "ghi chú của tôi" in page.text
    assert not Communication.objects.exists()


def test_nothing_was_published_tomorrow(cast, as_user):
    tomorrow = (today() + timedelta(days=1)).isoformat()
    page = as_user(cast.official).post(reverse("communication_add"), typed(published_on=tomorrow))
    assert "published_on" in page.context["form"].errors


def test_it_is_changed_and_after_asking_deleted(cast, news, as_user):
    client = as_user(cast.official)
    client.get(reverse("communication_list"), {"kind": "broadcast"})
    edit = reverse("communication_edit", args=[news.pk])
    answer = client.post(edit, typed(title="Loa bản Vi"))
    assert answer.url == reverse("communication_detail", args=[news.pk])
    assert "?kind=broadcast" in client.get(answer.url).text
    news.refresh_from_db()
    assert news.title == "Loa bản Vi"
    delete = reverse("communication_delete", args=[news.pk])
    assert client.get(delete).status_code == 200
    assert Communication.objects.exists()
    client.post(delete)
    assert not Communication.objects.exists()


def test_the_list_narrows_and_sums(cast, news, as_user):
    client = as_user(cast.reader)
    address = reverse("communication_list")
    assert news.title in client.get(address, {"channel": "loudspeaker", "sort": "-reach"}).text
    assert news.title not in client.get(address, {"kind": "video"}).text
    assert news.title not in client.get(address, {"last": "2020-01-01"}).text
    assert client.get(address, {"first": "0001-01-01", "q": "\0", "page": "x"}).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404), ("leader", 403)])
def test_others_are_refused(cast, news, as_user, who, status):
    client = as_user(getattr(cast, who))
    names = ("edit", "delete", "restore", "erase", "show", "attach")
    for name in (f"communication_{name}" for name in names):
        assert client.post(reverse(name, args=[news.pk]), typed()).status_code == status
    news.refresh_from_db()
    assert news.title == "Loa bản"


PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


def attach(client, row, content=PDF, name="Ke hoach.pdf"):
    return client.post(
        reverse("communication_attach", args=[row.pk]),
        {"file": SimpleUploadedFile(name, content)},
    )


def test_the_same_title_on_the_same_day_is_asked_about_and_kept_when_meant(cast, as_user):
    client = as_user(cast.official)
    add = reverse("communication_add")
    client.post(add, typed())
    page = client.post(add, typed(title="BẢN VI HỌC DÙNG VNEID", channel="facebook"))
    assert "is_another" in page.context["form"].errors
    assert "Zalo" in page.text
    assert Communication.objects.count() == 1
    client.post(add, typed(channel="facebook", is_another="on"))
    assert Communication.objects.count() == 2
    # Another day, or a change of something else, asks nothing.
    client.post(add, typed(published_on="2025-08-21"))
    row = Communication.objects.filter(channel="facebook").get()
    client.post(reverse("communication_edit", args=[row.pk]), typed(channel="facebook", reach="9"))
    row.refresh_from_db()
    assert (Communication.objects.count(), row.reach) == (3, 9)


def test_it_is_shown_to_everybody_and_taken_off_again(cast, news, as_user):
    client = as_user(cast.official)
    show = reverse("communication_show", args=[news.pk])
    for shown in ("yes", "no"):
        client.post(show, {"shown": shown})
        news.refresh_from_db()
        assert news.is_public == (shown == "yes")
        found = client.get(reverse("communication_list"), {"shown": shown})
        assert found.context["total"] == 1


def test_a_file_is_attached_opened_and_taken_off(cast, news, as_user):
    client = as_user(cast.official)
    assert attach(client, news).url == reverse("communication_detail", args=[news.pk])
    file = news.attachments.get()
    assert client.get(reverse("stored_file", args=[file.uuid])).getvalue() == PDF
    assert (
        file.name in as_user(cast.reader).get(reverse("communication_detail", args=[news.pk])).text
    )
    assert as_user(cast.stranger).get(reverse("stored_file", args=[file.uuid])).status_code == 404
    client = as_user(cast.official)
    detach = reverse("communication_detach", args=[news.pk, file.uuid])
    assert detach in client.get(reverse("communication_detail", args=[news.pk])).text
    assert file.name in client.get(detach).text
    assert StoredFile.objects.exists()
    client.post(detach)
    assert not StoredFile.objects.exists()


def test_what_is_no_file_of_a_known_kind_is_refused_in_words(cast, news, as_user):
    page = attach(as_user(cast.official), news, b"<html><script>", "tin.html")
    assert "file" in page.context["form"].errors
    assert not StoredFile.objects.exists()


@pytest.fixture
def told(cast, news, as_user):
    """What everybody reads, with a file."""
    Communication.objects.filter(pk=news.pk).update(is_public=True)
    attach(as_user(cast.official), news)
    return news


def seen_by_everybody(cast, row, file):
    """Whether the page, its address, the feed or the file still shows it."""
    anybody, code = Client(), cast.commune.code
    lists = (
        reverse("news_of", args=[code]),
        reverse("news_feed"),
        reverse("news_feed_of", args=[code]),
    )
    return [
        *(row.title in anybody.get(page).content.decode() for page in lists),
        anybody.get(reverse("news_item", args=[code, row.pk])).status_code == 200,
        anybody.get(reverse("public_file", args=[file.uuid])).status_code == 200,
    ]


def test_a_deleted_one_is_seen_nowhere_and_comes_back_as_it_was(cast, told, as_user):
    file = told.attachments.get()
    assert all(seen_by_everybody(cast, told, file))
    client = as_user(cast.official)
    StaleMark.objects.all().delete()
    client.post(reverse("communication_delete", args=[told.pk]))
    assert not any(seen_by_everybody(cast, told, file))
    assert StaleMark.objects.filter(commune=cast.commune).exists()
    assert client.get(reverse("stored_file", args=[file.uuid])).status_code == 404
    assert client.get(reverse("communication_detail", args=[told.pk])).status_code == 404
    everything = reverse("communication_list")
    assert client.get(everything).context["total"] == 0
    deleted = client.get(everything, {"state": "deleted"})
    assert list(deleted.context["page"]) == [told]
    assert deleted.context["page"][0].deleted_by == cast.official
    for _again in range(2):
        client.post(reverse("communication_restore", args=[told.pk]))
    assert all(seen_by_everybody(cast, told, file))
    assert client.get(everything, {"state": "deleted"}).context["total"] == 0


def test_it_can_be_brought_back_for_thirty_days(cast, told, as_user):
    client, days = as_user(cast.official), publishing.KEPT_FOR
    client.post(reverse("communication_delete", args=[told.pk]))
    deleted = Communication.with_deleted.filter(pk=told.pk)
    deleted.update(deleted_at=timezone.now() - days + timedelta(hours=1))
    erase_communications()
    assert deleted.exists()
    deleted.update(deleted_at=timezone.now() - days)
    erase_communications()
    assert not deleted.exists()
    assert not StoredFile.objects.exists()


def test_one_that_was_entered_again_meanwhile_is_told_when_it_comes_back(cast, told, as_user):
    client = as_user(cast.official)
    client.post(reverse("communication_delete", args=[told.pk]))
    Communication.objects.create(
        commune=cast.commune, title=told.title.upper(), published_on=told.published_on,
        kind=told.kind, channel="zalo",
    )  # fmt: skip
    back = client.post(reverse("communication_restore", args=[told.pk]), follow=True)
    assert "cùng tiêu đề: Zalo" in back.text


def test_only_a_deleted_one_is_deleted_for_good_with_its_files(cast, told, as_user):
    client = as_user(cast.official)
    erase = reverse("communication_erase", args=[told.pk])
    client.post(erase)
    assert Communication.objects.exists()
    client.post(reverse("communication_delete", args=[told.pk]))
    assert told.title in client.get(erase).text
    client.post(erase)
    assert not Communication.with_deleted.exists()
    assert not StoredFile.objects.exists()
    assert client.post(reverse("communication_restore", args=[told.pk])).status_code == 404

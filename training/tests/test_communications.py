"""News, articles, videos and broadcasts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from training.models import Communication
from villages.models import StaleMark
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
        ("note", "n" * 10_000_000),
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
    assert answer.url == reverse("communication_list") + "?kind=broadcast"
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
    for name in ("communication_edit", "communication_delete"):
        assert client.post(reverse(name, args=[news.pk]), typed()).status_code == status
    news.refresh_from_db()
    assert news.title == "Loa bản"

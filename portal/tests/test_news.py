"""The public information page and its feed: what is meant for everybody, and nothing else."""

from datetime import datetime
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from portal.testing.cast import make_commune
from training.models import Communication
from villages.models import StoredFile
from villages.periods import today

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "Lừa đảo ]]> <script>alert(1)</script> & \ufffe\uffff\x0b «VNeID» \U0001f600"


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def tell(commune, title, **changes):
    said = {"kind": "news", "channel": "zalo", "published_on": today(), "is_public": True}
    return Communication.objects.create(commune=commune, title=title, **said | changes)


def pages_of(client, commune):
    return [
        client.get(reverse(name, args=args)).content.decode()
        for name, args in (
            ("news", []),
            ("news_of", [commune.code]),
            ("news_feed", []),
            ("news_feed_of", [commune.code]),
            ("start", []),
        )
    ]


def test_it_works(cast, client):
    item = tell(cast.commune, "Bản Vi học VNeID", summary="Ba buổi.\n\nMọi người đều được mời.")
    page = client.get(reverse("news_of", args=[cast.commune.code]))
    assert "Bản Vi học VNeID" in page.text
    one = client.get(reverse("news_item", args=[cast.commune.code, item.pk]))
    assert "Mọi người đều được mời." in one.text
    feed = client.get(reverse("news_feed_of", args=[cast.commune.code]))
    assert feed["Content-Type"].startswith("application/atom+xml")
    entry = ElementTree.fromstring(feed.content).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == "Bản Vi học VNeID"


def test_what_is_not_meant_for_everybody_is_nowhere(cast, client):
    tell(cast.commune, "Công khai", note="ghi chú nội bộ")
    private = tell(cast.commune, "Chỉ nội bộ", is_public=False, summary="không ai được đọc")
    file = StoredFile.objects.create(
        commune=cast.commune, name="a.pdf", content_type="application/pdf", size=1, content=b"%"
    )
    private.attachments.add(file)
    for text in pages_of(client, cast.commune):
        assert "Chỉ nội bộ" not in text
        assert "không ai được đọc" not in text
        assert "ghi chú nội bộ" not in text
    item = reverse("news_item", args=[cast.commune.code, private.pk])
    assert client.get(item).status_code == 404
    assert client.get(reverse("public_file", args=[file.uuid])).status_code == 302
    # Once it is shown, so is its file; the refusal above was about the mark alone.
    private.is_public = True
    private.save()
    assert client.get(item).status_code == 200
    assert client.get(reverse("public_file", args=[file.uuid])).status_code == 200


def test_the_internal_note_stays_internal(cast, client):
    item = tell(cast.commune, "Công khai", note="ghi chú nội bộ")
    page = client.get(reverse("news_item", args=[cast.commune.code, item.pk]))
    assert page.status_code == 200
    assert "ghi chú nội bộ" not in page.text


def test_each_commune_tells_its_own(cast, client):
    item = tell(cast.commune, "Tin Mường Kim")
    tell(cast.elsewhere, "Tin nơi khác")
    assert "Tin nơi khác" not in client.get(reverse("news_of", args=[cast.commune.code])).text
    choice = client.get(reverse("news")).text
    assert reverse("news_of", args=[cast.elsewhere.code]) in choice
    wrong = reverse("news_item", args=[cast.elsewhere.code, item.pk])
    assert client.get(wrong).status_code == 404
    assert client.get(reverse("news_of", args=["99999"])).status_code == 404
    both = client.get(reverse("news_feed")).text
    assert "Tin nơi khác" in both
    assert "Tin Mường Kim" in both


@pytest.mark.parametrize("title", [HOSTILE, "\ufffe", "a" * 300, "‮gpj.exe"])
def test_a_hostile_title_breaks_neither_page_nor_feed(cast, client, title):
    tell(cast.commune, title, summary=HOSTILE, link="https://vi.example/?a=1&b=<x>")
    feed = client.get(reverse("news_feed"))
    root = ElementTree.fromstring(feed.content)
    (entry,) = root.findall(f"{ATOM}entry")
    # Readers draw a summary as HTML, so that it must hold no element that somebody typed.
    assert "<script" not in entry.find(f"{ATOM}summary").text
    for part in (root, entry):
        assert part.find(f"{ATOM}id").text.startswith("urn:uuid:")
    page = client.get(reverse("news_of", args=[cast.commune.code])).text
    assert "<script>alert" not in page


def test_it_narrows_by_month_and_channel_and_never_breaks(cast, client):
    tell(cast.commune, "Tin tháng tám", published_on="2025-08-20", channel="facebook")
    tell(cast.commune, "Tin tháng mười", published_on="2025-10-02")
    address = reverse("news_of", args=[cast.commune.code])
    page = client.get(address, {"thang": "2025-08"}).text
    assert "Tin tháng tám" in page
    assert "Tin tháng mười" not in page
    assert "Tin tháng tám" not in client.get(address, {"kenh": "zalo"}).text
    for wrong in ({"thang": "\0"}, {"thang": "9999-99"}, {"kenh": "x" * 900}, {"page": "-1"}):
        assert client.get(address, wrong).status_code == 200


def test_it_is_paged(cast, client):
    for number in range(25):
        tell(cast.commune, f"Tin {number}")
    page = client.get(reverse("news_of", args=[cast.commune.code]), {"page": "2"})
    assert len(page.context["page"].object_list) == 5


def test_the_feed_may_be_kept_by_anybody_and_a_page_by_its_reader_alone(cast, client):
    tell(cast.commune, "Tin")
    feed = client.get(reverse("news_feed"))
    assert "public" in feed["Cache-Control"]
    assert not feed.cookies
    assert "no-store" not in feed["Cache-Control"]
    page = client.get(reverse("news_of", args=[cast.commune.code]))
    assert "private" in page["Cache-Control"]
    assert "max-age=300" in page["Cache-Control"]
    client.force_login(cast.official)
    page = client.get(reverse("news_of", args=[cast.commune.code]))
    assert "no-store" in page["Cache-Control"]


def test_the_start_page_leads_to_the_news(client, db):
    commune, _villages = make_commune("03637", "Mường Kim", ["Vi"])
    item = tell(commune, "Tin đầu")
    page = client.get("/").text
    assert reverse("news_item", args=[commune.code, item.pk]) in page
    assert reverse("news_feed") in page
    assert "Tin đầu" in client.get(reverse("news")).text


def test_what_is_published_today_does_not_lie_in_the_future_of_a_reader(client, cast):
    item = tell(cast.commune, "Tin sáng nay")
    feed = client.get(reverse("news_feed_of", args=[cast.commune.code])).content
    (entry,) = ElementTree.fromstring(feed).iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == item.title
    for name in ("published", "updated"):
        moment = datetime.fromisoformat(entry.findtext(f"{ATOM}{name}"))
        assert moment <= timezone.now(), name

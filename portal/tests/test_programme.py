"""The hub: one page that leads to everything the programme keeps."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from training.models import Communication
from villages.periods import today


@pytest.fixture
def news(cast):
    for number in range(3):
        Communication.objects.create(
            commune=cast.commune, kind="news", channel="zalo", title=f"Tin {number}",
            published_on=today(), is_public=number == 0,
        )  # fmt: skip


def links_of(client):
    groups = client.get(reverse("programme")).context["groups"]
    return {str(link["label"]): link for _title, links in groups for link in links}


def test_it_works(cast, news, client):
    client.force_login(cast.official)
    page = client.get(reverse("programme"))
    links = links_of(client)
    assert links["Tin, bài, video"]["count"] == 3
    assert links["Trang thông tin công khai"]["count"] == 1
    assert links["Tổ công nghệ số cộng đồng"]["count"] == 2
    for link in links.values():
        assert client.get(link["url"]).status_code == 200, link["url"]
    assert 'aria-current="page">Chương trình<' in page.text


def test_it_counts_nothing_of_another_commune(cast, news, client):
    client.force_login(cast.stranger)
    assert links_of(client)["Tin, bài, video"]["count"] == 0


def test_a_reader_is_offered_nothing_to_change(cast, client):
    client.force_login(cast.reader)
    labels = links_of(client)
    assert "Lập kế hoạch lớp" not in labels
    assert "Tin, bài, video" in labels


def test_its_queries_do_not_grow_with_its_links(cast, client, django_assert_max_num_queries):
    client.force_login(cast.official)
    client.get(reverse("programme"))
    # Session, account, assignments, and one for every number of the page.
    with django_assert_max_num_queries(5):
        client.get(reverse("programme"))


@pytest.mark.parametrize("who", ["leader", "stranger_leader"])
def test_a_team_leader_has_no_desk(cast, client, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("programme")).status_code == 403


def test_without_any_commune_it_still_opens(db, django_user_model):
    cache.clear()
    client = Client()
    client.force_login(django_user_model.objects.create_superuser("first"))
    assert client.get(reverse("programme")).status_code == 200

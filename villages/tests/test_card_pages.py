"""The officials' pages of sign-in cards: choosing, issuing once, asking before replacing."""

import pytest
from django.urls import reverse

from portal.testing.cast import make_user
from villages.cards import CardRefused, Refusal, issue_card, look_at_card
from villages.models import Phone, SignInCard

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def issued(cast):
    """The leader's open card and its code."""
    cast.card, cast.code = issue_card(user=cast.leader, commune=cast.commune, by=cast.official)
    return cast


def reason_of(cast):
    with pytest.raises(CardRefused) as refused:
        look_at_card(pk=cast.card.pk, code=cast.code)
    return refused.value.reason


def issue_by_page(client, people, **more):
    return client.post(reverse("card_issue"), {"people": [p.pk for p in people], **more})


def test_an_official_issues_and_sees_the_codes_once(client, cast):
    client.force_login(cast.official)
    page = client.get(reverse("card_list")).content.decode()
    assert "Lò Thị Tổ Trưởng" in page
    assert "Người Lạ" not in page
    printed = issue_by_page(client, [cast.leader, cast.neighbour])
    assert printed.status_code == 200
    assert printed["Cache-Control"] == "no-store, private"
    assert printed.content.decode().count('class="card-code"') == 2
    assert "/card/" in printed.content.decode()
    assert "/card/" not in client.get(reverse("card_list")).content.decode()


def test_an_open_card_is_replaced_only_after_asking(client, issued):
    client.force_login(issued.official)
    asked = issue_by_page(client, [issued.leader])
    assert 'class="card-code"' not in asked.content.decode()
    assert look_at_card(pk=issued.card.pk, code=issued.code)
    printed = issue_by_page(client, [issued.leader], confirmed="on")
    assert 'class="card-code"' in printed.content.decode()
    assert reason_of(issued) == Refusal.WITHDRAWN


def test_only_leaders_without_a_phone_can_be_kept(client, cast):
    Phone.objects.create(commune=cast.commune, user=cast.leader, public_key={})
    client.force_login(cast.official)
    page = client.get(reverse("card_list"), {"loc": "chua-co-dien-thoai"})
    assert [row.user for row in page.context["rows"]] == [cast.neighbour]


@pytest.mark.parametrize("who", ["stranger_leader", "official", "admin"])
def test_nobody_outside_the_list_gets_a_card(client, cast, who):
    client.force_login(cast.official)
    assert issue_by_page(client, [getattr(cast, who)]).status_code == 302
    assert not SignInCard.objects.exists()


def test_an_account_with_further_rights_is_listed_without_a_box(client, cast):
    both_roles = make_user("both", "team_leader", cast.commune, cast.khi, is_staff=True)
    client.force_login(cast.official)
    rows = client.get(reverse("card_list")).context["rows"]
    assert {row.user: row.may_have_card for row in rows}[both_roles] is False


def test_a_card_is_withdrawn_by_its_page(client, issued):
    client.force_login(issued.official)
    url = reverse("card_withdraw", args=[issued.card.pk])
    assert client.get(url).status_code == 200
    assert look_at_card(pk=issued.card.pk, code=issued.code)
    assert client.post(url).status_code == 302
    assert reason_of(issued) == Refusal.WITHDRAWN

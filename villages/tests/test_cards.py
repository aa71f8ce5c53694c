"""A sign-in card opens one account, once, for a bounded time, and only a leader's."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.utils import timezone

from villages.cards import (
    CardRefused,
    NotALeader,
    Refusal,
    issue_card,
    look_at_card,
    redeem_card,
    withdraw_card,
)
from villages.models import Assignment, SignInCard
from villages.periods import today

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def issued(cast):
    """The leader's open card and its code; ``again()`` issues a newer one."""
    cast.card, cast.code = issue_card(user=cast.leader, commune=cast.commune, by=cast.official)
    return cast


def reason_of(cast, code=None):
    with pytest.raises(CardRefused) as refused:
        redeem_card(pk=cast.card.pk, code=cast.code if code is None else code)
    with pytest.raises(CardRefused) as looked:
        look_at_card(pk=cast.card.pk, code=cast.code if code is None else code)
    assert looked.value.reason == refused.value.reason
    return refused.value.reason


def test_it_works(issued):
    assert look_at_card(pk=issued.card.pk, code=issued.code).is_open
    card = redeem_card(pk=issued.card.pk, code=issued.code)
    assert card.user == issued.leader
    assert card.used_at is not None
    assert card.issued_by == issued.official


def test_it_is_valid_until_the_end_of_the_printed_day(issued):
    last = timezone.localtime(issued.card.expires_at)
    assert last.date() == today() + timedelta(days=14)
    assert (last.hour, last.minute) == (23, 59)


def test_the_code_can_be_typed_with_or_without_hyphens_and_in_capitals(issued):
    assert set(issued.code) <= set("abcdefghijklmnopqrstuvwxyz234567-")
    typed = issued.code.replace("-", "").upper()
    assert redeem_card(pk=issued.card.pk, code=typed).used_at


def test_the_database_does_not_hold_the_code(issued):
    row = SignInCard.objects.filter(pk=issued.card.pk).values().get()
    assert not [value for value in row.values() if issued.code in str(value)]


def test_a_used_card_is_refused(issued):
    redeem_card(pk=issued.card.pk, code=issued.code)
    assert reason_of(issued) == Refusal.USED


def test_a_withdrawn_card_is_refused(issued):
    withdraw_card(card=issued.card)
    assert reason_of(issued) == Refusal.WITHDRAWN


def test_a_reissued_card_kills_the_old_one_at_once(issued):
    newer, code = issue_card(user=issued.leader, commune=issued.commune, by=issued.official)
    assert reason_of(issued) == Refusal.WITHDRAWN
    assert redeem_card(pk=newer.pk, code=code).user == issued.leader


def test_an_expired_card_is_refused(issued):
    SignInCard.objects.filter(pk=issued.card.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert reason_of(issued) == Refusal.EXPIRED


def test_a_code_older_than_the_signature_allows_is_refused(issued, settings):
    settings.SESAME_MAX_AGE = -1
    assert reason_of(issued) == Refusal.EXPIRED


def test_a_switched_off_account_is_refused(issued):
    get_user_model().objects.filter(pk=issued.leader.pk).update(is_active=False)
    assert reason_of(issued) == Refusal.SWITCHED_OFF


def test_who_leads_no_team_any_more_is_refused(issued):
    issued.leader.assignments.update(to_on=today() - timedelta(days=1))
    assert reason_of(issued) == Refusal.NO_VILLAGE


def test_who_has_become_an_official_is_refused(issued):
    Assignment.objects.create(
        user=issued.leader, role="official", commune=issued.commune, from_on=today()
    )
    assert reason_of(issued) == Refusal.NO_VILLAGE


def test_a_changed_password_ends_the_card(issued):
    issued.leader.set_password("mot-mat-khau-khac-han")
    issued.leader.save()
    assert reason_of(issued) == Refusal.WRONG


def test_another_cards_code_is_wrong(issued):
    other, code = issue_card(user=issued.neighbour, commune=issued.commune, by=issued.official)
    assert reason_of(issued, code) == Refusal.WRONG
    older, issued.card = issued.code, other
    assert reason_of(issued, older) == Refusal.WRONG


@pytest.mark.parametrize("code", ["", "x", "-", "0189", "a" * 5000, "ă", "\x00", "aaaaa-bbbbb"])
def test_nonsense_is_wrong(issued, code):
    assert reason_of(issued, code) == Refusal.WRONG


def test_an_unknown_card_is_wrong(issued):
    issued.card.pk = 10**30
    assert reason_of(issued) == Refusal.WRONG


@pytest.mark.parametrize("who", ["official", "reader", "admin", "stranger_leader"])
def test_no_card_for_whoever_is_more_than_a_leader_here(cast, who):
    with pytest.raises(NotALeader):
        issue_card(user=getattr(cast, who), commune=cast.commune, by=cast.official)
    assert not SignInCard.objects.exists()


def test_no_card_for_a_leader_who_is_an_official_elsewhere(cast):
    Assignment.objects.create(
        user=cast.leader, role="official", commune=cast.elsewhere, from_on=today()
    )
    with pytest.raises(NotALeader):
        issue_card(user=cast.leader, commune=cast.commune, by=cast.official)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_scans_at_the_same_moment_one_wins(issued):
    assert connection.vendor == "postgresql"
    start, outcomes = threading.Barrier(6), []

    def scan():
        start.wait()
        try:
            redeem_card(pk=issued.card.pk, code=issued.code)
            outcomes.append("signed in")
        except CardRefused as refused:
            outcomes.append(refused.reason)
        finally:
            connections.close_all()

    run_all([scan] * 6)
    assert sorted(outcomes) == ["signed in", *[Refusal.USED] * 5]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_officials_who_issue_at_the_same_moment_leave_one_open_card(cast):
    start, codes = threading.Barrier(4), []

    def issue():
        start.wait()
        try:
            codes.append(issue_card(user=cast.leader, commune=cast.commune, by=cast.official))
        finally:
            connections.close_all()

    run_all([issue] * 4)
    assert len(codes) == 4
    assert SignInCard.objects.filter(withdrawn_at__isnull=True).count() == 1


def run_all(jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

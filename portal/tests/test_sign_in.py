"""Coming in: who gets through the door, who is kept waiting, and what ends a session."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.testing.accessibility import axe_problems, scrolls_sideways, small_targets, small_text
from portal.testing.browser import OFFICE, PHONE

INSIDE = "/password/"


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def try_password(client, username, password, **extra):
    return client.post(reverse("sign_in"), {"username": username, "password": password, **extra})


def test_it_works(client, cast):
    answer = try_password(client, "leader", cast.password)
    assert answer.status_code == 302
    assert answer.url == reverse("home")
    assert client.get(INSIDE).status_code == 200


def test_signing_in_goes_where_the_person_was_heading(client, cast):
    asked = client.get(INSIDE)
    assert asked.url == f"/sign-in/?next={INSIDE}"
    assert try_password(client, "leader", cast.password, next=INSIDE).url == INSIDE


@pytest.mark.parametrize("outside", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_signing_in_never_leads_out_of_the_portal(client, cast, outside):
    assert try_password(client, "leader", cast.password, next=outside).url == reverse("home")
    assert client.get(reverse("sign_in"), {"next": outside}).url == reverse("home")


def test_a_signed_in_person_is_not_sent_round_in_circles(client, cast):
    client.force_login(cast.leader)
    assert client.get("/sign-in/?next=/sign-in/").url == reverse("home")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, cast):
    wrong = try_password(client, "leader", "sai-mat-khau-roi")
    unknown = try_password(client, "nobody", "sai-mat-khau-roi")
    assert wrong.status_code == unknown.status_code == 200
    message = wrong.context["form"].non_field_errors()
    assert message
    assert message == unknown.context["form"].non_field_errors()
    assert 'value="leader"' in wrong.text


def test_after_five_wrong_passwords_the_door_pauses_and_says_how_long(client, cast):
    answers = [try_password(client, "leader", "sai-mat-khau-roi") for _ in range(6)]
    assert [answer.status_code for answer in answers][:4] == [200] * 4
    paused = answers[-1]
    assert paused.status_code == 429
    assert paused["Retry-After"] == "300"
    assert "5 phút" in paused.text
    assert 'value="leader"' in paused.text
    assert try_password(client, "leader", cast.password).status_code == 429


def test_the_pause_of_one_name_does_not_keep_another_out(client, cast):
    for _ in range(6):
        try_password(client, "leader", "sai-mat-khau-roi")
    assert try_password(client, "official", cast.password).status_code == 302


def test_a_forged_address_does_not_end_the_pause(client, cast):
    for number in range(6):
        client.post(
            reverse("sign_in"),
            {"username": "leader", "password": "sai-mat-khau-roi"},
            headers={"x-forwarded-for": f"10.0.0.{number}"},
        )
    answer = client.post(
        reverse("sign_in"),
        {"username": "leader", "password": cast.password},
        headers={"x-forwarded-for": "10.9.9.9"},
    )
    assert answer.status_code == 429


def test_a_script_is_told_of_the_pause_in_json(client, cast):
    for _ in range(6):
        try_password(client, "leader", "sai-mat-khau-roi")
    answer = client.post(
        reverse("sign_in"),
        {"username": "leader", "password": "x"},
        headers={"accept": "application/json"},
    )
    assert (answer.status_code, answer.json()["error"]) == (429, "sign_in_paused")


@pytest.mark.parametrize(
    "username", ["", "\0", "a" * 100_000, "\ud7ff\U0001f600", "' or 1=1 --"], ids=range(5)
)
def test_odd_names_are_refused_in_words(client, cast, username):
    assert try_password(client, username, "x" * 20).status_code == 200


def test_a_password_without_end_is_refused_before_it_is_hashed(client, cast):
    answer = try_password(client, "leader", "x" * 129)
    assert answer.status_code == 200
    assert answer.context["form"].errors["password"]


def test_signing_out_ends_the_session_on_the_server(client, cast):
    try_password(client, "leader", cast.password)
    old = client.cookies["sessionid"].value
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.post(reverse("sign_out")).url == reverse("start")
    thief = Client()
    thief.cookies["sessionid"] = old
    assert thief.get(INSIDE).status_code == 302


def test_signing_in_changes_the_session_key(client, cast):
    client.cookies["sessionid"] = "planted-by-somebody-else"
    try_password(client, "leader", cast.password)
    assert client.cookies["sessionid"].value != "planted-by-somebody-else"


def test_a_new_password_ends_the_other_sessions(client, cast):
    elsewhere = Client()
    for device in (client, elsewhere):
        try_password(device, "leader", cast.password)
    new = "suoi-reo-duoi-chan-deo"
    answer = client.post(
        INSIDE,
        {"old_password": cast.password, "new_password1": new, "new_password2": new},
    )
    assert answer.url == reverse("password_change_done")
    assert client.get(reverse("password_change_done")).status_code == 200
    assert elsewhere.get(INSIDE).status_code == 302


def test_a_weak_new_password_is_refused_beside_its_field(client, cast):
    client.force_login(cast.leader)
    answer = client.post(
        INSIDE,
        {"old_password": cast.password, "new_password1": "matkhau123", "new_password2": "x"},
    )
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"new_password2"}
    assert client.get(INSIDE).status_code == 200


def test_a_switched_off_account_is_out_at_the_next_request(client, cast):
    client.force_login(cast.leader)
    cast.leader.is_active = False
    cast.leader.save()
    assert client.get(INSIDE).status_code == 302
    assert try_password(Client(), "leader", cast.password).status_code == 200


def test_the_admin_has_the_same_door(client, cast):
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/sign-in/?next=")
    client.force_login(cast.official)
    assert client.get("/admin/login/").url == reverse("home")


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, OFFICE, {"width": 320, "height": 256}], ids=str)
def test_the_page_can_be_read_touched_and_heard(screen, size):
    page = screen.open(size=size)
    page.goto("/sign-in/?next=/password/")
    assert axe_problems(page) == []
    assert small_text(page) == []
    assert small_targets(page) == []
    assert not scrolls_sideways(page)


@pytest.mark.browser
def test_the_password_can_be_shown_and_is_hidden_again_before_it_is_sent(screen, cast):
    page = screen.open(size=PHONE)
    page.goto("/sign-in/?next=/password/")
    page.fill("#id_username", "leader")
    page.fill("#id_password", cast.password)
    page.click("button[aria-controls=id_password]")
    assert page.get_attribute("#id_password", "type") == "text"
    page.keyboard.press("Tab")
    page.click("main button[type=submit]")
    page.wait_for_url("**/password/")
    assert axe_problems(page) == []
    assert small_text(page) == []
    page.click(".site-menu > summary")
    assert axe_problems(page) == []
    assert small_targets(page) == []

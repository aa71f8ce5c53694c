"""Vietnamese unless somebody chooses English here; the choice returns to the same page."""

import pytest
from django.core.cache import cache
from django.urls import reverse


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def test_vietnamese_is_the_default_whatever_the_browser_was_sold_with(client, db):
    page = client.get(reverse("sign_in"), headers={"accept-language": "en-US,en;q=0.9"}).text
    assert '<html lang="vi">' in page
    assert "Đăng nhập" in page


def test_english_can_be_chosen_without_an_account_and_stays(client, db):
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/sign-in/?next=/x/"})
    assert answer.url == "/sign-in/?next=/x/"
    page = client.get(answer.url).text
    assert '<html lang="en">' in page
    assert "Sign in" in page
    client.post(reverse("set_language"), {"language": "vi", "next": "/"})
    assert "Đăng nhập" in client.get("/").text


def test_the_switch_names_each_language_in_itself(client, cast):
    client.force_login(cast.official)
    for language in ("vi", "en"):
        client.cookies["django_language"] = language
        page = client.get(reverse("password_change")).text
        assert ">Tiếng Việt</button>" in page
        assert ">English</button>" in page
        assert 'name="next" value="/password/"' in page


def test_the_switch_leads_nowhere_else(client, db):
    answer = client.post(
        reverse("set_language"), {"language": "en", "next": "https://evil.example/"}
    )
    assert answer.url == "/"


def test_a_damaged_choice_is_vietnamese(client, db):
    client.cookies["django_language"] = "xx<script>"
    assert '<html lang="vi">' in client.get("/").text


def test_the_switch_takes_no_get(client, db):
    assert client.get(reverse("set_language")).status_code == 405

"""Each way to fail has a page that says what happened and what to do, without a database."""

import pytest
from django.core.cache import cache
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.template import TemplateDoesNotExist
from django.test import Client
from django.urls import include, path

from portal import errors
from portal.context_processors import commune_of
from portal.testing.accessibility import axe_problems, scrolls_sideways, small_text
from portal.testing.browser import PHONE
from villages.access import Scope, public

FAILURES = {
    "damaged": BadRequest,
    "too-large": RequestDataTooBig,
    "forbidden": PermissionDenied,
    "missing": Http404,
    "mistake": ValueError,
    "database-away": OperationalError,
    "connection-lost": InterfaceError,
}


@public
def fail(request, way):
    raise FAILURES[way]("canary-0123")


@public
def send(request):
    return request.POST["never"]


urlpatterns = [
    path("fail/<way>/", fail),
    path("send/", send),
    path("", include("portal.urls")),
]
handler400, handler403 = errors.bad_request, errors.permission_denied
handler404, handler500 = errors.page_not_found, errors.server_error

pytestmark = [pytest.mark.urls(__name__), pytest.mark.once]


@pytest.fixture
def visitor():
    """A client that gets the error page, as a browser does."""
    cache.clear()
    return Client(raise_request_exception=False)


# None of these tests but the last ones has a database: a query would fail them.
@pytest.mark.parametrize(
    ("way", "status", "words", "button"),
    [
        ("damaged", 400, "Không đọc được yêu cầu", "Về trang chính"),
        ("too-large", 400, "quá lớn", "Về trang chính"),
        ("forbidden", 403, "không có quyền", "Về trang chính"),
        ("missing", 404, "Không tìm thấy", "Về trang chính"),
        ("mistake", 500, "Cổng gặp lỗi", "Thử lại"),
        ("database-away", 503, "chưa kết nối được dữ liệu", "Thử lại"),
        ("connection-lost", 503, "chưa kết nối được dữ liệu", "Thử lại"),
    ],
)
def test_each_failure_has_its_page(visitor, way, status, words, button):
    answer = visitor.get(f"/fail/{way}/")
    assert answer.status_code == status
    assert words in answer.text
    assert answer.text.count("btn-primary") == 1
    assert button in answer.text
    assert "canary-0123" not in answer.text
    assert answer.get("Retry-After") == ("30" if status == 503 else None)


@pytest.mark.parametrize(
    ("way", "status", "code"),
    [
        ("damaged", 400, "bad_request"),
        ("forbidden", 403, "forbidden"),
        ("missing", 404, "not_found"),
        ("mistake", 500, "server_error"),
        ("database-away", 503, "unavailable"),
    ],
)
def test_a_script_is_answered_in_json(visitor, way, status, code):
    for headers in ({"accept": "application/json"}, {"content-type": "application/json"}):
        answer = visitor.get(f"/fail/{way}/", headers=headers)
        assert answer.status_code == status
        assert answer.json()["error"] == code
        assert answer.json()["message"]


def test_an_old_form_is_told_that_nothing_is_lost(visitor):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/send/", {"never": "1"})
    assert answer.status_code == 403
    assert "không bị mất" in answer.text
    assert 'btn-primary" href="/"' in answer.text
    form = "http://testserver/sign-in/"
    assert f'href="{form}"' in strict.post("/send/", headers={"referer": form}).text
    outside = "https://evil.example/"
    assert outside not in strict.post("/send/", headers={"referer": outside}).text
    assert strict.post("/send/", {}, headers={"accept": "application/json"}).json() == {
        "error": "form_expired",
        "message": str(errors.MESSAGES["form_expired"]),
    }


def test_the_english_pages_are_english(visitor):
    visitor.cookies["django_language"] = "en"
    assert "This page was not found" in visitor.get("/fail/missing/").text


def test_even_a_broken_page_ends_in_words(visitor, settings, caplog):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}]
    answer = visitor.get("/fail/mistake/")
    assert answer.status_code == 500
    assert "thử lại" in answer.text
    assert TemplateDoesNotExist.__name__ in caplog.text


def test_an_error_page_carries_the_demo_band_that_was_last_known(visitor, cast):
    cast.commune.is_demo = True
    cast.commune.save()
    commune_of(Scope(communes=frozenset([cast.commune.pk])))
    assert "Dữ liệu minh họa" in visitor.get("/fail/missing/").text


def test_a_role_that_does_not_reach_a_page_is_told_so(visitor, cast):
    visitor.force_login(cast.leader)
    answer = visitor.get("/fail/forbidden/")
    assert answer.status_code == 403
    assert 'href="/home/"' in answer.text


@pytest.mark.browser
@pytest.mark.parametrize("way", ["missing", "mistake", "database-away"])
def test_an_error_page_can_be_read_on_a_phone(screen, way):
    page = screen.open(size=PHONE)
    page.goto(f"/fail/{way}/")
    assert axe_problems(page) == []
    assert small_text(page) == []
    assert not scrolls_sideways(page)
    screen.expect_problem("Failed to load resource")

"""The shell of the leader's phone: one page for everybody, and the ways that lead to it."""

import gzip
import json

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from households.tests.field_phone import looks_right, make_pin, title
from households.views.field import FIRST_MODULES, LATER_MODULES, MODULES_ON_DEMAND
from portal.testing.browser import PHONE
from portal.testing.cast import LONG_SINCE
from villages.models import Assignment

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_it_works(client, cast):
    page = client.get(reverse("field"))
    assert page.status_code == 200
    text = page.content.decode()
    assert 'id="screen-visit"' in text
    assert reverse("my_village") in text


def test_it_is_the_same_for_everybody_and_knows_nobody(cast):
    pages = [Client().get(reverse("field"))]
    pages += [signed_in(user).get(reverse("field")) for user in (cast.leader, cast.official)]
    assert len({page.content for page in pages}) == 1
    for page in pages:
        text = page.content.decode()
        assert cast.leader.full_name not in text
        assert "csrf" not in text.lower()
        assert not page.cookies


def test_it_comes_in_the_chosen_language(client):
    client.cookies["django_language"] = "en"
    page = client.get(reverse("field"))
    assert "Who was met?" in page.content.decode()
    assert "Cookie" in page["Vary"]


def test_it_is_sent_compressed(client):
    page = client.get(reverse("field"), headers={"accept-encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) < 12_000


def test_its_words_are_those_of_the_language(client):
    vietnamese = client.get(reverse("field_words"))
    saved = json.dumps("Đã lưu trên máy")
    assert saved in vietnamese.content.decode()
    again = client.get(reverse("field_words"), headers={"if-none-match": vietnamese["ETag"]})
    assert again.status_code == 304
    client.cookies["django_language"] = "en"
    english = client.get(reverse("field_words"))
    assert saved not in english.content.decode()
    assert english["ETag"] != vietnamese["ETag"]


def test_a_leader_starts_here_and_the_desk_elsewhere(cast):
    assert signed_in(cast.leader).get(reverse("home")).url == reverse("field")
    assert signed_in(cast.official).get(reverse("home")).url == reverse("dashboard")


def test_every_module_of_the_phone_is_kept_for_places_without_a_signal():
    folder = settings.BASE_DIR / "static"
    modules = {path.relative_to(folder).as_posix() for path in (folder / "js/field").rglob("*.js")}
    # The shell and the page without a network name their own; the worker is the browser's.
    named = {f"js/field/{name}.js" for name in ("field", "offline", "worker")}
    assert modules - named == {
        path for path in FIRST_MODULES + LATER_MODULES + MODULES_ON_DEMAND if path.startswith("js/")
    }


def test_the_first_load_is_small(client):
    folder = settings.BASE_DIR / "static"
    files = [*FIRST_MODULES, *LATER_MODULES, "js/field/field.js", "css/portal.css", "css/field.css"]
    sizes = [len(gzip.compress((folder / path).read_bytes())) for path in files]
    for name in ("field", "field_words"):
        page = client.get(reverse(name), headers={"accept-encoding": "gzip"})
        sizes.append(len(page.content))
    headers = 700 * len(sizes)
    assert sum(sizes) + headers < 123_000


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    def test_the_visit_form_hands_over_to_the_phone(self, cast, screen):
        page = screen.open(user=cast.leader, size=PHONE)
        page.goto(f"/households/visits/new/?household={cast.household.uuid}")
        page.wait_for_url(f"**/field/#/visit/{cast.household.uuid}")

    def test_an_official_keeps_the_ordinary_form(self, cast, screen):
        page = screen.open(user=cast.official)
        page.goto(f"/households/visits/new/?household={cast.household.uuid}")
        page.wait_for_load_state("networkidle")
        assert page.locator("form[data-visit-form]").is_visible()

    def test_without_a_script_it_leads_to_the_ordinary_page(self, cast, screen):
        page = screen.open(user=cast.leader, size=PHONE, java_script_enabled=False)
        page.goto("/home/")
        page.get_by_role("link", name="Tiếp tục ở trang thường").click()
        page.wait_for_url("**/households/my-village/")

    def test_an_official_is_led_to_the_desk(self, cast, screen):
        page = screen.open(user=cast.official, size=PHONE)
        page.goto("/field/")
        page.get_by_text(cast.official.full_name).wait_for()
        page.get_by_role("link", name="Trang làm việc của xã").click()
        page.wait_for_url("**/dashboard/**")

    def test_somebody_signed_out_is_told_how_to_sign_in(self, cast, screen):
        page = screen.open(size=PHONE)
        page.goto("/field/")
        page.get_by_role("link", name="Đăng nhập").click()
        page.wait_for_url("**/sign-in/?next=/field/")
        screen.expect_problem("401")

    def test_a_leader_of_two_villages_chooses(self, cast, screen):
        Assignment.objects.create(
            user=cast.leader,
            role="team_leader",
            commune=cast.commune,
            village=cast.khi,
            from_on=LONG_SINCE,
        )
        page = screen.open(user=cast.leader, size=PHONE)
        page.goto("/field/")
        make_pin(page)
        title(page, "Các bản phụ trách")
        looks_right(page)
        page.get_by_role("link", name="Khì").click()
        title(page, "Khì")
        assert page.get_by_text("Giàng A Mẫu").is_visible()
        assert not page.get_by_text("Vàng Thị Mẫu").is_visible()

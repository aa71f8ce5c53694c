"""The whole demonstration year comes out of workbooks: the portal's own templates, filled in.

The demonstration is loaded, its figures are kept and its lists are written down as a commune
would have kept them. Then the portal is started on an empty folder as `make run` does it, a real
commune is opened, and in a browser each template is downloaded, filled in, uploaded, looked
through and applied by the worker. What comes out must be the same to the last person.
"""

import json
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from portal.demo import story
from portal.management.commands import load_demo
from portal.testing.browser import Screen
from portal.testing.figures import figures_of, one_by_one
from portal.testing.launching import Launch
from portal.testing.processes import wait_for
from portal.testing.workbooks import lists_of_year
from reports.periods import ReportPeriod
from villages.models import Commune
from villages.templatetags.display import number, percent

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("demo"),
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.postgresql,
    # A whole year through a real portal: two to four minutes on two cores.
    pytest.mark.timeout(600),
]

ADMIN, PASSWORD = "quan-tri", "suoi-nguon-tren-ban-xa"
LAST = story.ARTICLE_ON
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATIENCE = 120_000
ASKED = f"""
import json
from datetime import date
from portal.testing.figures import figures_of
from reports.periods import ReportPeriod
from villages.models import Commune
print(json.dumps(figures_of(Commune.objects.get(), date({LAST.year}, {LAST.month}, {LAST.day}))))
"""


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """The loaded year: its figures, and its lists as plain rows; it is gone when this is used."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(load_demo, "PATIENCE_SECONDS", 0)
        with transaction.atomic():
            call_command("load_demo", until=LAST, verbosity=0)
            commune = Commune.objects.get()
            official = get_user_model().objects.get(username="can-bo")
            found = SimpleNamespace(
                figures=json.loads(json.dumps(figures_of(commune, LAST))),
                lists=list(lists_of_year(commune, official, LAST)),
            )
            transaction.set_rollback(True)
        # The browser's loop, which begins now, has a connection of its own.
        connection.close()
    return found


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """The portal on an empty folder, with a commune that has nothing yet but its name."""
    portal = Launch(tmp_path_factory.mktemp("empty"), "--stop-with-parent", "--without-demo")
    portal.wait_until_open()
    assert "start_commune" in portal.said()
    portal.manage(
        *("start_commune", "--code", "03637", "--name", "Mường Kim", "--province", "Lai Châu"),
        *("--admin", ADMIN),
        typed=f"{PASSWORD}\n{PASSWORD}\n",
    )
    yield portal
    portal.end()


@pytest.fixture(scope="module")
def page(portal, chromium):
    """A browser in which the commune's administrator is signed in."""
    screen = Screen(chromium, f"http://127.0.0.1:{portal.port}")
    page = screen.open()
    page.set_default_timeout(PATIENCE)
    page.goto(reverse("sign_in"))
    page.fill("[name=username]", ADMIN)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: reverse("sign_in") not in url)
    yield page
    screen.close()
    assert not screen.problems


@pytest.fixture(scope="module")
def brought(demonstration, portal, page):
    """The figures of the commune after every list was brought in."""
    for one in demonstration.lists:
        bring_in(page, one)
    return json.loads(portal.manage("shell", "-v", "0", "-c", ASKED))


def bring_in(page, one):
    """Bring in a list as a person does, and see on its receipt that every row is there."""
    page.goto(reverse("import_new", args=[one.code]))
    template = page.request.get(reverse("import_template", args=[one.code]))
    assert template.headers["content-type"] == WORKBOOK
    file = {
        "name": f"{one.code}.xlsx",
        "mimeType": WORKBOOK,
        "buffer": one.typed_into(template.body()),
    }
    page.set_input_files("[name=file]", files=[file])
    for name, said in one.options.items():
        page.fill(f"[name={name}]", said)
    page.click("main form[method=post] .btn-primary")
    page.click("main form[method=post] .btn-primary:has-text('Kiểm tra')")
    page.wait_for_selector(".import-confirm, .notice-danger")
    assert f"{number(len(one.rows))} dòng" in page.inner_text(".page-head"), one.code
    assert page.locator(".import-confirm form [name=rows]").count() == 0, page.inner_text("main")
    page.click(".import-confirm .btn-primary")
    page.wait_for_selector(".receipt, .notice-danger")
    assert "Đã nhập danh sách" in page.inner_text("h1"), page.inner_text("main")


def differing(brought, loaded):
    """Return {what: (brought in, loaded)} where the two differ."""
    return {
        what: (brought.get(what), loaded.get(what))
        for what in {**brought, **loaded}
        if brought.get(what) != loaded.get(what)
    }


def test_the_results_table_is_the_same(brought, demonstration):
    ours, theirs = brought["year"], demonstration.figures["year"]
    assert not differing(dict(one_by_one(ours)), dict(one_by_one(theirs)))
    assert ours == theirs
    assert ours["figures"]["households_visited"] == story.HOUSEHOLDS_VISITED


def test_so_is_every_month_of_it(brought, demonstration):
    assert not differing(brought["months"], demonstration.figures["months"])
    assert len(brought["months"]) > 200


def test_so_is_every_village_in_every_indicator(brought, demonstration):
    assert not differing(brought["villages"], demonstration.figures["villages"])
    assert len({what.partition(",")[0] for what in brought["villages"]}) == story.VILLAGES + 1


def test_the_dashboard_shows_it(brought, page):
    """What the worker counted by itself, as the administrator sees it."""
    period = ReportPeriod(LAST.replace(month=1, day=1), LAST)
    shown = [percent(found["percent"]) for found in brought["year"]["indicators"][:3]]

    def is_counted():
        page.goto(f"{reverse('dashboard')}?{urlencode(period.query)}")
        words = page.inner_text("main")
        return all(share in words for share in shown)

    wait_for(is_counted, patience=90, every=1)

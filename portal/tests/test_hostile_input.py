"""Whatever is typed or sent, no address answers 500, and what was typed comes back.

Walks every form and every search field that the pages themselves show, so that a new page
is covered on the day it is added. On PostgreSQL and SQLite: they refuse different things.
"""

import random
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.test.signals import template_rendered
from django.utils import translation

from portal.tests.addresses import every_address

# On PostgreSQL, which is the pickier of the two about what it stores.
pytestmark = pytest.mark.once

ADDRESSES = [a for a in every_address() if not a.in_admin and a.name not in {"sign_out", "visit"}]
NASTY = (
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "99999999999999999999999999",
    "\u0661\u0662",
    "2025-02-31",
    "0001-01-01",
    "9999-12-31",
    "31/12/9999",
    "00:60",
    "x" * 5000,
    "\x00",
    "a\x00b",
    "\ud83d",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%00",
    "${jndi:x}",
    "{{ 7*7 }}",
    "=cmd|' /C calc'!A0",
    "e\u0301" * 300,
    "\u202e",
    "../../etc/passwd",
    "00000000-0000-0000-0000-000000000000",
    "null",
    "[]",
)
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "the-parts-of-this-form"
PARTS = f"multipart/form-data; boundary={BOUNDARY}"


class FormReader(HTMLParser):
    """The forms of a page: where each goes, how, and the names of its fields."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self.open = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.open = {
                "action": attrs.get("action") or "",
                "method": (attrs.get("method") or "get").lower(),
                "type": attrs.get("enctype") or FORM,
                "fields": {},
            }
            self.forms.append(self.open)
        elif tag in {"input", "select", "textarea", "button"} and self.open and attrs.get("name"):
            self.open["fields"].setdefault(attrs["name"], attrs.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None


@pytest.fixture
def world(cast_with_rows):
    template_rendered.send, sent = lambda *args, **kwargs: [], template_rendered.send
    yield cast_with_rows
    template_rendered.send = sent


def forms_of(response, path):
    reader = FormReader()
    reader.feed(response.content.decode())
    for form in reader.forms:
        form["action"] = form["action"] or path
    return [form for form in reader.forms if form["action"].startswith(("/", "?"))]


def browser_of(user):
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


def send(browser, method, path, values, content_type=FORM):
    """Send a form as a browser would and leave nothing changed."""
    kept = browser.cookies.copy()
    raw = {name: value.encode("utf-8", "surrogatepass") for name, value in values.items()}
    with transaction.atomic():
        if method == "get":
            response = browser.get(path, raw)
        else:
            body = in_parts(raw) if content_type == PARTS else urlencode(raw)
            response = browser.generic(method.upper(), path, body, content_type=content_type)
        transaction.set_rollback(True)
    browser.cookies = kept
    translation.activate("vi")
    return response


def in_parts(raw):
    """Return the body of a form with files; each field stands once as text and once as a file."""
    body = b""
    for name, value in raw.items():
        field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        body += field + b"\r\n\r\n" + value + b"\r\n"
        if shown := value[:200].replace(b'"', b"%22"):
            body += field + b'; filename="' + shown + b'"\r\n\r\n' + value + b"\r\n"
    return body + b"--" + BOUNDARY.encode() + b"--\r\n"


def test_what_is_sent_arrives(rf):
    for nasty in NASTY:
        raw = {"a": nasty.encode("utf-8", "surrogatepass")}
        posted = rf.generic("POST", "/", urlencode(raw), content_type=FORM).POST
        parts = rf.generic("POST", "/", in_parts(raw), content_type=PARTS).POST
        arrived = raw["a"].decode("utf-8", "replace")
        assert posted.getlist("a") == parts.getlist("a") == [arrived]


@pytest.mark.slow
@pytest.mark.parametrize("who", ["leader", "official"])
def test_no_form_breaks_whatever_is_typed(world, who):
    browser = browser_of(getattr(world, who))
    chance = random.Random(2025)
    seen, answers, broken = set(), Counter(), []
    for address in ADDRESSES:
        path = address.url(world.rows.own)
        page = browser.get(path)
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            continue
        for form in forms_of(page, path):
            action = path + form["action"] if form["action"].startswith("?") else form["action"]
            known = (form["method"], action.split("?")[0], tuple(sorted(form["fields"])))
            if known in seen or "sign-out" in action:
                continue
            seen.add(known)
            tries = [form["fields"]]
            tries += [dict.fromkeys(form["fields"], nasty) for nasty in chance.sample(NASTY, 2)]
            for name in form["fields"]:
                tries += [form["fields"] | {name: chance.choice(NASTY)}]
            for values in tries:
                kind = PARTS if form["type"].startswith("multipart") else FORM
                response = send(browser, form["method"], action, values, kind)
                answers[response.status_code] += 1
                if response.status_code >= 500:
                    broken.append((form["method"], action, values))
    assert not broken, broken[:5]
    assert len(seen) > 12, "the walk reached the forms"
    turned_away = answers[403] + answers[404] + answers[405]
    assert turned_away < answers.total() / 5, f"and they read what was sent: {answers}"


@pytest.mark.slow
def test_no_address_breaks_whatever_is_asked(world):
    browser = browser_of(world.official)
    names = (
        "q", "page", "sort", "tu", "den", "ngay", "ban", "chi-so", "xem", "xa", "loc",
        "from", "to", "village", "household", "period", "status", "kind", "next",
    )  # fmt: skip
    chance = random.Random(10)
    broken, fine = [], 0
    for address in ADDRESSES:
        path = address.url(world.rows.own)
        for nasty in chance.sample(NASTY, 4):
            response = send(browser, "get", path, dict.fromkeys(names, nasty))
            fine += response.status_code == 200
            if response.status_code >= 500:
                broken.append((path, nasty))
    assert not broken, broken[:5]
    assert fine > len(ADDRESSES), "most pages shrug it off"


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%ff%fe",
        "/households/%00/",
        "/households/visits/not-a-uuid/",
        "/villages/99999999999999999999999999/",
        "/training/staff/99999999999999999999/",
        "/figures/%C0%AE/",
        "/" + "a" * 5000,
        "/?q=%ff",
    ],
)
def test_odd_addresses_are_not_found(cast, path):
    browser = browser_of(cast.official)
    assert browser.get(path).status_code in {200, 301, 302, 400, 404}

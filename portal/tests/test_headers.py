"""What every answer carries, and what no page may contain for the policy to hold."""

import re

import pytest
from django.conf import settings
from django.core.cache import cache

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
OWN_FILES = [
    path
    for folder in ("templates", "static/css", "static/js")
    for path in sorted((settings.BASE_DIR / folder).rglob("*.*"))
]


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("/", "localhost"),
        ("/sign-in/", "localhost"),
        ("/password/", "localhost"),
        ("/nothing/", "localhost"),
        ("/admin/login/", "localhost"),
        ("/static/js/base.js", "localhost"),
        ("/static/nothing.js", "localhost"),
        ("/", "evil.example"),
    ],
)
def test_every_answer_is_guarded(client, db, address, host):
    answer = client.get(address, headers={"host": host})
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    for rule in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert rule in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_a_personal_page_is_never_stored(client, cast):
    client.force_login(cast.official)
    assert "no-store" in client.get("/password/")["Cache-Control"]


@pytest.mark.once
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_writes_what_the_policy_forbids(path):
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text), "an inline style"
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "an inline handler"
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag, tag


@pytest.mark.once
@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.name)
def test_no_page_of_ours_names_another_host(path):
    addresses = re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}[^\s\"')]*", path.read_text())
    assert [address for address in addresses if "www.w3.org" not in address] == []


@pytest.mark.once
def test_every_vendored_library_comes_with_its_licence():
    vendored = [path for path in (settings.BASE_DIR / "static/vendor").iterdir() if path.is_dir()]
    assert vendored
    assert [path.name for path in vendored if not list(path.glob("LICENSE*"))] == []
    assert [path.name for path in vendored if not re.search(r"-\d+\.\d+", path.name)] == []

"""Every translation is there: Vietnamese is complete and nothing in it is a guess."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from portal.testing.plugin import require

ROOT = Path(__file__).resolve().parent.parent.parent
# The pages' sentences and those of the phone's scripts.
CATALOGUES = {
    domain: Path("locale", "vi", "LC_MESSAGES", f"{domain}.po") for domain in ("django", "djangojs")
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")

pytestmark = [pytest.mark.once, pytest.mark.parametrize("domain", CATALOGUES)]


def messages(path):
    with path.open("rb") as file:
        return [message for message in read_po(file, locale="vi") if message.id]


def texts(message):
    """A message's source texts and its translations, each as a list."""
    both = (message.id, message.string)
    return tuple(list(text) if isinstance(text, list | tuple) else [text] for text in both)


def test_every_sentence_has_its_vietnamese(domain):
    empty = [
        message.id for message in messages(ROOT / CATALOGUES[domain]) if not all(texts(message)[1])
    ]
    assert not empty


def test_no_translation_is_a_guess(domain):
    assert not [message.id for message in messages(ROOT / CATALOGUES[domain]) if message.fuzzy]


def test_placeholders_are_the_same_in_both_languages(domain):
    different = []
    for message in messages(ROOT / CATALOGUES[domain]):
        sources, translations = texts(message)
        known = {found for text in sources for found in PLACEHOLDER.findall(text)}
        different += [text for text in translations if not set(PLACEHOLDER.findall(text)) <= known]
        named = {name for name, _other in PLACEHOLDER.findall(sources[-1]) if name}
        there = {name for text in translations for name, _other in PLACEHOLDER.findall(text)}
        if not named <= there:
            different.append(message.id)
    assert not different


def test_nobody_is_addressed_as_a_friend(domain):
    familiar = [
        message.id
        for message in messages(ROOT / CATALOGUES[domain])
        if any(re.search(r"\bbạn\b", text, re.IGNORECASE) for text in texts(message)[1])
    ]
    assert not familiar


def test_every_sentence_of_the_source_is_in_the_file(domain, tmp_path):
    """Collect the sentences again: none is new, so none shows up in English."""
    require(shutil.which("xgettext"), "needs GNU gettext (xgettext) to collect the sentences")
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "var", "node_modules", "__pycache__", "*.mo", "vendor", "axe-core-*"
    )
    copy = tmp_path / "portal"
    shutil.copytree(ROOT, copy, ignore=ignored)
    subprocess.run(
        [sys.executable, *f"-m django makemessages -d {domain} -l vi --no-location -v 0".split()],
        cwd=copy,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        timeout=120,
    )
    known = {(m.context, str(m.id)) for m in messages(ROOT / CATALOGUES[domain])}
    found = {(m.context, str(m.id)): m for m in messages(copy / CATALOGUES[domain])}
    new = [key for key, message in found.items() if key not in known or not all(texts(message)[1])]
    assert not new
    guessed = [key for key, message in found.items() if message.fuzzy]
    assert not guessed

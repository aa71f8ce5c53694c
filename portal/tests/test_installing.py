"""What makes the portal an app on a phone: service worker, manifest, the page without a network."""

import base64
import hashlib
import json
import re
import shutil
import subprocess

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import translation

from portal.installing import shell
from portal.testing.plugin import require

PUBLIC = ("/service-worker.js", "/manifest.webmanifest", "/offline/", "/field/", "/field/words.js")


def listed(answer):
    return json.loads(re.search(r"serve\((.*)\);", answer.content.decode(), re.DOTALL)[1])


def test_it_works(client, db):
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in answer["Cache-Control"]
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    files = {file["url"]: file["integrity"] for file in listed(answer)["files"]}
    assert {"/field/", "/field/words.js", "/offline/", "/static/css/field.css"} <= set(files)
    assert "/static/js/field/store.js" in files
    for url, integrity in files.items():
        got = client.get(url)
        content = b"".join(got.streaming_content) if got.streaming else got.content
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        assert integrity == f"sha256-{digest}", url


@pytest.mark.parametrize("address", PUBLIC)
def test_it_is_the_same_for_everybody(client, cast, address):
    before = client.get(address)
    assert not before.cookies
    client.force_login(cast.leader)
    after = client.get(address)
    assert after.content == before.content
    assert not after.cookies, "no session is touched"
    assert "no-store" not in after["Cache-Control"]


def test_each_language_has_a_shell_of_its_own(client, db):
    vietnamese = listed(client.get("/service-worker.js"))
    english = listed(client.get("/service-worker.js?language=en"))
    assert vietnamese["version"] != english["version"]
    assert listed(client.get("/service-worker.js?language=vi")) == vietnamese
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert listed(client.get("/service-worker.js")) == english
    for hostile in ("%00", "xx", "../../en", "%ff", "e" * 5000):
        assert listed(client.get(f"/service-worker.js?language={hostile}")) == english


def test_the_version_follows_from_the_content(db):
    with translation.override("vi"):
        assert shell() == shell()


def test_the_app_opens_on_the_phones_page(client, db):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["name"] == "Bình dân học vụ số"
    assert (manifest["start_url"], manifest["scope"]) == ("/field/", "/")
    assert manifest["display"] == "standalone"
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert sizes == {"192x192", "512x512"}
    assert [icon for icon in manifest["icons"] if icon.get("purpose") == "maskable"]
    for icon in manifest["icons"]:
        image = b"".join(client.get(icon["src"]).streaming_content)
        width, height = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))
        assert f"{width}x{height}" == icon["sizes"]


@pytest.mark.once
def test_every_module_of_the_phone_can_be_read_by_the_engine(tmp_path):
    """A slip in a module that is loaded late would show only in the village."""
    node = shutil.which("node")
    require(node, "needs Node.js to read the modules")
    folder = settings.BASE_DIR / "static/js/field"
    for path in sorted(folder.rglob("*.js")):
        read = subprocess.run(
            [node, "--input-type=module", "--check"],
            input=path.read_bytes(),
            capture_output=True,
            check=False,
        )
        assert read.returncode == 0, f"{path.name}: {read.stderr.decode()}"


@pytest.mark.once
def test_every_import_of_a_module_is_a_file():
    for path in sorted((settings.BASE_DIR / "static/js").rglob("*.js")):
        for name in re.findall(r"""from\s+["'](\.[^"']+)["']""", path.read_text()):
            target = (path.parent / name).resolve()
            found = finders.find(str(target.relative_to(settings.BASE_DIR / "static")))
            assert found, f"{path.name}: {name}"

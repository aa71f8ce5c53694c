"""The portal as an app on a phone: service worker, manifest, and the page without a network.

All of it is public and the same for everybody. The service worker carries the list of the
shell's files with the hash of each: a phone replaces its shell only by a whole new one.
"""

import base64
import functools
import hashlib
import json
import posixpath
import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import resolve, reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from villages.access import public

PAGES = ("field", "field_words", "offline")
THEME, GROUND = "#0b5563", "#f2f6f7"
# Modules of ours name each other like this, at the start of a line or when first needed; a
# test compares with what the browser asks for.
IMPORT = re.compile(
    r"""(?:^(?:import|export)\b[^"';]*|\bimport\(\s*)["'](\.{1,2}/[^"']+)["']""", re.MULTILINE
)
CHANGES_NEVER = not (settings.DEBUG or settings.TESTING)


@public
@require_safe
@cache_control(no_cache=True)
@vary_on_cookie
def service_worker(request):
    """Give the phone its service worker, with the list of all files of this shell.

    ``?language=en``: browsers ask for a worker that is a module without any cookie, so the
    chosen language has to stand in its address.
    """
    chosen = request.GET.get("language")
    language = chosen if chosen in dict(settings.LANGUAGES) else get_language()
    with translation.override(language):
        context = {"shell": json.dumps(shell(), indent=1), "worker": static("js/field/worker.js")}
    return render(
        None,
        "portal/service_worker.js",
        context,
        content_type="text/javascript; charset=utf-8",
    )


@public
@require_safe
@cache_control(no_cache=True)
@vary_on_cookie
def manifest(request):
    """Tell the browser how the portal looks as an installed app."""
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    maskable = {
        "src": static("img/icon-maskable-512.png"),
        "sizes": "512x512",
        "type": "image/png",
        "purpose": "maskable",
    }
    return JsonResponse(
        {
            "id": "/field/",
            "name": _("Digital literacy for all"),
            "short_name": _("Literacy"),
            "description": _("Record visits in the village, also without a signal."),
            "lang": get_language(),
            "start_url": "/field/",
            "scope": "/",
            "display": "standalone",
            "theme_color": THEME,
            "background_color": GROUND,
            "icons": [*icons, maskable],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


@public
@require_safe
@cache_control(no_cache=True)
@vary_on_cookie
def offline(request):
    """Say that there is no network, and lead to what works without one."""
    # Rendered without the request: nothing of a session may get into this page.
    return render(None, "portal/offline.html")


def shell():
    """Return ``{"version", "files": [{"url", "integrity", "immutable"}]}`` in this language."""
    language = get_language()
    return _kept_shell(language) if CHANGES_NEVER else _shell(language)


@functools.cache
def _kept_shell(language):
    return _shell(language)


def _shell(language):
    pages = {reverse(name): _page(name) for name in PAGES}
    html = b"".join(pages.values()).decode()
    files = [_file(url, content, immutable=False) for url, content in pages.items()]
    files += [
        _file(static(path), _content(path), immutable=CHANGES_NEVER)
        for path in sorted(_with_imports(_named_in(html)))
    ]
    version = hashlib.sha256(json.dumps([language, files]).encode()).hexdigest()[:16]
    return {"version": version, "files": files}


def _file(url, content, *, immutable):
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return {"url": url, "integrity": f"sha256-{digest}", "immutable": immutable}


def _page(name):
    """The page as anybody gets it in the language of this request."""
    request = HttpRequest()
    request.method = "GET"
    address = reverse(name)
    request.path = request.path_info = address
    return resolve(address).func(request).content


def _named_in(html):
    """Paths of the static files that the pages name, without their hashes."""
    by_url = {static(path): path for path in _all_static_paths()}
    named = re.findall(r"""(?:href|src)="([^"]+)\"""", html)
    return {by_url[url] for url in named if url in by_url}


def _all_static_paths():
    folder = settings.BASE_DIR / "static"
    for part in ("css", "img", "js", "vendor"):
        for path in (folder / part).rglob("*.*"):
            if path.is_file():
                yield path.relative_to(folder).as_posix()


def _with_imports(paths):
    """The files, and every module that they import, directly or not."""
    found, unread = set(), set(paths)
    while unread:
        path = unread.pop()
        found.add(path)
        if path.endswith(".js"):
            names = IMPORT.findall(Path(finders.find(path)).read_text(encoding="utf-8"))
            folder = posixpath.dirname(path)
            unread |= {posixpath.normpath(posixpath.join(folder, name)) for name in names} - found
    return found


def _content(path):
    """The file as it is served: with the hashed names of what it refers to, if so collected."""
    stored = getattr(staticfiles_storage, "stored_name", None)
    if stored is None:
        return Path(finders.find(path)).read_bytes()
    with staticfiles_storage.open(stored(path)) as file:
        return file.read()

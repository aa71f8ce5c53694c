"""Whole pages that many people share, drawn once; what is a person's own is put in last.

What is kept holds marks where the name, the address and the form token of the reader
belong, so no cache ever knows a person.
"""

import hashlib
import secrets
from types import SimpleNamespace

from django.core.cache import cache
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from villages.access import scope_of

SECONDS_KEPT = 60
# Nobody outside the process can write such a mark into a name or an address.
_secret = secrets.token_hex(8)
NAME, ADDRESS, TOKEN = (f"{_secret}{part}" for part in ("name", "address", "token"))


def page_for(request, drawn_from, template, context):
    """Return the page as text for this reader; ``context()`` is asked for only to draw it.

    The page may depend on ``drawn_from``, on the address, the language and the reader's
    roles, and on nothing else of the reader's but name and form token.
    """
    user, scope = request.user, scope_of(request.user)
    parts = (drawn_from, request.GET.urlencode(), get_language(), scope, user.is_staff, _secret)
    key = "page:" + hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
    page = cache.get(key)
    if page is None:
        anybody = SimpleNamespace(
            is_authenticated=True, is_staff=user.is_staff, get_short_name=NAME, pk=None
        )
        asked = SimpleNamespace(get_full_path=ADDRESS, path=request.path, GET=request.GET)
        own = {"user": anybody, "request": asked, "csrf_token": TOKEN}
        page = render_to_string(template, context() | own, request)
        cache.set(key, page, SECONDS_KEPT)
    return (
        page.replace(NAME, escape(user.get_short_name()))
        .replace(ADDRESS, escape(request.get_full_path()))
        .replace(TOKEN, get_token(request))
    )

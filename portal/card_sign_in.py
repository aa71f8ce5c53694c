"""Signing a phone in with a printed card, whose address a QR code carries."""

import re

from django.conf import settings
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.signing_in import address_is_paused, count_wrong_code
from villages.access import public
from villages.cards import CardRefused, Refusal, look_at_card, redeem_card, villages_led_by
from villages.phones import bind_card

BACKEND = "django.contrib.auth.backends.ModelBackend"
# Browsers inside other apps: what they store is not what Chrome sees. «; wv» is Android's
# mark of every such window.
IN_APP = re.compile(r"Zalo|FBAN|FBAV|FB_IAB|Instagram|Messenger|TikTok|musical_ly|Line/|; wv\)")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def card_sign_in(request, pk, code):
    """Show whose card it is (GET); sign this phone in and use the card up (POST).

    A look uses nothing up: chat apps fetch every address that is sent through them.
    """
    if address_is_paused(request):
        return _page(request, 429, is_paused=True)
    try:
        if request.method != "POST":
            return _page(request, 200, card=look_at_card(pk=pk, code=code))
        card = redeem_card(pk=pk, code=code)
    except CardRefused as refused:
        if refused.reason == Refusal.WRONG:
            count_wrong_code(request)
        return _page(request, 409 if request.method == "POST" else 200, refusal=refused.reason)
    # What counts wrong passwords also keeps the address of each sign-in that went well.
    request.META["PATH_INFO"] = f"/card/{pk}/"
    login(request, card.user, backend=BACKEND)
    bind_card(request, card)
    return redirect("home")


def _page(request, status, *, card=None, refusal=None, is_paused=False):
    address = request.build_absolute_uri()
    host_and_path = address.split("://", 1)[1]
    browser = request.headers.get("User-Agent", "")
    context = {
        "card": card,
        "villages": villages_led_by(card.user) if card else (),
        "refusal": refusal,
        "is_paused": is_paused,
        "paused_minutes": round(settings.AXES_COOLOFF_TIME * 60),
        "address": address,
        "chrome_address": f"intent://{host_and_path}#Intent;scheme={request.scheme};"
        "package=com.android.chrome;end",
        "is_in_app": bool(IN_APP.search(browser)),
        "is_android": "Android" in browser,
        "sign_in_url": reverse("sign_in"),
        "home_url": reverse("start"),
    }
    response = render(request, "portal/card_sign_in.html", context, status=status)
    # Whatever is opened from here learns the host and not the code.
    response["Referrer-Policy"] = "strict-origin"
    response["Cache-Control"] = "no-store, private"
    return response

"""Where a request comes from: what throttles sign-in and stands in the log."""

import ipaddress

from django.conf import settings


def client_address(request):
    """Return the caller's address; what a caller may have written itself is never believed.

    Behind proxies of ours each adds the address it heard from to the right end of
    X-Forwarded-For, so only as many entries as there are such proxies are to be trusted.
    """
    heard = request.headers.get("X-Forwarded-For", "").split(",")
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(heard) >= proxies and (address := _plain(heard[-proxies])):
        return address
    return _plain(request.META.get("REMOTE_ADDR", ""))


def _plain(text):
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None

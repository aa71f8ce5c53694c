"""The leader's phone: one page that is the same for everybody, and its words.

Nothing here knows who asks. The page's modules fetch what is personal and keep it sealed.
"""

from django.conf import settings
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, conditional_page, require_safe
from django.views.decorators.vary import vary_on_cookie
from django.views.i18n import JavaScriptCatalog

from households.forms.household import HouseholdAddForm
from households.forms.new_person import NewPersonForm
from households.forms.visit import CorrectionForm
from villages.access import public

LOCALE = settings.BASE_DIR / "locale"
# What the first screen needs: the browser asks for all of it at once.
FIRST_MODULES = (
    "vendor/idb-8.0.4/idb.js",
    "js/field/text.js",
    "js/field/store.js",
    "js/field/vault.js",
    "js/field/seal.js",
    "js/field/api.js",
    "js/field/queue.js",
    "js/field/sending.js",
    "js/field/outbox.js",
    "js/field/update.js",
    "js/field/village.js",
    "js/field/page.js",
    "js/field/router.js",
    "js/field/session.js",
    "js/field/screens/pin.js",
)
# What later screens need: asked for when the first one stands. The service worker keeps all.
LATER_MODULES = (
    "js/field/worklist.js",
    "js/field/drafts.js",
    "js/field/states.js",
    "js/field/screens/home.js",
    "js/field/screens/sent.js",
    "js/field/people_rows.js",
    "js/field/answers.js",
    "js/field/screens/visit.js",
    "js/field/screens/households.js",
    "js/field/screens/new.js",
    "js/field/screens/doors.js",
    "js/field/screens/phone.js",
)
# What few screens need: asked for when one of them is opened, and kept like the others, since
# the service worker follows every import. The decoder of codes alone is half as large as all
# the rest.
MODULES_ON_DEMAND = (
    "js/field/sessions.js",
    "js/field/sheets.js",
    "js/field/roster.js",
    "js/field/places.js",
    "js/field/scanner.js",
    "js/field/screens/sessions.js",
    "js/field/screens/session.js",
    "js/field/screens/scan.js",
)
# The scanner of household cards needs the camera; no other page does.
SENSORS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


@public
@require_safe
@gzip_page
@conditional_page
@cache_control(no_cache=True)
@vary_on_cookie
def field(request):
    """Show the shell of the leader's phone: the same page for everybody, per language."""
    context = {
        "first_modules": FIRST_MODULES,
        "later_modules": LATER_MODULES,
        "visit": CorrectionForm.base_fields,
        "person": NewPersonForm.base_fields,
        "household": HouseholdAddForm.base_fields,
    }
    # Rendered without the request: nothing of a session may get into this page.
    response = render(None, "households/field.html", context)
    response["Permissions-Policy"] = SENSORS
    return response


class _Words(JavaScriptCatalog):
    """The words of our own scripts alone, not those of the admin."""

    def get_paths(self, packages):
        return [str(LOCALE)]


_words = _Words.as_view(packages=["households"])


def _words_version(request):
    language = translation.get_language()
    catalogue = LOCALE / language / "LC_MESSAGES" / "djangojs.mo"
    changed = catalogue.stat().st_mtime_ns if catalogue.exists() else 0
    return f'"{language}-{changed}"'


@public
@require_safe
@gzip_page
@cache_control(no_cache=True)
@vary_on_cookie
@condition(etag_func=lambda request: _words_version(request))
def field_words(request):
    """Give the modules their words in the chosen language: gettext, ngettext, interpolate."""
    return _words(request)

"""The front door: the public page, signing in and out, the password, the language."""

from urllib.parse import urlsplit

from django.contrib.auth import views as auth_views
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import i18n
from django.views.decorators.http import require_GET, require_POST

from portal.context_processors import NAV, commune_of
from portal.errors import sign_in_paused
from portal.headline import headline
from portal.news import latest_news
from portal.programme_groups import groups_for
from portal.signing_in import NewPasswordForm, SignInForm, address_is_paused
from villages.access import COMMUNE_ROLES, EVERYONE, SCHOOL, STAFF, for_roles, public, scope_of

_sign_in = auth_views.LoginView.as_view(
    template_name="portal/sign_in.html", authentication_form=SignInForm
)
_sign_out = auth_views.LogoutView.as_view()
_password_change = auth_views.PasswordChangeView.as_view(
    template_name="portal/password_change.html",
    form_class=NewPasswordForm,
    success_url=reverse_lazy("password_change_done"),
)


@public
@require_GET
def start(request):
    """Show everybody the commune's headline figures, and the way to sign in."""
    commune, _is_demo = commune_of(scope_of(request.user))
    known = headline(commune) if commune else None
    told = latest_news(commune) if commune else []
    return render(request, "portal/start.html", {"headline": known, "news": told})


@for_roles(*EVERYONE, SCHOOL, STAFF)
@require_GET
def home(request):
    """Send each role to the page its day starts on."""
    entries = NAV[scope_of(request.user).role]
    return redirect(entries[0][0] if entries else "start")


@for_roles(*COMMUNE_ROLES)
@require_GET
def programme(request):
    """Lead to everything the programme keeps, each with how much of it there is."""
    return render(request, "portal/programme.html", {"groups": groups_for(request.user)})


@public
def sign_in(request):
    """Sign a person in and go where they were heading, if that is inside the portal."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_heading_for(request))
    if request.method == "POST" and address_is_paused(request):
        return sign_in_paused(request)
    return _sign_in(request)


@public
@require_POST
def sign_out(request):
    """End the session on the server, so that the old cookie opens nothing."""
    return _sign_out(request)


# A person whose role has ended may still change the password: hence None.
@for_roles(*EVERYONE, SCHOOL, STAFF, None)
def password_change(request):
    """Change one's own password; every other session of the account ends."""
    return _password_change(request)


@for_roles(*EVERYONE, SCHOOL, STAFF, None)
@require_GET
def password_change_done(request):
    """Say that the new password counts from now on."""
    return render(request, "portal/password_change_done.html")


@public
@require_POST
def set_language(request):
    """Keep the chosen language in a cookie and return to the same page."""
    return i18n.set_language(request)


@public
@require_GET
def admin_sign_in(request):
    """Give the admin the portal's own sign-in page: one door, one throttle."""
    if request.user.is_authenticated and not request.user.is_staff:
        return redirect("home")
    return redirect(f"{reverse('sign_in')}?{request.GET.urlencode()}")


def _heading_for(request):
    wanted = request.GET.get("next", "")
    inside = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if not inside or not wanted.startswith("/") or urlsplit(wanted).path == request.path:
        return reverse("home")
    return wanted

"""The phones that are signed in: an official sees the commune's, a leader the own ones."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from villages.access import TEAM_LEADER, WRITERS, for_roles, scope_of
from villages.models import Phone
from villages.phones import PHONE_IN_SESSION, revoke_phone

ROWS = 50


@for_roles(*WRITERS)
@require_GET
def phone_list(request):
    """Show the phones: whose, since when, last seen, how many visits came from each."""
    is_leader = scope_of(request.user).role == TEAM_LEADER
    shows_all = request.GET.get("loc") == "tat-ca"
    phones = Phone.objects.visible_to(request.user).select_related("user", "revoked_by")
    if is_leader:
        phones = phones.filter(user=request.user)
    if not shows_all:
        phones = phones.trusted()
    phones = phones.annotate(visits=Count("encounters")).order_by(
        F("last_seen_at").desc(nulls_last=True), "-registered_at", "pk"
    )
    context = {
        "page": Paginator(phones, ROWS).get_page(request.GET.get("page")),
        "shows_all": shows_all,
        "this_phone": request.session.get(PHONE_IN_SESSION),
    }
    page = "villages/my_phones.html" if is_leader else "villages/phone_list.html"
    return render(request, page, context)


@for_roles(*WRITERS)
@require_http_methods(["GET", "POST"])
def phone_revoke(request, uuid):
    """Sign a phone out for good, after asking."""
    phones = Phone.objects.writable_by(request.user).select_related("user")
    phone = get_object_or_404(phones, uuid=uuid)
    if request.method == "POST":
        revoke_phone(phone=phone, by=request.user)
        messages.success(
            request,
            _("The phone is signed out. What it still sends is held until an official has looked."),
        )
        return redirect("phone_list")
    is_this = request.session.get(PHONE_IN_SESSION) == str(phone.uuid)
    context = {"phone": phone, "visits": phone.encounters.count(), "is_this_phone": is_this}
    return render(request, "villages/phone_revoke.html", context)

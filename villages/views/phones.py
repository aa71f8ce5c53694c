"""The phones that are signed in: an official sees the commune's, a leader the own ones."""

from django.contrib import messages
from django.db.models import Count
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from villages.access import ADMIN, OFFICIAL, TEAM_LEADER, WRITERS, for_roles, scope_of
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing
from villages.models import Phone
from villages.phone_filters import ALL, PhoneFilter
from villages.phones import PHONE_IN_SESSION, revoke_phone
from villages.tables import Table, TableColumn

SORTS = {
    "who": ["user__full_name__folded"],
    "phone": ["name__folded"],
    "registered": ["registered_at"],
    "seen": ["used_at"],
    "visits": ["visits"],
}


@for_roles(*WRITERS)
@require_GET
def phone_list(request):
    """Show the phones: whose, since when, last seen, how many visits came from each."""
    is_leader = scope_of(request.user).role == TEAM_LEADER
    context = _listed(request, is_leader=is_leader)
    context |= {
        "shows_all": request.GET.get("loc") == ALL,
        "this_phone": request.session.get(PHONE_IN_SESSION),
    }
    page = "villages/my_phones.html" if is_leader else "villages/phone_list.html"
    return render(request, page, context)


@exported("phone_list", title=gettext_lazy("Phones"), roles=(OFFICIAL, ADMIN))
def phone_table(request):
    """Draw the phones as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("Phones"),
        file_name="dien-thoai",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("Whose"), is_personal=True, width=26),
            TableColumn(_("Phone"), width=30),
            TableColumn(_("Registered"), width=18),
            TableColumn(_("Last seen"), width=18),
            TableColumn(_("Visits from it")),
            TableColumn(_("Signed out"), width=18),
            TableColumn(_("Signed out by"), is_personal=True, width=26),
        ),
        rows=(
            [
                str(phone.user),
                phone.name,
                phone.registered_at,
                phone.last_seen_at,
                phone.visits,
                phone.revoked_at,
                str(phone.revoked_by or ""),
            ]
            for phone in in_order(context).iterator(chunk_size=1000)
        ),
    )


def _listed(request, *, is_leader=False):
    phones = Phone.objects.visible_to(request.user).select_related("user", "revoked_by")
    if is_leader:
        phones = phones.filter(user=request.user)
    # One that was never heard of since stands where it was registered.
    phones = phones.annotate(
        visits=Count("encounters"), used_at=Coalesce("last_seen_at", "registered_at")
    )
    return listing(request, PhoneFilter(request, phones), sorts=SORTS, default="-seen")


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

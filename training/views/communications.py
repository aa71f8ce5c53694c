"""News, articles, videos and broadcasts."""

from django.contrib import messages
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from training.filters import CommunicationFilter
from training.forms.communications import CommunicationForm
from training.models import Communication
from training.publishing import (
    delete_communication,
    erase_communication,
    restore_communication,
    same_communications,
    show_to_public,
)
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.answers import answer_form, sent, writes
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing, way_back
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.tables import Table, TableColumn
from villages.templatetags.display import number
from villages.views.attaching import answer_attachment, answer_detachment, takes_attachment
from villages.views.deleting import answer_deletion

SORTS = {
    "day": ["published_on"],
    "title": ["title__folded"],
    "kind": ["kind"],
    "channel": ["channel"],
    "reach": ["reach"],
    "public": ["is_public", "published_on"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def communication_list(request):
    """List communications, with how many there are of each kind."""
    context = _listed(request)
    sums = {
        kind: (count, reach)
        for kind, count, reach in context["rows"]
        .order_by()
        .values_list("kind")
        .annotate(Count("pk"), Sum("reach"))
    }
    context |= {
        "kinds": [
            (label, *sums.get(kind, (0, None))) for kind, label in Communication.Kind.choices
        ],
        "total": sum(count for count, _reach in sums.values()),
        "is_deleted": context["filter"].form.cleaned_data.get("state") == "deleted",
        "may_write": writes(request.user),
    }
    return render(request, "training/communication_list.html", context)


@for_roles(*COMMUNE_ROLES)
@require_GET
def communication_detail(request, pk):
    """Show a communication, its files, and how everybody sees or would see it."""
    communication = get_object_or_404(
        Communication.objects.visible_to(request.user).select_related("commune"), pk=pk
    )
    return render(
        request,
        "training/communication_detail.html",
        {
            "communication": communication,
            "files": communication.attachments.without_content(),
            "back": way_back(request, "communication_list"),
            "may_write": Communication.objects.writable_by(request.user).filter(pk=pk).exists(),
        },
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def communication_add(request):
    """Record a communication."""
    return _form(request, Communication(published_on=today()), "training/communication_add.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def communication_edit(request, pk):
    """Correct a communication."""
    return _form(request, _writable(request, pk), "training/communication_edit.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def communication_delete(request, pk):
    """Take a communication out of all lists after asking; it can be brought back."""
    communication = _writable(request, pk)
    if request.method == "POST":
        delete_communication(communication=communication, by=request.user)
        messages.success(
            request, _("The communication is deleted. Among the deleted ones it can be restored.")
        )
        return redirect(way_back(request, "communication_list"))
    return render(
        request,
        "training/communication_delete.html",
        {
            "communication": communication,
            "files": communication.attachments.count(),
            "cancel_url": reverse("communication_detail", args=[pk]),
        },
    )


@for_roles(OFFICIAL, ADMIN)
@require_POST
def communication_restore(request, pk):
    """Bring a deleted communication back as it was."""
    try:
        found = restore_communication(communication=_known(request, pk))
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(_deleted_ones())
    messages.success(
        request,
        _("It is back, on the public page too.") if found.is_public else _("It is back."),
    )
    same = same_communications(
        commune=found.commune, title=found.title, published_on=found.published_on, besides=found.pk
    )
    if same:
        messages.warning(
            request,
            _(
                "Another one of that day has the same title: %(channels)s. Delete it if it is "
                "the same."
            )
            % {"channels": ", ".join(str(row.get_channel_display()) for row in same)},
        )
    return redirect("communication_detail", pk)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def communication_erase(request, pk):
    """Delete a deleted communication and its files for good, after asking."""
    communication = _known(request, pk)
    if communication.deleted_at is None:
        return redirect("communication_detail", pk)
    return answer_deletion(
        request,
        communication,
        question=_("Delete the communication for good?"),
        within=_("News, articles, videos"),
        lines=[_("Its files go with it.")] if communication.attachments.exists() else (),
        message=_("The communication is deleted for good."),
        delete=erase_communication,
        done=_deleted_ones(),
        cancel_url=_deleted_ones(),
    )


@for_roles(OFFICIAL, ADMIN)
@require_POST
def communication_show(request, pk):
    """Put a communication on the public page, or take it off."""
    shown = request.POST.get("shown") == "yes"
    try:
        show_to_public(communication=_writable(request, pk), shown=shown)
    except ChangeRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(way_back(request, "communication_list"))
    messages.success(
        request,
        _("Everybody can read it now.") if shown else _("It is no longer on the public page."),
    )
    return redirect("communication_detail", pk)


@for_roles(OFFICIAL, ADMIN)
@takes_attachment
@form_methods
def communication_attach(request, pk):
    """Attach a file to a communication."""
    done = reverse("communication_detail", args=[pk])
    return answer_attachment(request, _writable(request, pk), done=done)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def communication_detach(request, pk, file_uuid):
    """Take a file off a communication, after asking."""
    done = reverse("communication_detail", args=[pk])
    return answer_detachment(request, _writable(request, pk), file_uuid, done=done)


@exported("communication_list", title=gettext_lazy("Communications"))
def communication_table(request):
    """Draw the communications as listed and sorted, above them what table 05 sums up."""
    context = _listed(request)
    sums = context["rows"].order_by().values_list("channel").annotate(Count("pk"), Sum("reach"))
    channels = dict(Communication.Channel.choices)
    return Table(
        title=_("News, articles, videos"),
        columns=(
            TableColumn(_("Date"), width=12),
            TableColumn(_("Title"), width=60),
            TableColumn(_("Kind"), width=16),
            TableColumn(_("Channel"), width=20),
            TableColumn(_("Reach"), width=10),
            TableColumn(_("Link"), width=40),
            TableColumn(_("Public"), width=10),
            TableColumn(_("Note"), width=30),
        ),
        rows=(
            [
                row.published_on,
                row.title,
                row.get_kind_display(),
                row.get_channel_display(),
                row.reach,
                row.link,
                row.is_public,
                row.note,
            ]
            for row in in_order(context).iterator(chunk_size=1000)
        ),
        file_name="bieu-05-truyen-thong",
        notes=(
            *words_of(context["filter"].form),
            made_on_note(),
            *(
                _("%(channel)s: %(count)s, reach %(reach)s")
                % {"channel": channels[channel], "count": count, "reach": number(reach)}
                for channel, count, reach in sorted(sums)
            ),
        ),
    )


def _listed(request):
    known = Communication.with_deleted.visible_to(request.user).select_related("deleted_by")
    filterset = CommunicationFilter(request, known)
    return listing(request, filterset, sorts=SORTS, default="-day")


def _form(request, communication, template):
    is_new = communication.pk is None
    listed = way_back(request, "communication_list")
    return answer_form(
        request,
        CommunicationForm(sent(request), user=request.user, instance=communication),
        template,
        save=lambda form: form.save(),
        done=lambda saved: reverse("communication_detail", args=[saved.pk]),
        message=_("The communication is saved."),
        communication=communication,
        cancel_url=listed if is_new else reverse("communication_detail", args=[communication.pk]),
    )


def _writable(request, pk):
    return get_object_or_404(Communication.objects.writable_by(request.user), pk=pk)


def _known(request, pk):
    return get_object_or_404(Communication.with_deleted.writable_by(request.user), pk=pk)


def _deleted_ones():
    return f"{reverse('communication_list')}?state=deleted"

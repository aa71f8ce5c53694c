"""News, articles, videos and broadcasts."""

from django.contrib import messages
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from training.filters import CommunicationFilter
from training.forms.communications import CommunicationForm
from training.lists import listing, way_back
from training.models import Communication
from training.views.answers import answer_form, sent, writes
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.periods import today

SORTS = {
    "day": ["published_on"],
    "title": ["title"],
    "kind": ["kind"],
    "channel": ["channel"],
    "reach": ["reach"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def communication_list(request):
    """List communications, with how many there are of each kind."""
    filterset = CommunicationFilter(request, Communication.objects.visible_to(request.user))
    context = listing(request, filterset, sorts=SORTS, default="-day")
    sums = {
        kind: (count, reach)
        for kind, count, reach in filterset.qs.order_by()
        .values_list("kind")
        .annotate(Count("pk"), Sum("reach"))
    }
    context |= {
        "kinds": [
            (label, *sums.get(kind, (0, None))) for kind, label in Communication.Kind.choices
        ],
        "total": sum(count for count, _reach in sums.values()),
        "may_write": writes(request.user),
    }
    return render(request, "training/communication_list.html", context)


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
    """Delete a communication after asking."""
    communication = _writable(request, pk)
    address = way_back(request, "communication_list")
    if request.method == "POST":
        communication.delete()
        messages.success(request, _("The communication is deleted."))
        return redirect(address)
    return render(
        request,
        "training/communication_delete.html",
        {"communication": communication, "cancel_url": address},
    )


def _form(request, communication, template):
    address = way_back(request, "communication_list")
    return answer_form(
        request,
        CommunicationForm(sent(request), user=request.user, instance=communication),
        template,
        save=lambda form: form.save(),
        done=address,
        message=_("The communication is saved."),
        communication=communication,
        cancel_url=address,
    )


def _writable(request, pk):
    return get_object_or_404(Communication.objects.writable_by(request.user), pk=pk)

"""The documents that direct the programme and the Steering Committee, to read."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from villages.access import COMMUNE_ROLES, for_roles
from villages.models import GoverningDocument, SteeringCommittee
from villages.periods import during, today

ROWS = 50


@for_roles(*COMMUNE_ROLES)
@require_GET
def document_list(request):
    """Show the commune's documents and those for all communes, newest first."""
    visible = GoverningDocument.objects.visible_to(request.user).values("pk")
    documents = GoverningDocument.objects.filter(Q(pk__in=visible) | Q(commune__isnull=True))
    context = {
        "page": Paginator(documents, ROWS).get_page(request.GET.get("page")),
        "committees": SteeringCommittee.objects.visible_to(request.user),
    }
    return render(request, "villages/document_list.html", context)


@for_roles(*COMMUNE_ROLES)
@require_GET
def committee_detail(request, pk):
    """Show a Steering Committee and its members, those of today first."""
    committee = get_object_or_404(
        SteeringCommittee.objects.visible_to(request.user).select_related("commune", "document"),
        pk=pk,
    )
    members = committee.members.order_by("from_on", "pk")
    now = during(today())
    context = {
        "committee": committee,
        "members": members.filter(now),
        "former": members.exclude(now),
    }
    return render(request, "villages/committee_detail.html", context)

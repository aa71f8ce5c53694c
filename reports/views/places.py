"""Which commune, village and day an address speaks of, and whether this person may ask."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from reports.state import communes_with_state
from villages.access import TEAM_LEADER, scope_of
from villages.models import Village

ID_LENGTH = 15


def commune_asked_for(request):
    """Return the commune of «xa», able to give its state, or the reader's first one."""
    communes = communes_with_state(request.user)
    if code := request.GET.get("xa", ""):
        # No code holds a NUL, and PostgreSQL refuses to be asked for one.
        communes = communes.filter(code=code.replace("\0", "")[:10])
    commune = communes.first()
    if commune is None:
        raise Http404
    return commune


def place_asked_for(request):
    """Return (commune, village or None) of «ban» and «xa».

    A team leader sees the figures of the own villages, never of the whole commune.
    """
    villages = Village.objects.visible_to(request.user).select_related("commune")
    if asked := request.GET.get("ban", ""):
        if not asked.isdecimal() or not asked.isascii() or len(asked) > ID_LENGTH:
            raise Http404
        village = villages.filter(pk=int(asked)).first()
        if village is None:
            raise Http404
        return village.commune, village
    if scope_of(request.user).role == TEAM_LEADER:
        village = villages.order_by("number").first()
        if village is None:
            raise PermissionDenied
        return village.commune, village
    return commune_asked_for(request), None

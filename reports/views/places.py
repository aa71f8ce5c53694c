"""Which commune, village and day an address speaks of, and whether this person may ask."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from reports.state import read_commune
from villages.access import TEAM_LEADER, scope_of
from villages.models import Commune, Village

ID_LENGTH = 15
CODE_LENGTH = 10
SEVERAL = 2


def commune_asked_for(request):
    """Return the commune of «xa», or the reader's first one; a foreign one is missing."""
    commune, _state = commune_with_state(request)
    return commune


def commune_with_state(request):
    """Return (commune, state of its figures) of «xa», or of the reader's first commune."""
    scope = scope_of(request.user)
    among = None if scope.everything else scope.communes
    code = request.GET.get("xa") or None
    # No code holds a NUL, and PostgreSQL refuses to be asked for one.
    is_code = code is None or (len(code) <= CODE_LENGTH and code.isalnum())
    if not is_code or (among is not None and not among):
        raise Http404
    found = read_commune(code=code, among=among)
    if found is None:
        raise Http404
    return found


def communes_to_choose(user):
    """Return [(code, name)] when the reader has several communes, else nothing."""
    scope = scope_of(user)
    if not scope.everything and len(scope.communes) < SEVERAL:
        return []
    found = Commune.objects.visible_to(user).order_by("name", "code")
    known = [(commune.code, commune.full_name) for commune in found]
    return known if len(known) >= SEVERAL else []


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

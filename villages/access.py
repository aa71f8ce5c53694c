"""Who may see and change what. Everything is refused unless a rule here allows it."""

from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from villages.periods import today

TEAM_LEADER, OFFICIAL, READER, ADMIN = "team_leader", "official", "reader", "admin"
SCHOOL, STAFF = "school", "staff"
COMMUNE_ROLES = (OFFICIAL, READER, ADMIN)
WRITERS = (TEAM_LEADER, OFFICIAL, ADMIN)
EVERYONE = (TEAM_LEADER, OFFICIAL, READER, ADMIN)
# A school reaches its own rolls and a member of staff the own courses, each by rules of
# ``training``; neither reaches anything by being of a commune.
STRONGEST_FIRST = (ADMIN, OFFICIAL, READER, TEAM_LEADER, SCHOOL, STAFF)


@dataclass(frozen=True)
class Scope:
    """What one person may reach today: ids of communes and villages, read and write."""

    role: str | None = None
    communes: frozenset = frozenset()
    villages: frozenset = frozenset()
    writable_communes: frozenset = frozenset()
    writable_villages: frozenset = frozenset()
    everything: bool = False

    @property
    def can_write(self):
        return self.everything or bool(self.writable_communes or self.writable_villages)


def scope_of(user):
    """Return the user's scope, read once per request (kept on the user object)."""
    if not user.is_authenticated or not user.is_active:
        return Scope()
    kept = user.__dict__.get("_scope")
    if kept is None:
        kept = user.__dict__["_scope"] = _read_scope(user)
    return kept


def _read_scope(user):
    # Read on every request: the plainest statement, and the periods weighed here.
    on = today()
    assignments = user.assignments.order_by().values_list(
        "role", "commune_id", "village_id", "from_on", "to_on"
    )
    rows = [
        row for *row, from_on, to_on in assignments if from_on <= on and (not to_on or to_on >= on)
    ]
    roles = {role for role, _commune, _village in rows}
    if user.is_superuser:
        roles.add(ADMIN)
    role = next((role for role in STRONGEST_FIRST if role in roles), None)
    communes = frozenset(c for r, c, v in rows if r in COMMUNE_ROLES)
    villages = frozenset(v for r, c, v in rows if r == TEAM_LEADER)
    return Scope(
        role=role,
        communes=communes,
        villages=villages,
        writable_communes=frozenset(c for r, c, v in rows if r in (OFFICIAL, ADMIN)),
        writable_villages=villages,
        everything=user.is_superuser,
    )


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a commune and perhaps to a village.

    The model says where: ``commune_path`` and ``village_path`` (``None`` when a row has no
    village, so that team leaders do not see it).
    """

    def visible_to(self, user):
        """Keep what this person may read."""
        scope = scope_of(user)
        return self._within(scope.everything, scope.communes, scope.villages)

    def writable_by(self, user):
        """Keep what this person may change."""
        scope = scope_of(user)
        return self._within(scope.everything, scope.writable_communes, scope.writable_villages)

    def _within(self, everything, communes, villages):
        if everything:
            return self
        condition = Q(pk__in=[])
        if communes:
            condition |= Q(**{f"{self.model.commune_path}__in": communes})
        if villages and self.model.village_path:
            condition |= Q(**{f"{self.model.village_path}__in": villages})
        return self.filter(condition)


def for_roles(*roles):
    """Let only these roles reach the view; others get 403. The rule is kept on the view."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if scope_of(request.user).role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.roles = roles
        return guarded

    return decorate


def public(view):
    """Let anybody reach the view, signed in or not."""
    opened = login_not_required(view)
    opened.is_public = True
    return opened

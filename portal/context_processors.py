"""What every page shows around its content: the commune, the way through, the demo band."""

from django.conf import settings
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from villages.access import (
    ADMIN,
    OFFICIAL,
    READER,
    SCHOOL,
    STAFF,
    TEAM_LEADER,
    Scope,
    scope_of,
)
from villages.models import Assignment, Commune

SECONDS_KEPT = 60

# URL name, label, and the beginnings of the URL names that belong to the entry.
DESK = (
    ("dashboard", _("Overview"), ("dashboard", "figure_")),
    (
        "village_list",
        _("Villages"),
        ("village_", "household_", "handed_", "resident_", "card_", "phone_"),
    ),
    ("visit_list", _("Visits"), ("visit_", "paper_", "activity_")),
    ("session_list", _("Training"), ("session_", "attendance_", "walk_in_", "certificate_")),
    (
        "staff_list",
        _("Staff"),
        (
            "staff_",
            "agency_",
            "unfinished_",
            "course_",
            "requirement_",
            "completion_",
            "enterprise_",
            "declaration_",
        ),
    ),
    ("school_list", _("Schools"), ("school_", "class_", "roll_")),
    # One entry for everything that has none of its own, so that the menu stays on one line.
    (
        "programme",
        _("Programme"),
        (
            "programme",
            "news",
            "communication_",
            "document_",
            "committee_",
            "target_",
            "team_",
            "handover",
            "connectivity_",
            "counter",
            "import_",
            "export",
        ),
    ),
)
FIELD = (
    ("field", _("My village"), ("my_village", "handed_", "paper_", "activity_")),
    ("visit_form", _("Record a visit"), ("visit_",)),
    ("household_list", _("Households"), ("household_", "resident_")),
    ("session_list", _("Training"), ("session_",)),
)
SCHOOL_DESK = (("my_school", _("My school"), ("my_school", "school_", "class_", "roll_")),)
OWN_COURSES = (("my_courses", _("My courses"), ("my_courses", "certificate_", "check_in")),)
# The first entry of a menu is the page on which the day of its role starts.
NAV = {
    TEAM_LEADER: FIELD,
    OFFICIAL: DESK,
    READER: DESK,
    ADMIN: DESK,
    SCHOOL: SCHOOL_DESK,
    STAFF: OWN_COURSES,
}


def portal(request):
    """Return the user's commune (or the only one), the menu of the role, and the demo mark."""
    user = getattr(request, "user", None)
    scope = scope_of(user) if user is not None else Scope()
    # Lazy, because a page of one commune names it itself.
    known = SimpleLazyObject(lambda: commune_of(scope))
    return {
        "commune": SimpleLazyObject(lambda: known[0]),
        "is_demo": SimpleLazyObject(lambda: known[1]),
        "nav": _nav_of(scope.role, request.resolver_match),
        "languages": settings.LANGUAGES,
        "role": scope.role,
        "role_name": Assignment.Role(scope.role).label if scope.role else "",
    }


def commune_of(scope):
    """Return (commune or None, whether demonstration data may be on the page); kept a minute."""
    units = [*sorted(scope.communes), "villages", *sorted(scope.villages)]
    key = "portal-commune:" + "-".join(map(str, units))
    known = cache.get(key)
    if known is None:
        known = _read_commune(scope)
        cache.set(key, known, SECONDS_KEPT)
        cache.set("portal-commune-last-known", known, None)
    return known


def last_known_commune():
    """Return what `commune_of` answered last, without asking the database."""
    return cache.get("portal-commune-last-known") or (None, False)


def _read_commune(scope):
    communes = Commune.objects.all()
    if scope.communes:
        communes = communes.filter(pk__in=scope.communes)
    elif scope.villages:
        communes = communes.filter(villages__in=scope.villages).distinct()
    first_two = list(communes[:2])
    if len(first_two) == 1:
        return first_two[0], first_two[0].is_demo
    return None, communes.filter(is_demo=True).exists()


def _nav_of(role, match):
    current = match.url_name if match and match.url_name else ""
    entries = []
    for url_name, label, stems in NAV.get(role, ()):
        try:
            url = reverse(url_name)
        except NoReverseMatch:
            continue
        entries.append(
            {
                "url_name": url_name,
                "url": url,
                "label": label,
                "is_current": current == url_name or current.startswith(stems),
            }
        )
    return entries

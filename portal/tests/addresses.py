"""Every address of the portal, read from the resolver, with sample ids for its parameters."""

import re
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import get_resolver, reverse
from django.urls.resolvers import RoutePattern, URLResolver

MISSING = SimpleNamespace(pk=987654321, uuid=UUID(int=7), code="no-such-thing")

# The word before a parameter and its name -> what the parameter identifies.
SUBJECTS = {
    ("households", "uuid"): "household",
    ("h", "uuid"): "household",
    ("residents", "uuid"): "resident",
    ("merges", "pk"): "residentmerge",
    ("visits", "uuid"): "encounter",
    ("counter", "uuid"): "encounter",
    ("doubtful", "pk"): "doubt",
    ("held", "uuid"): "heldrecord",
    ("lists", "pk"): "handedlist",
    ("paper", "uuid"): "papersheet",
    ("activity", "pk"): "teammember",
    ("sessions", "uuid"): "trainingsession",
    ("sheets", "sheet_uuid"): "attendancesheet",
    ("staff", "pk"): "staffmember",
    ("completions", "pk"): "completion",
    ("employments", "pk"): "employment",
    ("courses", "pk"): "course",
    ("requirements", "pk"): "courserequirement",
    ("schools", "pk"): "school",
    ("school-accounts", "pk"): "schoolaccount",
    ("agencies", "pk"): "agency",
    ("reminders", "uuid"): "reminder",
    ("mails", "pk"): "remindermail",
    ("school-years", "pk"): "schoolyear",
    ("classes", "pk"): "schoolclass",
    ("rolls", "pk"): "classroll",
    ("declarations", "pk"): "workerdeclaration",
    ("communications", "pk"): "communication",
    ("attachments", "file_uuid"): "storedfile",
    ("news", "code"): "commune",
    ("news", "pk"): "communication",
    ("enterprises", "pk"): "enterprise",
    ("villages", "pk"): "village",
    ("changes", "pk"): "villagechange",
    ("files", "uuid"): "storedfile",
    ("photographs", "uuid"): "storedfile",
    ("check-in", "uuid"): "trainingsession",
    ("walk-ins", "pk"): "attendance",
    ("certificates", "pk"): "certificate",
    ("certificates", "code"): "certificate",
    ("cards", "pk"): "signincard",
    ("phones", "uuid"): "phone",
    ("card", "pk"): "signincard",
    ("connectivity", "pk"): "connectivityreport",
    ("documents", "pk"): "governingdocument",
    ("targets", "pk"): "target",
    ("committees", "pk"): "steeringcommittee",
    ("committee-members", "pk"): "steeringcommitteemember",
    ("team-members", "pk"): "teammember",
    ("imports", "uuid"): "importrun",
}
# Parameters that name a thing of everybody's: a value that exists.
WORDS = {
    ("figures", "indicator"): "adults",
    ("exports", "name"): "household_list",
    ("card", "code"): "abcde-fghij",
    ("check-in", "code"): "abcdefgh",
}
WORDS |= {("new", "kind"): "villages", ("template", "kind"): "villages"}
ADMIN_WORDS = {
    "app_label": "villages",
    "url": "no-such-page",
    "content_type_id": None,
}


@dataclass(frozen=True)
class Address:
    """One address: its name, the words of its route, and what each parameter names."""

    name: str
    route: str
    converters: dict
    view: object
    in_admin: bool

    @property
    def roles(self):
        return getattr(self.view, "roles", None)

    @property
    def is_public(self):
        return getattr(self.view, "is_public", False)

    @property
    def parameters(self):
        """{parameter: the word before it in the route}."""
        words = [word for word in self.route.split("/") if word]
        found = {}
        for place, word in enumerate(words):
            if match := re.fullmatch(r"<(?:\w+:)?(\w+)>", word):
                before = [w for w in words[:place] if not w.startswith("<")]
                found[match[1]] = before[-1] if before else ""
        return found

    @property
    def subjects(self):
        """The names of the records the address is about."""
        found = set()
        for name, before in self.parameters.items():
            if (before, name) in SUBJECTS:
                found.add(SUBJECTS[before, name])
        if self.in_admin and self.is_about_a_row:
            found.add(self.admin_model._meta.model_name)
        if self.in_admin and self.name == "admin:auth_user_password_change":
            found.add("user")
        return found

    @property
    def is_about_a_row(self):
        """Whether an address of the admin names one row of one model."""
        return "object_id" in self.converters and "content_type_id" not in self.converters

    @property
    def without_sample(self):
        """Parameters for which nobody has said what they name."""
        if self.in_admin:
            return []
        return [
            f"{before}/<{name}>"
            for name, before in self.parameters.items()
            if (before, name) not in SUBJECTS and (before, name) not in WORDS
        ]

    @property
    def admin_model(self):
        stem = self.name.removeprefix("admin:").rsplit("_", 1)[0]
        return next(
            model
            for model in admin.site._registry
            if f"{model._meta.app_label}_{model._meta.model_name}" == stem
        )

    def url(self, rows):
        """The address with the ids of these rows (``None``: of nothing that exists)."""
        values = {}
        for name, before in self.parameters.items():
            if (before, name) in WORDS:
                values[name] = WORDS[before, name] if rows is not None else MISSING.code
                continue
            if (before, name) not in SUBJECTS:
                continue
            subject = SUBJECTS[before, name]
            # «sheet_uuid» is the uuid of the second row that an address names.
            attribute = name.rpartition("_")[2]
            values[name] = getattr(MISSING if rows is None else rows[subject], attribute)
        if self.in_admin:
            values |= self._admin_values(rows)
        return reverse(self.name, kwargs=values)

    def _admin_values(self, rows):
        values = {}
        for name in self.converters:
            if name == "object_id" and "content_type_id" in self.converters:
                values[name] = MISSING.pk if rows is None else rows["resident"].pk
            elif name == "content_type_id":
                model = rows["resident"] if rows else None
                values[name] = ContentType.objects.get_for_model(model).pk if model else 0
            elif name == "object_id":
                row = rows and rows.get(self.admin_model._meta.model_name)
                values[name] = row.pk if row else MISSING.pk
            elif name == "id":
                values[name] = rows["user"].pk if rows else MISSING.pk
            else:
                values[name] = ADMIN_WORDS[name]
        return values


def every_address():
    """Walk the resolver and return each address once."""
    return list(_walk(get_resolver().url_patterns, "", {}, ()))


def _walk(patterns, before, converters, namespaces):
    for entry in patterns:
        route = before + _route_of(entry.pattern)
        known = {**converters, **entry.pattern.converters}
        if not isinstance(entry.pattern, RoutePattern):
            known |= dict.fromkeys(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry.url_patterns, route, known, inner)
            continue
        in_admin = "admin" in namespaces
        # The admin's catch-all and its redirect of old links have no name.
        if entry.name is None:
            if not in_admin:
                yield Address("", route, known, entry.callback, in_admin)
            continue
        name = ":".join([*namespaces, entry.name])
        yield Address(name, route, known, entry.callback, in_admin)


def _route_of(pattern):
    return str(pattern)

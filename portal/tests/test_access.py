"""Every address × every kind of person × every method × own, foreign and missing ids.

What is expected comes from the rule on the view (`for_roles`, `public`) and from the
querysets of the models, so that a new address is covered on the day it is added.
"""

from datetime import timedelta
from itertools import product

import pytest
from django.db import models, transaction
from django.forms import ModelChoiceField
from django.template.backends.django import Template
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse

from households.models import Encounter
from portal.testing.cast import LONG_SINCE, make_user
from portal.tests.addresses import SUBJECTS, every_address
from training.models import SchoolAccount, StaffMember
from villages.access import SCHOOL, ScopedQuerySet, scope_of
from villages.models import Assignment
from villages.periods import today

# The rule asks no database; the one of production is enough.
pytestmark = pytest.mark.once

PEOPLE = (
    "anonymous",
    "leader",
    "neighbour",
    "official",
    "reader",
    "admin",
    "commune_admin",
    "stranger",
    "stranger_leader",
    "unassigned",
    "former",
    "switched_off",
    "school_person",
    "staff_person",
)
METHODS = ("get", "post", "put", "delete")
WHOSE = ("own", "foreign", "missing")
ADDRESSES = every_address()
OURS = [address for address in ADDRESSES if not address.in_admin]
IN_ADMIN = [address for address in ADDRESSES if address.in_admin]
# What every commune shares: the view's roles open the way, only superusers go it.
FOR_SUPERUSERS = {
    "course_add",
    "course_edit",
    "course_delete",
    "requirement_add",
    "requirement_edit",
    "requirement_end",
    "requirement_delete",
    "school_year_add",
    "school_year_delete",
    "school_year_edit",
}
ANSWERED = {200, 201, 204, 302}
REFUSED_FORM = {400, 409, 415, 422}


@pytest.fixture
def world(cast_with_rows):
    """The cast, more kinds of people, and a row of each model here and elsewhere."""
    cast = cast_with_rows
    cast.anonymous = None
    cast.commune_admin = make_user("commune-admin", "admin", cast.commune, is_staff=True)
    cast.unassigned = make_user("unassigned")
    cast.former = make_user("former", "official", cast.commune)
    Assignment.objects.filter(user=cast.former).update(to_on=today() - timedelta(days=1))
    cast.switched_off = make_user("off", "official", cast.commune)
    cast.school_person = make_user("school", "school", cast.commune)
    SchoolAccount.objects.create(
        school=cast.rows.own["school"], user=cast.school_person, from_on=LONG_SINCE
    )
    cast.staff_person = make_user("staff", "staff", cast.commune)
    member = cast.rows.own["staffmember"]
    StaffMember.objects.filter(pk=member.pk).update(user=cast.staff_person)
    return cast


@pytest.fixture
def ask(world):
    """Ask as a person, leaving nothing changed: ``ask(user, method, url)``."""
    browsers = {}

    def browser_of(user):
        browser = Client(raise_request_exception=False)
        if user is not None:
            browser.force_login(user)
            if user == world.switched_off:
                type(user).objects.filter(pk=user.pk).update(is_active=False)
        return browser

    def answer(user, method, url, **extra):
        if user not in browsers:
            browsers[user] = browser_of(user)
        browser = browsers[user]
        kept = browser.cookies.copy()
        with transaction.atomic():
            response = getattr(browser, method)(url, **extra)
            transaction.set_rollback(True)
        browser.cookies = kept
        return response

    # Nothing looks at what the pages were drawn from; copying it would take longer than
    # drawing them.
    template_rendered.send, sent = lambda *args, **kwargs: [], template_rendered.send
    yield answer
    template_rendered.send = sent


def sees(user, rows, subjects):
    return all(_within(user, rows[name], "visible_to") for name in subjects)


def changes(user, rows, subjects):
    scope = scope_of(user)
    return (scope.can_write or scope.role == SCHOOL) and all(
        _within(user, rows[name], "writable_by") for name in subjects
    )


def _within(user, row, rule):
    known = type(row)._default_manager.all()
    if not isinstance(known, ScopedQuerySet):
        return True
    return getattr(known, rule)(user).filter(pk=row.pk).exists()


def test_every_address_has_a_rule():
    without = [a.name or a.route for a in OURS if not a.is_public and a.roles is None]
    assert not without, f"Decorate with for_roles or public: {without}"


def test_every_parameter_has_a_sample():
    unknown = sorted({word for address in OURS for word in address.without_sample})
    assert not unknown, f"Say in portal/tests/addresses.py what these name: {unknown}"


def test_every_subject_can_be_scoped(world):
    """A subject without a commune is a general one, known as such."""
    general = {"course", "courserequirement", "schoolyear"}
    for name in set(SUBJECTS.values()) - general:
        assert isinstance(type(world.rows.own[name])._default_manager.all(), ScopedQuerySet), name


@pytest.fixture
def undrawn(monkeypatch):
    """Answers keep their status and lose their page: drawing it takes most of the time.

    That each page can be drawn is shown below and by `test_every_screen`.
    """
    monkeypatch.setattr(Template, "render", lambda *given, **named: "")


@pytest.mark.parametrize("who", PEOPLE)
def test_every_address_answers_each_person_by_its_rule(who, world, ask, undrawn):
    user = getattr(world, who)
    wrong = []
    for address in OURS:
        answers = {}
        for method, whose in product(METHODS, whose_rows(who, user, address)):
            if answers.get((method, "own")) == 405:
                continue
            rows = getattr(world.rows, whose, None)
            status = ask(user, method, address.url(rows)).status_code
            answers[method, whose] = status
            expected = expected_of(who, user, address, method, whose, world.rows)
            if status not in expected:
                wrong.append(f"{method} {address.name} {whose}: {status}, not {sorted(expected)}")
            hidden = rows is not None and address.subjects and not address.is_public
            if hidden and user is not None and not sees(user, rows, address.subjects):
                answers[method, "hidden"] = status
        for method in METHODS:
            # A foreign row looks like a missing one.
            hidden, missing = answers.get((method, "hidden")), answers.get((method, "missing"))
            if {hidden, missing}.isdisjoint({None}) and hidden != missing:
                wrong.append(f"{method} {address.name}: foreign {hidden}, missing {missing}")
    assert not wrong, f"as {who}:\n" + "\n".join(wrong)


def whose_rows(who, user, address):
    """Say whose rows to ask about: whom a rule turns away by the role never gets so far."""
    if not address.parameters:
        return WHOSE[:1]
    turned_away = who in {"anonymous", "switched_off"} or scope_of(user).role not in (
        address.roles or ()
    )
    return WHOSE[:1] if turned_away and not address.is_public else WHOSE


def expected_of(who, user, address, method, whose, rows):
    """The statuses that are right for this person, address, method and id."""
    reads = method in {"get", "head"}
    if address.is_public:
        return ANSWERED | REFUSED_FORM | {405} | ({404} if whose == "missing" else set())
    if who in {"anonymous", "switched_off"}:
        # A page leads to the sign-in; a script hears 401.
        return {302, 401} if reads else {302, 401, 405}
    if scope_of(user).role not in address.roles:
        return {403} if reads else {403, 405}
    if address.name in FOR_SUPERUSERS and not user.is_superuser:
        return {403} if reads else {403, 405}
    theirs = getattr(rows, whose, None)
    subjects = address.subjects
    hidden = theirs is None if address.parameters else False
    if hidden or not sees(user, theirs, subjects):
        # Whoever only reads may be told so before anything is looked up.
        told = REFUSED_FORM if scope_of(user).can_write else {403}
        return {404, 405} if reads else {404, 405, *told}
    if not changes(user, theirs, subjects):
        # Looked at, not changed: whoever only reads is told so.
        return {200, 302, 403, 405} if reads else {200, 302, 403, 405, 415}
    refused = {403} if subjects else set()
    if reads:
        return {200, 302, 405} | refused
    return ANSWERED | REFUSED_FORM | {405} | refused


@pytest.mark.parametrize("who", ["reader", "unassigned", "former"])
def test_whoever_only_reads_leaves_everything_as_it_was(who, world, ask):
    """Not even an empty form of a reader's changes a row."""
    user = getattr(world, who)

    def rows_now():
        return {
            name: type(row)._default_manager.filter(pk=row.pk).values().first()
            for name, row in world.rows.own.items()
            if isinstance(row, models.Model) and name != "user"
        }

    before = rows_now()
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    for address in OURS:
        if address.is_public:
            continue
        for method in ("post", "put", "delete"):
            getattr(browser, method)(address.url(world.rows.own))
    assert rows_now() == before


def test_each_address_opens_for_somebody(world, ask):
    """A walk in which everybody is refused would have shown nothing."""
    closed = []
    for address in OURS:
        url = address.url(world.rows.own)
        opened = any(
            ask(getattr(world, who), method, url).status_code in ANSWERED | REFUSED_FORM
            for who in ("leader", "official", "anonymous", "school_person", "staff_person")
            for method in ("get", "post", "put")
        )
        if not opened:
            closed.append(address.name)
    assert not closed


@pytest.mark.parametrize("who", [who for who in PEOPLE if who not in {"admin", "commune_admin"}])
def test_the_admin_sends_everybody_else_away(who, world, ask):
    user = getattr(world, who)
    for address in IN_ADMIN:
        if address.name in {"admin:logout", "admin:login"}:
            continue
        response = ask(user, "post", address.url(world.rows.own))
        assert response.status_code in {302, 403, 404}, address.name
        if response.status_code == 302:
            assert "sign-in" in response["Location"] or "login" in response["Location"]


def test_the_admin_never_breaks(world, ask):
    """Each page for a superuser: what there is, what there is not, an empty form."""
    for address in IN_ADMIN:
        if address.name in {"admin:logout", "admin:login"}:
            continue
        for method, rows in (("get", None), ("post", world.rows.own)):
            status = ask(world.admin, method, address.url(rows)).status_code
            assert status in ANSWERED | {403, 404, 405}, (method, address.name)


def test_the_admin_of_a_commune_changes_nothing_elsewhere(world, ask):
    for address in IN_ADMIN:
        if not address.subjects or _is_general(address):
            continue
        url, missing = address.url(world.rows.foreign), address.url(None)
        for method in ("get", "post"):
            there = ask(world.commune_admin, method, url)
            assert there.status_code in {302, 403, 404, 405}, (method, address.name)
            assert there.status_code == ask(world.commune_admin, method, missing).status_code, (
                method,
                address.name,
            )


def _is_general(address):
    if not address.is_about_a_row:
        return False
    model = address.admin_model
    return not hasattr(model, "commune_path") and model._meta.model_name != "user"


@pytest.mark.parametrize("who", ["leader", "official", "commune_admin", "stranger"])
def test_no_form_offers_what_its_user_may_not_see(who, world):
    """Ids travel in bodies and queries too: a choice outside the scope is no choice."""
    user = getattr(world, who)
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    looked_at, wrong = 0, []
    for address in OURS:
        if address.roles is None or scope_of(user).role not in address.roles:
            continue
        own = world.rows.own if who != "stranger" else world.rows.foreign
        response = browser.get(address.url(own))
        for form in forms_of(response):
            for name, field in form.fields.items():
                if not isinstance(field, ModelChoiceField) or field.queryset is None:
                    continue
                looked_at += 1
                rows = field.queryset.all()
                if isinstance(rows.model._default_manager.all(), ScopedQuerySet):
                    seen = rows.model._default_manager.visible_to(user)
                    if rows.exclude(pk__in=seen.values("pk")).exists():
                        wrong.append(f"{address.name}: {name}")
    assert looked_at
    assert not wrong


def forms_of(response):
    """The forms in the context a page was drawn from."""
    found = {}
    for layer in getattr(response, "context", None) or []:
        for entry in layer.dicts if hasattr(layer, "dicts") else [layer]:
            for value in entry.values():
                rows = value if isinstance(value, list | tuple) else [value]
                for form in rows:
                    if hasattr(form, "fields") and hasattr(form, "is_bound"):
                        found[id(form)] = form
    return found.values()


def test_a_foreign_household_in_a_query_or_a_form_is_refused_like_a_missing_one(world):
    foreign = world.rows.foreign["household"]
    resident = world.rows.foreign["resident"]
    browser = Client(raise_request_exception=False)
    browser.force_login(world.leader)
    form = reverse("visit_form")
    answers = [
        browser.get(form, {"household": wanted}).status_code
        for wanted in (foreign.uuid, "00000000-0000-0000-0000-000000000007", "no-uuid", "\x00")
    ]
    assert set(answers) == {404}
    said = {
        "visited_on": f"{today():%Y-%m-%d}",
        "occasion": "home_visit",
        "difficulty": "away",
        "people": str(resident.uuid),
    }
    before = Encounter.objects.count()
    missing = browser.post(form, said | {"household": "00000000-0000-0000-0000-000000000007"})
    there = browser.post(form, said | {"household": str(foreign.uuid)})
    assert (there.status_code, missing.status_code) == (400, 400)
    put = reverse("visit", args=["00000000-0000-0000-0000-000000000009"])
    phone = {"content_type": "application/json", "headers": {"accept": "application/json"}}
    body = {"household": str(foreign.uuid), "visited_on": said["visited_on"]}
    body |= {"occasion": "home_visit", "difficulty": "away"}
    there = browser.put(put, body, **phone)
    missing = browser.put(
        put, body | {"household": "00000000-0000-0000-0000-000000000007"}, **phone
    )
    assert (there.status_code, missing.status_code) == (400, 400)
    assert there.json() == missing.json()
    # A foreign resident in a visit to the own household.
    own = world.rows.own["household"]
    body |= {"household": str(own.uuid), "people": [{"resident": str(resident.uuid)}]}
    assert browser.put(put, body, **phone).status_code == 400
    assert Encounter.objects.count() == before

"""The admin: every model, by role, within the commune."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.urls import reverse

from households.models import Doubt, Household, Residency, Resident
from portal.testing.cast import LONG_SINCE, make_user
from portal.tests.records import models_of_ours
from villages.models import Assignment, Commune, StaleMark, Village
from villages.periods import today

# The rule asks no database; the one of production is enough.
pytestmark = pytest.mark.once

User = get_user_model()
PAGES = [model for model in admin.site._registry if model in models_of_ours()]
# Rows edited on the page of what they belong to.
PARTS = {
    "attendance",
    "employment",
    "handedhousehold",
    "householdobservation",
    "householdplace",
    "paperrow",
    "personmet",
    "residency",
    "skillcheck",
    "steeringcommitteemember",
    "workerdeclaration",
}
# Made on a page of their own, mended here.
MADE_ELSEWHERE = ("doubt", "handedlist", "papersheet")
NEVER_TYPED = (
    "coverageunit",
    "coveragefigure",
    "drift",
    "stalemark",
    "encounterversion",
    "exportrecord",
    "heldrecord",
    "importjournal",
    "importprogress",
    "importrow",
    "importrun",
    "phone",
    "rescuefile",
    "residentmerge",
    "villagechangejournal",
    "signincard",
    "storedfile",
    "attendancesheet",
    "certificate",
    "invitation",
)


@pytest.fixture
def cast(cast_with_rows):
    return cast_with_rows


@pytest.fixture
def rows(cast):
    return cast.rows


@pytest.fixture
def staff(cast):
    """People with a desk in the admin: the commune's own administrator is no superuser."""
    return {
        "admin": make_user("commune-admin", "admin", cast.commune, is_staff=True),
        "official": make_user("office", "official", cast.commune, is_staff=True),
        "reader": make_user("looks", "reader", cast.commune, is_staff=True),
        "team_leader": make_user("lead", "team_leader", cast.commune, cast.vi, is_staff=True),
        "nobody": make_user("nobody", is_staff=True),
        "superuser": cast.admin,
    }


def address(model, page, *args):
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def test_every_model_has_a_page_or_stands_on_one():
    without = {m._meta.model_name for m in models_of_ours()} - {m._meta.model_name for m in PAGES}
    on_a_page = {
        inline.model._meta.model_name
        for page in admin.site._registry.values()
        for inline in page.inlines
    }
    assert without <= on_a_page
    assert without <= PARTS


def test_a_superuser_opens_every_page(cast, rows, client):
    client.force_login(cast.admin)
    for model in PAGES:
        name = model._meta.model_name
        row = rows.own[name]
        for url in (
            address(model, "changelist"),
            f"{address(model, 'changelist')}?q=lò+thi",
            address(model, "change", row.pk),
            address(model, "history", row.pk),
        ):
            assert client.get(url).status_code == 200, url
        added = client.get(address(model, "add"))
        assert added.status_code == (403 if name in (*NEVER_TYPED, *MADE_ELSEWHERE) else 200), name


@pytest.mark.parametrize("role", ["admin", "official", "reader"])
def test_nobody_reaches_another_commune(role, rows, staff, client):
    client.force_login(staff[role])
    for model in PAGES:
        name = model._meta.model_name
        foreign = rows.foreign[name]
        general = getattr(admin.site._registry[model], "is_general", False)
        listed = client.get(address(model, "changelist"))
        missing = client.get(address(model, "change", 987654))
        there = client.get(address(model, "change", foreign.pk))
        if listed.status_code == 403:
            # A page that is not for this role answers the same whatever is asked.
            assert there.status_code == 403, name
            continue
        assert listed.status_code == 200, name
        shown = {row.pk for row in listed.context["cl"].queryset}
        assert rows.own[name].pk in shown, name
        if general:
            assert there.status_code == 200
            continue
        assert foreign.pk not in shown, name
        # A foreign row answers like a missing one.
        assert (there.status_code, there.headers.get("Location")) == (
            missing.status_code,
            missing.headers.get("Location"),
        )
        assert there.status_code == 302
        for page in ("history", "delete"):
            answer = client.get(address(model, page, foreign.pk))
            assert answer.status_code in {302, 403}


@pytest.mark.parametrize("role", ["reader", "team_leader", "nobody"])
def test_who_only_reads_changes_nothing(role, rows, staff, client):
    client.force_login(staff[role])
    for model in PAGES:
        row = rows.own[model._meta.model_name]
        for url in (
            address(model, "add"),
            address(model, "change", row.pk),
            address(model, "delete", row.pk),
        ):
            assert client.post(url, {"_save": "1", "post": "yes"}).status_code == 403, url
        if role != "reader":
            assert client.get(address(model, "changelist")).status_code == 403


def test_derived_rows_and_history_are_changed_by_nobody(cast, rows, client):
    client.force_login(cast.admin)
    for name in NEVER_TYPED:
        row = rows.own[name]
        for url in (
            address(type(row), "add"),
            address(type(row), "change", row.pk),
            address(type(row), "delete", row.pk),
        ):
            assert client.post(url, {"_save": "1", "post": "yes"}).status_code == 403, url


def test_the_log_can_only_be_appended_to(cast, rows, client):
    client.force_login(cast.admin)
    entry = LogEntry.objects.first()
    assert client.get(reverse("admin:auditlog_logentry_changelist")).status_code == 200
    change = reverse("admin:auditlog_logentry_change", args=[entry.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"object_repr": "x"}).status_code == 403
    delete = reverse("admin:auditlog_logentry_delete", args=[entry.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert LogEntry.objects.filter(pk=entry.pk).exists()


def post_form(client, url, **changes):
    """Send an admin form as it was shown, with these changes; return the answer."""
    page = client.get(url)
    assert page.status_code == 200, url
    sent = {}
    shown = [page.context["adminform"].form]
    for formset in page.context["inline_admin_formsets"]:
        shown += [formset.formset.management_form, *formset.formset.forms]
    for form in shown:
        for field in form:
            value = field.value()
            if value is None or value is False:
                continue
            value = field.field.prepare_value(value)
            widget = field.field.widget
            if hasattr(widget, "decompress"):
                continue
            sent[field.html_name] = value if isinstance(value, list) else str(value)
    sent = {name: value for name, value in (sent | changes).items() if value is not None}
    return client.post(url, sent | {"_save": "1"})


def marked():
    """The villages (``None``: the commune) that wait, with the first day of each."""
    return {
        (mark.commune_id, mark.village_id): mark.since_on
        for mark in StaleMark.objects.order_by("-since_on")
    }


def test_a_foreign_village_cannot_be_chosen(cast, staff, client):
    client.force_login(staff["admin"])
    add = reverse("admin:households_household_add")
    sent = {"number": "7", "since_on": "01/10/2025", "poverty": "", "_save": "1"}
    refused = client.post(add, sent | {"village": cast.far.pk})
    assert refused.status_code == 200
    assert "village" in refused.context["adminform"].form.errors
    accepted = client.post(add, sent | {"village": cast.vi.pk})
    assert accepted.status_code == 302
    household = Household.objects.get(village=cast.vi, number=7)
    assert household.places.get().from_on.isoformat() == "2025-10-01"


def test_autocomplete_offers_only_the_own_commune(cast, staff, client):
    client.force_login(staff["official"])
    asked = {"app_label": "households", "model_name": "residency", "field_name": "resident"}
    asked |= {"app_label": "households", "model_name": "resident", "field_name": "household"}
    found = client.get(reverse("admin:autocomplete"), asked | {"term": ""}).json()["results"]
    own = Household.objects.filter(village__commune=cast.commune)
    assert {row["id"] for row in found} == {str(pk) for pk in own.values_list("pk", flat=True)}
    assert client.get(reverse("admin:autocomplete"), asked | {"term": "a\x00"}).status_code == 200


def test_search_finds_without_accents(cast, client):
    client.force_login(cast.admin)
    for words in ("lo van mau", "LÒ VĂN MẪU", "Lò Văn Mẫu"):
        page = client.get(reverse("admin:households_resident_changelist"), {"q": words})
        assert {row.full_name for row in page.context["cl"].queryset} == {
            "Lò Văn Mẫu",
            "Lò Văn Mẫu Em",
        }


def test_strange_addresses_do_no_harm(cast, client):
    client.force_login(cast.admin)
    base = reverse("admin:households_resident_changelist")
    for query in ("?q=%00", "?full_name=%00", "?status__exact=%00", "?p=x", "?o=99", "?e=1"):
        assert client.get(base + query).status_code in {200, 302}, query
    assert client.get(f"{base}%00/change/").status_code == 302


def test_a_household_moves_with_a_date_only(cast, client):
    client.force_login(cast.admin)
    change = reverse("admin:households_household_change", args=[cast.household.pk])
    assert post_form(client, change, village=str(cast.khi.pk)).status_code == 302
    assert Household.objects.get(pk=cast.household.pk).village == cast.vi
    StaleMark.objects.all().delete()
    on = today() - timedelta(days=5)
    url = reverse("admin:households_household_changelist")
    sent = {"action": "move_to_another_village", "_selected_action": cast.household.pk}
    asked = client.post(url, sent)
    assert asked.status_code == 200
    assert Household.objects.get(pk=cast.household.pk).village == cast.vi
    sent |= {"apply": "yes", "village": cast.khi.pk}
    assert client.post(url, sent | {"on": "01/01/2999"}).status_code == 200
    assert client.post(url, sent | {"on": f"{on:%d/%m/%Y}"}).status_code == 302
    assert Household.objects.get(pk=cast.household.pk).village == cast.khi
    assert {(cast.commune.pk, cast.vi.pk), (cast.commune.pk, cast.khi.pk)} <= set(marked())


def test_overlapping_residencies_are_refused(cast, client):
    client.force_login(cast.admin)
    resident = cast.household.residents.first()
    change = reverse("admin:households_resident_change", args=[resident.pk])
    second = {
        "residencies-TOTAL_FORMS": "2",
        "residencies-1-household": str(cast.khi_household.pk),
        "residencies-1-from_on": "01/06/2025",
        "residencies-1-resident": str(resident.pk),
        "residencies-1-id": "",
    }
    refused = post_form(client, change, **second)
    assert refused.status_code == 200
    assert resident.residencies.count() == 1
    accepted = post_form(client, change, **second | {"residencies-0-to_on": "31/05/2025"})
    assert accepted.status_code == 302
    resident = Resident.objects.get(pk=resident.pk)
    assert resident.household == cast.khi_household
    assert {cast.vi.pk, cast.khi.pk} <= {village for _commune, village in marked()}


def test_an_encounter_s_new_date_reaches_all_that_hangs_off_it(cast, rows, client):
    client.force_login(cast.admin)
    encounter = rows.own["encounter"]
    StaleMark.objects.all().delete()
    earlier = encounter.held_on - timedelta(days=30)
    change = reverse("admin:households_encounter_change", args=[encounter.pk])
    assert post_form(client, change, held_on=f"{earlier:%d/%m/%Y}").status_code == 302
    for parts in (encounter.people_met, encounter.checks):
        assert set(parts.values_list("happened_on", flat=True)) == {earlier}
    assert set(encounter.confirmations.values_list("seen_on", flat=True)) == {earlier}
    assert set(encounter.observations.values_list("observed_on", flat=True)) == {earlier}
    assert marked()[cast.commune.pk, cast.vi.pk] <= earlier
    encounter.refresh_from_db()
    assert encounter.content["visited_on"] == f"{earlier:%Y-%m-%d}"
    assert encounter.versions.last().replaced_by == cast.admin
    ahead = today() + timedelta(days=1)
    assert post_form(client, change, held_on=f"{ahead:%d/%m/%Y}").status_code == 200


def test_a_skill_added_in_the_admin_counts_its_resident_as_met(cast, rows, client):
    client.force_login(cast.admin)
    encounter = rows.own["encounter"]
    other = cast.khi_household.residents.first()
    total = encounter.checks.count()
    added = {
        "checks-TOTAL_FORMS": f"{total + 1}",
        f"checks-{total}-resident": str(other.pk),
        f"checks-{total}-skill": str(cast.skills[0].pk),
        f"checks-{total}-outcome": "alone",
    }
    StaleMark.objects.all().delete()
    change = reverse("admin:households_encounter_change", args=[encounter.pk])
    assert post_form(client, change, **added).status_code == 302
    assert encounter.people_met.filter(resident=other, happened_on=encounter.held_on).exists()
    assert (cast.commune.pk, cast.khi.pk) in marked()


def test_a_void_encounter_and_one_of_a_session_are_only_looked_at(cast, rows, client):
    client.force_login(cast.admin)
    url = reverse("admin:households_encounter_changelist")
    chosen = [rows.own["encounter"].pk, rows.own["trainingsession"].encounter_id]
    sent = {"action": "declare_void", "_selected_action": chosen}
    assert client.post(url, sent).status_code == 200
    assert client.post(url, sent | {"apply": "1", "reason": "  "}).status_code == 200
    assert client.post(url, sent | {"apply": "1", "reason": "Nhầm hộ"}).status_code == 302
    rows.own["encounter"].refresh_from_db()
    assert rows.own["encounter"].void_reason == "Nhầm hộ"
    session_encounter = rows.own["trainingsession"].encounter
    session_encounter.refresh_from_db()
    assert session_encounter.voided_at is None
    for pk in chosen:
        change = reverse("admin:households_encounter_change", args=[pk])
        assert client.get(change).status_code == 200
        assert client.post(change, {"_save": "1"}).status_code == 403


def test_a_village_is_merged_after_a_preview(cast, staff, client):
    client.force_login(staff["official"])
    url = reverse("admin:villages_village_changelist")
    sent = {"action": "merge", "_selected_action": cast.khi.pk}
    asked = client.post(url, sent)
    assert any(
        cast.khi.full_name in sentence and "1" in sentence for sentence in asked.context["preview"]
    )
    choices = set(asked.context["form"].fields["successor"].queryset)
    assert choices == {cast.vi}
    sent |= {"apply": "1", "effective_on": f"{today():%d/%m/%Y}"}
    assert client.post(url, sent | {"successor": cast.far.pk}).status_code == 200
    assert Village.objects.get(pk=cast.khi.pk).to_on is None
    assert client.post(url, sent | {"successor": cast.vi.pk}).status_code == 302
    assert Village.objects.get(pk=cast.khi.pk).to_on == today() - timedelta(days=1)
    assert not cast.khi.households.exists()
    assert not Assignment.objects.filter(village=cast.khi, to_on__isnull=True).exists()
    assert {(cast.commune.pk, cast.vi.pk), (cast.commune.pk, cast.khi.pk)} <= set(marked())


def test_doubts_are_settled_in_words(cast, rows, staff, client):
    client.force_login(staff["official"])
    url = reverse("admin:households_doubt_changelist")
    sent = {"action": "settle", "apply": "1", "reason": "Hai lượt thật"}
    chosen = [rows.own["doubt"].pk, rows.foreign["doubt"].pk]
    client.post(url, sent | {"_selected_action": chosen})
    own, foreign = (Doubt.objects.get(pk=pk) for pk in chosen)
    assert (own.settlement, own.settled_by) == ("Hai lượt thật", staff["official"])
    assert foreign.settled_at is None


def test_deleting_what_history_hangs_off_is_refused_in_words(cast, rows, client):
    client.force_login(cast.admin)
    for name in ("household", "resident", "village", "skill", "user"):
        row = rows.own[name]
        url = address(type(row), "delete", row.pk)
        page = client.get(url)
        assert page.context["protected"], name
        client.post(url, {"post": "yes"})
        assert type(row).objects.filter(pk=row.pk).exists()


def test_deleting_many_at_once_marks_each(cast, rows, client):
    client.force_login(cast.admin)
    StaleMark.objects.all().delete()
    row = rows.own["connectivityreport"]
    url = reverse("admin:villages_connectivityreport_changelist")
    client.post(url, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert not type(row).objects.filter(pk=row.pk).exists()
    assert marked()[cast.commune.pk, cast.vi.pk] == row.reported_on


def test_a_village_without_history_can_be_deleted(cast, rows, client):
    client.force_login(cast.admin)
    village = Village.objects.create(
        commune=cast.commune, number=77, name="Nhầm", from_on=LONG_SINCE
    )
    client.post(address(Village, "delete", village.pk), {"post": "yes"})
    assert not Village.objects.filter(pk=village.pk).exists()
    assert (cast.commune.pk, None) in marked()


def test_a_commune_s_administrator_gives_no_more_than_the_own_rights(cast, staff, client):
    client.force_login(staff["admin"])
    own, leader = staff["admin"], cast.leader
    # Nobody changes the own account here; superusers and strangers are out of reach.
    for account in (own, cast.admin, cast.stranger, staff["nobody"]):
        url = reverse("admin:portal_user_change", args=[account.pk])
        before = User.objects.values().get(pk=account.pk)
        answer = client.post(url, {"username": "taken", "is_superuser": "on", "_save": "1"})
        assert answer.status_code in {302, 403}
        assert User.objects.values().get(pk=account.pk) == before
        password = reverse("admin:auth_user_password_change", args=[account.pk])
        new = {"password1": "mot-hai-ba-bon", "password2": "mot-hai-ba-bon"}
        assert client.post(password, new).status_code in {302, 403, 404}
        assert User.objects.values().get(pk=account.pk) == before
    url = reverse("admin:portal_user_change", args=[leader.pk])
    extra = {"is_superuser": "on", "user_permissions": "1", "groups": "1", "job_title": "Tổ trưởng"}
    assert post_form(client, url, **extra).status_code == 302
    changed = User.objects.get(pk=leader.pk)
    assert (changed.job_title, changed.is_superuser) == ("Tổ trưởng", False)
    elsewhere = {"assignments-0-commune": str(cast.elsewhere.pk)}
    assert post_form(client, url, **elsewhere).status_code == 200
    assert post_form(client, url, **{"assignments-0-village": str(cast.far.pk)}).status_code == 200
    assert {row.commune for row in leader.assignments.all()} == {cast.commune}


def test_a_commune_s_administrator_opens_accounts_of_the_own_commune(cast, staff, client):
    client.force_login(staff["admin"])
    url = reverse("admin:portal_user_add")
    sent = {
        "username": "to-truong-moi",
        "full_name": "Tổ Trưởng Mới",
        "usable_password": "true",
        "password1": "nuong-ngo-xanh-2025",
        "password2": "nuong-ngo-xanh-2025",
        "assignments-TOTAL_FORMS": "1",
        "assignments-INITIAL_FORMS": "0",
        "_save": "1",
    }
    assert client.post(url, sent).status_code == 200
    assert not User.objects.filter(username="to-truong-moi").exists()
    role = {
        "assignments-0-role": "team_leader",
        "assignments-0-commune": cast.commune.pk,
        "assignments-0-village": cast.khi.pk,
        "assignments-0-from_on": "01/10/2025",
    }
    bad = role | {"assignments-0-commune": cast.elsewhere.pk, "assignments-0-village": cast.far.pk}
    assert client.post(url, sent | bad).status_code == 200
    assert client.post(url, sent | role).status_code == 302
    account = User.objects.get(username="to-truong-moi")
    assert account.check_password("nuong-ngo-xanh-2025")
    assert account.assignments.get().village == cast.khi


def test_the_log_names_who_changed_what_and_hides_what_is_sensitive(cast, client):
    client.force_login(cast.admin)
    change = reverse("admin:households_household_change", args=[cast.household.pk])
    post_form(client, change, poverty="poor", address="Đầu bản", phone="0912345678")
    entry = LogEntry.objects.get_for_object(cast.household).first()
    assert entry.actor == cast.admin
    assert entry.changes["address"][1] == "Đầu bản"
    assert entry.changes["poverty"][1] == "•••"
    assert "0912345678" not in str(entry.changes)
    history = reverse("admin:households_household_history", args=[cast.household.pk])
    page = client.get(history).content.decode()
    assert cast.admin.full_name in page
    assert "Đầu bản" in page
    resident = cast.household.residents.first()
    resident.ethnic_group = "Thái"
    resident.save()
    assert "Thái" not in str(LogEntry.objects.get_for_object(resident).first().changes)


def test_passwords_never_reach_the_log(cast):
    cast.leader.set_password("mot-hai-ba-bon-nam")
    cast.leader.save()
    entry = LogEntry.objects.get_for_object(cast.leader).first()
    assert entry.changes["password"] == ["•••", "•••"]


def test_attendance_is_changed_on_the_session_s_page_only(cast, rows, client):
    client.force_login(cast.admin)
    session = rows.own["trainingsession"]
    change = reverse("admin:training_trainingsession_change", args=[session.pk])
    page = client.get(change)
    assert "held_on" not in page.context["adminform"].form.fields
    post_form(client, change, **{"attendances-0-DELETE": "on", "title": "Lớp mới"})
    session.refresh_from_db()
    assert session.title == "Lớp mới"
    assert session.attendances.count() == session.encounter.people_met.count() == 1


def test_a_general_row_is_changed_by_superusers_only(cast, rows, staff, client):
    skill = cast.skills[0]
    change = reverse("admin:households_skill_change", args=[skill.pk])
    client.force_login(staff["admin"])
    assert client.get(change).status_code == 200
    assert client.post(change, {"name": "x"}).status_code == 403
    client.force_login(cast.admin)
    StaleMark.objects.all().delete()
    assert post_form(client, change, required_to_on=f"{today():%d/%m/%Y}").status_code == 302
    villages = set(Village.objects.values_list("pk", flat=True))
    assert villages <= {village for _commune, village in marked()}


def test_moving_away_and_dying_are_noted_with_a_date(cast, client):
    client.force_login(cast.admin)
    resident = cast.household.residents.first()
    url = reverse("admin:households_resident_changelist")
    sent = {"action": "note_the_end", "_selected_action": resident.pk, "apply": "1"}
    client.post(url, sent | {"ended": "moved", "on": f"{today():%d/%m/%Y}"})
    resident.refresh_from_db()
    assert resident.status == Resident.Status.MOVED
    assert resident.residencies.get().ended == Residency.Ended.MOVED
    assert resident.residencies.get().to_on == today()


def test_communes_are_changed_by_superusers_only(cast, staff, client):
    change = address(Commune, "change", cast.commune.pk)
    client.force_login(staff["admin"])
    assert client.get(change).status_code == 200
    assert client.post(change, {"name": "Khác"}).status_code == 403


def test_what_contradicts_another_record_is_refused_in_words(cast, client):
    client.force_login(cast.admin)
    number = {"number": str(cast.second_household.number)}
    household = address(Household, "change", cast.household.pk)
    assert post_form(client, household, **number).status_code == 200
    second = cast.household.residents.get(full_name="Lường Thị Mẫu")
    resident = address(Resident, "change", second.pk)
    assert post_form(client, resident, is_head="on").status_code == 200
    born = post_form(client, resident, birth_year="1850")
    assert born.status_code == 200
    assert "birth_year" in born.context["adminform"].form.errors
    team = address(type(cast.vi.team), "change", cast.vi.team.pk)
    another = {
        "members-TOTAL_FORMS": "2",
        "members-1-full_name": "Tổ Trưởng Hai",
        "members-1-role": "leader",
        "members-1-from_on": "01/10/2025",
    }
    assert post_form(client, team, **another).status_code == 200
    assert not cast.vi.team.members.filter(full_name="Tổ Trưởng Hai").exists()


def test_whoever_only_reads_sees_no_poverty_and_no_ethnic_group(cast, rows, staff, client):
    cast.household.poverty = "poor"
    cast.household.save()
    pages = [
        address(Household, "changelist"),
        address(Household, "change", cast.household.pk),
        address(Resident, "change", cast.household.residents.first().pk),
    ]
    for who, sees in (("official", True), ("reader", False)):
        client.force_login(staff[who])
        shown = [client.get(page).content.decode() for page in pages]
        assert ("field-poverty" in shown[0]) is sees
        assert ("field-poverty" in shown[1]) is sees
        assert ("field-ethnic_group" in shown[2]) is sees

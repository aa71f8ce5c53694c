"""The log cannot be cleaned afterwards, so sensitive words never get into it."""

from datetime import date

from auditlog.models import LogEntry

from households.models import Encounter
from training.models import StaffMember

CANARY = "CANARY mắc bệnh hiểm nghèo"


def logged():
    return "".join(f"{entry.changes}{entry.object_repr}" for entry in LogEntry.objects.all())


def test_a_visits_note_is_logged_as_changed_without_its_words(cast):
    visit = Encounter.objects.create(
        commune=cast.commune,
        village=cast.vi,
        household=cast.household,
        occasion="home_visit",
        held_on=date(2025, 10, 1),
        note=CANARY,
        content={"note": CANARY},
    )
    visit.note = f"{CANARY} nặng hơn"
    visit.save()
    entry = LogEntry.objects.get_for_object(visit).first()
    assert set(entry.changes["note"]) == {"•••"}
    assert "CANARY" not in logged()


def test_party_membership_is_logged_without_what_it_is(cast):
    member = StaffMember.objects.create(
        commune=cast.commune, full_name="Lò Văn Mẫu", code="A1", category="official"
    )
    member.is_party_member = True
    member.save()
    for entry in LogEntry.objects.get_for_object(member):
        assert not {"True", "False"} & set(map(str, entry.changes.get("is_party_member", [])))

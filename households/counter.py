"""Helping citizens at a counter: each time an encounter, with a name or without one."""

import re
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, Count, IntegerField, Sum, Value, When
from django.http import QueryDict
from django.utils import timezone

from households.forms.visit import VisitForm
from households.models import ADULT_AGE, Encounter, Resident
from households.recording import Guidance, NotCorrectable, record_visit, void_visit
from households.visit_content import guidance_of
from villages.periods import today
from villages.text import fold

MOST_FOUND = 8
UNDO_MINUTES = 15
BIRTH_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class NotHelped(Exception):
    """The records contradict what was typed; ``messages`` are for people."""

    def __init__(self, messages):
        super().__init__("not helped")
        self.messages = messages


def find_citizens(user, text):
    """Return present residents in reach whose name has all the words, best first.

    Four digits are a birth year: «lo duong 1961». Each comes with village and household.
    """
    years = BIRTH_YEAR.findall(text)
    words = fold(BIRTH_YEAR.sub(" ", text)).split()
    if not words and not years:
        return Resident.objects.none()
    residents = Resident.objects.writable_by(user).present()
    for word in words:
        residents = residents.filter(name_folded__contains=word)
    if years:
        residents = residents.filter(birth_year__in=years)
    together = " ".join(words)
    return (
        residents.annotate(
            rank=Case(
                When(name_folded=together, then=Value(0)),
                When(name_folded__endswith=together, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
            is_child=Case(
                When(birth_year__gt=today().year - ADULT_AGE, then=Value(1)),
                default=Value(0),
                output_field=IntegerField(),
            ),
        )
        .select_related("household__village")
        .order_by("rank", "is_child", "name_folded", "birth_year", "pk")[:MOST_FOUND]
    )


@transaction.atomic
def help_citizen(*, uuid, resident, office, held_on, outcomes, by, confirmed=False, note=""):
    """Record that a known resident was helped; counts as reached and in the skills shown.

    ``outcomes`` maps Skill to an outcome. The visit form decides over what may be recorded,
    as on any other occasion. Raises ``NotHelped``, and ``OtherContent`` for a taken UUID.
    """
    form = VisitForm(_as_typed(resident, held_on, outcomes, confirmed, note), user=by)
    if not form.is_valid():
        raise NotHelped([text for texts in form.errors.values() for text in texts])
    guidance = guidance_of(form, uuid, office=office)
    return record_visit(uuid=uuid, guidance=guidance, author=by)


def help_somebody(*, uuid, commune, office, held_on, skills, by, note=""):
    """Record that somebody without a name was helped: an attendance, and nobody is reached."""
    content = {
        "household": "",
        "visited_on": held_on.isoformat(),
        "occasion": Encounter.Occasion.SERVICE_CENTRE.value,
        "people": [],
        "new_people": [],
        "unnamed_people": 1,
        "guided": sorted(skill.code for skill in skills),
        "smart_device": None,
        "connection": "",
        "difficulty": "",
        "language": "",
        "return_on": None,
        "note": note,
    }
    guidance = Guidance(
        commune=commune,
        occasion=Encounter.Occasion.SERVICE_CENTRE,
        held_on=held_on,
        content=content,
        unnamed_people=1,
        note=note,
        office=office,
        guided=tuple(skills),
    )
    return record_visit(uuid=uuid, guidance=guidance, author=by)


def undo_help(*, encounter, reason, by):
    """Take back what was just recorded; later than that, it is declared void with a reason."""
    if not may_undo(encounter, by):
        raise NotCorrectable
    return void_visit(encounter=encounter, reason=reason, by=by)


def may_undo(encounter, user):
    """Whether this person recorded it at a counter within the last minutes."""
    age = timezone.now() - encounter.received_at
    return (
        encounter.author_id == user.pk
        and encounter.occasion == Encounter.Occasion.SERVICE_CENTRE
        and encounter.voided_at is None
        and age <= timedelta(minutes=UNDO_MINUTES)
    )


def helped_on(user, day):
    """Return what this person recorded at counters for a day, newest first."""
    return (
        Encounter.objects.standing()
        .filter(author=user, occasion=Encounter.Occasion.SERVICE_CENTRE, held_on=day)
        .select_related("village")
        .prefetch_related("people_met__resident", "checks__skill", "guided_skills")
        .order_by("-pk")
    )


def tally_of(encounters):
    """Return ``{"people", "attendances"}``: residents each once; attendances all."""
    encounters = encounters.order_by()
    people = encounters.aggregate(people=Count("people_met__resident", distinct=True))["people"]
    named = encounters.aggregate(named=Count("people_met"))["named"]
    unnamed = encounters.aggregate(unnamed=Sum("unnamed_people"))["unnamed"] or 0
    return {"people": people, "attendances": named + unnamed}


def _as_typed(resident, held_on, outcomes, confirmed, note):
    """Return the fields of the visit form that say the same."""
    key = str(resident.uuid)
    typed = QueryDict(mutable=True)
    typed["household"] = str(resident.household.uuid)
    typed["visited_on"] = held_on.isoformat()
    typed["occasion"] = Encounter.Occasion.SERVICE_CENTRE.value
    typed["met"] = key
    if confirmed:
        typed["confirmed"] = key
    for skill, outcome in outcomes.items():
        typed[f"outcome-{key}-{skill.code}"] = outcome
    typed["note"] = note
    return typed

"""What a doubt is about, in words: which days, which values, which people, and where to look."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from households.models import Doubt, Encounter
from households.newcomers import namesakes_of, newcomers_of
from households.observing import observed_otherwise
from villages.templatetags.display import day, moment

Kind = Doubt.Kind


@dataclass(frozen=True)
class Detail:
    """One line about a doubt, and where it leads."""

    text: str
    url: str = ""


def details_of(doubt):
    """Return the lines that tell what is doubtful, for a person who has to decide."""
    tellers = {
        Kind.CLOCK: _clock,
        Kind.SAME_DAY: _same_day,
        Kind.DIFFERENT_VALUES: _different_values,
        Kind.DUPLICATE: _duplicates,
    }
    teller = tellers.get(doubt.kind)
    return list(teller(doubt)) if teller else []


def with_details(doubts):
    """Return the doubts, each with its ``details``."""
    found = list(doubts)
    for doubt in found:
        doubt.details = details_of(doubt)
    return found


def _clock(doubt):
    visit = doubt.encounter
    written = visit.content.get("visited_on")
    if written and written != visit.held_on.isoformat():
        yield Detail(
            _("The phone wrote %(written)s; the visit counts on %(counted)s.")
            % {"written": day(written), "counted": day(visit.held_on)}
        )
    else:
        yield Detail(
            _("Its date is %(written)s; it was received at %(received)s.")
            % {"written": day(visit.held_on), "received": moment(visit.received_at)}
        )
    if visit.recorded_at is not None:
        yield Detail(
            _("By the phone's clock it was written at %(when)s.")
            % {"when": moment(visit.recorded_at)}
        )


def _same_day(doubt):
    visit = doubt.encounter
    others = (
        Encounter.objects.standing()
        .home_visits()
        .filter(household=visit.household_id, held_on=visit.held_on)
        .exclude(pk=visit.pk)
        .select_related("author", "member")
        .order_by("pk")
    )
    for other in others:
        text = _("Number %(receipt)s, %(who)s") % {
            "receipt": other.receipt,
            "who": other.guided_by,
        }
        yield Detail(text, reverse("visit", args=[other.uuid]))


def _different_values(doubt):
    visit = doubt.encounter
    own, others = visit.observations.first(), observed_otherwise(visit)
    if own is None or not others:
        yield Detail(_("What was noted differs no more."))
        return
    shown = (visit.household.smart_device, visit.household.connection)
    for seen in (own, *others):
        words = _observed(seen)
        if _values(seen) == shown:
            words = _("%(observation)s (this counts)") % {"observation": words}
        other = seen.encounter if seen.pk != own.pk else None
        yield Detail(words, reverse("visit", args=[other.uuid]) if other else "")


def _values(observation):
    return observation.smart_device, observation.connection


def _observed(observation):
    device = {True: _("smart device: yes"), False: _("smart device: no"), None: ""}
    parts = [device[observation.smart_device]]
    if observation.connection:
        parts.append(_("connection: %(kind)s") % {"kind": observation.get_connection_display()})
    visit = observation.encounter
    who = visit.guided_by if visit else str(observation.observed_by or "")
    return _("%(who)s, seen on %(day)s, received at %(received)s: %(values)s") % {
        "who": who or "–",
        "day": day(observation.observed_on),
        "received": moment(visit.received_at if visit else observation.recorded_at),
        "values": ", ".join(part for part in parts if part),
    }


def _duplicates(doubt):
    if doubt.encounter_id is not None:
        newcomers = newcomers_of(doubt.encounter)
    else:
        newcomers = doubt.household.residents.order_by("pk")
    told = set()
    for newcomer in newcomers.select_related("household__village"):
        namesakes = list(namesakes_of(newcomer))
        for resident in (newcomer, *namesakes) if namesakes else ():
            if resident.pk not in told:
                told.add(resident.pk)
                yield _person(resident)
    if not told:
        yield Detail(_("Nobody of the village has the same name and birth year any more."))


def _person(resident):
    text = _("%(name)s, born %(year)s, %(household)s") % {
        "name": resident.full_name,
        "year": resident.birth_year,
        "household": resident.household,
    }
    return Detail(text, reverse("resident_detail", args=[resident.uuid]))

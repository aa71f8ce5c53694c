"""What happened in a period, and what there was at its end, straight from the records.

Flows happen from the first day to the last, both included; stocks stand as of the last
day. People (người) and attendances (lượt người), households (hộ) and visits (lượt hộ) are
different units, kept apart.
"""

from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from households.models import Encounter, PersonMet
from reports.counting import count_together
from reports.indicators import DEVICES, FURTHER_INDICATORS, Place
from reports.periods import ReportPeriod
from training.models import Attendance, Communication, StaffMember, TrainingSession
from training.rosters import PEOPLE
from villages.models import (
    ConnectivityReport,
    GoverningDocument,
    SteeringCommitteeMember,
    Team,
    Village,
)
from villages.periods import during
from villages.succession import village_standing_on

KINDS = TrainingSession.Kind


@dataclass(frozen=True)
class Activity:
    """The activity of one commune in a period; each field says its unit."""

    # Stocks, as of the last day.
    villages: int  # bản, khu dân cư
    teams: int  # tổ
    steering_committee_members: int  # người
    staff: int  # người
    households_with_smart_device: int  # hộ
    no_signal_villages: int  # bản with an unresolved report of no signal
    # Flows, from the first day to the last.
    documents: int  # văn bản
    communications: int  # tin, bài, video
    training_sessions: int  # lớp for residents
    people_trained: int  # người, of classes for residents
    training_attendances: int  # lượt người, of classes for residents
    party_member_sessions: int  # buổi
    team_sessions: int  # buổi
    school_sessions: int  # buổi
    households_visited: int  # hộ
    household_visits: int  # lượt hộ
    people_guided: int  # người, by name, on any occasion
    people_helped_at_service_centre: int  # người, by name, each once
    service_centre_attendances: int  # lượt người, by name and without


def activity_of(commune, first, last):
    """Return the activity of a commune in a period, in one query."""
    counts = count_together(commune.pk, activity_measures(commune, ReportPeriod(first, last)))
    counts["service_centre_attendances"] = counts.pop("helped_at_service_centre")
    return Activity(**counts)


def activity_measures(commune, period):
    """Return {name: rows, or (rows, aggregate)} for ``count_together``.

    ``helped_at_service_centre`` counts attendances. Those without a name cannot be told
    apart, so they are no people: the people are those by name, each once.
    """
    return _stocks(commune, period.as_of) | _flows(commune, period.from_on, period.to_on)


def _stocks(commune, as_of):
    devices = next(found for found in FURTHER_INDICATORS if found.code == DEVICES)
    no_signal = ConnectivityReport.objects.filter(
        Q(resolved_on__isnull=True) | Q(resolved_on__gt=as_of),
        village__commune=commune,
        quality=ConnectivityReport.Quality.NONE,
        reported_on__lte=as_of,
    ).annotate(
        village_on_day=Coalesce(village_standing_on(as_of, "reported_in"), F("village")),
    )
    return {
        "villages": Village.objects.on(as_of).filter(commune=commune),
        "teams": Team.objects.on(as_of).filter(village__commune=commune),
        "steering_committee_members": SteeringCommitteeMember.objects.on(as_of).filter(
            during(as_of, "committee__"), committee__commune=commune
        ),
        "staff": StaffMember.objects.active_on(as_of).filter(commune_on_day=commune.pk),
        "households_with_smart_device": devices.covered(Place(commune.pk), as_of),
        "no_signal_villages": (no_signal, Count("village_on_day", distinct=True)),
    }


def _flows(commune, first, last):
    encounters = Encounter.objects.standing().filter(commune=commune).within(first, last)
    visits = encounters.home_visits()
    counter = encounters.filter(occasion=Encounter.Occasion.SERVICE_CENTRE)
    sessions = TrainingSession.objects.held().filter(commune=commune).within(first, last)
    classes = sessions.filter(kind=KINDS.RESIDENTS)
    attendances = Attendance.objects.filter(session__in=classes.order_by().values("pk"))
    met = PersonMet.objects.filter(encounter__in=encounters.order_by().values("pk"))
    met_at_counter = PersonMet.objects.filter(encounter__in=counter.order_by().values("pk"))
    return {
        "documents": GoverningDocument.objects.filter(
            commune=commune, issued_on__gte=first, issued_on__lte=last
        ),
        "communications": Communication.objects.filter(
            commune=commune, published_on__gte=first, published_on__lte=last
        ),
        "training_sessions": classes,
        "people_trained": (attendances, PEOPLE),
        "training_attendances": attendances,
        "party_member_sessions": sessions.filter(kind=KINDS.PARTY_MEMBERS),
        "team_sessions": sessions.filter(kind=KINDS.TEAMS),
        "school_sessions": sessions.filter(kind=KINDS.SCHOOL),
        "households_visited": (visits, Count("household", distinct=True)),
        "household_visits": visits,
        "people_guided": (met, Count("resident", distinct=True)),
        "people_helped_at_service_centre": (met_at_counter, Count("resident", distinct=True)),
        "helped_at_service_centre": _attendances(counter),
    }


def _attendances(encounters):
    named = PersonMet.objects.filter(encounter=OuterRef("pk")).order_by().values("encounter")
    counted = Subquery(named.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    rows = encounters.annotate(named=Coalesce(counted, 0))
    return rows, Sum(F("named") + F("unnamed_people"))

"""A commune's records as its officials would type them into the lists of the two lower floors.

Each function reads the database and gives rows, mappings of column name to text or number.
What no column carries, and why the programme's results do not need it:

* which account is whose, and which phone sent a visit: accounts are made one by one;
* UUIDs, receipt numbers, when a record came in, earlier versions, doubts and void visits;
* how a confirmation was seen (the list says that it was seen);
* earlier surveys of a household's devices: one list carries one survey, the last one here;
* where a household stood before it moved within the commune, and earlier stays of a person:
  figures of single villages on earlier days may differ by these households.

A home visit at which nobody was met and no reason was noted cannot be typed in: the form
asks for a reason, and so does the list. It is written down as «nobody at home».
"""

from collections import defaultdict

from households.models import (
    Encounter,
    Household,
    HouseholdObservation,
    Residency,
    Resident,
)
from villages.measured import indicator_names
from villages.models import (
    ConnectivityReport,
    GoverningDocument,
    SteeringCommitteeMember,
    Target,
    TeamMember,
    Village,
)

YES_NO = {True: "Có", False: "Không", None: ""}
LETTERS = {"alone": "T", "with_help": "G", "not_yet": "C"}
TYPED_OCCASIONS = ("home_visit", "gathering", "service_centre", "online")


def typed(day):
    """Return a day as it is typed."""
    return day.strftime("%d/%m/%Y") if day else ""


def rows_of_villages(commune):
    return [
        {
            "number": village.number,
            "name": village.name,
            "kind": village.get_kind_display(),
            "from_on": typed(village.from_on),
        }
        for village in Village.objects.filter(commune=commune, to_on=None)
    ]


def rows_of_documents(commune):
    return [
        {
            "number": document.number,
            "kind": document.get_kind_display(),
            "issuer": document.issuer,
            "issued_on": typed(document.issued_on),
            "title": document.title,
            "link": document.link,
        }
        for document in GoverningDocument.objects.filter(commune=commune)
    ]


def rows_of_committee(commune):
    members = SteeringCommitteeMember.objects.filter(committee__commune=commune)
    return [
        {
            "full_name": member.full_name,
            "position": member.position,
            "role": member.get_role_display(),
            "from_on": typed(member.from_on),
            "to_on": typed(member.to_on),
            "decision": member.committee.document.number if member.committee.document else "",
            "committee": member.committee.name,
        }
        for member in members.select_related("committee__document")
    ]


def rows_of_teams(commune):
    members = TeamMember.objects.filter(team__village__commune=commune)
    return [
        {
            "village": member.team.village.name,
            "full_name": member.full_name,
            "role": member.get_role_display(),
            "organisation": member.get_organisation_display(),
            "sex": member.get_sex_display(),
            "phone": member.phone,
            "document_number": member.document_number,
            "from_on": typed(member.from_on),
            "to_on": typed(member.to_on),
        }
        for member in members.select_related("team__village")
    ]


def rows_of_targets(commune):
    names = indicator_names()
    return [
        {
            "indicator": str(names[target.indicator]),
            "year": target.year,
            "percent": str(target.percent.normalize()).replace(".", ","),
            "village": target.village.name if target.village else "",
            "source": target.source,
        }
        for target in Target.objects.filter(commune=commune).select_related("village")
    ]


def rows_of_connectivity(commune):
    reports = ConnectivityReport.objects.filter(village__commune=commune)
    return [
        {
            "village": report.village.name,
            "operator": report.operator,
            "technology": report.get_technology_display(),
            "quality": report.get_quality_display(),
            "where": report.where,
            "reported_on": typed(report.reported_on),
            "resolved_on": typed(report.resolved_on),
        }
        for report in reports.select_related("village")
    ]


def rows_of_households(commune):
    """One row for each resident, past ones too; what is said of a household stands with the first.

    A stay that ended in another household of the commune is told by the present one alone.
    """
    households = Household.objects.filter(village__commune=commune).select_related("village")
    people = defaultdict(list)
    for resident in Resident.objects.filter(household__in=households):
        people[resident.household_id].append(resident)
    stays = defaultdict(list)
    for stay in Residency.objects.filter(resident__household__in=households).order_by("from_on"):
        stays[stay.resident_id].append(stay)
    surveys = {}
    seen = HouseholdObservation.objects.filter(household__in=households, encounter=None)
    for survey in seen.order_by("observed_on", "pk"):
        surveys[survey.household_id] = survey
    rows = []
    for household in households.order_by("village__number", "number"):
        about = _about_household(household, surveys.get(household.pk))
        for resident in people[household.pk]:
            rows.append(_about_resident(resident, household, stays[resident.pk][-1]) | about)
            about = {}
    return rows


def _about_household(household, survey):
    return {
        "address": household.address,
        "phone": household.phone,
        "poverty": household.get_poverty_display() if household.poverty else "",
        "smart_device": YES_NO[survey.smart_device] if survey else "",
        "connection": survey.get_connection_display() if survey and survey.connection else "",
        "observed_on": typed(survey.observed_on) if survey else "",
    }


def _about_resident(resident, household, stay):
    return {
        "village": household.village.name,
        "household": household.number,
        "is_head": YES_NO[resident.is_head],
        "full_name": resident.full_name,
        "birth_year": resident.birth_year,
        "sex": resident.get_sex_display(),
        "ethnic_group": resident.ethnic_group,
        "since": typed(stay.from_on),
        "until": typed(stay.to_on),
        "ended": stay.get_ended_display() if stay.to_on else "",
    }


def rows_of_guidance(commune):
    """One row for each person met, on every occasion but training sessions; void ones left out."""
    encounters = (
        Encounter.objects.standing()
        .filter(commune=commune, occasion__in=TYPED_OCCASIONS)
        .select_related("village", "household__village", "member", "author")
        .prefetch_related(
            "people_met__resident__household__village", "checks__skill", "confirmations",
            "observations",
        )
        .order_by("held_on", "pk")
    )  # fmt: skip
    guides = _guides(commune)
    rows = []
    for encounter in encounters.iterator(chunk_size=2000):
        rows += _rows_of_encounter(encounter, guides)
    return rows


def _rows_of_encounter(encounter, guides):
    about = _about_encounter(encounter, guides)
    outcomes = defaultdict(dict)
    for check in encounter.checks.all():
        outcomes[check.resident_id][f"skill-{check.skill.code}"] = LETTERS[check.outcome]
    confirmed = {confirmation.resident_id for confirmation in encounter.confirmations.all()}
    rows = []
    for met in encounter.people_met.all():
        resident = met.resident
        # At home the household is the one that was visited, even of who lives elsewhere now.
        household = encounter.household or resident.household
        rows.append(
            about
            | {
                "village": household.village.name,
                "household": household.number,
                "full_name": resident.full_name,
                "birth_year": resident.birth_year,
                "confirmed": "x" if resident.pk in confirmed else "",
            }
            | outcomes[resident.pk]
        )
    if encounter.unnamed_people or not rows:
        rows.append(about | {"unnamed_people": encounter.unnamed_people or ""})
    return rows


def _about_encounter(encounter, guides):
    observation = next(iter(encounter.observations.all()), None)
    household, village = encounter.household, encounter.village
    village = household.village if household else village
    nobody = not encounter.people_met.all() and not encounter.unnamed_people
    difficulty = encounter.get_difficulty_display() if encounter.difficulty else ""
    return {
        "key": encounter.receipt,
        "visited_on": typed(encounter.held_on),
        "occasion": encounter.get_occasion_display(),
        "office": encounter.get_office_display() if encounter.office else "",
        "village": village.name if village else "",
        "household": household.number if household else "",
        "guided_by": guides(encounter),
        "smart_device": YES_NO[observation.smart_device] if observation else "",
        "connection": (
            observation.get_connection_display() if observation and observation.connection else ""
        ),
        "difficulty": difficulty or (str(Encounter.Difficulty.AWAY.label) if nobody else ""),
        "language": encounter.get_language_display() if encounter.language else "",
        "return_on": typed(encounter.return_on),
        "note": encounter.note,
    }


def _guides(commune):
    """Return a function that names the team member who guided at an encounter, as typed."""
    by_village = defaultdict(list)
    members = TeamMember.objects.filter(team__village__commune=commune)
    for member in members.select_related("team", "user"):
        by_village[member.team.village_id].append(member)

    def name(encounter):
        team = [
            member
            for member in by_village[encounter.village_id]
            if member.from_on <= encounter.held_on
            and (member.to_on is None or member.to_on >= encounter.held_on)
        ]
        found = next((m for m in team if m.pk == encounter.member_id), None) or next(
            (m for m in team if m.user_id and m.user_id == encounter.author_id), None
        )
        if found is None:
            return ""
        namesakes = [member for member in team if member.full_name == found.full_name]
        role = f" ({found.get_role_display().lower()})" if len(namesakes) > 1 else ""
        return found.full_name + role

    return name

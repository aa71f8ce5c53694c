from households.models.encounter import (
    Confirmation,
    Doubt,
    Encounter,
    EncounterVersion,
    PersonMet,
    SkillCheck,
)
from households.models.household import (
    ADULT_AGE,
    FIRST_BIRTH_YEAR,
    OLDER_AGE,
    Household,
    HouseholdObservation,
    HouseholdPlace,
    HouseholdQuerySet,
    Residency,
    Resident,
)
from households.models.skill import Skill

__all__ = [
    "ADULT_AGE",
    "FIRST_BIRTH_YEAR",
    "OLDER_AGE",
    "Confirmation",
    "Doubt",
    "Encounter",
    "EncounterVersion",
    "Household",
    "HouseholdObservation",
    "HouseholdPlace",
    "HouseholdQuerySet",
    "PersonMet",
    "Residency",
    "Resident",
    "Skill",
    "SkillCheck",
]

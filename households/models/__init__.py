from households.models.doubt import Doubt
from households.models.encounter import Encounter, EncounterVersion
from households.models.handed import HandedHousehold, HandedList
from households.models.held import HeldRecord, RescueFile
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
from households.models.merge import ResidentMerge
from households.models.paper import PaperRow, PaperSheet
from households.models.rungs import Confirmation, PersonMet, SkillCheck
from households.models.skill import Skill

__all__ = [
    "ADULT_AGE",
    "FIRST_BIRTH_YEAR",
    "OLDER_AGE",
    "Confirmation",
    "Doubt",
    "Encounter",
    "EncounterVersion",
    "HandedHousehold",
    "HandedList",
    "HeldRecord",
    "Household",
    "HouseholdObservation",
    "HouseholdPlace",
    "HouseholdQuerySet",
    "PaperRow",
    "PaperSheet",
    "PersonMet",
    "RescueFile",
    "Residency",
    "Resident",
    "ResidentMerge",
    "Skill",
    "SkillCheck",
]

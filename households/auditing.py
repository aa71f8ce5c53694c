"""Which rows of this app are kept a log of.

Ethnic group and poverty status are sensitive, a phone number is nobody else's, and a note
may tell of an illness: the log says that they changed, never to what. What a visit said
is kept by `EncounterVersion`; visits are written in bulk and their parts reach this log
when the admin edits them.
"""

from households.models import (
    Confirmation,
    Doubt,
    Encounter,
    HandedHousehold,
    HandedList,
    HeldRecord,
    Household,
    HouseholdObservation,
    HouseholdPlace,
    PaperRow,
    PaperSheet,
    PersonMet,
    RescueFile,
    Residency,
    Resident,
    ResidentMerge,
    Skill,
    SkillCheck,
)
from villages.log import keep_log_of


def register():
    """Log who changes households, residents and what was found out about them."""
    for model in (
        Confirmation,
        Doubt,
        HandedHousehold,
        HouseholdObservation,
        HouseholdPlace,
        PaperRow,
        PaperSheet,
        PersonMet,
        RescueFile,
        Residency,
        Skill,
        SkillCheck,
    ):
        keep_log_of(model)
    keep_log_of(HandedList, masked=["title"])
    keep_log_of(HeldRecord, masked=["sent", "errors"])
    keep_log_of(Household, without=["observed_on", "content"], masked=["phone", "poverty"])
    keep_log_of(Resident, without=["name_folded"], masked=["ethnic_group"])
    keep_log_of(ResidentMerge, without=["journal"])
    keep_log_of(Encounter, without=["content", "version"], masked=["note"])

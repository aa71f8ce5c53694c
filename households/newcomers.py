"""People who were new at a visit: who they are, and who may be on the list already."""

import uuid

from households.models import Resident
from villages.text import fold


def newcomer_uuid(visit_uuid, full_name, birth_year):
    """Return the UUID that a person gets who was new at this visit.

    It follows from the visit and the person, so that a visit sent or corrected again
    finds the same resident.
    """
    return uuid.uuid5(visit_uuid, f"{fold(full_name)} {birth_year}")


def newcomer_key(visit_uuid, person):
    """Return the UUID of a new person: the one the phone made, or the one that follows."""
    given = person.get("uuid")
    return str(given or newcomer_uuid(visit_uuid, person["full_name"], person["birth_year"]))


def newcomers_of(encounter):
    """Return the residents who were new at an encounter, whatever was corrected since."""
    contents = [encounter.content, *(version.content for version in encounter.versions.all())]
    keys = {
        newcomer_key(encounter.uuid, person)
        for content in contents
        for person in content.get("new_people", [])
    }
    return (
        Resident.objects.filter(uuid__in=keys).order_by("pk") if keys else Resident.objects.none()
    )


def namesakes_of(resident):
    """Return who else of the village, present now, has the same name and birth year."""
    return (
        Resident.objects.present()
        .filter(
            household__village=resident.household.village_id,
            name_folded=resident.name_folded,
            birth_year=resident.birth_year,
        )
        .exclude(pk=resident.pk)
        .select_related("household__village")
        .order_by("household__number", "pk")
    )

"""The lists of this floor that can be brought in from a workbook."""


def register_all():
    """Let each of them be brought in."""
    from households.import_kinds.guidance import GuidanceList
    from households.import_kinds.households import HouseholdList
    from villages.importing.kinds import register

    for kind in (HouseholdList(), GuidanceList()):
        register(kind)

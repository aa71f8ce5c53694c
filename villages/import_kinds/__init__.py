"""The lists of this floor that can be brought in from a workbook."""


def register_all():
    """Let each of them be brought in."""
    from villages.import_kinds.committee import CommitteeList
    from villages.import_kinds.connectivity import ConnectivityList
    from villages.import_kinds.documents import DocumentList
    from villages.import_kinds.targets import TargetList
    from villages.import_kinds.teams import TeamList
    from villages.import_kinds.villages import VillageList
    from villages.importing.kinds import register

    for kind in (
        VillageList(),
        DocumentList(),
        CommitteeList(),
        TeamList(),
        TargetList(),
        ConnectivityList(),
    ):
        register(kind)

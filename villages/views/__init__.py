"""The pages of teams, connectivity and direction. Pages with figures are in ``reports``."""

from villages.views.cards import card_issue, card_list, card_withdraw
from villages.views.files import public_file, stored_file, stored_file_small
from villages.views.handover import handover
from villages.views.import_decisions import import_decide
from villages.views.import_runs import (
    import_apply,
    import_discard,
    import_errors,
    import_next_sheet,
    import_preview,
    import_progress,
    import_receipt,
    import_undo,
)
from villages.views.imports import import_list, import_match, import_new, import_template
from villages.views.phones import phone_list, phone_revoke

__all__ = [
    "card_issue",
    "card_list",
    "card_withdraw",
    "handover",
    "import_apply",
    "import_decide",
    "import_discard",
    "import_errors",
    "import_list",
    "import_match",
    "import_new",
    "import_next_sheet",
    "import_preview",
    "import_progress",
    "import_receipt",
    "import_template",
    "import_undo",
    "phone_list",
    "phone_revoke",
    "public_file",
    "stored_file",
    "stored_file_small",
]

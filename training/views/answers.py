"""How forms answer: the same on every floor."""

from villages.answers import (
    answer_form,
    for_shared_writers,
    may_change_shared,
    sent,
    writes,
)

__all__ = ["answer_form", "for_shared_writers", "may_change_shared", "sent", "writes"]

"""Form fields and the base of the forms that save a record: the same on every floor."""

from villages.record_forms import (
    FIRST_DAY,
    LAST_DAY,
    DayField,
    RecordForm,
    RowsField,
    TidyCharField,
    portal_formfield,
    refuse_null_characters,
)

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "DayField",
    "RecordForm",
    "RowsField",
    "TidyCharField",
    "portal_formfield",
    "refuse_null_characters",
]

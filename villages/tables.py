"""A table that knows what it shows and nothing of how it is drawn."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class TableColumn:
    """One column. ``is_personal`` ones leave the portal only with a reason.

    The values of a column that ``is_percent`` are percentages: 82.5 is 82,5 %.
    """

    heading: str
    is_personal: bool = False
    width: int = 14
    is_percent: bool = False


@dataclass(frozen=True)
class Table:
    """A title, columns, and rows of plain values; ``rows`` may be an iterator read once.

    Values are text, whole numbers, ``Decimal``, ``date``, ``datetime``, ``bool`` or ``None``.
    ``notes`` stand above the table: what was filtered, as of when.
    """

    title: str
    columns: tuple
    rows: object
    file_name: str = "danh-sach"
    notes: tuple = ()

    def without_personal(self):
        """Return the same table without the columns that name or describe a person."""
        kept = [index for index, column in enumerate(self.columns) if not column.is_personal]
        return Table(
            title=self.title,
            columns=tuple(self.columns[index] for index in kept),
            rows=([row[index] for index in kept] for row in self.rows),
            file_name=self.file_name,
            notes=self.notes,
        )


Value = str | int | Decimal | date | datetime | bool | None

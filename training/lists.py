"""How lists are searched, sorted and paged: the same on every floor."""

from villages.lists import (
    KEPT,
    ROWS_PER_PAGE,
    containing,
    in_order,
    listing,
    remember_list,
    way_back,
)

__all__ = [
    "KEPT",
    "ROWS_PER_PAGE",
    "containing",
    "in_order",
    "listing",
    "remember_list",
    "way_back",
]

"""Kinds of phone records that a floor above takes in; each says how, and tells of it in words.

Visits, households and corrections are at home here. What else a phone writes down comes the
same way, sealed or not, is held in the same place and settled on the same screen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

_known = {}


@dataclass(frozen=True)
class RecordKind:
    """What the gate and the desk have to know of a kind of record.

    ``take(uuid, body, author, phone, sent_at, typed_by)`` records it once and returns a
    ``Taken``; it raises what ``households.taking`` raises. ``village_of(body, commune)`` is
    what it is about, ``day_of(body)`` when. ``is_in_reach(author, body, commune)``: whether the
    author may write it today; of what nobody knows it says yes, and ``take`` says why not.
    ``receipt_of(uuid, author, body)`` is the receipt of what was recorded before, or None.
    ``told(held, user)`` is a ``households.held_content.Told``; ``labels`` name the fields that
    errors stand beside, ``advice`` says per reason what an official can do.
    """

    take: Callable
    village_of: Callable
    day_of: Callable
    is_in_reach: Callable
    receipt_of: Callable
    told: Callable
    labels: dict = field(default_factory=dict)
    advice: dict = field(default_factory=dict)


def add_kind(code, kind):
    """Let phones send records of this kind; ``code`` is one of ``HeldRecord.Kind``."""
    _known[code] = kind


def kind_of(code):
    """Return the kind that a floor above has added under this code, or None."""
    return _known.get(code)


def all_kinds():
    return list(_known.values())

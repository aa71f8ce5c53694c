"""What the commands are asked for: days, communes and villages, as people type them."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.core.management.base import CommandError
from django.db.models import Q

from villages.models import Commune, Village
from villages.text import fold

WRITTEN_AS = ("%Y-%m-%d", "%d/%m/%Y")


def day_typed(text):
    """Read a day: 2025-10-31 or 31/10/2025."""
    for form in WRITTEN_AS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, no instant
        except ValueError:
            continue
    raise ArgumentTypeError(f"«{text}» is not a day. Write 2025-10-31 or 31/10/2025.")


def commune_named(code):
    """Return the commune of a code; without one, the only commune there is."""
    if code:
        commune = Commune.objects.filter(code=code).first()
        if commune is None:
            raise CommandError(f"There is no commune of code «{code}». {_known_communes()}")
        return commune
    communes = list(Commune.objects.order_by("pk")[:2])
    if not communes:
        raise CommandError("There is no commune yet. `manage.py load_demo` loads one to look at.")
    if len(communes) > 1:
        raise CommandError(f"Say which commune with --commune CODE. {_known_communes()}")
    return communes[0]


def village_named(commune, asked):
    """Return the village of a number or a name, with or without accents."""
    villages = Village.objects.filter(commune=commune)
    condition = Q(name_folded=fold(asked))
    if asked.isdecimal():
        condition |= Q(number=int(asked))
    found = list(villages.filter(condition).order_by("to_on", "pk"))
    found = [village for village in found if village.to_on is None] or found
    if not found:
        raise CommandError(f"{commune} has no village «{asked}».")
    if len(found) > 1:
        several = ", ".join(f"{village.number} {village}" for village in found)
        raise CommandError(f"«{asked}» may be {several}. Give the number.")
    return found[0]


def _known_communes():
    some = Commune.objects.values_list("code", "name")[:8]
    return "Known: " + ", ".join(f"{code} {name}" for code, name in some) + "."

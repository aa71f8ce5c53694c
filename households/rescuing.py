"""Rescue files: a phone's unsent records, carried to the commune by somebody else."""

from dataclasses import dataclass

from django.db.models import F

from households.models import RescueFile
from households.receiving import HELD, receive
from households.sealing import UnknownPhone, open_rescue
from villages.models import Commune


@dataclass(frozen=True)
class Rescued:
    """What became of a rescue file: its row, a receipt for each record, in order."""

    file: RescueFile
    receipts: tuple

    @property
    def new(self):
        return [receipt for receipt in self.receipts if not receipt.known_before]

    @property
    def received(self):
        return sum(receipt.status != HELD for receipt in self.new)

    @property
    def held(self):
        return sum(receipt.status == HELD for receipt in self.new)

    @property
    def known_before(self):
        return len(self.receipts) - len(self.new)

    @property
    def changed_nothing(self):
        return not self.new


def open_for(user, text):
    """Return what a rescue file says, all of it; raise ``Unreadable``.

    A phone of another commune looks like one that nobody knows.
    """
    content = open_rescue(text)
    communes = {record.phone.commune_id for record in content.records}
    communes.add(content.phone.commune_id)
    reach = Commune.objects.writable_by(user).filter(pk__in=communes)
    if set(reach.values_list("pk", flat=True)) != communes:
        raise UnknownPhone
    return content


def take_rescue_file(*, content, by):
    """Take in every record of an opened rescue file, in order; the authors are kept.

    The same file brought again, by anybody, records nothing twice and is listed once.
    """
    file, is_new = RescueFile.objects.get_or_create(
        phone=content.phone,
        made_at=content.made_at,
        defaults={"commune": content.phone.commune, "uploaded_by": by},
    )
    receipts = []
    for record in content.records:
        receipt = receive(record, file=file)
        receipts.append(receipt)
        _count(file, receipt, is_new)
    return Rescued(file, tuple(receipts))


def _count(file, receipt, is_new):
    """Count record by record, so that a file that broke off half way is counted right."""
    if not receipt.known_before:
        name = "held" if receipt.status == HELD else "received"
    elif is_new:
        name = "known_before"
    else:
        return
    RescueFile.objects.filter(pk=file.pk).update(**{name: F(name) + 1})

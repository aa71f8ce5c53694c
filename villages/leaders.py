"""The team leaders of a commune as an official sees them: villages, phones, cards."""

from dataclasses import dataclass, field

from villages.access import TEAM_LEADER
from villages.cards import leaders_in
from villages.models import Assignment, Commune, Phone, SignInCard, Village
from villages.periods import today


@dataclass
class LeaderRow:
    """A team leader of today. ``may_have_card`` is false for accounts with further rights."""

    user: object
    commune: Commune
    villages: list[Village] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    card: SignInCard | None = None
    may_have_card: bool = True

    @property
    def last_seen_at(self):
        seen = [phone.last_seen_at for phone in self.phones if phone.last_seen_at]
        return max(seen, default=None)


def leaders_of(user):
    """Return a row for each leader in the communes that this person may change, by village."""
    communes = list(Commune.objects.writable_by(user).values_list("pk", flat=True))
    leading = (
        Assignment.objects.on(today())
        .filter(role=TEAM_LEADER, commune__in=communes, user__is_active=True)
        .select_related("user", "commune", "village")
        .order_by("commune__code", "village__number", "user")
    )
    rows = {}
    for assignment in leading:
        row = rows.setdefault(
            (assignment.commune_id, assignment.user_id),
            LeaderRow(assignment.user, assignment.commune),
        )
        if assignment.village not in row.villages:
            row.villages.append(assignment.village)
    _add_phones_and_cards(rows, communes)
    return list(rows.values())


def _add_phones_and_cards(rows, communes):
    for phone in Phone.objects.trusted().filter(commune__in=communes):
        if row := rows.get((phone.commune_id, phone.user_id)):
            row.phones.append(phone)
    # The newest card of each: they come newest first.
    for card in SignInCard.objects.filter(commune__in=communes):
        row = rows.get((card.commune_id, card.user_id))
        if row and row.card is None:
            row.card = card
    allowed = {
        (commune, pk)
        for commune in communes
        for pk in leaders_in([commune]).values_list("pk", flat=True)
    }
    for key, row in rows.items():
        row.may_have_card = key in allowed

"""The confirmation of a village's change: it holds for what was shown and for nothing else."""

import json
from dataclasses import asdict

from django.core.signing import Signer
from django.db import transaction
from django.utils.crypto import constant_time_compare

from households.village_changes import one_change_at_a_time
from households.village_preview import preview_of


class NotAsShown(Exception):
    """What would move is not what was shown; ``moves`` is what would move now."""

    def __init__(self, moves):
        super().__init__()
        self.moves = moves


def confirmation_of(*, what, former, user, said, moves):
    """Return the signed digest of a change as it was typed and of all that it would move.

    ``said`` are the cleaned values of the form.
    """
    shown = {
        "what": what,
        "former": former.pk,
        "user": user.pk,
        "said": {name: _plain(value) for name, value in said.items()},
        "moves": asdict(moves),
    }
    return Signer(salt="change of a village").signature(json.dumps(shown, sort_keys=True))


@transaction.atomic
def act_as_shown(act, *, confirmation, what, former, user, said, moving):
    """Carry out a change that was shown before; raise ``NotAsShown`` where it differs.

    ``moving`` are the words of ``preview_of`` besides the village. Asked once more under the
    lock of the change itself: nobody confirms what came in between.
    """
    one_change_at_a_time(former)
    moves = preview_of(former=former, **moving)
    expected = confirmation_of(what=what, former=former, user=user, said=said, moves=moves)
    if not constant_time_compare(confirmation, expected):
        raise NotAsShown(moves)
    return act()


def _plain(value):
    if hasattr(value, "values_list"):
        return sorted(value.values_list("pk", flat=True))
    return str(getattr(value, "pk", value))

"""Who or what the uncertain rows of a list mean: decided by a person, one by one or together.

A decision may be changed until the list is applied. The run has the decisions, for the plan;
each row repeats its own, so that they can be asked for.
"""

from collections import defaultdict

from django.db import transaction
from django.utils.translation import gettext as _

from villages.importing import running
from villages.importing.journal import FEW
from villages.importing.kinds import Outcome
from villages.models import ImportRun

NEW, SKIP = "new", "skip"
# Not yet known: the row waits again.
LATER = "later"
# The one candidate a row has; rows with several wait on.
ONLY = "only"
TOGETHER = (NEW, ONLY, SKIP, LATER)


def decide(run, choices):
    """Keep what a person decided of rows: ``{row: "new", "skip", "later" or a key}``.

    A choice that the row does not offer is refused, and then none is kept.
    """
    with transaction.atomic():
        locked = running.locked_run(run, (ImportRun.Status.PLANNED,))
        kept, numbers = dict(locked.decisions), [int(number) for number in choices]
        rows = {}
        for first in range(0, len(numbers), FEW):
            found = locked.rows.filter(number__in=numbers[first : first + FEW])
            rows |= {row.number: row for row in found}
        of_choice = defaultdict(list)
        for number, choice in choices.items():
            row = rows.get(int(number))
            keys = (key for key, _words in row.candidates) if row else ()
            offered = {NEW, SKIP, LATER, *keys} if row else ()
            if choice not in offered or not (row.candidates or str(number) in kept):
                raise running.ImportRefused(
                    _("Row %(row)s does not offer this choice.") % {"row": number}
                )
            if choice == LATER:
                kept.pop(str(number), None)
            else:
                kept[str(number)] = choice
            of_choice["" if choice == LATER else choice].append(row.number)
        locked.decisions = kept
        locked.save(update_fields=["decisions"])
        for choice, chosen in of_choice.items():
            for first in range(0, len(chosen), FEW):
                few = chosen[first : first + FEW]
                locked.rows.filter(number__in=few).update(decision=choice)
    run.decisions = kept


def together(run, choice):
    """Return {row: decision} for all rows that wait, or with "later" for all decided ones."""
    if choice == LATER:
        return dict.fromkeys(decided_rows(run).values_list("number", flat=True), LATER)
    waiting = undecided_rows(run)
    if choice != ONLY:
        return dict.fromkeys(waiting.values_list("number", flat=True), choice)
    found = waiting.values_list("number", "candidates")
    return {
        number: candidates[0][0] for number, candidates in found.iterator() if len(candidates) == 1
    }


def undecided_rows(run):
    """Return the rows that wait for a person."""
    return run.rows.filter(outcome=Outcome.UNCERTAIN, decision="")


def decided_rows(run):
    """Return the rows a person has decided, whatever they have become since."""
    return run.rows.exclude(decision="")


def must_be_planned_again(run, numbers):
    """Whether these decisions make the counts of the preview untrue, or complete.

    That is so once nothing waits any more, and when a row was planned with another decision.
    """
    if not undecided_rows(run).exists():
        return True
    return any(
        run.rows.filter(number__in=numbers[first : first + FEW])
        .exclude(outcome=Outcome.UNCERTAIN)
        .exists()
        for first in range(0, len(numbers), FEW)
    )

"""Several counts in one statement, so that a page's queries do not grow with its figures."""

from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce

from villages.models import Commune


def count_together(commune_id, measures):
    """Return {name: count} for {name: (rows, aggregate)} in a single query.

    ``measures`` may also give rows alone, which are then counted one by one. The rows must
    be of one commune already; the commune's own row only carries the answer.
    """
    answers = answers_to(measures)
    found = Commune.objects.filter(pk=commune_id).order_by().values_list(*answers.values())
    return dict(zip(answers, found[0], strict=True)) if answers else {}


def answers_to(measures):
    """Return {name: expression} that another query can carry along.

    None of them depends on the row it stands in, so a database works each out once.
    """
    return {name: _scalar(*_as_pair(measure)) for name, measure in measures.items()}


def _as_pair(measure):
    return measure if isinstance(measure, tuple) else (measure, Count("pk"))


def _scalar(rows, aggregate):
    answer = rows.order_by().annotate(one=Value(1)).values("one").annotate(answer=aggregate)
    return Coalesce(Subquery(answer.values("answer")), 0)

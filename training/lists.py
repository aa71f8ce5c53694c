"""How lists are searched, sorted and paged, and how one finds back to them."""

from django.core.paginator import Paginator
from django.urls import reverse

from villages.text import fold

ROWS_PER_PAGE = 50
KEPT = "lists"


def listing(request, filterset, *, sorts, default):
    """Return the context of a list: ``filter``, ``sort``, ``rows`` (all) and ``page``.

    ``sorts`` maps the words of ``?sort=`` to order_by fields; ``-word`` turns them round.
    """
    remember_list(request)
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in sorts:
        sort = default
    fields = sorts[sort.removeprefix("-")]
    if sort.startswith("-"):
        fields = [field[1:] if field.startswith("-") else f"-{field}" for field in fields]
    rows = filterset.qs
    page = Paginator(rows.order_by(*fields, "pk"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return {"filter": filterset, "sort": sort, "rows": rows, "page": page}


def remember_list(request):
    """Keep how this list is filtered, so that the way back leads to the same rows."""
    name, query = request.resolver_match.url_name, request.GET.urlencode()
    kept = request.session.get(KEPT, {})
    if kept.get(name, "") != query and len(query) < 1000:
        request.session[KEPT] = {**kept, name: query}


def way_back(request, name):
    """Return the address of a list as it was last filtered."""
    query = request.session.get(KEPT, {}).get(name, "")
    return reverse(name) + (f"?{query}" if query else "")


def containing(rows, text, *fields):
    """Keep rows with a text in one of the fields, without regard to accents.

    For tables of some hundred rows a commune that have no folded column.
    """
    wanted = fold(text)
    if not wanted:
        return rows
    found = [
        pk
        for pk, *texts in rows.order_by().values_list("pk", *fields)
        if any(wanted in fold(words) for words in texts if words)
    ]
    return rows.filter(pk__in=found)

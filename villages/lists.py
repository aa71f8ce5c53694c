"""How lists are searched, sorted and paged, and how one finds back to them."""

from django.core.paginator import Paginator
from django.db.models import Case, F, Value, When
from django.urls import reverse

from villages.text import fold

ROWS_PER_PAGE = 50
KEPT = "lists"
# What stands in an address and narrows nothing: order, page, and of which place, day or state.
NOT_NARROWING = {"sort", "page", "xa", "ngay", "tu", "den", "the", "all"}
NO_CHOICE = {("show", "closed")}


def listing(request, filterset, *, sorts, default):
    """Return the context of a list: ``filter``, ``sort``, ``rows`` (all) and ``page``.

    ``sorts`` maps the words of ``?sort=`` to order_by fields; ``-word`` turns them round. What
    has no value sorts last either way, and a choice as its choices stand.
    """
    remember_list(request)
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in sorts:
        sort = default
    fields = sorts[sort.removeprefix("-")]
    if sort.startswith("-"):
        fields = [field[1:] if field.startswith("-") else f"-{field}" for field in fields]
    rows = filterset.qs
    order = [ordering(rows.model, field) for field in fields]
    page = Paginator(rows.order_by(*order, "pk"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return {"filter": filterset, "sort": sort, "rows": rows, "page": page}


def ordering(model, field):
    """Return the order by a field, downwards by ``-field``; see ``listing``."""
    name = field.removeprefix("-")
    choices = next((one.flatchoices for one in model._meta.fields if one.name == name), ())
    by = rank_of(name, [key for key, _said in choices]) if choices else F(name)
    return by.desc(nulls_last=True) if field.startswith("-") else by.asc(nulls_last=True)


def rank_of(name, keys):
    """Return the place of a field's value among these, for what no field can be sorted by."""
    return Case(*(When(**{name: key}, then=Value(rank)) for rank, key in enumerate(keys)))


def listing_of(request, rows, *, keys, default):
    """Return the context of a list whose rows are no table: ``sort``, ``rows`` and ``page``.

    ``keys`` maps the words of ``?sort=`` to functions of a row; what has no value sorts last.
    """
    remember_list(request)
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in keys:
        sort = default
    key, down = keys[sort.removeprefix("-")], sort.startswith("-")
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    rows = sorted(known, key=key, reverse=down) + unknown
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return {"sort": sort, "rows": rows, "page": page}


def in_order(context):
    """Return all rows of a list in the order of its page, for its export."""
    return context["page"].paginator.object_list


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


def is_narrowed(request):
    """Whether somebody looks for some rows of a list, not only for another order or page."""
    query = request.GET
    return any(
        query[name] and (name, query[name]) not in NO_CHOICE
        for name in query
        if name not in NOT_NARROWING
    )


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

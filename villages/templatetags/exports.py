"""The way from a list to its export."""

from django import template
from django.urls import reverse

from villages.exporting import export_of, may_export

register = template.Library()


@register.simple_tag(takes_context=True)
def export_address(context, name, **fixed):
    """Return the address that exports a list as it is filtered now; empty for who may not.

    ``fixed`` is what the page's own path says and its query does not.
    """
    request, export = context["request"], export_of(name)
    if export is None or not may_export(request.user, export):
        return ""
    query = request.GET.copy()
    query.pop("page", None)
    query.update(fixed)
    address = reverse("export", args=[name])
    return f"{address}?{query.urlencode()}" if query else address

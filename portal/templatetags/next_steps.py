"""The way on from an empty list."""

from django import template

from portal.next_steps import steps_from

register = template.Library()


@register.simple_tag(takes_context=True)
def next_steps(context):
    """Return [(address, words)] of what an empty list leads to; nothing on other pages."""
    request = context.get("request")
    return steps_from(request) if request is not None else []

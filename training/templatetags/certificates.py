"""How the code of a certificate is written on pages."""

from django import template

from training import certifying

register = template.Library()


@register.filter
def written_code(code):
    """ABCDEFGHJK -> «ABCDE-FGHJK»."""
    return certifying.written_code(code)

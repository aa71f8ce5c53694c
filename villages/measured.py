"""What can have a target, by name. Floors above add what they count; nothing here counts."""

from django.utils.translation import override

from villages.models import PopulationGroup

_sources = []


def name_indicators(source):
    """Let ``source()``, a mapping of code to title, name further indicators."""
    if source not in _sources:
        _sources.append(source)


def indicator_names():
    """Return {code: title} of every indicator, the groups first, in the order they are shown."""
    names = {group.code: group.title for group in PopulationGroup.objects.all()}
    for source in _sources:
        names |= source()
    return names


def indicator_words():
    """Return {code: every way to write it}: its code, its Vietnamese and its English title."""
    words = {}
    for language in ("vi", "en"):
        with override(language):
            for code, title in indicator_names().items():
                words.setdefault(code, {code}).add(str(title))
    return words

"""Villages on the commune's list: added, corrected, and deleted where nothing hangs on them."""

from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from villages.importing.undoing import is_derived, pointing_at
from villages.models import Team, Village
from villages.refusals import ChangeRefused


@transaction.atomic
def delete_village(*, village):
    """Delete a village that was added by mistake; raise ChangeRefused where something is its own.

    Figures counted of it go along, and a team that nobody is in.
    """
    # Whoever is about to record something of it waits, and then finds it gone.
    found = Village.objects.select_for_update(of=("self",)).filter(pk=village.pk).first()
    if found is None:
        return
    if hanging := what_hangs_on(found):
        raise ChangeRefused(
            _("It is not deleted, because records belong to it: %(what)s.")
            % {"what": "; ".join(f"{kind}: {count}" for kind, count, _first in hanging)}
        )
    Team.objects.filter(village=found).delete()
    found.delete()


def what_hangs_on(village):
    """Return [(what it is, how many, the first of them)] of all records that name a village."""
    found = []
    for relation in pointing_at(Village):
        model = relation.related_model
        if is_derived(model):
            continue
        rows = model._base_manager.filter(**{relation.field.name: village})
        if model is Team:
            rows = rows.filter(members__isnull=False).distinct()
        if count := rows.count():
            name = capfirst(str(model._meta.verbose_name_plural))
            found.append((name, count, str(rows.order_by("pk").first())))
    return found

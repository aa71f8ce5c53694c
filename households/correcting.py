"""Who may still change a recorded visit."""

from households.models import Encounter
from households.recording import correctable_by_author
from villages.access import scope_of


def may_correct(user, visit):
    """Whether this person may correct or void the visit now.

    Its author, and whoever typed it in, may for seven days; officials and admins of the
    commune always. What a training session recorded is corrected in the session.
    """
    if visit.voided_at is not None or visit.occasion == Encounter.Occasion.TRAINING_SESSION:
        return False
    if not Encounter.objects.writable_by(user).filter(pk=visit.pk).exists():
        return False
    scope = scope_of(user)
    if scope.everything or visit.commune_id in scope.writable_communes:
        return True
    is_own = user.pk in {visit.author_id, visit.typed_by_id}
    return is_own and correctable_by_author(visit)

"""What of training belongs to a resident who was on the list twice."""

from django.utils.translation import gettext as _

from households.merging import NotMerged, on_merge
from training.models import Attendance, Certificate, Invitation


def register():
    """Hear of entries that are one person."""
    on_merge(move_training)


def move_training(kept, merged, journal):
    """Give attendances and invitations to the kept entry; at one session it came once.

    Raises ``NotMerged`` where both came to one session and the paper of one bears its name.
    """
    for model in (Attendance, Invitation):
        own = set(model.objects.filter(resident=kept).values_list("session_id", flat=True))
        rows = list(model.objects.filter(resident=merged))
        twice = [row for row in rows if row.session_id in own]
        if model is Attendance and Certificate.objects.filter(attendance__in=twice).exists():
            raise NotMerged(
                _("Both came to one session and have a certificate of it. Keep the other entry.")
            )
        for row in rows:
            if row.session_id not in own:
                journal.change(row, resident=kept)
        journal.delete(twice)

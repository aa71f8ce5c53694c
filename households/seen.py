"""When a phone was last heard of."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from villages.models import Phone

SEEN_EVERY = timedelta(hours=1)


def note_seen(phone):
    """Note that a phone was heard of, at most once an hour."""
    now = timezone.now()
    Phone.objects.filter(pk=phone.pk).filter(
        Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=now - SEEN_EVERY)
    ).update(last_seen_at=now)

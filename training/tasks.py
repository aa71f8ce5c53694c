"""Celery's doorbells of this app: no content, one call, no logic."""

from celery import shared_task

from training import publishing, reminding


@shared_task(name="training.send_reminders")
def send_reminders():
    """Send the reminders that wait; also the sweep that finds those a ring was lost for."""
    reminding.send_waiting()


@shared_task(name="training.erase_communications")
def erase_communications():
    """Delete for good what was deleted a month ago, with its files."""
    publishing.erase_old_ones()

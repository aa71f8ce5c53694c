"""What admin actions do once they were confirmed: for every chosen row or for none."""

from django.contrib import messages
from django.db import transaction

from households.residence import ResidenceError


def act(model_admin, request, rows, verb):
    """Carry a verb out for each row or for none; return whether it was done."""
    try:
        with transaction.atomic():
            for row in rows:
                verb(row)
    except ResidenceError as refused:
        model_admin.message_user(request, str(refused), messages.ERROR)
        return False
    return True

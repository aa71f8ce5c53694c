"""What the tests of this app share: sign-in, and a session that took place yesterday."""

from datetime import date, timedelta

import pytest

from training.models import TrainingSession
from villages.periods import today


@pytest.fixture
def as_user(client):
    """Return a function that signs a member of the cast in and gives the client."""

    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def yesterday():
    return today() - timedelta(days=1)


@pytest.fixture
def session(cast, yesterday):
    """A class in Vi, planned for yesterday, that teaches both basic skills."""
    session = TrainingSession.objects.create(
        commune=cast.commune, village=cast.vi, title="Dùng VNeID an toàn", held_on=yesterday
    )
    session.skills.set(cast.skills)
    return session


@pytest.fixture
def long_ago():
    return date(2025, 3, 1)

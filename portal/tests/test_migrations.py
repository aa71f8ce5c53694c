"""No model change lacks a migration, and every migration says what it does."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

OURS = ("villages", "households", "training", "reports", "portal")


@pytest.mark.django_db
def test_no_model_change_lacks_a_migration():
    call_command("makemigrations", *OURS, check=True, dry_run=True, verbosity=0)


@pytest.mark.once
def test_every_migration_is_named():
    names = [
        f"{app}.{name}"
        for app, name in MigrationLoader(None).disk_migrations
        if app in OURS and re.fullmatch(r"\d{4}_(initial|auto_.*)", name)
    ]
    assert not names


@pytest.mark.once
def test_every_model_has_words_for_people():
    bare = [
        model.__name__
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        if isinstance(model._meta.verbose_name, str)
    ]
    assert not bare, "a verbose_name that is translated is lazy"

"""What must be true before the portal can serve: each step tells in words what it did.

Every step looks first and does nothing when nothing is to be done, which is what makes
the second start take seconds; none overwrites a record.
"""

import fcntl
import hashlib
import json
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.translations import compile_translations
from villages.models import Commune


@contextmanager
def one_at_a_time(on_wait):
    """Let one start prepare this folder at a time; a second waits for the first."""
    with (settings.VAR_DIR / "start.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def translations():
    """Compile the translations that changed."""
    count = len(compile_translations(settings.LOCALE_PATHS))
    return f"{count} compiled" if count else "unchanged"


def database():
    """Bring the tables up to date."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return "up to date"
    call_command("migrate", interactive=False, verbosity=0)
    return f"{len(plan)} migrations applied"


def static_files():
    """Collect static files into ``var/static`` when one of them or the settings changed."""
    if settings.DEBUG:
        return "served from their sources"
    stamp = settings.VAR_DIR / "static.stamp"
    fingerprint = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and settings.STATIC_ROOT.exists():
        return "unchanged"
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)
    return "collected"


def _static_fingerprint():
    seen = hashlib.sha256(json.dumps(settings.STORAGES["staticfiles"]).encode())
    seen.update(settings.BASE_DIR.joinpath("portal", "static_files.py").read_bytes())
    for finder in get_finders():
        for path, storage in finder.list([]):
            modified_at = storage.get_modified_time(path).timestamp()
            seen.update(f"{path}\0{storage.size(path)}\0{modified_at}\n".encode())
    return seen.hexdigest()


def has_no_commune():
    """Whether the database is empty: only then may demonstration data be loaded."""
    return not Commune.objects.exists()


def load_demonstration_data():
    """Fill an empty database; never touches one that has a commune."""
    if has_no_commune():
        call_command("load_demo")


def demonstration_accounts():
    """Return ``{role: {"username", "password"}}`` made on this machine that open this database.

    The file may tell of another database of the same folder, or of a password changed since.
    """
    path = settings.VAR_DIR / "demo-accounts.json"
    if not path.exists():
        return {}
    written = json.loads(path.read_text())
    names = [account["username"] for account in written.values()]
    users = get_user_model().objects.filter(username__in=names, is_active=True)
    hashes = dict(users.values_list("username", "password"))
    return {
        role: account
        for role, account in written.items()
        if account["username"] in hashes
        and check_password(account["password"], hashes[account["username"]])
    }

"""The pytest plugin of the portal, loaded by pytest.ini.

``--database=postgresql`` starts a PostgreSQL and a Redis once, in the process that
controls the run, before Django reads its settings, and hands their addresses to xdist's
workers through the environment; ``DATABASE_URL`` and ``REDIS_URL`` name servers to use
instead. ``--database=sqlite``, the default, starts nothing: for quick runs of a few files.
Every run has a ``var`` folder of its own and leaves yours alone.
"""

import atexit
import gc
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from portal.testing import servers
from portal.translations import compile_translations

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

pytest_plugins = [
    "portal.testing.processes",
    "portal.testing.browser",
    "portal.testing.phone",
    "portal.testing.weak_network",
]

OTHER_DATABASE = pytest.StashKey[bool]()
_started = []
_folders = []


def pytest_collection_modifyitems(items):
    """Let a test in a browser try once more: two busy cores make it late now and then.

    The summary counts each such try, and what fails twice fails.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish():
    """Spare the collector what stays anyway: it took a seventh of the time of the tests."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


def pytest_addoption(parser):
    parser.getgroup("portal").addoption(
        "--database",
        choices=["postgresql", "sqlite"],
        default="postgresql" if os.environ.get("DATABASE_URL") else "sqlite",
        help="run on a real PostgreSQL and Redis, or on SQLite (the default)",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    """Prepare the environment before anything, pytest-django too, reads the settings."""
    if WORKER:
        _share_out_for_this_worker()
    else:
        _prepare_environment(early_config.known_args_namespace)
    return (yield)


def _prepare_environment(options):
    # Asked to end, the run clears away what it made, as it does on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    atexit.register(_clear_away)  # for runs that end before pytest begins
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    _folders.append(folder)
    for name in list(os.environ):
        if name.startswith("PORTAL_"):
            del os.environ[name]
    os.environ["PORTAL_VAR"] = str(folder)
    (folder / "static").mkdir()
    compile_translations([ROOT / "locale", ROOT / "portal" / "admin_locale"])
    if options.database == "sqlite":
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        return
    if options.help or options.version or options.collectonly:
        return
    try:
        for variable, kind in {
            "DATABASE_URL": servers.PostgreSQLServer,
            "REDIS_URL": servers.RedisServer,
        }.items():
            if not os.environ.get(variable):
                server = kind()
                _started.append(server)
                os.environ[variable] = server.start().url
    except servers.NoServer as problem:
        _clear_away()
        raise pytest.UsageError(
            f"--database=postgresql cannot run here: {problem}\n"
            "Set DATABASE_URL and REDIS_URL to servers of yours, or use --database=sqlite."
        ) from None
    except BaseException:
        _clear_away()
        raise


def _share_out_for_this_worker():
    """Give each worker its own var folder and, on the run's Redis, its own database."""
    folder = Path(os.environ["PORTAL_VAR"]) / WORKER
    (folder / "static").mkdir(parents=True, exist_ok=True)
    os.environ["PORTAL_VAR"] = str(folder)
    if url := os.environ.get("REDIS_URL"):
        number = int(WORKER.removeprefix("gw")) % 16
        address, slash, database = url.rpartition("/")
        if slash and database.isdigit():
            os.environ["REDIS_URL"] = f"{address}/{number}"


def _clear_away():
    while _started:
        _started.pop().close()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure():
    _clear_away()


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    import django
    from django.conf import settings

    # Tens of thousands of classes and fields are made from here on, none of them rubbish.
    gc.disable()
    django.setup()
    # The cast imports the models, which only now can be imported.
    config.pluginmanager.import_plugin("portal.testing.cast")

    from django.test import TransactionTestCase

    from portal.testing.emptying import empty_the_database

    TransactionTestCase._fixture_teardown = empty_the_database
    # A fast hash: hundreds of accounts are made. `real_passwords` gives the slow one back.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # Test databases need not survive a power cut.
        options = dict(database.get("OPTIONS", {}))
        options["init_command"] = options.get("init_command", "").replace(
            "synchronous=FULL", "synchronous=OFF"
        )
        database["OPTIONS"] = options


def pytest_report_header(config):
    shown = config.getoption("database")
    return f"database: {shown}{', CI: a skipped test fails' if IN_CI else ''}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    from django.db import connection

    if item.get_closest_marker("postgresql") and connection.vendor != "postgresql":
        item.stash[OTHER_DATABASE] = True
        pytest.skip("is about PostgreSQL; it runs with --database=postgresql")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With CI=true nothing may go untested in silence: a skipped test fails."""
    report = yield
    if (
        IN_CI
        and report.skipped
        and not hasattr(report, "wasxfail")
        and not item.stash.get(OTHER_DATABASE, False)
    ):
        report.outcome = "failed"
        report.longrepr = f"could not run, and CI wants everything to run: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"could not run, and CI wants everything to run: {_reason(report)}"
    return report


def _reason(report):
    where = report.longrepr
    return where[2] if isinstance(where, tuple) else str(where)


def require(condition, reason):
    """Skip the test unless `condition`, with the reason shown; with CI=true that fails."""
    if not condition:
        pytest.skip(reason)


@pytest.fixture(autouse=True)
def nothing_cached():
    """Begin with empty caches: rows of different tests have the same ids."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def real_passwords(settings):
    """Hash passwords as the portal does, for tests where the time of it matters."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]

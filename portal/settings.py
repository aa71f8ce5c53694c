"""All settings, and the only place that reads the environment.

With no variable set the portal runs on one machine: SQLite, Celery's filesystem
transport and a secret made on first use, all under ``var/``. With
``PORTAL_PRODUCTION=1`` a missing secret or host name stops the start.
Every variable read here stands in the README's settings table; a test checks it.
"""

import contextlib
import os
import secrets
import sys
import tempfile
from pathlib import Path

import dj_database_url
import dj_email_url
from celery.schedules import crontab
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name, default="0"):
    """Read an on/off variable: 1, true, yes and on are on."""
    return os.environ.get(name, default).strip().lower() in {"1", "true", "yes", "on"}


VAR_DIR = Path(os.environ.get("PORTAL_VAR") or BASE_DIR / "var")
# The database of a single machine lies here: nobody else's account may look in.
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

PRODUCTION = flag("PORTAL_PRODUCTION")
DEBUG = flag("PORTAL_DEBUG")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("PORTAL_DEBUG shows settings and records: never in production.")


def made_once(name, make):
    """Return what a file under var/ holds; made on first use, seen by its owner alone."""
    path = VAR_DIR / name
    if not path.exists():
        # Written aside and linked whole: of two processes that start at once both read
        # the key of the first, and none an empty file.
        handle, unfinished = tempfile.mkstemp(dir=VAR_DIR, prefix=f"{name}-")
        with os.fdopen(handle, "w") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
        Path(unfinished).unlink()
    return path.read_text().strip()


def secret_key():
    """Return the signing key: from the environment, or made once on this machine."""
    given = os.environ.get("PORTAL_SECRET_KEY", "")
    if given:
        return given
    if PRODUCTION:
        raise ImproperlyConfigured("PORTAL_SECRET_KEY must be set when PORTAL_PRODUCTION is on.")
    return made_once("secret-key", lambda: secrets.token_urlsafe(64))


def sealing_key():
    """Return the PEM of the RSA key that opens what phones sealed.

    From the environment, or made once on this machine. Lost, every visit that still lies
    sealed on a phone or in a rescue file is lost with it.
    """
    # Hosts that hand variables out on one line write the ends of lines as \\n.
    given = os.environ.get("PORTAL_SEALING_KEY", "").replace("\\n", "\n").strip()
    if given:
        try:
            key = serialization.load_pem_private_key(given.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < 2048:
            raise ImproperlyConfigured(
                "PORTAL_SEALING_KEY must be the PEM of an RSA key of at least 2048 bits, "
                "without a password."
            )
        return given
    if PRODUCTION:
        raise ImproperlyConfigured("PORTAL_SEALING_KEY must be set when PORTAL_PRODUCTION is on.")
    return made_once("sealing-key.pem", _new_sealing_key)


def _new_sealing_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode()


SECRET_KEY = secret_key()
SEALING_KEY = sealing_key()

ALLOWED_HOSTS = [host for host in os.environ.get("PORTAL_HOSTS", "").split(",") if host]
if not ALLOWED_HOSTS:
    if PRODUCTION:
        raise ImproperlyConfigured("PORTAL_HOSTS must name the portal's host in production.")
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if PRODUCTION else []

INSTALLED_APPS = [
    "portal",
    "reports",
    "training",
    "households",
    "villages",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "auditlog",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before static files and everything that may refuse a request: on every answer.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.PrivacyHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.LogMiddleware",
    "portal.middleware.SignedOutPhoneMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.portal",
            ],
        },
    },
]

# --- Data ---------------------------------------------------------------------
# The defaults of SQLite answer «database is locked» under a few connections:
# write-ahead logging, write transactions that queue from their first statement
# and a real wait are what makes it serve a commune.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
    ),
}
DATABASE_URL = os.environ.get("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {
        "default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "portal.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
            "CONN_MAX_AGE": 60,
            "TEST": {"NAME": VAR_DIR / "test.sqlite3"},
        }
    }
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"].setdefault("OPTIONS", SQLITE_OPTIONS)
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A note of 10 MB must come back beside its field with everything that was typed,
# so the parser lets it through and the form refuses it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Only the page for rescue files takes one, with a handler of its own; Django would write a
# file of any size to disk for a stranger.
FILE_UPLOAD_HANDLERS = ["portal.uploads.NoFiles"]

# Rendered parts of pages, keyed by what they were drawn from. Kept in the process:
# a page must not depend on Redis being there.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 500},
    }
}

# --- Celery: the doorbell -----------------------------------------------------
REDIS_URL = os.environ.get("REDIS_URL", "")
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CONCURRENCY = int(os.environ.get("PORTAL_WORKERS", "2"))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        "socket_connect_timeout": 0.5,
        "socket_timeout": 5,
        "max_retries": 0,
    }
else:
    CELERY_BROKER_URL = "filesystem://"
    BROKER_DIR = VAR_DIR / "broker"
    for part in ("messages", "control"):
        (BROKER_DIR / part).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
# In kilobytes: whoever has worked on a long list makes way for a fresh process, so that the
# next one does not begin where it left off.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 150_000
SWEEP_SECONDS = float(os.environ.get("PORTAL_SWEEP_SECONDS", "60"))
CELERY_BEAT_SCHEDULE = {
    "send-reminders": {
        "task": "training.send_reminders",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": 55},
    },
    "nightly-erasing-of-communications": {
        "task": "training.erase_communications",
        "schedule": crontab(hour=1, minute=10),
    },
    "sweep": {"task": "reports.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 55}},
    "nightly-recount": {
        "task": "reports.nightly_recount",
        "schedule": crontab(hour=0, minute=10),
    },
    # Twice as often: a person waits for the list that a dead worker left.
    "sweep-imports": {
        "task": "villages.work_on_imports",
        "schedule": SWEEP_SECONDS / 2,
        "options": {"expires": 55},
    },
    # Every hour: a receipt names the day and the hour until which a list can be undone.
    "hourly-forgetting-of-imports": {
        "task": "villages.forget_imports",
        "schedule": crontab(minute=40),
    },
}

# --- People and sign-in ---------------------------------------------------------
AUTH_USER_MODEL = "portal.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "start"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.passwords.CommonVietnamesePasswordValidator"},
]
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
# A team leader's phone, once it came in by a card or registered itself.
PHONE_SESSION_AGE = 60 * 60 * 24 * 60
# A printed card signs one phone in until the end of the day this many days after it was
# issued. The package weighs its own clock besides, in whole days from the hour of issue.
# Changing the password ends a card too: part of what is signed.
SIGN_IN_CARD_DAYS = 14
SESAME_MAX_AGE = 60 * 60 * 24 * (SIGN_IN_CARD_DAYS + 1)
SESAME_TOKENS = ["sesame.tokens_v2"]
# Half as long as an id of the database may be: the QR picture stays coarse.
SESAME_PACKER = "sesame.packers.UnsignedLongPacker"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
# Five wrong passwords for one name from one address, then a pause: not a lock an
# enemy could keep shut for the owner, who comes from elsewhere.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 5 / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "portal.addresses.client_address"
# All names together, since every wrong password costs a hash: far above what an office
# behind one address gets wrong, far below what guessing through names needs.
SIGN_IN_FAILURES_PER_ADDRESS = 50
AXES_LOCKOUT_CALLABLE = "portal.errors.sign_in_paused"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False

# --- E-mail ---------------------------------------------------------------------
# Without an address mails are written to the worker's output, never to anybody.
globals().update(dj_email_url.parse(os.environ.get("PORTAL_EMAIL_URL") or "console://"))
EMAIL_TIMEOUT = globals()["EMAIL_TIMEOUT"] or 20
DEFAULT_FROM_EMAIL = os.environ.get("PORTAL_EMAIL_FROM") or "portal@localhost"

# --- Headers --------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
# How many proxies of ours stand before the portal and add to X-Forwarded-For.
TRUSTED_PROXIES = int(os.environ.get("PORTAL_PROXIES") or "0")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# --- Where `manage.py run_portal` listens ---------------------------------------
PORT = os.environ.get("PORT") or "8000"
BIND_ADDRESS = os.environ.get("PORTAL_BIND") or "127.0.0.1"

# --- Language, time, numbers ------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
# The second holds what Django's admin lacks, by hand, out of the way of `makemessages`.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "portal" / "admin_locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- Files ------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
TESTING = "pytest" in sys.modules
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "portal.static_files.HashedStaticFiles"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Every page names the hashed one; compressing both takes a first start twice as long.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Audit and logs -----------------------------------------------------------------
AUDITLOG_DISABLE_REMOTE_ADDR = False
# Personal fields never reach the log: messages name ids and units, never people.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_card_codes": {"()": "portal.card_codes.WithoutCardCodes"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            # Many lines name the address asked for, and a card's address opens an account.
            "filters": ["no_card_codes"],
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("PORTAL_LOG_LEVEL", "WARNING")},
    "loggers": {
        "reports": {"level": "INFO"},
        # Says «no hostname» of a filesystem transport, which has none.
        "kombu.connection": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"filters": ["no_card_codes"]},
    },
}

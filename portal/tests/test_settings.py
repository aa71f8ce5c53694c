"""The settings: each variable is documented, production is strict, and nobody else reads them."""

import ast
import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from portal.testing.processes import ROOT

pytestmark = pytest.mark.once


def pem_of(key):
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


SEALING_KEY = pem_of(rsa.generate_private_key(public_exponent=65537, key_size=2048))
PRODUCTION = {
    "PORTAL_PRODUCTION": "1",
    "PORTAL_SECRET_KEY": "k3Wq" * 20 + "!x-Zt",
    "PORTAL_SEALING_KEY": SEALING_KEY,
    "PORTAL_HOSTS": "portal.example.vn",
}


def read_variables(source):
    """The names of environment variables that a module reads by name."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            function = ast.unparse(node.func)
            if function in {"os.environ.get", "os.getenv", "flag"} and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    names.add(first.value)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            names.add(ast.literal_eval(node.slice))
    return names


def manage(tmp_path, *arguments, **variables):
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PORTAL_", "DJANGO_ALLOW_"))
        and name not in {"DATABASE_URL", "REDIS_URL"}
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**clean, "PORTAL_VAR": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_variable_stands_in_the_readme():
    variables = read_variables((ROOT / "portal" / "settings.py").read_text())
    assert {"DATABASE_URL", "PORT", "PORTAL_SECRET_KEY", "PORTAL_PRODUCTION"} <= variables
    rows = [
        line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `")
    ]
    documented = {name for name in variables if any(f"`{name}`" in row for row in rows)}
    assert documented == variables


def test_only_the_settings_read_the_environment():
    readers = []
    for app in ("villages", "households", "training", "reports", "portal"):
        for path in (ROOT / app).rglob("*.py"):
            part = path.relative_to(ROOT)
            if "tests" in part.parts or "testing" in part.parts or part.name == "settings.py":
                continue
            source = path.read_text()
            # Handing the whole environment on to a process is not reading a setting from it.
            for allowed in ("os.environ.setdefault", "**os.environ"):
                source = source.replace(allowed, "")
            if "os.environ" in source or "getenv" in source:
                readers.append(str(part))
    assert readers == []


def test_it_works_with_no_variable_set(tmp_path):
    done = manage(tmp_path, "check")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_production_settings_pass_the_deployment_check_in_silence(tmp_path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("missing", ["PORTAL_SECRET_KEY", "PORTAL_SEALING_KEY", "PORTAL_HOSTS"])
def test_production_does_not_start_without(missing, tmp_path):
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    done = manage(tmp_path, "check", **given)
    assert done.returncode != 0
    assert missing in done.stderr


def test_the_secret_made_here_stays_the_same(tmp_path):
    show = ("shell", "-v0", "-c", "from django.conf import settings; print(settings.SECRET_KEY)")
    first, second = manage(tmp_path, *show), manage(tmp_path, *show)
    assert len(first.stdout.strip()) >= 50
    assert first.stdout == second.stdout


@pytest.mark.parametrize(
    "key",
    [
        "no key",
        SEALING_KEY[:400],
        pem_of(ec.generate_private_key(ec.SECP256R1())),
        pem_of(rsa.generate_private_key(public_exponent=65537, key_size=1024)),  # noqa: S505
    ],
    ids=["words", "cut off", "another kind", "too short"],
)
def test_a_sealing_key_that_opens_nothing_stops_the_start(key, tmp_path):
    done = manage(tmp_path, "check", PORTAL_SEALING_KEY=key)
    assert done.returncode != 0
    assert "PORTAL_SEALING_KEY" in done.stderr


def test_a_sealing_key_may_stand_on_one_line(tmp_path):
    show = ("shell", "-v0", "-c", "from django.conf import settings; print(settings.SEALING_KEY)")
    one_line = SEALING_KEY.replace("\n", "\\n")
    shown = manage(tmp_path, *show, PORTAL_SEALING_KEY=one_line).stdout
    assert shown.strip() == SEALING_KEY.strip()


def test_the_sealing_key_made_here_is_the_owner_s_alone(tmp_path):
    assert manage(tmp_path, "check").returncode == 0
    kept = tmp_path / "sealing-key.pem"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_text().startswith("-----BEGIN PRIVATE KEY-----")

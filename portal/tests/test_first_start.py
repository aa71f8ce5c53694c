"""What the first process leaves on disk: one whole key, seen by its owner alone."""

import os
import subprocess
import sys

import pytest

from portal.testing.processes import ROOT

pytestmark = pytest.mark.once

SHOW = "from django.conf import settings as s; print([s.SECRET_KEY, s.SEALING_KEY])"


def start(var, **variables):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_VAR": str(var)}
    return subprocess.Popen(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={**clean, **settings, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_that_start_at_once_share_one_whole_key(tmp_path):
    var = tmp_path / "var"
    running = [start(var) for _ in range(4)]
    keys = {process.communicate(timeout=60)[0].strip() for process in running}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    for name in ("secret-key", "sealing-key.pem"):
        assert [path.name for path in var.glob(f"{name.split('.')[0]}*")] == [name]
        assert (var / name).stat().st_mode & 0o777 == 0o600


def test_nobody_else_on_the_machine_looks_into_the_folder(tmp_path):
    var = tmp_path / "var"
    start(var).communicate(timeout=60)
    assert var.stat().st_mode & 0o777 == 0o700


def test_production_never_starts_with_debug_pages(tmp_path):
    process = start(
        tmp_path,
        PORTAL_PRODUCTION="1",
        PORTAL_DEBUG="1",
        PORTAL_SECRET_KEY="x" * 60,
        PORTAL_HOSTS="portal.example.vn",
    )
    _said, problem = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "PORTAL_DEBUG" in problem

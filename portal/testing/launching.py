"""The portal as `make run` starts it, in a folder of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from portal.testing import servers
from portal.testing.processes import ROOT, wait_for

SHOWN_WHEN_OPEN = "Stop: Ctrl-C"


class Launch:
    """One start of the portal in a folder of its own, as `make run` does it."""

    def __init__(self, var, *options, **variables):
        self.port = servers.free_port()
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.var = Path(var)
        self.environment = {
            **inherited,
            "PORT": str(self.port),
            "PORTAL_VAR": str(var),
            **variables,
        }
        self.said_in = self.var / f"console-{time.monotonic_ns()}"
        command = [sys.executable, "-u", "manage.py", "run_portal", *options]
        with self.said_in.open("wb") as said:
            self.child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def said(self):
        return self.said_in.read_text()

    def wait_until_open(self):
        wait_for(
            lambda: SHOWN_WHEN_OPEN in self.said() or self.child.poll() is not None, patience=120
        )
        assert self.child.poll() is None, self.said()
        return self

    def processes(self):
        """The ids of all processes that work on this folder, the launcher aside."""
        mine = f"PORTAL_VAR={self.var}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mine in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        found.pop(self.child.pid, None)
        return found

    def process(self, *words):
        """The id of the eldest process whose command holds the words."""
        return min(
            pid for pid, line in self.processes().items() if all(word in line for word in words)
        )

    def manage(self, *words, typed="", **variables):
        """Return what a command of `manage.py` says on this portal's folder."""
        answer = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**self.environment, **variables},
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            start_new_session=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def status(self, path="/"):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10).status
        except urllib.error.HTTPError as answer:
            return answer.code

    def end(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
            try:
                self.child.wait(30)
            except subprocess.TimeoutExpired:
                self.child.kill()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)

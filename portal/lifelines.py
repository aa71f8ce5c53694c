"""Children that do not outlive the process that started them.

Each child leads a process group of its own, so that a Ctrl-C on the terminal reaches
only its parent, who then stops the whole group in good order. On Linux the kernel
ends the child even when the parent is killed outright; elsewhere that part is absent.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(number=signal.SIGTERM):
    """Ask the kernel to send this process a signal when its parent dies."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def start_tied(command, *, death_signal=signal.SIGTERM, **options):
    """Start a child in its own group, which the kernel ends when this process dies.

    Call it from the main thread: the kernel watches the thread that forked.
    """
    parent = os.getpid()

    def tie():
        end_with_parent(death_signal)
        if os.getppid() != parent:  # it died between the fork and the line above
            os._exit(1)

    return subprocess.Popen(command, start_new_session=True, preexec_fn=tie, **options)


def signal_group(child, number):
    """Send a signal to everything the child started; a group already gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def stop(child, *, patience=10, polite=signal.SIGTERM):
    """End the child: politely, then, after `patience` seconds, with its whole group."""
    if child.poll() is None:
        child.send_signal(polite)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    signal_group(child, signal.SIGKILL)
    child.wait()

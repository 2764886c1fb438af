"""Runs one program from start to exit and says how long that took, and how much memory."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_WATCHED = Path(__file__).with_name("watched.py")

# getrusage tells kibibytes, but bytes on a Mac.
_MEBIBYTE = 1 << 20 if sys.platform == "darwin" else 1 << 10


class Ran(NamedTuple):
    """How long a program ran, and the most memory it held at a time."""

    seconds: float
    mebibytes: float


class Failed(Exception):
    """A program failed, so its time means nothing. The text holds the command and what it said."""


def run(command: Sequence[str], env: dict[str, str], *, longest: float) -> float:
    """The seconds a program took. Raises Failed where it ended badly or had to be stopped after `longest` seconds."""
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        # Not with a timeout of subprocess's own: it would ask every 50 ms, and times would come in steps.
        with subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
        ) as program:
            stopper = threading.Timer(longest, program.kill)
            stopper.start()
            status = program.wait()
            seconds = time.perf_counter() - started
            stopper.cancel()
        if status:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip()[-800:]
            raise Failed(f"{' '.join(command)[:300]}\nended with status {status} after {seconds:.1f} s. {said}")
    return seconds


def run_watched(command: Sequence[str], env: dict[str, str], *, longest: float) -> Ran:
    """The same with the memory a program took; starting it takes some milliseconds more."""
    with tempfile.NamedTemporaryFile() as told:
        watched = [sys.executable, "-I", "-S", str(_WATCHED), told.name, *command]
        seconds = run(watched, env, longest=longest)
        return Ran(seconds, int(told.read()) / _MEBIBYTE)

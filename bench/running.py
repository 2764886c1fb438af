"""Runs one program from start to exit and says how long that took."""

import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence


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

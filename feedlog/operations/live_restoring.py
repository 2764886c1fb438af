"""Fetches the log out of its live copy, as it is there now or as it was at a moment, for `feedlog restore` to check."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from feedlog.errors import NotFound, Refused
from feedlog.operations import live_copy
from feedlog.store.drafts import write_text

_START = ".feedlog-live-"
_LONGEST_SECONDS = 24 * 60 * 60


@contextmanager
def fetched(log_path: str, at: str | None = None, place: str | None = None) -> Iterator[str]:
    """The path of the log as its live copy holds it, as of the instant `at` where one is named; gone after the block.

    The live copy is the one that was set up here, or the one at `place`, a folder or an address. Raises NotFound where
    there is none or it holds nothing that old, Refused where Litestream is missing or cannot read it.
    """
    program = live_copy.program()
    target = _target(log_path, place)
    folder = os.path.dirname(log_path)
    with suppress(OSError):  # what comes next tells why
        os.makedirs(folder, mode=0o700, exist_ok=True)
    _sweep(folder)
    with tempfile.TemporaryDirectory(prefix=_START, dir=folder) as aside, _marked(aside):
        path, configuration = os.path.join(aside, "feedlog.db"), os.path.join(aside, "litestream.yml")
        # Not as an address: Litestream takes the signs in one apart, and a folder may be called anything.
        write_text(configuration, live_copy.text(log_path, target))
        moment = [] if at is None else ["-timestamp", at]
        command = [program, "restore", "-no-expand-env", "-config", configuration, *moment, "-o", path, log_path]
        try:
            done = subprocess.run(
                command, env=live_copy.environment(), capture_output=True, text=True, check=False, umask=0o077,
                timeout=_LONGEST_SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            raise Refused(
                f"Litestream does not run here: {error}.", hint="Try what it says: litestream version"
            ) from error
        if done.returncode or not os.path.exists(path):
            _refuse(done.stderr, target, at)
        yield path


def _target(log_path: str, place: str | None) -> str:
    if place is None:
        target = live_copy.live_copy_of(log_path)
        if target is None:
            raise NotFound(
                f"No live copy of this log was set up here: {log_path}.",
                hint="Where it lies elsewhere, name its place: feedlog restore --live PLACE",
            )
        return target
    if "://" not in place and not os.path.isdir(place):
        raise NotFound(f"There is no live copy at {place}.", hint="Name the folder or the address it goes to.")
    return place if "://" in place else os.path.abspath(place)


def _refuse(said: str, target: str, at: str | None) -> None:
    why = next((line for line in reversed(said.splitlines()) if line.strip()), "it says nothing").strip()
    if "no matching backup files" in why:
        when = "" if at is None else f" as old as {at}"
        raise NotFound(f"The live copy at {target} holds nothing{when}.", hint="Name a later moment, or another place.")
    raise Refused(
        f"The live copy at {target} cannot be read: {why.removeprefix('Error: ')[:300]}.",
        hint="Check that the place is in reach, and the keys in LITESTREAM_ACCESS_KEY_ID and _SECRET_ACCESS_KEY.",
    )


@contextmanager
def _marked(folder: str) -> Iterator[None]:
    """Marks a folder as in use for as long as this process lives."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _is_free(descriptor)
        yield
    finally:
        os.close(descriptor)


def _sweep(folder: str) -> None:
    """Removes what a call that was killed had fetched."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(_START):
                descriptor = os.open(os.path.join(folder, name), os.O_RDONLY)
                try:
                    if _is_free(descriptor):
                        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
                finally:
                    os.close(descriptor)


def _is_free(descriptor: int) -> bool:
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True

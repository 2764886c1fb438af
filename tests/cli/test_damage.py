"""A damaged log and a full disk: what can be read is read, and the rest is said in a sentence."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.cli import list as listing
from feedlog.errors import FeedlogError, NotStored, Refused
from feedlog.store import Log, open_for_writing
from feedlog.store.failures import translated

Invoke = Callable[..., Any]


def no_room() -> None:
    """No file may be made longer than nothing, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.parametrize("words", [("list",), ("show", "1"), ("search", "pakken"), ("similar", "1"), ("brief", "K-1")])
def test_reading_on_a_full_disk(
    environment: dict[str, str], invoke: Invoke, log_path: Path, words: tuple[str, ...]
) -> None:
    """Where there is no room for the files SQLite puts beside a log, it is read all the same."""
    invoke("add", "Pakken kom for sent", "-c", "K-1")
    told = invoke(*words)
    before = log_path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-B", "-m", "feedlog", *words],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, preexec_fn=no_room,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, told.out, told.err)
    assert log_path.read_bytes() == before


@pytest.mark.parametrize(("writing", "kind"), [(True, NotStored), (False, Refused)])
def test_complaint_that_cannot_be_read(writing: bool, kind: type[FeedlogError]) -> None:
    """What SQLite says of a damaged file may quote damaged bytes, which Python cannot read; it means damage."""
    with pytest.raises(kind, match="The log is damaged: x"), translated("x", writing=writing):
        b"\xb6".decode()


@pytest.mark.parametrize("damaged", [True, False])
def test_fault_over_a_damaged_log(
    invoke: Invoke, log: Log, say: Callable[..., int], monkeypatch: pytest.MonkeyPatch, log_path: Path, damaged: bool
) -> None:
    """A fault is feedlog's own and looks like one, unless SQLite finds the log damaged: then that is said."""
    say("Pakken kom for sent", themes=("levering",))
    log.close()
    if damaged:
        with open_for_writing(str(log_path), ()) as opened:
            opened.connection.execute("pragma foreign_keys = off")
            opened.connection.execute("delete from themes")

    def broken(*_: object, **__: object) -> None:
        raise KeyError("a cell that damage has made unreadable")

    monkeypatch.setattr(listing.notes, "listing", broken)
    if not damaged:
        with pytest.raises(KeyError):
            invoke("list")
        return
    done = invoke("list")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"feedlog: The log is damaged: {log_path}.\n")

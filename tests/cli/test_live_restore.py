"""feedlog restore --live: the log out of its live copy, as it is there or as it was at a moment."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feedlog import when
from feedlog.errors import NotFound
from feedlog.operations import live_copy, live_restoring
from feedlog.store import open_for_reading

Invoke = Callable[..., Any]

# A folder may be called anything.
LIVE = "live 100%20 $HOME"


@pytest.fixture
def copied(invoke: Invoke, tmp_path: Path, log_path: Path) -> Iterator[Callable[[int], None]]:
    """A log with a note and its live copy in a folder; gives a wait until the copy holds so many notes."""
    invoke("add", "Pakken kom")
    start = invoke("backup", "--live", str(tmp_path / LIVE), "--json").json["start"]
    command = ["/bin/sh", "-c", start.replace("; ", "; exec ", 1)]
    with (tmp_path / "said").open("w") as talk, subprocess.Popen(command, stdout=talk, stderr=talk) as process:

        def holds(notes: int) -> None:
            deadline = time.monotonic() + 30
            while _notes_in_copy(str(log_path)) != notes:
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.3)  # each look is a whole restore

        holds(1)
        yield holds
        process.send_signal(signal.SIGKILL)


def _notes_in_copy(log_path: str) -> int | None:
    try:
        with live_restoring.fetched(log_path) as path, open_for_reading(path) as log:
            return int(log.value("select count(*) from current_notes"))
    except NotFound:  # nothing was sent yet
        return None


def said(invoke: Invoke) -> list[str]:
    """What stands in the log, the oldest first."""
    return [note["verbatim"] for note in reversed(invoke("list", "--json").json)]


def test_as_it_is_and_as_it_was(invoke: Invoke, copied: Callable[[int], None], tmp_path: Path, log_path: Path) -> None:
    """The newest state comes back, and the state of a moment that is named; nothing is left beside the log."""
    time.sleep(1)  # moments are told by the second
    then = when.now()
    time.sleep(1)
    invoke("add", "Ved en fejl")
    copied(2)
    back = invoke("restore", "--live", "--yes", "--json", "--at", then)
    assert (back.status, back.json["backup"], back.json["notes"], back.json["lost"]) == (
        0,
        str(tmp_path / LIVE),
        1,
        1,
    )
    assert back.err.startswith("at ")
    assert said(invoke) == ["Pakken kom"]
    invoke("add", "Efter")
    invoke("add", "Og igen")
    copied(3)
    newest = invoke("--db", str(tmp_path / "other machine" / "feedlog.db"), "restore", "--live", str(tmp_path / LIVE))
    assert newest.status == 0
    kept = tmp_path / "other machine" / "feedlog.db"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert [note["verbatim"] for note in invoke("--db", str(kept), "list", "--json").json] == [
        "Og igen", "Efter", "Pakken kom"
    ]  # fmt: skip
    assert not list(log_path.parent.glob(".feedlog-*")) and not list(kept.parent.glob(".feedlog-*"))
    early = invoke("restore", "--live", "--yes", "--at", "2020-01-01 12:00")
    assert (early.status, early.err.splitlines()[1]) == (
        1,
        f"feedlog: The live copy at {tmp_path}/{LIVE} holds nothing as old as 2020-01-01T11:00:00Z.",
    )


@pytest.mark.parametrize(
    ("words", "status", "err"),
    [
        ((), 2, "Name a backup, or --live for the live copy.\nSee: feedlog restore --help"),
        (("a.db", "--at", "yesterday"), 2,
         "A backup is of one moment: --at goes with --live.\nSee: feedlog backup --list"),
        (("--live", "--at", "2199-01-01 10:00"), 2,
         "Tuesday 1 January 2199, 10:00 is still to come.\n--at is a moment that is past."),
        (("--live",), 1, "No live copy of this log was set up here: {log}.\n"
         "Where it lies elsewhere, name its place: feedlog restore --live PLACE"),
        (("--live", "{tmp}/none"), 1,
         "There is no live copy at {tmp}/none.\nName the folder or the address it goes to."),
        (("--live", "{tmp}"), 1, "The live copy at {tmp} holds nothing.\nName a later moment, or another place."),
        (("--live", "pigeon://bucket/feedlog"), 1, "The live copy at pigeon://bucket/feedlog cannot be read: "),
    ],
)  # fmt: skip
def test_refusals(
    invoke: Invoke, log_path: Path, tmp_path: Path, words: tuple[str, ...], status: int, err: str
) -> None:
    """Each with one sentence why and one what to do."""
    invoke("add", "x")
    done = invoke("restore", *(word.format(tmp=tmp_path) for word in words))
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith(f"feedlog: {err.format(log=log_path, tmp=tmp_path)}")
    assert said(invoke) == ["x"]


def test_what_a_killed_call_had_fetched_is_removed(
    invoke: Invoke, copied: Callable[[int], None], log_path: Path
) -> None:
    """A kill leaves a folder with the log in it; the next call removes it, and none that is still at work."""
    holding = subprocess.Popen(
        [sys.executable, "-c",
         "import sys; from feedlog.operations import live_restoring\n"
         "with live_restoring.fetched(sys.argv[1]):\n print('holds', flush=True); sys.stdin.read()", str(log_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holding.stdout and holding.stdout.readline() == "holds\n"
    with live_restoring.fetched(str(log_path)) as path:
        assert len(list(log_path.parent.glob(".feedlog-live-*"))) == 2
        assert os.path.getsize(path) > 0
    holding.kill()
    holding.communicate()
    assert len(list(log_path.parent.glob(".feedlog-live-*"))) == 1
    with live_restoring.fetched(str(log_path)):
        assert len(list(log_path.parent.glob(".feedlog-live-*"))) == 1
    assert not list(log_path.parent.glob(".feedlog-live-*"))


def test_bundle_of_certificates(
    invoke: Invoke, log_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable with which Litestream does not start on an object store is not handed on to it."""
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt")
    assert "AWS_CA_BUNDLE" not in live_copy.environment()
    invoke("add", "x")
    done = invoke("backup", "--live", "s3://bucket/feedlog", "--json").json
    for command in (done["start"], done["bring_back"]):
        assert command.startswith("umask 077; env -u AWS_CA_BUNDLE ")

"""The live copy: feedlog writes Litestream's configuration, and what Litestream keeps by it can be brought back."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from feedlog.operations import live_copy
from feedlog.store import open_for_reading, open_for_writing

Invoke = Callable[..., Any]

# Logs one note after the other and says the number of each, and when it was told.
WRITER = """
import sys, time
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import open_for_writing
path, name = sys.argv[1:]
for number in range(100_000):
    with open_for_writing(path, ("da",)) as log:
        said = Said(f"{name} pakke {number} kom for sent")
        print(notes.add(log, said, By(name, "2026-11-18T09:00:00Z")).note_id, time.time(), flush=True)
    time.sleep(0.01)
"""


@pytest.fixture
def live(invoke: Invoke, tmp_path: Path) -> Any:
    """A log with a note, and a live copy set up in a folder."""
    invoke("add", "Pakken kom")
    return invoke("backup", "--live", str(tmp_path / "live"), "--json").json


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes a test starts; those that still run are killed at its end, each by itself."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for one in processes:
        if one.poll() is None:
            one.send_signal(signal.SIGKILL)
        one.wait()


def kept(folder: Path) -> int:
    """How many files of changes the copy holds."""
    return len(list(folder.rglob("*.ltx")))


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def start(command: str, log: Path, processes: list[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """Runs the command feedlog printed, as a shell would."""
    with log.open("w") as out:
        process = subprocess.Popen(
            ["/bin/sh", "-c", command.replace("; ", "; exec ", 1)], stdout=out, stderr=out, text=True
        )
    processes.append(process)
    return process


def test_configuration(invoke: Invoke, live: Any, tmp_path: Path, log_path: Path) -> None:
    """The configuration stands beside the log, for its owner only; it names log and place, and how long texts stay."""
    configuration = Path(live["configuration"])
    assert configuration == log_path.with_name("feedlog.db.litestream.yml")
    assert stat.S_IMODE(configuration.stat().st_mode) == 0o600
    text = configuration.read_text("utf-8")
    assert yaml.safe_load(text) == {
        "snapshot": {"interval": "24h", "retention": "336h"},
        "dbs": [
            {
                "path": str(log_path),
                "busy-timeout": "30s",
                "replica": {"type": "file", "path": str(tmp_path / "live"), "sync-interval": "1s"},
            }
        ],
    }
    assert "for up to 15 days" in " ".join(text.replace("#", "").split())
    assert live_copy.live_copy_of(str(log_path)) == str(tmp_path / "live")


def test_what_is_said(invoke: Invoke, log_path: Path, tmp_path: Path) -> None:
    """The commands that start the copy and bring it back are printed, and how long an erased text stays in it."""
    invoke("add", "x")
    done = invoke("backup", "--live", str(tmp_path / "live"), "--keep-days", "7")
    start, back = done.out.splitlines()
    assert re.fullmatch(r"umask 077; \S*litestream replicate -no-expand-env -config \S+\.litestream\.yml", start)
    assert re.fullmatch(r"umask 077; \S*litestream restore -no-expand-env -config \S+ -o copy\.db \S+", back)
    assert done.err.endswith("An erased text stays in the copy for up to 8 days.\n")
    again = invoke("backup", "--live", "s3://bucket/feedlog")
    assert again.err.startswith(f"Until now the live copy went to {tmp_path}/live. What is there stays")


def test_url(invoke: Invoke, log_path: Path) -> None:
    """A copy may go to an object store."""
    invoke("add", "x")
    assert invoke("backup", "--live", "s3://bucket/feedlog?region=eu", "--json").json["target"] == (
        "s3://bucket/feedlog?region=eu"
    )
    written = yaml.safe_load(log_path.with_name("feedlog.db.litestream.yml").read_text("utf-8"))
    assert written["dbs"][0]["replica"] == {"url": "s3://bucket/feedlog?region=eu", "sync-interval": "1s"}
    assert live_copy.live_copy_of(str(log_path)) == "s3://bucket/feedlog?region=eu"


@pytest.mark.parametrize("name", ['a "b" $HOME: #c\\', "å\nb", "'%20"])
def test_any_name_will_do(invoke: Invoke, tmp_path: Path, log_path: Path, name: str) -> None:
    """Whatever the folder is called, the configuration says just that."""
    invoke("add", "x")
    assert invoke("backup", "--live", str(tmp_path / name)).status == 0
    written = yaml.safe_load(log_path.with_name("feedlog.db.litestream.yml").read_text("utf-8"))
    assert written["dbs"][0]["replica"]["path"] == str(tmp_path / name)
    assert live_copy.live_copy_of(str(log_path)) == str(tmp_path / name)


def test_no_live_copy(log_path: Path) -> None:
    """Where none was set up there is none."""
    assert live_copy.live_copy_of(str(log_path)) is None


def test_places_that_will_not_do(invoke: Invoke, log_path: Path, tmp_path: Path) -> None:
    """A file, the log's own folder, an unknown kind of address and a missing log are each refused with a sentence."""
    done = invoke("backup", "--live", str(tmp_path / "live"))
    assert (done.status, done.err) == (
        1,
        f"feedlog: There is no log yet: {log_path}.\nThe first `feedlog add` makes it.\n",
    )
    invoke("add", "x")
    (tmp_path / "file").touch()
    for place, message in (
        (str(tmp_path / "file"), f"This is not a folder: {tmp_path}/file."),
        (str(log_path.parent), f"This is the log's own folder: {log_path.parent}."),
        ("ftp://x/y", "This is no place for a live copy: 'ftp://x/y'."),
        ("s3://", "This is no place for a live copy: 's3://'."),
    ):
        done = invoke("backup", "--live", place)
        assert (done.status, done.out, done.err.splitlines()[0]) == (2, "", f"feedlog: {message}")
    assert not log_path.with_name("feedlog.db.litestream.yml").exists()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (None, "Litestream, which keeps the live copy, is not installed."),
        ("echo v0.3.13", "This Litestream is too old: v0.3.13."),
    ],
    ids=["missing", "too old"],
)
def test_without_litestream(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, message: str
) -> None:
    """Without Litestream, or with one whose configuration looks otherwise, it is said what to install."""
    programs = tmp_path / "bin"
    programs.mkdir()
    if script:
        (programs / "litestream").write_text(f"#!/bin/sh\n{script}\n")
        (programs / "litestream").chmod(0o755)
    invoke("add", "x")
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    done = invoke("backup", "--live", str(tmp_path / "live"), PATH=str(programs))
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"feedlog: {message}\nInstall it with: pip install 'feedlog[live]'")


def test_everything_killed(
    invoke: Invoke, live: Any, started: list[subprocess.Popen[str]], log_path: Path, tmp_path: Path
) -> None:
    """When agents and Litestream are killed at once and the machine is gone, the copy holds all but the last seconds.

    What it lacks are the newest notes only, and `feedlog restore` makes a log of it that the doctor finds sound.
    """
    replicating = start(live["start"], tmp_path / "litestream.log", started)
    wait_until(lambda: kept(tmp_path / "live") > 0)
    agents = []
    for name in ("jens", "mette"):
        with (tmp_path / f"told {name}").open("w") as told:
            agents.append(subprocess.Popen([sys.executable, "-c", WRITER, str(log_path), name], stdout=told, text=True))
    started += agents
    time.sleep(2.5)
    wait_until(lambda: sum((tmp_path / f"told {name}").read_text().count("\n") for name in ("jens", "mette")) > 50)
    for one in (replicating, *agents):
        assert one.poll() is None
        one.send_signal(signal.SIGKILL)
    killed_at = time.time()
    told = dict[int, float]()
    for name in ("jens", "mette"):
        for line in (tmp_path / f"told {name}").read_text().split("\n")[:-1]:
            number, _, at = line.partition(" ")
            told[int(number)] = float(at)
    assert len(told) > 50

    subprocess.run(["/bin/sh", "-c", live["bring_back"]], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    fresh = tmp_path / "other machine" / "feedlog.db"
    assert invoke("--db", str(fresh), "restore", str(tmp_path / "copy.db")).status == 0
    assert invoke("--db", str(fresh), "doctor").status == 0
    with open_for_reading(str(fresh)) as log:
        back = {row["id"] for row in log.rows("select id from current_notes")}
    lost = sorted(set(told) - back)
    seconds = killed_at - min((told[number] for number in lost), default=killed_at)
    print(f"{len(lost)} of {len(told)} notes lost, the oldest logged {seconds:.2f} s before the kill")
    assert not lost or lost[0] > max(back)
    assert seconds < 10  # one second between sends, on a machine that may be busy


def test_feedlog_beside_litestream(
    invoke: Invoke, live: Any, started: list[subprocess.Popen[str]], log_path: Path, tmp_path: Path
) -> None:
    """Logging, reading, a backup and a restore go on beside Litestream, which then holds the restored log."""
    start(live["start"], tmp_path / "litestream.log", started)
    wait_until(lambda: kept(tmp_path / "live") > 0)
    assert invoke("add", "Skoene trykker").status == 0
    assert invoke("backup", str(tmp_path / "then.db")).status == 0
    for number in range(20):
        assert invoke("add", f"Pakke {number}").status == 0
    assert len(invoke("list", "--limit", "99", "--json").json) == 22
    assert invoke("restore", str(tmp_path / "then.db"), "--yes").status == 0
    assert invoke("add", "Efter").out.startswith("#23")
    time.sleep(3)
    subprocess.run(["/bin/sh", "-c", live["bring_back"]], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    with open_for_reading(str(tmp_path / "copy.db")) as log:
        assert [row["verbatim"] for row in log.rows("select verbatim from current_notes order by id")] == [
            "Pakken kom",
            "Skoene trykker",
            "Efter",
        ]
    assert "level=ERROR" not in (tmp_path / "litestream.log").read_text()


def test_private_also_from_litestream(
    live: Any, started: list[subprocess.Popen[str]], log_path: Path, tmp_path: Path
) -> None:
    """Started as printed, Litestream lets nobody else into what it writes, whatever umask the shell had."""
    before = os.umask(0)
    try:
        start(live["start"], tmp_path / "litestream.log", started)
    finally:
        os.umask(before)
    wait_until(lambda: kept(tmp_path / "live") > 0)
    for folder in (tmp_path / "live", Path(live_copy.state_beside(str(log_path)))):
        for path in (folder, *folder.rglob("*")):
            with suppress(FileNotFoundError):  # Litestream writes beside, and renames
                assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_journal_does_not_grow_for_ever(
    live: Any, started: list[subprocess.Popen[str]], log_path: Path, tmp_path: Path
) -> None:
    """Litestream checkpoints the write-ahead log itself, so that it does not grow with the number of notes."""
    start(live["start"], tmp_path / "litestream.log", started)
    wait_until(lambda: kept(tmp_path / "live") > 0)
    journal = log_path.with_name("feedlog.db-wal")
    with open_for_writing(str(log_path), ()) as log:
        written = 0
        for _ in range(12):
            with log.write():
                log.connection.execute("create table filler (x)")
                log.connection.execute(
                    "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1500)"
                    " insert into filler select randomblob(4000) from n"
                )
                log.connection.execute("drop table filler")
            written += 1500 * 4096
            time.sleep(0.3)
    assert journal.stat().st_size < written

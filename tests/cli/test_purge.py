"""feedlog purge: shows what would go, and erases it as `erase` does when told to."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Invoke = Callable[..., Any]


@pytest.fixture(autouse=True)
def _said(invoke: Invoke) -> None:
    """Two old notes, one with an open promise, and a new one."""
    invoke("add", "zyzzyvapakken kom", "-c", "K-1", "--said-at", "2020-05-01")
    promised = ("--promise", "ring", "--due", "in 3 days", "--any-day")
    invoke("add", "pakken kom", "-c", "K-2", "--said-at", "2021-05-01", *promised)
    invoke("add", "posen kom", "-c", "K-1")
    invoke("publish")


def test_dry_run(invoke: Invoke) -> None:
    """Without --yes it only shows what would go and what stays."""
    done = invoke("purge", "--older-than", "1000")
    assert done.status == 0
    assert done.out.splitlines() == [
        "2020  1 note goes",
        "2021  0 notes go, 1 stays with an open promise",
        "would go  1 note",
    ]
    assert done.err.endswith("Nothing was erased. To erase it for good, add --yes.\n")
    document = invoke("purge", "--older-than", "1000", "--no-keep-open", "--json").json
    assert (document["dry_run"], document["notes"], document["customer_rows"]) == (True, 2, 1)
    assert len(invoke("list", "--json").json) == 3


def test_purge(invoke: Invoke, log_path: Path) -> None:
    """With --yes it goes from every file, verified, and the erasure says why."""
    files = [log_path, log_path.parent / "published" / "feedlog.db"]
    assert all(b"zyzzyva" in path.read_bytes() for path in files)
    done = invoke("purge", "--older-than", "1000", "--yes", "--json")
    assert (done.status, done.json["dry_run"], done.json["notes"], done.json["verified"]) == (0, False, 1, True)
    assert done.json["years"] == [
        {"year": "2020", "notes": 1, "kept_open": 0}, {"year": "2021", "notes": 0, "kept_open": 1},
    ]  # fmt: skip
    assert not any(b"zyzzyva" in path.read_bytes() for path in files)
    assert [note["id"] for note in invoke("list", "--json").json] == [3, 2]
    [erasure] = invoke("history", "--erasures", "--json").json
    assert erasure["reason"] == "said more than 1000 days ago"
    again = invoke("purge", "--older-than", "1000", "--yes")
    assert (again.status, again.err.splitlines()[-1]) == (0, "Nothing is that old.")


def test_refused(invoke: Invoke) -> None:
    """Days that make no sense are refused."""
    done = invoke("purge", "--older-than", "0")
    assert (done.status, done.err) == (2, "feedlog: 0 days cannot be.\nName 1 to 36500 days.\n")


def test_reader_who_leaves(environment: dict[str, str], invoke: Invoke, log_path: Path) -> None:
    """What was asked for with --yes is done although nobody reads the answer."""
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "feedlog", "purge", "--older-than", "1000", "--yes"]
    done = subprocess.run(words, env=environment, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert [note["id"] for note in invoke("list", "--json").json] == [3, 2]
    assert b"zyzzyva" not in log_path.read_bytes()

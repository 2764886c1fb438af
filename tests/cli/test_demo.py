"""feedlog demo, run as a person runs it."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """An environment with a home, a temporary folder and a log of its own, and a setting that would spoil the demo."""
    (tmp_path / "tmp").mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("FEEDLOG_", "XDG_"))}
    return {
        **own,
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path / "tmp"),
        "FEEDLOG_DB": str(tmp_path / "mine.db"),
        "FEEDLOG_CHANNEL": "carrier pigeon",
        "PYTHONUNBUFFERED": "1",
    }


def run(surroundings: dict[str, str], *words: str, cwd: str | Path = "/") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "feedlog", "demo", *words],
        env=surroundings,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_commands_are_really_run(surroundings: dict[str, str], tmp_path: Path) -> None:
    """Each command stands above what it printed, and the path of the published file is shown."""
    done = run(surroundings, "--no-serve")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    shown = re.findall(r"^\$ feedlog (\w+)", done.stdout, re.MULTILINE)
    assert shown == ["list", "add", "search", "similar", "show", "brief", "due", "publish"]
    assert "customers said something like this since" in done.stdout
    published = re.search(r"^Published file: (.+)$", done.stdout, re.MULTILINE)
    assert published
    count = sqlite3.connect(published[1]).execute("select count(*) from notes").fetchone()[0]
    assert count == 91
    assert str(tmp_path / "tmp") in published[1]


def test_it_says_that_these_are_samples(surroundings: dict[str, str]) -> None:
    """The first line says so, and the last how to remove them."""
    lines = run(surroundings, "--no-serve").stdout.splitlines()
    assert "sample notes of an imaginary shop, in a throw-away log. Your own is not touched." in lines[0]
    assert lines[-1].startswith("When you have seen enough: rm -r ")


def test_the_readers_own_log_is_not_touched(surroundings: dict[str, str], tmp_path: Path) -> None:
    """Neither a log, a spool nor a setting of the person's is read or written."""
    assert run(surroundings, "--no-serve").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["tmp"]


def test_as_one_json_document(surroundings: dict[str, str]) -> None:
    """With --json there is one document with every command and its output, and nothing is served."""
    done = run(surroundings, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["notes"] == 90
    assert [step["command"].split()[1] for step in document["steps"]][-1] == "publish"
    assert all(step["output"] for step in document["steps"])
    assert os.path.exists(document["published"])


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_pages_are_served_until_it_is_stopped(
    surroundings: dict[str, str], tmp_path: Path, ending: signal.Signals
) -> None:
    """The pages answer at the printed link; ending the demo ends them and removes the throw-away folder."""
    demo = subprocess.Popen(
        [sys.executable, "-m", "feedlog", "demo"],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        link = printed_link(demo)
        assert urlopen(link, timeout=10).status == 200
        os.killpg(demo.pid, ending) if ending is signal.SIGINT else demo.terminate()
        rest = demo.communicate(timeout=20)[0]
    finally:
        demo.kill()
    assert "Traceback" not in rest
    assert demo.returncode == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def printed_link(demo: subprocess.Popen[str]) -> str:
    """The first link the demo prints."""
    assert demo.stdout
    until = time.monotonic() + 60
    for line in demo.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+\S*", line)
        if found:
            return found[0]
        if time.monotonic() > until:
            break
    raise AssertionError("no link was printed")

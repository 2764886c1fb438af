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


def surroundings_in(folder: Path) -> dict[str, str]:
    """An environment with a home, a temporary folder and a log of its own, and a setting that would spoil the demo."""
    (folder / "tmp").mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("FEEDLOG_", "XDG_"))}
    return {
        **own,
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "FEEDLOG_DB": str(folder / "mine.db"),
        "FEEDLOG_CHANNEL": "carrier pigeon",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    return surroundings_in(tmp_path)


@pytest.fixture(scope="module")
def stopped_before_the_pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The home in which a demo was played that stops before the pages, and what it printed."""
    home = tmp_path_factory.mktemp("demo")
    return home, run(surroundings_in(home), "--no-serve")


def run(surroundings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "feedlog", "demo", *words],
        env=surroundings,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_commands_are_really_run(stopped_before_the_pages: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Each command stands above what it printed, and the path of the published file is shown."""
    home, done = stopped_before_the_pages
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    shown = re.findall(r"^\$ feedlog (\w+)", done.stdout, re.MULTILINE)
    assert shown == ["list", "add", "search", "similar", "show", "brief", "due", "publish"]
    assert "customers said something like this since" in done.stdout
    published = re.search(r"^Published file: (.+)$", done.stdout, re.MULTILINE)
    assert published
    count = sqlite3.connect(published[1]).execute("select count(*) from notes").fetchone()[0]
    assert count == 91
    assert str(home / "tmp") in published[1]


def test_it_says_that_these_are_samples(
    stopped_before_the_pages: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """The first line says so, and the last how to remove them."""
    lines = stopped_before_the_pages[1].stdout.splitlines()
    assert "sample notes of an imaginary shop, in a throw-away log. Your own is not touched." in lines[0]
    assert lines[-1].startswith("When you have seen enough: rm -r ")


def test_the_readers_own_log_is_not_touched(
    stopped_before_the_pages: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """Neither a log, a spool nor a setting of the person's is read or written."""
    home, done = stopped_before_the_pages
    assert done.returncode == 0
    assert [path.name for path in home.iterdir()] == ["tmp"]


def test_as_one_json_document(surroundings: dict[str, str]) -> None:
    """With --json there is one document with every command and its output, and nothing is served."""
    done = run(surroundings, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["notes"] == 90
    assert [step["command"].split()[1] for step in document["steps"]][-1] == "publish"
    assert all(step["output"] for step in document["steps"])
    assert os.path.exists(document["published"])


# The demo with one of its commands: the others are run above.
SHORT = "from feedlog.cli import demo, main; demo.STEPS = demo.STEPS[:1]; main(['demo'])"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_pages_are_served_until_it_is_stopped(
    surroundings: dict[str, str], tmp_path: Path, ending: signal.Signals
) -> None:
    """The pages answer at the printed link; ending the demo ends them and removes the throw-away folder."""
    demo = subprocess.Popen(
        [sys.executable, "-c", SHORT],
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

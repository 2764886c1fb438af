"""What most tests start from: a log of their own, the command line, and one office's clock."""

import compileall
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

import bench
import feedlog
from feedlog.cli import main
from feedlog.operations import masking, notes
from feedlog.operations.shapes import By, Said
from feedlog.store import Log, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES

ZONE = "Europe/Copenhagen"

# A change is judged by what it changes, not by what was drawn that day; --hypothesis-profile=default draws anew.
settings.register_profile("same every time", derandomize=True)
settings.load_profile("same every time")


class Ran(NamedTuple):
    """What one call of the command line did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output read as exactly one JSON document."""
        return json.loads(self.out)


def pytest_configure(config: pytest.Config) -> None:
    """Compiles feedlog and bench once. Some tests leave no room on the disk: none may cut a compiled file short."""
    # Started in the background or by nohup, a process is deaf to these, and so would be what the tests start.
    for number, heard in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, heard)
    if not hasattr(config, "workerinput"):
        for folder in (Path(feedlog.__file__).parent, Path(bench.__file__).parent):
            compileall.compile_dir(str(folder), quiet=1)
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    # The tests themselves are kept compiled from run to run: that takes pytest longer than anything else it does.
    sys.dont_write_bytecode = False


def pytest_collection_finish() -> None:
    """All tests are compiled now, and the first of them has not begun."""
    sys.dont_write_bytecode = True


@pytest.fixture(scope="session", autouse=True)
def office() -> Iterator[None]:
    """The office stands in Copenhagen whatever machine runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", ZONE)
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def log_path(tmp_path: Path) -> Path:
    """Where the test's log is, or will be."""
    return tmp_path / "log" / "feedlog.db"


@pytest.fixture
def log(log_path: Path) -> Iterator[Log]:
    """A fresh log, open for writing."""
    with open_for_writing(str(log_path), DEFAULT_LANGUAGES) as opened:
        yield opened


@pytest.fixture
def by() -> By:
    """Mette, on Wednesday 18 November 2026 at ten o'clock."""
    return By("mette", "2026-11-18T09:00:00Z")


@pytest.fixture
def say(log: Log, by: By) -> Callable[..., int]:
    """Logs one thing a customer said, by Mette unless named otherwise; gives the note's number."""

    def said(verbatim: str, *, who: By = by, **given: Any) -> int:
        return notes.add(log, Said(verbatim, **given), who).note_id

    return said


@pytest.fixture
def as_stranger() -> Callable[..., list[str]]:
    """Runs a function that gives lines in a process that is not root's, for root may do everything."""

    def ran(look: Callable[..., list[str]], *words: str) -> list[str]:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                if os.geteuid() == 0:
                    os.setgid(65534)
                    os.setuid(65534)
                os.write(writing, "\n".join(look(*words)).encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as answer:
            lines = answer.read().splitlines()
        os.waitpid(child, 0)
        return lines

    return ran


@pytest.fixture
def environment(tmp_path: Path, log_path: Path) -> dict[str, str]:
    """A shell's environment in which feedlog finds the test's log and nothing of the person who runs the tests."""
    home = tmp_path / "home"
    temporary = tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "TZ": ZONE,
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "FEEDLOG_DB": str(log_path),
        "FEEDLOG_AGENT": "mette",
        "FEEDLOG_SPOOL": str(tmp_path / "spool"),
    }


@pytest.fixture
def run(environment: dict[str, str]) -> Callable[..., Ran]:
    """Runs the real command line as a process of its own. Words may be bytes; variables may be added by name."""

    def ran(*words: str | bytes, stdin: bytes = b"", **variables: str | bytes) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "feedlog", *words],
            input=stdin,
            env={**environment, **variables},
            capture_output=True,
            check=False,
            timeout=60,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return ran


@contextmanager
def a_pipe(text: bytes) -> Iterator[io.TextIOWrapper]:
    """The end of a real pipe in which a short text waits."""
    reading, writing = os.pipe()
    os.write(writing, text)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        yield pipe


@pytest.fixture
def invoke(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Runs the command line inside the test's process, which is faster. Input may be a stream, such as a real pipe."""
    for name in [name for name in os.environ if name.startswith(("FEEDLOG_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tempfile, "tempdir", environment["TMPDIR"])  # Python asks once only

    def ran(*words: str, stdin: bytes | io.TextIOWrapper = b"", **variables: str) -> Ran:
        capsys.readouterr()
        masking.begin(lambda: "mask")  # a call of its own finds none of the numbers another test's call found
        with monkeypatch.context() as patch:
            if isinstance(stdin, bytes):
                stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
            patch.setattr(sys, "stdin", stdin)
            for name, value in variables.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as left:
                main(list(words))
        printed = capsys.readouterr()
        return Ran(int(left.value.code or 0), printed.out, printed.err)

    return ran

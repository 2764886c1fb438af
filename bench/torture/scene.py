"""Where a case plays: a log of its own, the real command line, and ways to ask SQLite itself whether all is well."""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bench import filling

ROOT = Path(__file__).resolve().parents[2]
LONGEST_CALL = 120.0
# Calls one after the other in one process: starting one takes longer than most calls do.
_SEVERAL = """
import json, sys
from feedlog.cli import main
for words in json.load(sys.stdin):
    try:
        main(words)
    except SystemExit as left:
        if left.code:
            sys.exit(f"{' '.join(words)[:60]} ended with {left.code}")
"""


class Broken(Exception):
    """A promise that was not kept, in a sentence."""


class Ran(NamedTuple):
    """What one call of the command line did."""

    status: int
    out: str
    err: str


class Scene:
    """A folder with a log, a spool outside the log's folder, and an environment in which feedlog finds both."""

    def __init__(self, folder: Path, log_folder: Path | None = None) -> None:
        self.folder = folder
        self.log = (log_folder or folder / "log") / "feedlog.db"
        self.spool = folder / "spool"
        self.outbox = folder / "outbox"
        self.env = {
            **filling.environment(folder / "home"),
            "FEEDLOG_DB": str(self.log),
            "FEEDLOG_SPOOL": str(self.spool),
            "FEEDLOG_OUTBOX": str(self.outbox),
            "FEEDLOG_AGENT": "mette",
            "TMPDIR": str(folder / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",  # else the full disk would cut compiled files short
            "PYTHONPATH": str(ROOT),  # this checkout's feedlog, whichever is installed
        }
        (folder / "tmp").mkdir(parents=True, exist_ok=True)

    def start(self, *words: str, limit: int | None = None) -> "subprocess.Popen[str]":
        """Starts the command line; `limit` is the size in bytes no file may grow beyond."""
        return subprocess.Popen(
            [sys.executable, "-m", "feedlog", *words],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=None if limit is None else lambda: limit_files(limit),
        )

    def call(self, *words: str, limit: int | None = None) -> Ran:
        """Runs the command line to its end. Raises Broken where it shows a traceback or dies of a signal."""
        call = self.start(*words, limit=limit)
        out, err = call.communicate(timeout=LONGEST_CALL)
        if call.returncode < 0 or "Traceback" in err:
            raise Broken(f"feedlog {' '.join(words)[:60]} failed as feedlog must not: {err.strip()[-300:]}")
        return Ran(call.returncode, out, err)

    def done(self, *words: str) -> Ran:
        """Runs the command line, which must succeed."""
        ran = self.call(*words)
        if ran.status:
            raise Broken(f"feedlog {' '.join(words)[:60]} ended with {ran.status}: {ran.err.strip()}")
        return ran

    def prepare(self, *calls: tuple[str, ...]) -> None:
        """Makes several calls, in one process, for a case to begin with; all must succeed."""
        command = [sys.executable, "-c", _SEVERAL]
        ran = subprocess.run(command, cwd=self.folder, env=self.env, input=json.dumps(calls), capture_output=True,
                             text=True, check=False, timeout=LONGEST_CALL)  # fmt: skip
        if ran.returncode:
            raise Broken(f"a case could not begin: {ran.stderr.strip()[-300:]}")

    def spooled(self) -> str:
        """All that waits in the spool."""
        return "".join(path.read_text("utf-8") for path in sorted(self.spool.glob("*.note.json")))


def limit_files(size: int) -> None:
    """From now on, no file this process writes may grow beyond `size` bytes; Python ignores the signal for it."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def check(log: Path) -> None:
    """Asks SQLite whether the log is sound, its references and both indexes too; raises Broken where it is not.

    A copy is asked, with its write-ahead log: so nothing here can mend or change the log itself.
    """
    with tempfile.TemporaryDirectory(prefix="feedlog-check-") as aside, closing(opened(copied(log, aside))) as copy:
        try:
            for pragma, well in (("quick_check", [("ok",)]), ("foreign_key_check", [])):
                found = copy.execute(f"pragma {pragma}").fetchall()
                if found != well:
                    raise Broken(f"{pragma} says {found[:2]}")
            for index in ("notes_fts", "words_fts"):
                copy.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            raise Broken(f"the log is not sound: {error}") from error


def value(log: Path, sql: str) -> int:
    """The number a query gives, from a copy of the log."""
    with tempfile.TemporaryDirectory(prefix="feedlog-check-") as aside, closing(opened(copied(log, aside))) as copy:
        return int(copy.execute(sql).fetchone()[0])


def copied(log: Path, aside: str) -> Path:
    """The log with its write-ahead log, in another folder."""
    for end in ("", "-wal"):
        if Path(f"{log}{end}").exists():
            shutil.copyfile(f"{log}{end}", Path(aside) / f"{log.name}{end}")
    return Path(aside) / log.name


def opened(log: Path) -> sqlite3.Connection:
    """A connection of SQLite's own, without anything of feedlog's."""
    connection = sqlite3.connect(log, isolation_level=None, timeout=30)
    connection.text_factory = lambda stored: stored.decode("utf-8", "replace")  # damage may be quoted
    return connection


def require(well: bool, otherwise: str) -> None:
    """Raises Broken with the sentence where it is not so."""
    if not well:
        raise Broken(otherwise)

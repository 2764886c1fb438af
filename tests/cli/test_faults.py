"""Whatever fails in the middle of a change, nothing of it is done, and no typed sentence is lost."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest

from feedlog.cli import COMMANDS
from feedlog.store import log as door
from feedlog.store import open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES
from tests.cli.test_rules import EVERY, WRITING

Invoke = Callable[..., Any]


class Breaking(sqlite3.Connection):
    """A connection whose disk fails at one statement, counted from `arm`."""

    left: int | None = None
    ran: ClassVar[list[str]] = []

    @classmethod
    def arm(cls, at: int | None) -> None:
        """The statement of this number will fail, once; None lets all of them pass."""
        cls.left = at
        cls.ran.clear()

    def _count(self, sql: str) -> None:
        cls = type(self)
        cls.ran.append(sql)
        if len(cls.ran) == cls.left:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error

    def execute(self, *words: Any) -> sqlite3.Cursor:
        """As usual, unless this is the statement to fail."""
        self._count(words[0])
        return super().execute(*words)

    def executemany(self, *words: Any) -> sqlite3.Cursor:
        """As usual, unless this is the statement to fail."""
        self._count(words[0])
        return super().executemany(*words)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Breaking]]:
    """Logs are opened by connections that can be told to fail."""
    connect = sqlite3.connect

    def connected(*words: Any, **options: Any) -> sqlite3.Connection:
        return connect(*words, **{**options, "factory": Breaking})

    monkeypatch.setattr(door.sqlite3, "connect", connected)
    yield Breaking
    Breaking.arm(None)


def contents(log_path: Path) -> dict[str, list[Any]]:
    """Every row of every table of a log, the index's own tables left out; nothing where there is no log."""
    if not log_path.exists():
        return {}
    connection = sqlite3.connect(log_path)
    try:
        tables = [row[0] for row in connection.execute("select name from sqlite_schema where type = 'table'")]
        shadows = ("notes_fts_", "words_fts_")
        return {
            table: sorted(connection.execute(f'select * from "{table}"').fetchall(), key=repr)
            for table in tables
            if not table.startswith(shadows)
        }
    finally:
        connection.close()


def spooled(folder: Path) -> str:
    """All that waits in the spool."""
    return "".join(path.read_text("utf-8") for path in sorted(folder.glob("**/*")) if path.is_file())


def rows(found: dict[str, list[Any]]) -> dict[str, int]:
    """How many rows each table has, settings aside: what tells a whole change from none and from half of one."""
    return {table: len(found[table]) for table in found if found[table] and table != "settings"}


class Folders:
    """Folders taken aside before a change and brought back after each try at it."""

    def __init__(self, aside: Path, *folders: Path) -> None:
        self._folders = [(folder, aside / folder.name) for folder in folders]
        shutil.rmtree(aside, ignore_errors=True)
        for folder, kept in self._folders:
            shutil.copytree(folder, kept)

    def bring_back(self) -> None:
        """As they were."""
        for folder, kept in self._folders:
            for path in folder.iterdir():  # the folder itself stays: the test stands in it
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            shutil.copytree(kept, folder, dirs_exist_ok=True)


def test_a_fault_at_any_statement_leaves_nothing_half_done(
    invoke: Invoke, breaking: type[Breaking], log_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails at any statement of any change leaves all of the change or none of it, and no text is lost.

    What a command says to SQLite in the same words more than once fails once.
    """
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    (desk / "notes.csv").write_text("verbatim,customer\nSkoene trykker,K-2\n", "utf-8")
    (desk / "letter.txt").write_text("Kære Anna, tak for dine ord.", "utf-8")
    with open_for_writing(str(log_path), DEFAULT_LANGUAGES):
        pass
    tried = set[tuple[str, str]]()
    for words in WRITING:
        command = " ".join(words[: 1 + (words[0] not in COMMANDS or isinstance(EVERY[words[0]], click.Group))])
        folders = Folders(tmp_path / "aside", log_path.parent, desk)
        written = desk / words[1] if words[0] == "--db" else log_path
        before = contents(written)
        breaking.arm(None)
        assert invoke(*words).status == 0, words
        statements = [*breaking.ran]
        done = rows(contents(written))
        for at, statement in enumerate(statements, 1):
            if (command, statement) in tried:
                continue
            tried.add((command, statement))
            folders.bring_back()
            shutil.rmtree(tmp_path / "spool", ignore_errors=True)
            breaking.arm(at)
            ended = invoke(*words)
            breaking.arm(None)
            assert "Traceback" not in ended.err, (words, at)
            after = contents(written)
            assert after == before or rows(after) in ([done] if before else [done, {}]), (words, at, ended.err)
            if words[0] == "add" and after == before and ended.status:
                assert words[1] in spooled(tmp_path / "spool"), (words, at)
        folders.bring_back()
        assert invoke(*words).status == 0, words
    assert len(tried) > 10 * len({command for command, _ in tried})

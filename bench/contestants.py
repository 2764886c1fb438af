"""Who is timed at what: feedlog and the programs beside it, each as the commands of one turn."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import filling, texts
from bench.filling import Files

BARE = Path(__file__).with_name("bare.py")
IMPORTED_ROWS = 100_000

# The commands of one turn. A command is a program with its words.
Turn = Callable[[int], Sequence[Sequence[str]]]


def nothing(turn: int) -> Sequence[Sequence[str]]:
    """No command at all."""
    return ()


class Contestant(NamedTuple):
    """One program at one size. The commands of a turn are timed together; `before` runs first and is not timed.

    Of a `watched` one the memory it takes is measured, too.
    """

    what: str
    who: str
    size: int
    commands: Turn
    before: Turn = nothing
    watched: bool = False


class Bench:
    """Makes the contestants from the filled files. Every turn logs a new sentence and asks another question."""

    def __init__(self, files: Sequence[Files], groups: list[list[str]], work: Path) -> None:
        self._files = files
        self._groups = groups
        self._work = work
        self._source = texts.Source(groups, seed=texts.SEED + 1)
        self._said: list[str] = []
        self._queries = texts.queries(groups)
        self._python = filling.program("python") or "python"
        self._feedlog = filling.program("feedlog") or "feedlog"
        self._sqlite_utils = filling.program("sqlite-utils") or "sqlite-utils"
        self._sqlite3 = filling.program("sqlite3")
        self._jrnl = filling.program("jrnl")

    def adding(self) -> list[Contestant]:
        """Logging one sentence."""
        programs = {"feedlog": self._add, "bare": self._add_bare, "sqlite-utils": self._insert}
        if self._sqlite3:
            programs["sqlite3"] = self._insert_in_shell
        found = [
            Contestant("add", who, file.size, partial(commands, file))
            for file in self._files
            for who, commands in programs.items()
        ]
        if self._jrnl:
            entries = min(filling.JOURNAL_ENTRIES, max(file.size for file in self._files))
            configuration = filling.journal(entries, self._groups, self._work)
            found.append(Contestant("add", "jrnl", entries, partial(self._enter, self._jrnl, configuration)))
        return found

    def searching(self) -> list[Contestant]:
        """Finding notes by one to three words."""
        programs = {"feedlog": self._search, "bare": self._search_bare}
        return [
            Contestant("search", who, file.size, partial(commands, file))
            for file in self._files
            for who, commands in programs.items()
        ]

    def listing(self) -> list[Contestant]:
        """The newest notes."""
        return [Contestant("list", "feedlog", file.size, partial(self._list, file)) for file in self._files]

    def publishing(self) -> list[Contestant]:
        """Bringing the published file up to date after one new note."""
        return [
            Contestant("publish", "feedlog", file.size, partial(self._publish, file), before=partial(self._add, file))
            for file in self._files
        ]

    def importing(self, size: int) -> list[Contestant]:
        """Taking in a file of notes. Every turn begins with no log; sqlite3 makes no search index."""
        rows = self._work / f"rows-{size}.csv"
        texts.write_csv(rows, self._groups, size)
        programs = {"feedlog": self._import, "sqlite-utils": self._insert_file}
        if self._sqlite3:
            programs["sqlite3"] = self._import_in_shell
        return [
            Contestant("import", who, size, partial(commands, rows), watched=True) for who, commands in programs.items()
        ]

    def _text(self, turn: int) -> str:
        """The sentence of a turn, the same for all. Its beginning is never taken for an option."""
        while len(self._said) <= turn:
            self._said.append(self._source.text().lstrip("-@*"))
        return self._said[turn]

    def _query(self, turn: int) -> tuple[str, ...]:
        return self._queries[turn % len(self._queries)]

    def _row(self, file: Files, turn: int) -> dict[str, str]:
        # One of the first customers: they have said something before.
        customer = texts.customer_key(turn * 7 % max(1, file.size // (texts.NOTES_PER_CUSTOMER * 10)))
        return {
            "said_at": "2026-01-01T12:00:00Z",
            "customer": customer,
            "channel": "phone",
            "verbatim": self._text(turn),
        }

    def _call(self, file: Files, *words: str) -> list[list[str]]:
        return [[self._feedlog, "--db", str(file.log), *words]]

    def _add(self, file: Files, turn: int) -> list[list[str]]:
        row, theme = self._row(file, turn), texts.THEMES[turn % len(texts.THEMES)]
        return self._call(file, "add", row["verbatim"], "-c", row["customer"], "-t", theme, "--channel", row["channel"])

    def _add_bare(self, file: Files, turn: int) -> list[list[str]]:
        row = self._row(file, turn)
        about = ["--customer", row["customer"], "--channel", row["channel"]]
        return [[self._python, str(BARE), str(file.bare), "add", row["verbatim"], *about]]

    def _insert(self, file: Files, turn: int) -> list[list[str]]:
        path = self._work / "row.json"
        path.write_text(json.dumps(self._row(file, turn)), "utf-8")
        return [[self._sqlite_utils, "insert", str(file.bare), "notes", str(path)]]

    def _insert_in_shell(self, file: Files, turn: int) -> list[list[str]]:
        row = self._row(file, turn)
        cells = ", ".join("'" + cell.replace("'", "''") + "'" for cell in row.values())
        sql = f"pragma synchronous = full; insert into notes ({', '.join(row)}) values ({cells});"
        return [[self._sqlite3 or "sqlite3", str(file.bare), sql]]

    def _enter(self, jrnl: str, configuration: Path, turn: int) -> list[list[str]]:
        return [[jrnl, "--config-file", str(configuration), self._text(turn)]]

    def _search(self, file: Files, turn: int) -> list[list[str]]:
        return self._call(file, "search", *self._query(turn))

    def _search_bare(self, file: Files, turn: int) -> list[list[str]]:
        return [[self._python, str(BARE), str(file.bare), "search", *self._query(turn)]]

    def _list(self, file: Files, turn: int) -> list[list[str]]:
        return self._call(file, "list")

    def _publish(self, file: Files, turn: int) -> list[list[str]]:
        return self._call(file, "publish")

    def _import(self, rows: Path, turn: int) -> list[list[str]]:
        return [[self._feedlog, "--db", str(self._new(rows, turn, "imported")), "import", str(rows)]]

    def _insert_file(self, rows: Path, turn: int) -> list[list[str]]:
        path = str(self._new(rows, turn, "inserted"))
        return [
            [self._sqlite_utils, "insert", path, "notes", str(rows), "--csv", "--silent"],
            [self._sqlite_utils, "enable-fts", path, "notes", "verbatim"],
        ]

    def _import_in_shell(self, rows: Path, turn: int) -> list[list[str]]:
        path = str(self._new(rows, turn, "shell"))
        return [[self._sqlite3 or "sqlite3", path, f".import --csv {rows} notes"]]

    def _new(self, rows: Path, turn: int, made: str) -> Path:
        """A file that is not there yet; the one of the turn before goes, since a million rows are large."""
        for old in self._work.glob(f"{rows.stem}-{made}-*"):
            old.unlink()
        return self._work / f"{rows.stem}-{made}-{turn}.db"

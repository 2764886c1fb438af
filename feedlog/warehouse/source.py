"""Reads the published file, of which a warehouse is made: its months, and the rows of each."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from feedlog.errors import NotFound, Refused
from feedlog.language.languages import function_words
from feedlog.language.stems import Stems
from feedlog.language.words import plain_words
from feedlog.store.failures import translated
from feedlog.warehouse.tables import FORM, TABLES, WHOLE

Row = tuple[Any, ...]

# The notes of a month come first: through their index the others are found without reading whole tables.
_OF_MONTH = {
    "notes": "select {columns} from notes where month = ? order by id",
    "note_themes": """select {columns} from notes cross join note_themes on note_themes.note_id = notes.id
                       where month = ? order by note_id, theme""",
    "promises": """select {columns} from notes cross join promises on promises.note_id = notes.id
                    where month = ? order by promises.id""",
    "responses": """select {columns} from notes cross join responses on responses.note_id = notes.id
                     where month = ? order by responses.id""",
}
# Hundredths are whole numbers everywhere; a sum of them is the same in every program.
_COMPUTED = {"amount_minor": "cast(round(responses.amount * 100) as integer)"}


class Source:
    """A published file, read at one moment however long it takes; close it at the end."""

    def __init__(self, path: str) -> None:
        """Raises NotFound where there is no file, Refused where it is no published file or cannot be read."""
        self._path = path
        if not os.path.exists(path):
            raise NotFound(f"There is no published file: {path}.", hint="Make it with: feedlog publish")
        with translated(path, writing=False):
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
            try:
                self._connection.execute("pragma query_only = on")
                self._connection.execute("begin")
                told = self._publication()
            except BaseException:
                self._connection.close()
                raise
        self.log_uid = told["log"]
        self._languages = told["languages"].split()
        self._stems = Stems(self._languages)

    def _publication(self) -> dict[str, str]:
        if not self._connection.execute("select 1 from sqlite_master where name = 'publication'").fetchone():
            raise Refused(f"This is no published file: {self._path}.", hint="Make one with: feedlog publish")
        return dict(self._connection.execute("select name, value from publication").fetchall())

    def months(self) -> list[str]:
        """The months in which notes were said, such as '2026-03', the oldest first."""
        return [row[0] for row in self._rows("select month from stats_months order by month")]

    def rows(self, table: str, month: str | None) -> Iterator[Row]:
        """The rows of a table, as its columns say: of a month, or of a table without months where it is None."""
        if table == "words":
            yield from self._words(month)
        elif table == "function_words":
            yield from self._function_words()
        elif month is None:
            columns = ", ".join(column.name for column in TABLES[table].columns)
            yield from self._rows(f"select {columns} from {table} order by 1")
        else:
            truths = [at for at, column in enumerate(TABLES[table].columns) if column.holds == "yes"]
            for row in self._rows(_OF_MONTH[table].format(columns=self._columns(table)), [month]):
                yield with_truths(row, truths) if truths else row

    def digest(self, month: str | None) -> str:
        """A text that is another one where any row of a month is; of the tables without months where it is None.

        Words follow from the sentences and the languages, so these stand for them.
        """
        told = hashlib.sha256(f"{FORM} {' '.join(self._languages)}".encode())
        for table in (table.name for table in WHOLE) if month is None else _OF_MONTH:
            told.update(f"\n{table}\n".encode())
            for row in self.rows(table, month):
                told.update(json.dumps(row).encode())
        return told.hexdigest()

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    def _rows(self, sql: str, parameters: list[Any] | None = None) -> Iterator[Row]:
        with translated(self._path, writing=False):
            yield from self._connection.execute(sql, parameters or [])

    def _columns(self, table: str) -> str:
        return ", ".join(_COMPUTED.get(column.name, f"{table}.{column.name}") for column in TABLES[table].columns)

    def _words(self, month: str | None) -> Iterator[Row]:
        for note_id, verbatim in self._rows("select id, verbatim from notes where month = ? order by id", [month]):
            yield from words_of_note(note_id, verbatim, self._stems)

    def _function_words(self) -> Iterator[Row]:
        for place, code in enumerate(self._languages, start=1):
            for word in sorted(function_words([code])):
                yield code, place, word, self._stems.root(word)


def with_truths(row: Row, places: Sequence[int]) -> Row:
    """The row with True and False at these places, where SQLite keeps 1 and 0."""
    changed = list(row)
    for at in places:
        if changed[at] is not None:
            changed[at] = bool(changed[at])
    return tuple(changed)


def words_of_note(note_id: int, verbatim: str, stems: Stems) -> Iterator[Row]:
    """The rows of table `words` for one note."""
    seen = set()
    for word in plain_words(verbatim):
        root = stems.root(word)
        if root not in seen:
            seen.add(root)
            yield note_id, root, word

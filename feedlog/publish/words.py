"""The words customers over-used in the newest months, kept so that no page counts a million notes.

For this the file counts in how many notes each root stands: altogether, and in the months followed. A new note changes
a few of these counts; what is over-used follows from them alone, so it is the same however the file came about.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from feedlog.language import keyness
from feedlog.language.stems import Stems

# The newest months with notes are followed. Each note changes what it is compared with, so all of them are weighed anew
# at every publishing; older months would make that slow, and `feedlog words` tells their words.
MONTHS_FOLLOWED = 3
WORDS_A_MONTH = 30
# Stands in root_counts where other rows have their month.
ALTOGETHER = "all"
# Among so many of a month's last notes an example is found for nearly every word; for the others the index is asked.
NEWEST_READ = 300


class MonthWords:
    """Follows notes coming and going, then says which words stand out in the newest months."""

    def __init__(self, connection: sqlite3.Connection, stems: Stems) -> None:
        self._connection = connection
        self._stems = stems
        self._roots = keyness.Roots(stems)
        self._changed = False
        self._followed = self._months()
        self._counts: dict[str, Counter[str]] = {month: Counter() for month in [ALTOGETHER, *self._followed]}

    def add(self, notes: Iterable[Mapping[str, Any] | sqlite3.Row]) -> None:
        """These notes are in the file now; of each, `month` and `verbatim` are read."""
        self._changed = True
        for note in notes:
            roots = self._roots.of_text(note["verbatim"])
            self._counts[ALTOGETHER].update(roots)
            if note["month"] in self._followed:
                self._counts[note["month"]].update(roots)

    def remove(self, notes: Iterable[Mapping[str, Any] | sqlite3.Row]) -> None:
        """These notes are no longer in the file."""
        self._changed = True
        for note in notes:
            roots = self._roots.of_text(note["verbatim"])
            self._counts[ALTOGETHER].subtract(roots)
            if note["month"] in self._followed:
                self._counts[note["month"]].subtract(roots)

    def flush(self) -> None:
        """Writes the counts and the over-used words; the index and the months' figures are written already."""
        if not self._changed:
            return
        notes = dict(self._connection.execute("select month, notes from stats_months").fetchall())
        newest = sorted(notes, reverse=True)[:MONTHS_FOLLOWED]
        for month in self._followed - set(newest):
            self._counts.pop(month)
            self._connection.execute("delete from root_counts where month = ?", [month])
        for month in set(newest) - self._followed:
            self._counts[month] = self._count_whole(month)
        for month, counts in self._counts.items():
            self._write_counts(month, counts)
        self._connection.execute("delete from stats_words")
        for month in newest:
            self._write_words(month, notes[month], sum(notes.values()) - notes[month])

    def _months(self) -> set[str]:
        """The months counted so far, found by steps through the key instead of reading every count."""
        found: set[str] = set()
        last = ""
        while True:
            sql = "select min(month) from root_counts where month > ? and month < ?"
            last = self._connection.execute(sql, [last, ALTOGETHER]).fetchone()[0]
            if last is None:
                return found
            found.add(last)

    def _count_whole(self, month: str) -> Counter[str]:
        counts: Counter[str] = Counter()
        for (verbatim,) in self._connection.execute("select verbatim from notes where month = ?", [month]):
            counts.update(self._roots.of_text(verbatim))
        return counts

    def _write_counts(self, month: str, counts: Mapping[str, int]) -> None:
        """Adds to the counts; a root in no note any more leaves no trace."""
        changed = sorted((root, by) for root, by in counts.items() if by)
        self._connection.executemany(
            "insert into root_counts (month, root, notes) values (?, ?, ?)"
            " on conflict (month, root) do update set notes = notes + excluded.notes",
            [(month, root, by) for root, by in changed],
        )
        self._connection.executemany(
            "delete from root_counts where month = ? and root = ? and notes <= 0",
            [(month, root) for root, by in changed if by < 0],
        )

    def _write_words(self, month: str, of: int, of_elsewhere: int) -> None:
        rows = self._connection.execute(
            """select here.root, here.notes, everywhere.notes - here.notes
                 from root_counts as here
                cross join root_counts as everywhere on everywhere.month = ? and everywhere.root = here.root
                where here.month = ? and here.notes >= ?""",
            [ALTOGETHER, month, keyness.FEWEST_NOTES],
        ).fetchall()
        here = {root: notes for root, notes, _ in rows}
        found = keyness.overused(here, of, {root: others for root, _, others in rows}, of_elsewhere)
        silent = keyness.silent_words(here, self._stems)
        chosen = keyness.chosen(
            found,
            lambda root: next(iter(keyness.forms(self._connection, root)), root),
            silent=silent,
            limit=WORDS_A_MONTH,
        )
        examples = self._examples(month, {one.root for _, one in chosen})
        self._connection.executemany(
            """insert into stats_words (month, word, notes, notes_elsewhere, share, share_elsewhere, score, log_ratio,
                                        note_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                (month, word, one.notes, one.notes_elsewhere, round(one.share, 6), round(one.share_elsewhere, 6),
                 round(one.score, 2), round(one.log_ratio, 2), examples.get(one.root))
                for word, one in chosen
            ],
        )  # fmt: skip

    def _examples(self, month: str, wanted: Iterable[str]) -> dict[str, int]:
        """For each root the last note of the month with it."""
        missing = set(wanted)
        found: dict[str, int] = {}
        newest = "select id, verbatim from notes where month = ? order by id desc limit ?"
        for note_id, verbatim in self._connection.execute(newest, [month, NEWEST_READ if missing else 0]):
            here = missing & self._roots.of_text(verbatim)
            found.update(dict.fromkeys(here, note_id))
            missing -= here
            if not missing:
                break
        for root in missing:
            row = self._connection.execute(
                """select max(id) from notes
                    where month = ? and id in (select rowid from notes_fts where notes_fts match ?)""",
                [month, keyness.with_any(keyness.forms(self._connection, root))],
            ).fetchone()
            found[root] = row[0]
        return found

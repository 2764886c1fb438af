"""Keeps the search tables in step with how notes are worded. The caller holds the write."""

import sqlite3
from collections import Counter
from collections.abc import Sequence

from feedlog.language.stems import Stems
from feedlog.language.words import folded, plain_words

# From so many words on it pays to load `json`, and in so few at once is it little memory.
_MANY = 500
_AT_ONCE = 20_000
# New words never end: names, numbers, slips. So counts of more than these are written before `flush` is asked for.
_WORDS_IN_MEMORY = 100_000
_ADDED = " on conflict (word) do update set notes = notes + excluded.notes"


class Index:
    """Adds wordings to the search tables of one file, and takes them out. Word counts are written by `flush`."""

    def __init__(
        self, connection: sqlite3.Connection, stems: Stems, *, words_in_memory: int = _WORDS_IN_MEMORY
    ) -> None:
        self._connection = connection
        self._stems = stems
        self._counts: Counter[str] = Counter()
        self._words_in_memory = words_in_memory
        self._columns = _Columns(stems, words_in_memory)

    def add(self, note_id: int, verbatim: str, corrected: str | None = None) -> None:
        """Makes a note found by its words; `corrected` is its wording where that differs from `verbatim`."""
        words = plain_words(corrected or verbatim)
        self._connection.execute(
            "insert into wordings (note_id, verbatim, stems) values (?, ?, ?)",
            (note_id, corrected, self._stems.column(words)),
        )
        self._counts.update(set(words))

    def add_many(self, notes: Sequence[tuple[int, str]]) -> None:
        """Makes notes (number and verbatim) found by their words, several times faster than one by one.

        At every statement FTS5 writes what it holds in memory to the file and later merges the pieces; one statement
        for all writes one piece. A list goes into a statement as JSON.
        """
        import json  # here: `feedlog add` indexes one note and needs none

        stems = {}
        for note_id, verbatim in notes:
            words = plain_words(verbatim)
            stems[note_id] = " ".join(map(self._columns.__getitem__, words))
            self._counts.update(set(words))
        if len(self._counts) > self._words_in_memory:
            self.flush()
        self._connection.execute(
            "insert into wordings (note_id, stems) select cast(key as integer), value from json_each(?)",
            (json.dumps(stems, ensure_ascii=False),),
        )

    def remove(self, note_id: int, wording: str) -> None:
        """Makes a note found no more; `wording` is what it was indexed with."""
        self._connection.execute("delete from wordings where note_id = ?", (note_id,))
        self._counts.subtract(set(plain_words(wording)))

    def reword(self, note_id: int, wording: str) -> None:
        """Stems a note that is indexed already anew; the caller has emptied `words`."""
        words = plain_words(wording)
        self._connection.execute(
            "update wordings set stems = ? where note_id = ?", (self._stems.column(words), note_id)
        )
        self._counts.update(set(words))

    def remove_many(self, notes: Sequence[tuple[int, str]]) -> None:
        """Makes notes (number and the wording they were indexed with) found no more, in one statement as `add_many`."""
        import json

        for _, wording in notes:
            self._counts.subtract(set(plain_words(wording)))
        self._connection.execute(
            "delete from wordings where note_id in (select value from json_each(?))",
            (json.dumps([note_id for note_id, _ in notes]),),
        )

    def flush(self) -> None:
        """Writes the word counts that changed; a word nobody uses any more leaves no trace."""
        changed = [(word, self._stems.root(word), folded(word), by) for word, by in self._counts.items() if by]
        if len(changed) < _MANY:
            self._connection.executemany(
                "insert into words (word, root, folded, notes) values (?, ?, ?, ?)" + _ADDED, changed
            )
        else:
            self._insert_many(changed)
        gone = [(word,) for word, _, _, by in changed if by < 0]
        self._connection.executemany("delete from words where word = ? and notes <= 0", gone)
        self._counts.clear()

    def _insert_many(self, changed: list[tuple[str, str, str, int]]) -> None:
        """The words in few statements, for the same reason as in `add_many`: they have a search index, too."""
        import json

        for start in range(0, len(changed), _AT_ONCE):
            self._connection.execute(
                "insert into words (word, root, folded, notes)"
                " select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(?) where true" + _ADDED,
                (json.dumps(changed[start : start + _AT_ONCE], ensure_ascii=False),),
            )


class _Columns(dict[str, str]):
    """What `add_many` stores for a word, as one piece: putting the stems together would be most of its work."""

    def __init__(self, stems: Stems, room: int) -> None:
        self._stems, self._room = stems, room

    def __missing__(self, word: str) -> str:
        if len(self) >= self._room:
            self.clear()
        column = self[word] = self._stems.column([word])
        return column

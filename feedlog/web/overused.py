"""The words customers use more in one slice of the notes than elsewhere."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from feedlog.language import keyness
from feedlog.language.stems import Stems
from feedlog.language.words import plain_words
from feedlog.web import showing, words
from feedlog.web.published import Row, rows, value

# A slice's newest notes tell its words; counting more of them would keep the reader waiting.
NEWEST_READ = 500


class Slice(NamedTuple):
    """The words of some notes: of how many they were counted, whether there are more, the words by falling score.

    Each word is a row of `word`, `notes`, `share`, `share_elsewhere`, and the last note with it as `note_id`.
    """

    notes: int
    more: bool
    words: list[Row]


def of_month(connection: sqlite3.Connection, month: str, limit: int) -> list[Row]:
    """The words of one of the newest months, as publishing counted them."""
    sql = """select word, notes, share, share_elsewhere, score, note_id from stats_words
              where month = ? order by score desc, word limit ?"""
    return rows(connection, sql, [month, limit])


def months(connection: sqlite3.Connection) -> list[str]:
    """The months whose words are counted, the newest first."""
    return [one["month"] for one in rows(connection, "select distinct month from stats_words order by month desc")]


def of_notes(
    connection: sqlite3.Connection, sql: str, parameters: Sequence[Any], *, limit: int, names: Sequence[str] = ()
) -> Slice:
    """The words of the notes whose ids a statement gives, the newest first, against all others.

    Words of `names` (themes asked for) take at most half of the places.
    """
    ids = [found[0] for found in connection.execute(f"{sql} limit {NEWEST_READ + 1}", parameters)]
    more, ids = len(ids) > NEWEST_READ, ids[:NEWEST_READ]
    stems = words.stems(connection)
    notes = rows(connection, f"select id, verbatim from notes where id in ({', '.join('?' * len(ids))})", ids)
    roots = _roots(connection, notes, stems)
    here: Counter[str] = Counter()
    last: dict[str, int] = {}
    for note in notes:
        for root in roots.of_text(note["verbatim"]):
            here[root] += 1
            last[root] = max(last.get(root, 0), note["id"])
    everywhere = _everywhere(connection, [root for root, many in here.items() if many >= keyness.FEWEST_NOTES])
    elsewhere = {root: everywhere.get(root, here[root]) - here[root] for root in here}
    total = int(value(connection, "select coalesce(sum(notes), 0) from stats_months"))
    found = keyness.overused(here, len(ids), elsewhere, total - len(ids))
    chosen = keyness.chosen(
        found,
        lambda root: next(iter(keyness.forms(connection, root)), root),
        silent=keyness.silent_words(here, stems),
        limit=limit,
        names=[stems.root(word) for name in names for word in name.lower().replace("-", " ").split()],
    )
    return Slice(
        len(ids),
        more,
        [
            {
                "word": showing.clean(word),
                "notes": one.notes,
                "share": one.share,
                "share_elsewhere": one.share_elsewhere,
                "score": one.score,
                "note_id": last[one.root],
            }
            for word, one in chosen
        ],
    )


def _roots(connection: sqlite3.Connection, notes: list[Row], stems: Stems) -> keyness.Roots:
    """The roots of all words of these notes, looked up at once: one by one takes longer than all else here."""
    roots = keyness.Roots(stems)
    said = {word for note in notes for word in plain_words(note["verbatim"])}
    sql = "select words.word, words.root from json_each(?) as said cross join words on words.word = said.value"
    roots.update(connection.execute(sql, [json.dumps(sorted(said))]).fetchall())
    return roots


def _everywhere(connection: sqlite3.Connection, roots: Sequence[str]) -> dict[str, int]:
    """In how many of all notes each root stands."""
    marks = ", ".join("?" * len(roots))
    sql = f"select root, notes from root_counts where month = 'all' and root in ({marks})"
    return dict(connection.execute(sql, list(roots)).fetchall())

"""Who else said this: notes that share a text's rarest words, weighed by how rare the shared words are."""

import math
import sqlite3
from typing import Any, NamedTuple

from feedlog.language.languages import function_words
from feedlog.language.query import any_of
from feedlog.language.stems import Stems
from feedlog.language.words import plain_words

# Candidates share one of the rarest words; a word in more notes than this tells nothing and is slow to follow.
RAREST_WORDS = 8
COMMONEST_NOTES = 20_000
NEWEST_RANKED = 2000
CANDIDATES = 60
# At or above this likeness, and with at least two shared words, an agent may say aloud "others said this".
STRONG = 0.40


class Likeness(NamedTuple):
    """One note like the text: `score` 0 to 1, `shared` their words that made it so, weightiest first."""

    note_id: int
    score: float
    strong: bool
    shared: list[str]


def similar(
    connection: sqlite3.Connection, text: str, stems: Stems, *, limit: int, only: str = "", parameters: Any = ()
) -> list[Likeness]:
    """Notes like `text`, most alike first, at most `limit`.

    Likeness is the cosine of inverse-document-frequency vectors over word roots (Salton and Buckley, 1988).
    `only` is a condition on `notes_fts.rowid` with its `parameters`.
    """
    silent = function_words(stems.languages)
    roots = _roots(text, stems, silent)
    total = _count_notes(connection)
    rarest = _rarest(connection, roots, total)
    if not rarest:
        return []
    sql = f"""
        select wordings.note_id, coalesce(wordings.verbatim, notes.verbatim) as verbatim from (
          select rowid as id, rank from (
            select rowid, bm25(notes_fts, 0.0, 1.0) as rank from notes_fts
             where notes_fts match ? {only} order by rowid desc limit {NEWEST_RANKED})
           order by rank limit {CANDIDATES}) as near
          join wordings on wordings.note_id = near.id join notes on notes.id = near.id"""
    expression = any_of([roots[root] for root in rarest], stems)
    candidates = {row[0]: row[1] for row in connection.execute(sql, [expression, *parameters])}
    theirs = {note_id: _roots(words, stems, silent) for note_id, words in candidates.items()}
    every = {root: word for words in theirs.values() for root, word in words.items()} | roots
    weights = _weights(connection, every, total)
    likenesses = [_compare(note_id, roots, words, weights) for note_id, words in theirs.items()]
    likenesses.sort(key=lambda likeness: (-likeness.score, -likeness.note_id))
    return [likeness for likeness in likenesses if likeness.shared][:limit]


def _compare(note_id: int, ours: dict[str, str], theirs: dict[str, str], weights: dict[str, float]) -> Likeness:
    shared = sorted((root for root in ours if root in theirs), key=lambda root: -weights[root])
    product = sum(weights[root] ** 2 for root in shared)
    lengths = _length(ours, weights) * _length(theirs, weights)
    score = product / lengths if lengths else 0.0
    strong = score >= STRONG and len(shared) >= min(2, len(ours))
    return Likeness(note_id, round(score, 4), strong, [theirs[root] for root in shared])


def _length(roots: dict[str, str], weights: dict[str, float]) -> float:
    return math.sqrt(sum(weights[root] ** 2 for root in roots))


def _roots(text: str, stems: Stems, silent: frozenset[str]) -> dict[str, str]:
    """The roots of a text's telling words, each with the word that has it."""
    return {stems.root(word): word for word in plain_words(text) if word not in silent}


def _rarest(connection: sqlite3.Connection, roots: dict[str, str], total: int) -> list[str]:
    """The rarest roots that some note has; those in very many notes only where there is nothing rarer."""
    counts = _counts(connection, roots)
    found = sorted((count, root) for root, count in counts.items() if count)
    return [root for count, root in found if count <= COMMONEST_NOTES or count < total // 2][:RAREST_WORDS]


def _weights(connection: sqlite3.Connection, roots: dict[str, str], total: int) -> dict[str, float]:
    """How much each root tells: the logarithm of how few notes have it.

    A hundred notes are added to the total, so that in a young log, where every word is rare, they weigh about alike.
    """
    counts = _counts(connection, roots)
    return {root: math.log((total + 100) / (counts.get(root, 0) + 0.5)) for root in roots}


def _counts(connection: sqlite3.Connection, roots: dict[str, str]) -> dict[str, int]:
    """In about how many notes each root stands: forms of one word in one note count twice."""
    asked = list(roots)
    counts: dict[str, int] = {}
    for start in range(0, len(asked), 500):  # SQLite takes 999 parameters where it is old
        part = asked[start : start + 500]
        marks = ", ".join("?" * len(part))
        sql = f"select root, sum(notes) from words where root in ({marks}) group by root"
        counts.update((row[0], row[1]) for row in connection.execute(sql, part))
    return counts


def _count_notes(connection: sqlite3.Connection) -> int:
    """About how many notes there are: the highest number given, which costs nothing to look up."""
    return int(connection.execute("select coalesce(max(note_id), 0) from wordings").fetchone()[0])

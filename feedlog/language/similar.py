"""Who else said this: notes that share a text's words, or words much like them, weighed by how rare the words are.

A pure-Python ranking over a few hundred candidates from the index, so that it may run in every `feedlog add`.
"""

import math
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from feedlog.language.languages import function_words
from feedlog.language.query import any_of
from feedlog.language.stems import Stems
from feedlog.language.words import plain_words

# Candidates share one of the rarest words. A word in more notes than this tells nothing and is slow to follow.
RAREST_WORDS, FEWEST_WORDS = 16, 3
COMMONEST_NOTES = 20_000
NEWEST_RANKED = 2000
CANDIDATES = 50
# How much grammar counts beside meaning: something, since 'I never got' differs from 'how do I get'.
FUNCTION_WORD_WEIGHT = 0.5
# Below 1: a word used once in a million notes must not decide alone.
RARITY_POWER = 0.7
# Two words are alike from this share of common letter triples on: 'levering' and 'leveringstid'.
ALIKE = 0.4
# Best candidates are asked whom they are like, and their judgement counts as much as the text's own.
NEIGHBOURS = 3
# Saturation and length normalisation of BM25.
K1, B = 1.2, 0.75
# At or above this share of the text's weight found again an agent may say aloud "others said this".
STRONG = 0.55


class Likeness(NamedTuple):
    """One note like the text: `score` (higher is more alike), and the words of theirs that made it so.

    `found` is the share of the text's weight that was found again, 0 to 1; from `STRONG` on the likeness is strong.
    """

    note_id: int
    score: float
    found: float
    strong: bool
    shared: list[str]


class _Said(NamedTuple):
    """A text as it is compared: its roots with a word for each, and what each root weighs."""

    words: dict[str, str]
    weights: dict[str, float]


def similar(
    connection: sqlite3.Connection, text: str, stems: Stems, *, limit: int, only: str = "", parameters: Any = ()
) -> list[Likeness]:
    """Notes like `text`, most alike first, at most `limit`.

    The score is BM25 (Robertson and Zaragoza, 2009) over word roots, where a word also counts for words much like it
    (Dice, 1945, over letter triples), plus what the best notes themselves are like (pseudo-relevance feedback, Rocchio,
    1971). `only` is a condition on `notes_fts.rowid` with its `parameters`.
    """
    total = _count_notes(connection)
    said = _said(connection, text, stems, total)
    candidates = _candidates(connection, said, stems, total, only, parameters)
    if not candidates:
        return []
    theirs = {note_id: _roots(words, stems) for note_id, words in candidates.items()}
    alike = _Alike()
    mean = sum(map(len, theirs.values())) / len(theirs)
    likenesses = [_compare(note_id, said, words, alike, mean) for note_id, words in theirs.items()]
    likenesses.sort(key=lambda likeness: (-likeness.score, -likeness.note_id))
    return likenesses[:limit]


def _compare(note_id: int, said: _Said, theirs: dict[str, str], alike: "_Alike", mean: float) -> Likeness:
    """How much of what was said the note says too, shorter notes first."""
    weight = sum(said.weights.values())
    found, shared = 0.0, []
    for root, its in said.weights.items():
        share, other = alike.best(root, theirs)
        found += its * share
        if share >= 0.5:
            shared.append((its * share, theirs[other]))
    length = (K1 + 1) / (1 - B + B * len(theirs) / mean + K1) if mean else 1.0
    part = found / weight if weight else 0.0
    words = [word for _, word in sorted(shared, reverse=True)]
    return Likeness(note_id, part * length, part, part >= STRONG and len(words) >= min(2, len(said.words)), words)


class _Alike:
    """How much alike two roots are, remembered: the same few words meet again and again."""

    def __init__(self) -> None:
        self._triples: dict[str, frozenset[str]] = {}
        self._known: dict[tuple[str, str], float] = {}

    def best(self, root: str, others: dict[str, str]) -> tuple[float, str]:
        """The root among `others` most like this one, and how much, 0 to 1."""
        if root in others:
            return 1.0, root
        best, which = 0.0, ""
        for other in others:
            pair = (root, other)
            share = self._known.get(pair)
            if share is None:
                share = self._known[pair] = self._compare(root, other)
            if share > best:
                best, which = share, other
        return best, which

    def _compare(self, one: str, other: str) -> float:
        ours, theirs = self._of(one), self._of(other)
        share = 2 * len(ours & theirs) / (len(ours) + len(theirs))
        return share if share >= ALIKE else 0.0

    def _of(self, root: str) -> frozenset[str]:
        triples = self._triples.get(root)
        if triples is None:
            edged = f"_{root}_"
            triples = self._triples[root] = frozenset(edged[at : at + 3] for at in range(len(edged) - 2))
        return triples


def _candidates(
    connection: sqlite3.Connection, said: _Said, stems: Stems, total: int, only: str, parameters: Any
) -> dict[int, str]:
    """Notes that share a rare word with the text, and how they are worded."""
    rarest = _rarest(_counts(connection, said.words), total)
    if not rarest:
        return {}
    sql = f"""
        select wordings.note_id, coalesce(wordings.verbatim, notes.verbatim) as verbatim from (
          select rowid as id, rank from (
            select rowid, bm25(notes_fts, 0.0, 1.0) as rank from notes_fts
             where notes_fts match ? {only} order by rowid desc limit {NEWEST_RANKED})
           order by rank limit {CANDIDATES}) as near
          join wordings on wordings.note_id = near.id join notes on notes.id = near.id"""
    expression = any_of([said.words[root] for root in rarest], stems)
    return {row[0]: row[1] for row in connection.execute(sql, [expression, *parameters])}


def _rarest(counts: dict[str, int], total: int) -> list[str]:
    """The rarest roots that some note has, as many as fit: together they may stand in as many notes as are ranked."""
    chosen: list[str] = []
    room = NEWEST_RANKED
    for count, root in sorted((count, root) for root, count in counts.items() if count):
        too_common = count > COMMONEST_NOTES and count > total // 2
        if too_common or len(chosen) == RAREST_WORDS or (len(chosen) >= FEWEST_WORDS and count > room):
            break
        chosen.append(root)
        room -= count
    return chosen


def _said(connection: sqlite3.Connection, text: str, stems: Stems, total: int) -> _Said:
    words = _roots(text, stems)
    counts = _counts(connection, words)
    silent = function_words(stems.languages)
    return _Said(words, {root: _weight(counts.get(root, 0), total, word in silent) for root, word in words.items()})


def _weight(count: int, total: int, silent: bool) -> float:
    """How much a root in `count` of `total` notes tells: the inverse document frequency of BM25, dampened."""
    count = min(count, total)
    weight: float = math.log(1 + (total - count + 0.5) / (count + 0.5)) ** RARITY_POWER
    return weight * FUNCTION_WORD_WEIGHT if silent else weight


def _roots(text: str, stems: Stems) -> dict[str, str]:
    """The roots of a text's words, each with the word that has it."""
    return {stems.root(word): word for word in plain_words(text)}


def _counts(connection: sqlite3.Connection, roots: Iterable[str]) -> dict[str, int]:
    """In about how many notes each root stands: forms of one word in one note count twice."""
    asked: Sequence[str] = list(roots)
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

"""Who else said this: notes that share a text's words, or words much like them, weighed by how rare the words are.

A pure-Python ranking over a few hundred candidates from the index, so that it may run in every `feedlog add`.
"""

import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from feedlog.language.languages import silent_words
from feedlog.language.stems import Stems
from feedlog.language.words import plain_words

# Candidates share one of the rarest words. A word in more notes than this tells nothing and is slow to follow.
RAREST_WORDS, FEWEST_WORDS = 16, 2
COMMONEST_NOTES = 20_000
NEWEST_RANKED = 1000
CANDIDATES = 50
# How much words without meaning count beside the others: something, since 'I never got' differs from 'how do I get'.
SILENT_WORD_WEIGHT = 0.5
# Below 1: a word used once in a million notes must not decide alone.
RARITY_POWER = 0.7
# Two words are alike from this share of common letter triples on: 'levering' and 'leveringstid'.
ALIKE = 0.4
# Characters compared: some three hundred words. What somebody says is said by then, and time grows with the words.
LONGEST = 2000
# So many of the best notes are asked for a second opinion.
NEIGHBOURS = 3
# Saturation and length normalisation of BM25.
K1, B = 1.2, 0.75


class Likeness(NamedTuple):
    """One note like the text: `score` (higher is more alike), and the words of theirs that made it so.

    `agreement` is how much of either text the other one holds, 0 to 1; from `strong_from` on the likeness is strong.
    """

    note_id: int
    score: float
    agreement: float
    strong: bool
    shared: list[str]


class _Said(NamedTuple):
    """A text as it is compared: its roots with a word for each, and what each root weighs."""

    words: dict[str, str]
    weights: dict[str, float]

    @property
    def weight(self) -> float:
        return sum(self.weights.values())


def strong_from(notes: int) -> float:
    """The agreement from which on an agent may say aloud "others said this", in a log of so many notes.

    The more notes there are, the more alike the most alike one is by chance, so the bar rises with their logarithm.
    """
    return min(0.5, max(0.28, 0.25 + 0.12 * math.log10(max(notes, 1) / 200)))


def similar(
    connection: sqlite3.Connection,
    text: str,
    stems: Stems,
    *,
    limit: int,
    candidates: int = CANDIDATES,
    only: str = "",
    parameters: Any = (),
) -> list[Likeness]:
    """Notes like `text`, strong ones first, then by score, at most `limit` of the best `candidates`.

    The score is BM25 (Robertson and Zaragoza, 2009) over word roots, where a word also counts for words much like it
    (Dice, 1945, over letter triples). With more candidates than usual the best notes' own likenesses count, too.
    `only` is a condition on `notes_fts.rowid` with its `parameters`.
    """
    reader = _Reader(connection, stems)
    said = reader.weighed([reader.roots(text)])[0]
    theirs = reader.candidates(said, candidates, only, parameters)
    return _judged(reader, said, theirs, second_opinion=candidates > CANDIDATES)[:limit]


def like_among(connection: sqlite3.Connection, text: str, texts: Mapping[int, str], stems: Stems) -> list[Likeness]:
    """The same judgement over a few texts known by number, such as what one customer said; strong ones first.

    Among so few the most alike is seldom alike by chance, so the bar is that of a small log.
    """
    reader = _Reader(connection, stems)
    said = reader.weighed([reader.roots(text)])[0]
    theirs = {number: reader.roots(each) for number, each in texts.items()}
    return _judged(reader, said, theirs, bar=strong_from(len(texts)))


def _judged(
    reader: "_Reader",
    said: _Said,
    theirs: dict[int, dict[str, str]],
    *,
    second_opinion: bool = False,
    bar: float | None = None,
) -> list[Likeness]:
    if not theirs:
        return []
    alike = _Alike()
    mean = sum(map(len, theirs.values())) / len(theirs)
    bar = strong_from(reader.total) if bar is None else bar
    compared = [_Compared.of(note_id, said, words, alike, mean) for note_id, words in theirs.items()]
    compared.sort(key=lambda one: (-one.score, -one.note_id))
    if second_opinion:  # with a customer on the phone there is no time for it
        _second_opinion(compared, reader, alike, mean)
    # The other way round is asked only of those that can still pass the bar: it takes a look-up of all their words.
    promising = [one for one in compared if one.found >= bar / (2 - bar)]
    weighed = dict(zip(promising, reader.weighed([one.words for one in promising]), strict=True))
    judged = [one.likeness(said, weighed.get(one), alike, bar, reader.silent) for one in compared]
    judged.sort(key=lambda likeness: not likeness.strong)
    return judged


def _second_opinion(compared: list["_Compared"], reader: "_Reader", alike: "_Alike", mean: float) -> None:
    """Asks the best notes whom they are like; together they count as much as the text itself.

    Pseudo-relevance feedback (Rocchio, 1971): finds what is said in words the text does not use.
    """
    best = compared[:NEIGHBOURS]
    trust = sum(one.score for one in best)
    if not trust:
        return
    scores = {one.note_id: one.score for one in compared}
    for one, said in zip(best, reader.weighed([one.words for one in best]), strict=True):
        for other in compared:
            theirs = _Compared.of(other.note_id, said, other.words, alike, mean).score
            scores[other.note_id] += one.score / trust * theirs
    for one in compared:
        one.score = scores[one.note_id]
    compared.sort(key=lambda one: (-one.score, -one.note_id))


class _Compared:
    """A candidate beside the text: how much of what was said it says too."""

    def __init__(self, note_id: int, words: dict[str, str], score: float, found: float, shared: list[str]) -> None:
        self.note_id = note_id
        self.words = words
        self.score = score
        self.found = found
        self.shared = shared

    @classmethod
    def of(cls, note_id: int, said: _Said, words: dict[str, str], alike: "_Alike", mean: float) -> "_Compared":
        """Weighs what the candidate shares; of two that share as much the shorter one is more alike."""
        total = said.weight
        found, shared = 0.0, []
        for root, its in said.weights.items():
            share, other = alike.best(root, words)
            found += its * share
            if share >= 0.5:
                shared.append((its * share, words[other]))
        length = (K1 + 1) / (1 - B + B * len(words) / mean + K1) if mean else 1.0
        part = found / total if total else 0.0
        return cls(note_id, words, part * length, part, [word for _, word in sorted(shared, reverse=True)])

    def likeness(
        self, said: _Said, weighed: _Said | None, alike: "_Alike", bar: float, silent: frozenset[str]
    ) -> Likeness:
        """The judgement. Strong needs words that mean something, two of them where the text has two."""
        telling = [word for word in dict.fromkeys(self.shared) if word not in silent]
        agreement = 0.0
        if weighed and weighed.weight:
            back = sum(its * alike.best(root, said.words)[0] for root, its in weighed.weights.items()) / weighed.weight
            agreement = 2 * self.found * back / (self.found + back)
        ours = sum(word not in silent for word in said.words.values())
        enough = len(telling) >= max(1, min(2, ours))
        return Likeness(self.note_id, self.score, agreement, enough and agreement >= bar, telling)


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


class _Reader:
    """Looks up in one file what comparing needs: notes, their words, and how rare these are."""

    def __init__(self, connection: sqlite3.Connection, stems: Stems) -> None:
        self._connection = connection
        self._stems = stems
        self.silent = silent_words(stems.languages)
        # About how many notes there are: the highest number given, which costs nothing to look up.
        self.total = int(connection.execute("select coalesce(max(note_id), 0) from wordings").fetchone()[0])

    def roots(self, text: str) -> dict[str, str]:
        """The roots of a text's words, each with the word that has it; of a very long text its beginning."""
        return {self._stems.root(word): word for word in plain_words(text[:LONGEST])}

    def weighed(self, texts: list[dict[str, str]]) -> list[_Said]:
        """Texts, given by their roots, with what each root tells."""
        counts = self._counts({root for words in texts for root in words})
        return [
            _Said(words, {root: self._weight(counts.get(root, 0), word) for root, word in words.items()})
            for words in texts
        ]

    def candidates(self, said: _Said, most: int, only: str, parameters: Any) -> dict[int, dict[str, str]]:
        """The roots of the notes that share a rare word with the text, best first by the index's own ranking."""
        rarest = self._rarest(said, self._counts(said.words))
        if not rarest:
            return {}
        # In two steps: joined into one, SQLite takes twice as long over it.
        sql = f"""
            select id from (
              select rowid as id, bm25(notes_fts, 0.0, 1.0) as rank from notes_fts
               where notes_fts match ? {only} order by rowid desc limit {NEWEST_RANKED})
             order by rank limit ?"""
        wanted = sorted({stem for root in rarest for stem in self._stems.of_word(said.words[root])})
        expression = "stems : (" + " OR ".join(f'"{stem}"' for stem in wanted) + ")"
        ids = [row[0] for row in self._connection.execute(sql, [expression, *parameters, most])]
        return {note_id: self.roots(text) for note_id, text in self._texts(ids)}

    def _texts(self, ids: list[int]) -> list[tuple[int, str]]:
        sql = f"""select notes.id, coalesce(wordings.verbatim, notes.verbatim) from wordings
                    join notes on notes.id = wordings.note_id where note_id in ({", ".join("?" * len(ids))})"""
        return [(row[0], row[1]) for row in self._connection.execute(sql, ids)]

    def _weight(self, count: int, word: str) -> float:
        """How much a root in `count` notes tells: the inverse document frequency of BM25, dampened."""
        count = min(count, self.total)
        weight: float = math.log(1 + (self.total - count + 0.5) / (count + 0.5)) ** RARITY_POWER
        return weight * SILENT_WORD_WEIGHT if word in self.silent else weight

    def _rarest(self, said: _Said, counts: dict[str, int]) -> list[str]:
        """The rarest roots that some note has, as many as together stand in no more notes than are ranked.

        Words without meaning come last: in a large log there is no room for them, in a small one they help.
        """
        ranked = sorted((said.words[root] in self.silent, count, root) for root, count in counts.items() if count)
        chosen: list[str] = []
        room = NEWEST_RANKED
        for _, count, root in ranked:
            too_common = count > COMMONEST_NOTES and count > self.total // 2
            if too_common or len(chosen) == RAREST_WORDS or (len(chosen) >= FEWEST_WORDS and count > room):
                break
            chosen.append(root)
            room -= count
        return chosen

    def _counts(self, roots: Iterable[str]) -> dict[str, int]:
        """In about how many notes each root stands: forms of one word in one note count twice."""
        asked: Sequence[str] = list(roots)
        counts: dict[str, int] = {}
        for start in range(0, len(asked), 500):  # SQLite takes 999 parameters where it is old
            part = asked[start : start + 500]
            marks = ", ".join("?" * len(part))
            sql = f"select root, sum(notes) from words where root in ({marks}) group by root"
            counts.update((row[0], row[1]) for row in self._connection.execute(sql, part))
        return counts

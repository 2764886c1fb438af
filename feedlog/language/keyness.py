"""Keyness: which words are over-used in one slice of the notes against others.

Counted is in how many notes a word occurs, not how often: a customer who rants counts once. A word is all forms of one
root, since `card` and `cards` are one thing to a reader.

Ordered by the log-likelihood ratio G2 (Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence",
1993; for comparing texts: Rayson and Garside, "Comparing Corpora using Frequency Profiling", 2000). How much more often
a word is used is told by the log ratio (Hardie, "Log Ratio: an informal introduction", 2014).
"""

import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from feedlog.language.languages import function_words
from feedlog.language.stems import Stems
from feedlog.language.words import plain_words

# In fewer notes a word may be one customer's, one day's or one typist's, and G2 is no longer the chi-square it is
# judged as (expected counts below five are where that breaks down).
FEWEST_NOTES = 5
# How often a slice drawn by lot may show any word at all. Every word tested is a chance to be wrong, so the bar rises
# with their number (Bonferroni): with a thousand words G2 must exceed 23, with a hundred thousand 32.
FALSE_ALARMS = 0.001
# Below one and a half times as often a difference may be certain and still tell a reader nothing: in a million notes
# every other word is certain.
LEAST_LOG_RATIO = math.log2(1.5)
# A language whose own function words, but for the most frequent, come to less than this share of the main one's is
# not spoken here.
SPOKEN = 0.01
# A root this long inside a longer word makes that word one of its compounds: 'levering' in 'leveringstid'.
SHORTEST_PART = 4


class Overused(NamedTuple):
    """A word that stands out, by its root. `notes` of `share` here, `notes_elsewhere` of `share_elsewhere` there."""

    root: str
    notes: int
    notes_elsewhere: int
    share: float
    share_elsewhere: float
    score: float
    log_ratio: float


class Roots(dict[str, str]):
    """The root of every word asked for, remembered: a million notes hold few different words."""

    def __init__(self, stems: Stems, vocabulary: sqlite3.Connection | None = None) -> None:
        """`vocabulary` holds a table of words where the roots stand already: looking up is faster than stemming."""
        super().__init__()
        self._stems = stems
        self._vocabulary = vocabulary

    def __missing__(self, word: str) -> str:
        known = None
        if self._vocabulary:
            known = self._vocabulary.execute("select root from words where word = ?", [word]).fetchone()
        root = self[word] = known[0] if known else self._stems.root(word)
        return root

    def of_text(self, text: str) -> set[str]:
        """The roots of a text's words, each once."""
        return set(map(self.__getitem__, plain_words(text)))


def g2(notes: int, of: int, notes_elsewhere: int, of_elsewhere: int) -> float:
    """The log-likelihood ratio of a word: in `notes` of `of` notes here, `notes_elsewhere` of `of_elsewhere` there."""
    table = (
        (notes, of, notes + notes_elsewhere),
        (of - notes, of, of + of_elsewhere - notes - notes_elsewhere),
        (notes_elsewhere, of_elsewhere, notes + notes_elsewhere),
        (of_elsewhere - notes_elsewhere, of_elsewhere, of + of_elsewhere - notes - notes_elsewhere),
    )
    together = of + of_elsewhere
    return 2 * sum(seen * math.log(seen * together / (row * column)) for seen, row, column in table if seen > 0)


def log_ratio(notes: int, of: int, notes_elsewhere: int, of_elsewhere: int) -> float:
    """How much more often a word is used here: each step of one means twice as often.

    A word never used elsewhere counts as used in half a note.
    """
    return math.log2((notes / of) / ((notes_elsewhere or 0.5) / of_elsewhere))


def bar(tested: int) -> float:
    """The G2 a word must exceed when so many are tested, so that chance alone shows none in 999 of 1,000 slices."""
    allowed = FALSE_ALARMS / max(1, tested)
    low, high = 0.0, 1500.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        # G2 is the square of a normal deviate, and only the over-used half of it is asked for.
        if math.erfc(math.sqrt(middle / 2)) / 2 > allowed:
            low = middle
        else:
            high = middle
    return high


def weighed(root: str, notes: int, of: int, notes_elsewhere: int, of_elsewhere: int) -> Overused:
    """A word with its shares, score and log ratio."""
    return Overused(
        root,
        notes,
        notes_elsewhere,
        notes / of,
        notes_elsewhere / of_elsewhere,
        g2(notes, of, notes_elsewhere, of_elsewhere),
        log_ratio(notes, of, notes_elsewhere, of_elsewhere),
    )


def overused(here: Mapping[str, int], of: int, elsewhere: Mapping[str, int], of_elsewhere: int) -> list[Overused]:
    """The roots over-used in `of` notes against `of_elsewhere` others, highest score first.

    `here` and `elsewhere` say in how many notes each root stands. Under-used words are left out: what customers do not
    say is not in their words.
    """
    if not of or not of_elsewhere:
        return []
    tested = [(root, notes) for root, notes in here.items() if notes >= FEWEST_NOTES]
    needed = bar(len(tested))
    found = []
    for root, notes in tested:
        others = elsewhere.get(root, 0)
        if log_ratio(notes, of, others, of_elsewhere) < LEAST_LOG_RATIO:
            continue
        word = weighed(root, notes, of, others, of_elsewhere)
        if word.score >= needed:
            found.append(word)
    return sorted(found, key=lambda word: (-word.score, word.root))


def silent_words(here: Mapping[str, int], stems: Stems) -> frozenset[str]:
    """The function words of the configured languages that these notes are written in.

    Not of all languages: 'store' carries grammar in Danish, and is what English customers complain about. Which ones
    are spoken is told by the function words themselves.
    """
    counted = {code: _counted(function_words([code]), here, stems) for code in stems.languages}
    if not counted:
        return frozenset()
    main = max(counted, key=lambda code: sum(counted[code].values()))
    needed = SPOKEN * sum(counted[main].values())
    spoken = [main]
    for code in stems.languages:
        of_its_own = [its for root, its in counted[code].items() if root not in counted[main]]
        # All but the most frequent: that may be the very word in question.
        if code != main and sum(of_its_own) - max(of_its_own, default=0) >= needed:
            spoken.append(code)
    return function_words(spoken)


def chosen(
    found: Sequence[Overused],
    word_of: Callable[[str], str],
    *,
    silent: frozenset[str],
    limit: int,
    names: Sequence[str] = (),
) -> list[tuple[str, Overused]]:
    """The first `limit` that mean something, each with the word shown for it (`word_of` its root).

    `names` are the roots of the names of the themes asked for. They and their compounds take at most half of the
    places: whether customers say the name is worth knowing, but not worth the whole list.
    """
    kept: list[tuple[str, Overused]] = []
    named = 0
    for one in found:
        if len(kept) == limit:
            break
        word = word_of(one.root)
        if len(word) < 2 or word in silent:
            continue
        if any(name == one.root or (len(name) >= SHORTEST_PART and name in word) for name in names):
            if named >= max(1, limit // 2):
                continue
            named += 1
        kept.append((word, one))
    return kept


def forms(vocabulary: sqlite3.Connection, root: str) -> list[str]:
    """The forms of a root that some note has, the most frequent first."""
    rows = vocabulary.execute("select word from words where root = ? order by notes desc, word", [root])
    return [row[0] for row in rows]


def with_any(words: Sequence[str]) -> str:
    """The FTS5 expression for notes that hold one of these words as written."""
    return "verbatim : (" + " OR ".join(f'"{word}"' for word in words) + ")"


def _counted(words: frozenset[str], here: Mapping[str, int], stems: Stems) -> dict[str, int]:
    return {root: here[root] for root in map(stems.root, words) if root in here}

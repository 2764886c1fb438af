"""From one typed word to the words customers used that it may mean: other spellings, compounds, slips of the finger.

Every function asks the vocabulary (`words`, `words_fts`), which is small, and never the notes.
"""

import sqlite3
from collections.abc import Iterable

from feedlog.language.languages import function_words
from feedlog.language.stems import Stems
from feedlog.language.words import folded

# A compound's part must be long enough to mean something: 'kø' stands in hundreds of words by chance.
SHORTEST_PART = 4
# What stands beside the part must be more than an ending behind it, and at least a short word before it.
SHORTEST_REST_BEHIND = 4
SHORTEST_REST_BEFORE = 3
MOST_COMPOUNDS = 300
MOST_FORMS = 1000
SHORTEST_MISSPELT = 4
# A beginning shared by chance is short; an ending is, too.
SHORTEST_START = 5
LONGEST_ENDING = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyzæøåäöéü"
# From this length on two slips in one word are looked for where one slip found nothing.
TWO_SLIPS = 8
_NEIGHBOURS = 120


def spelt_alike(connection: sqlite3.Connection, word: str, stems: Stems) -> list[str]:
    """Words that are the same once å is a, ø is o and so on, in any of their forms."""
    plain = folded(word)
    found = _words(connection.execute("select word from words where folded = ?", [plain]))
    roots = {stems.root(other) for other in found if other != word}
    if not found:
        # Nobody used this very form: forms that begin alike and share a stem once their letters are plain.
        own = {stem for stem in stems.of_word(plain) if len(stem) >= SHORTEST_START}
        start = min(own, key=len, default="")
        if start:
            sql = "select word from words where folded >= ? and folded < ? and length(folded) <= ?"
            near = _words(connection.execute(sql, [start, start + "\U0010ffff", len(plain) + LONGEST_ENDING]))
            found = [other for other in near if not own.isdisjoint(map(folded, stems.of_word(other)))]
            roots = {stems.root(other) for other in found}
    marks = ", ".join("?" * len(roots))
    family = _words(connection.execute(f"select word from words where root in ({marks})", list(roots)))
    return list(dict.fromkeys([*found, *family]))


def forms_of(connection: sqlite3.Connection, word: str, shared: set[str], stems: Stems) -> list[str]:
    """Words that share one of these stems with the word and begin as it does, but for those that carry grammar."""
    silent = function_words(stems.languages)
    # All but the last two letters, where endings change: the stem alone would begin thousands of words.
    start = max((word[:-2], *(stem for stem in shared if word.startswith(stem))), key=len)
    sql = "select word from words where word >= ? and word < ? limit ?"
    near = _words(connection.execute(sql, [start, start + "\U0010ffff", MOST_FORMS]))
    return [other for other in near if other not in silent and not shared.isdisjoint(stems.of_word(other))]


def compounds(connection: sqlite3.Connection, word: str, stems: Stems) -> list[str]:
    """Words that hold the word's root as a part at their beginning or end: 'levering' in 'leveringstid'."""
    root = stems.root(word)
    parts = [part for part in dict.fromkeys((word, root)) if len(part) >= SHORTEST_PART]
    if not parts:
        return []
    sql = "select word from words where id in (select rowid from words_fts where words_fts match ? limit ?)"
    query = " OR ".join(f'"{part}"' for part in parts)
    holding = _words(connection.execute(sql, [query, MOST_COMPOUNDS * 4]))
    own = {word, *stems.of_word(word)}
    found = [
        other
        for other in holding
        if stems.root(other) != root and any(_is_compound(other, part, own, stems) for part in parts)
    ]
    return found[:MOST_COMPOUNDS]


def _is_compound(other: str, part: str, own: set[str], stems: Stems) -> bool:
    """Whether the part stands at an edge of the other word, with a rest beside it that could be a word."""
    if other.startswith(part):
        return len(other) - len(part) >= SHORTEST_REST_BEHIND
    at = other.rfind(part)
    return at >= SHORTEST_REST_BEFORE and not own.isdisjoint(stems.of_word(other[at:]))


def misspelt(connection: sqlite3.Connection, word: str) -> list[str]:
    """Words one slip away (a letter too many, too few, another, or two swapped); in long words also two slips.

    The distance is that of Damerau (1964) as counted by optimal string alignment.
    """
    if len(word) < SHORTEST_MISSPELT:
        return []
    near = _known(connection, one_slip(word))
    if near or len(word) < TWO_SLIPS:
        return near
    pieces = " OR ".join(f'"{word[at : at + 3]}"' for at in range(len(word) - 2))
    sql = """select word from words where id in
               (select rowid from words_fts where words_fts match ? order by rank limit ?)"""
    return [found for found in _words(connection.execute(sql, [pieces, _NEIGHBOURS])) if distance(word, found) <= 2]


def one_slip(word: str) -> set[str]:
    """Every string one slip away from the word."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {before + after[1:] for before, after in halves if after}
    found |= {before + after[1] + after[0] + after[2:] for before, after in halves if len(after) > 1}
    found |= {before + letter + after[1:] for before, after in halves if after for letter in _LETTERS}
    found |= {before + letter + after for before, after in halves for letter in _LETTERS}
    return found - {word}


def distance(one: str, other: str) -> int:
    """How many slips lie between two words: optimal string alignment distance."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, beside in enumerate(other, 1):
            cost = letter != beside
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + cost)
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == beside:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def _known(connection: sqlite3.Connection, candidates: Iterable[str]) -> list[str]:
    """The words somebody used that are, or are forms of, one of these."""
    asked = sorted(candidates)
    found: list[str] = []
    for start in range(0, len(asked), 500):
        part = asked[start : start + 500]
        marks = ", ".join("?" * len(part))
        for column in ("word", "root"):
            found += _words(connection.execute(f"select word from words where {column} in ({marks})", part))
    return list(dict.fromkeys(found))


def _words(rows: Iterable[sqlite3.Row]) -> list[str]:
    return [row[0] for row in rows]

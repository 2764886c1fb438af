"""Groups of texts that say the same, found among notes nobody has named yet. A person names them."""

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from feedlog.language.languages import function_words
from feedlog.language.similar import similar
from feedlog.language.stems import Stems
from feedlog.language.words import plain_words

# A note is joined to its nearest only; who is near to everybody says something common.
NEAREST = 10
# Two groups are joined where at least this share of the pairs between them are near: a chain of likenesses, each to the
# next, does not become one group.
JOINED_PAIRS = 0.4
LARGEST = 100
WORDS = 5


class Cluster(NamedTuple):
    """A group of like notes: their numbers, ascending; the words it shares; and the note nearest to all others."""

    note_ids: list[int]
    words: list[str]
    example_id: int


def clusters(
    connection: sqlite3.Connection,
    texts: Mapping[int, str],
    stems: Stems,
    *,
    smallest: int = 3,
    progress: Callable[[int], object] = lambda done: None,
) -> list[Cluster]:
    """Groups among these notes, given by number and text, largest first; a note is in one group at most.

    Average-link clustering (Sokal and Michener, 1958) over mutual nearest neighbours: the same notes always give the
    same groups. `progress` is told how many notes have been looked at.
    """
    near = _nearest(connection, texts, stems, progress)
    groups = [group for group in _joined(near) if len(group) >= smallest]
    groups.sort(key=lambda group: (-len(group), group[0]))
    words = _Words(texts, stems)
    return [Cluster(group, words.of(group), _middle(group, near)) for group in groups]


_Near = dict[int, dict[int, float]]


def _nearest(
    connection: sqlite3.Connection, texts: Mapping[int, str], stems: Stems, progress: Callable[[int], object]
) -> _Near:
    """For each note how much its nearest strong ones agree with it, where each is near to the other."""
    among = json.dumps(list(texts))
    found: _Near = {}
    for done, (note_id, text) in enumerate(texts.items(), start=1):
        alike = similar(
            connection,
            text,
            stems,
            limit=NEAREST,
            only="and +notes_fts.rowid in (select value from json_each(?)) and +notes_fts.rowid <> ?",
            parameters=[among, note_id],
        )
        found[note_id] = {one.note_id: one.agreement for one in alike if one.strong}
        progress(done)
    return {
        one: {other: min(agreement, found[other][one]) for other, agreement in others.items() if one in found[other]}
        for one, others in found.items()
    }


def _joined(near: _Near) -> list[list[int]]:
    """The groups that joining the nearest first leads to."""
    group_of = {note_id: [note_id] for note_id in near}
    pairs = sorted((-agreement, one, other) for one, others in near.items() for other, agreement in others.items())
    for _, one, other in pairs:
        first, second = group_of[one], group_of[other]
        if first is second or len(first) + len(second) > LARGEST:
            continue
        links = sum(other in near[one] for one in first for other in second)
        # Nobody has more than NEAREST neighbours: between large groups no more than these can be expected.
        expected = min(len(first), NEAREST) * min(len(second), NEAREST)
        if links >= JOINED_PAIRS * expected:
            first += second
            for note_id in second:
                group_of[note_id] = first
    return [sorted(group) for note_id, group in group_of.items() if group[0] == note_id]


def _middle(group: Sequence[int], near: _Near) -> int:
    members = set(group)
    return max(
        group, key=lambda note_id: (sum(share for other, share in near[note_id].items() if other in members), -note_id)
    )


class _Words:
    """Which words tell a group from the other notes that were looked at."""

    def __init__(self, texts: Mapping[int, str], stems: Stems) -> None:
        silent = function_words(stems.languages)
        self._forms: dict[int, dict[str, str]] = {
            note_id: {stems.root(word): word for word in plain_words(text) if word not in silent}
            for note_id, text in texts.items()
        }
        self._notes = Counter(root for forms in self._forms.values() for root in forms)

    def of(self, group: Sequence[int]) -> list[str]:
        """Words that several of the group share, the most telling first, each in the form most of them use."""
        inside = Counter(root for note_id in group for root in self._forms[note_id])
        shared = [root for root, notes in inside.items() if notes >= max(2, len(group) / 3)]
        rarity = math.log(len(self._forms) + 1)
        shared.sort(key=lambda root: (-inside[root] * (rarity - math.log(self._notes[root])), root))
        used = {root: Counter(self._forms[one][root] for one in group if root in self._forms[one]) for root in shared}
        return [min(used[root], key=lambda word: (-used[root][word], word)) for root in shared[:WORDS]]

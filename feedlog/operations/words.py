"""Words: what customers say in some of the notes more than in the others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from feedlog.errors import WrongUsage
from feedlog.language import keyness
from feedlog.language.excerpts import Span, snippet
from feedlog.language.stems import Stems
from feedlog.language.words import plain_words, words_of
from feedlog.operations import notes
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import Example, OverusedWord, Words
from feedlog.store import Log
from feedlog.store.failures import translated

COMPARED_WITH = ("rest", "previous")
# Exact counts are looked up for twice as many words as asked for, since they may change the order a little; beyond
# these many nobody reads, and a look-up takes up to a tenth of a second in a million notes.
MOST_LOOKED_UP = 200


class _Counted(NamedTuple):
    """How many notes there are, in how many of them each root stands, and the latest note with it."""

    notes: int
    roots: Counter[str]
    latest: dict[str, int]


def overused(log: Log, filters: Filters, *, compare: str = "rest", limit: int, now: str) -> Words:
    """The words over-used in the notes that pass the filters, at most `limit`.

    Against all other notes (`rest`), or against those of the period of equal length before (`previous`), where the
    period ends `now` unless the filters say otherwise. Raises WrongUsage for `previous` without a beginning.
    """
    stems = Stems(log.languages)
    roots = keyness.Roots(stems, log.connection)
    before = _period_before(filters, now) if compare == "previous" else None
    with translated(log.path, writing=False):
        if filters == Filters() and not before:
            return Words([], _standing(log), 0, 0)  # all of them: no need to count words in a million notes
        here = _count(log, filters, roots)
        if before:
            there = _count(log, before, roots)
            elsewhere: Mapping[str, int] = there.roots
            of_elsewhere = there.notes
        else:
            elsewhere, of_elsewhere = _rest(log, here)
        found = keyness.overused(here.roots, here.notes, elsewhere, of_elsewhere)
        chosen = keyness.chosen(
            found,
            lambda root: next(iter(keyness.forms(log.connection, root)), root),
            silent=keyness.silent_words(here.roots, stems),
            limit=min(2 * limit, max(limit, MOST_LOOKED_UP)),
            names=[stems.root(word) for name in filters.themes for word in plain_words(name)],
        )
        if not before:
            chosen = [
                (word, _exactly(log, one, here.notes, of_elsewhere) if at < MOST_LOOKED_UP else one)
                for at, (word, one) in enumerate(chosen)
            ]
    chosen.sort(key=lambda pair: -pair[1].score)
    tested = sum(count >= keyness.FEWEST_NOTES for count in here.roots.values())
    return Words(_shown(log, chosen[:limit], here.latest, roots), here.notes, of_elsewhere, tested)


def _count(log: Log, filters: Filters, roots: keyness.Roots) -> _Counted:
    conditions, parameters = filters.conditions(log)
    where = f"where {' and '.join(conditions)}" if conditions else ""
    # In no order: SQLite then reads the file from front to back, twenty times as fast as by day where notes were
    # imported out of order. The last note with a word is a late one either way.
    sql = f"select notes.id, notes.verbatim from current_notes as notes {where}"
    counts: Counter[str] = Counter()
    latest: dict[str, int] = {}
    total = 0
    for note_id, verbatim in log.connection.execute(sql, parameters):
        said = roots.of_text(verbatim)
        counts.update(said)
        latest.update(dict.fromkeys(said, note_id))
        total += 1
    return _Counted(total, counts, latest)


def _rest(log: Log, here: _Counted) -> tuple[dict[str, int], int]:
    """How many other notes there are, and at most how many of them hold each root that is tested.

    At most, since the vocabulary counts a note with two forms of a word twice.
    """
    import json

    tested = [root for root, count in here.roots.items() if count >= keyness.FEWEST_NOTES]
    rows = log.connection.execute(
        "select root, sum(notes) from words where root in (select value from json_each(?)) group by root",
        [json.dumps(tested)],
    )
    others = _standing(log) - here.notes
    return {root: min(others, max(0, count - here.roots[root])) for root, count in rows}, max(0, others)


def _standing(log: Log) -> int:
    """How many notes there are. The index keeps a thin table with a row for each; the notes themselves are fat."""
    return int(log.value("select count(*) from notes_fts_docsize"))


def _exactly(log: Log, one: keyness.Overused, of: int, of_elsewhere: int) -> keyness.Overused:
    """The same word with the notes elsewhere counted one by one, where the vocabulary may count some twice."""
    forms = keyness.forms(log.connection, one.root)
    if len(forms) < 2 or not one.notes_elsewhere:
        return one
    both = log.value("select count(*) from notes_fts where notes_fts match ?", [keyness.with_any(forms)])
    # Never above what was tested: the index cuts some rare letters otherwise.
    others = min(one.notes_elsewhere, max(0, int(both) - one.notes))
    return keyness.weighed(one.root, one.notes, of, others, of_elsewhere)


def _shown(
    log: Log, chosen: Iterable[tuple[str, keyness.Overused]], latest: dict[str, int], roots: keyness.Roots
) -> list[OverusedWord]:
    chosen = list(chosen)
    texts = {note["id"]: note["verbatim"] for note in notes.by_ids(log, [latest[one.root] for _, one in chosen])}
    return [
        OverusedWord(
            word=word,
            notes=one.notes,
            notes_elsewhere=one.notes_elsewhere,
            share=round(one.share, 6),
            share_elsewhere=round(one.share_elsewhere, 6),
            score=round(one.score, 2),
            log_ratio=round(one.log_ratio, 2),
            example=_example(latest[one.root], texts.get(latest[one.root], ""), one.root, roots),
        )
        for word, one in chosen
    ]


def _example(note_id: int, text: str, root: str, roots: keyness.Roots) -> Example:
    places = [word for word in words_of(text) if roots[word.word] == root]
    return Example(
        id=note_id,
        snippet=snippet(text, [Span(word.start, word.end) for word in places]),
        words=list(dict.fromkeys(word.word for word in places)),
    )


def _period_before(filters: Filters, now: str) -> Filters:
    """The same filters for the period of equal length before."""
    if not filters.since:
        raise WrongUsage(
            "To compare with the period before, the period needs a beginning.",
            hint="Say where it begins, for example: --since monday",
        )
    begins, ends = _moment(filters.since), _moment(filters.until or now)
    if ends <= begins:
        raise WrongUsage(
            "The period ends before it begins, so there is none before it.", hint="Check --since and --until."
        )
    earlier = begins - (ends - begins)
    return filters._replace(since=earlier.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), until=filters.since)


def _moment(instant: str) -> datetime:
    return datetime.fromisoformat(instant.replace("Z", "+00:00"))

"""Finding notes: by words, and by likeness to another text."""

from feedlog.errors import WrongUsage
from feedlog.language.excerpts import snippet
from feedlog.language.similar import CANDIDATES
from feedlog.language.similar import similar as like
from feedlog.language.stems import Stems
from feedlog.language.words import composed, plain_words
from feedlog.operations import customers, notes
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import Customer, FoundNote, Note, Outcome, Similar, SimilarNote
from feedlog.store import Log
from feedlog.store.failures import translated

NOTHING_SAID = Similar(customers=0, notes=0, first_said_at=None, last_said_at=None, results=[])


def search(log: Log, text: str, filters: Filters, *, limit: int) -> list[FoundNote]:
    """Notes that hold all the words, best first, each with how it matched.

    Raises WrongUsage where there is no word to look for.
    """
    from feedlog.language.search import Search  # here: `feedlog add` compares, it does not search

    wanted = Search(log.connection, text, Stems(log.languages))
    if wanted.empty:
        raise WrongUsage(
            "There is no word to look for.",
            hint="Write at least one word with letters or digits; -word alone only leaves notes out.",
        )
    only, parameters = filters.on_index(log)
    with translated(log.path, writing=False):
        ids = wanted.find(limit=limit, only=only, parameters=parameters)
    found: list[FoundNote] = []
    for note in notes.by_ids(log, ids):
        match = wanted.match(note["verbatim"])
        text = note["verbatim"]
        words = list(dict.fromkeys(word for span in match.spans for word in plain_words(text[span.start : span.end])))
        found.append(FoundNote(**note, match=match.how, snippet=snippet(text, match.spans), words=words))
    return found


def similar_to_note(log: Log, note_id: int, filters: Filters, *, limit: int) -> Similar:
    """Who else said what this note says: notes of other customers. Raises NotFound without the note."""
    note = notes.get(log, note_id)
    return _similar(log, note["verbatim"], filters, limit=limit, besides=note)


def similar_to_text(log: Log, text: str, filters: Filters, *, limit: int) -> Similar:
    """Who else said what this text says."""
    return _similar(log, composed(text), filters, limit=limit, besides=None)


def _similar(log: Log, text: str, filters: Filters, *, limit: int, besides: Note | None) -> Similar:
    only, parameters = filters.on_index(log)
    if besides:
        only, parameters = f"{only} and notes_fts.rowid <> ?", [*parameters, besides["id"]]
    with translated(log.path, writing=False):
        alike = like(
            log.connection,
            text,
            Stems(log.languages),
            limit=10_000,
            candidates=max(CANDIDATES, 10 * limit),  # who asks for more wants the counts right, too
            only=only,
            parameters=parameters,
        )
    own = _notes_of(log, besides["customer"]) if besides and besides["customer"] else set()
    others = [one for one in alike if one.note_id not in own]
    shown = {one.note_id for one in others if one.strong}.union(one.note_id for one in others[:limit])
    by_id = {note["id"]: note for note in notes.by_ids(log, sorted(shown))}
    strong = [by_id[one.note_id] for one in others if one.strong]
    days = sorted(note["said_at"] for note in strong)
    results = [
        SimilarNote(
            **by_id[one.note_id], strong=one.strong, shared_words=one.shared, outcome=_outcome(log, one.note_id)
        )
        for one in others[:limit]
    ]
    return Similar(
        customers=len({note["customer"]["key"] for note in strong if note["customer"]}),
        notes=len(strong),
        first_said_at=days[0] if days else None,
        last_said_at=days[-1] if days else None,
        results=results,
    )


def _notes_of(log: Log, customer: Customer) -> set[int]:
    """The numbers of all notes of this customer."""
    customer_id = customers.find(log, customer["key"])
    return {
        row["id"] for row in log.rows(f"select id from notes where customer_id in ({customers.SAME})", [customer_id])
    }


def _outcome(log: Log, note_id: int) -> Outcome | None:
    """The open promise that is due first, else the last step taken or promise ended."""
    row = log.row(
        """select 'promised' as step, min(due_on) as at from promises where note_id = ?1 and outcome is null having at
           union all
           select * from (
             select kind as step, responded_at as at from responses where note_id = ?1 and removed_at is null
             union all
             select 'promise ' || outcome, ended_at from promises where note_id = ?1 and outcome in ('kept', 'broken')
             order by at desc)
            limit 1""",
        [note_id],
    )
    return Outcome(step=row["step"], on=row["at"]) if row else None

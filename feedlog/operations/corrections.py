"""Corrections: a misheard sentence written down again, both wordings kept."""

from typing import TypedDict

from feedlog.errors import Refused
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.operations import checks, notes
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.ids import new_uid


class Wording(TypedDict):
    """One wording of a note: the first as logged, each later one with why it was corrected."""

    verbatim: str
    agent: str
    at: str
    why: str | None


def correct(log: Log, note_id: int, wording: str, why: str, by: By) -> None:
    """Gives a note a new wording. Raises NotFound without the note, Refused where it is worded so already."""
    new, reason = checks.text(wording, "text"), checks.text(why, "reason")
    with log.write():
        now = notes.get(log, note_id)["verbatim"]
        if new == now:
            raise Refused(f"Note {note_id} is worded so already.", hint=f"See it with: feedlog show {note_id}")
        correction_id = insert(log, note_id, new, reason, by)
        record(log, "note.correct", by, note_id=note_id, detail={"correction_id": correction_id})


def insert(log: Log, note_id: int, wording: str, why: str, by: By) -> int:
    """Adds a wording inside the caller's `write` and makes search find the note by it; returns its number."""
    before = notes.get(log, note_id)["verbatim"]
    first = log.value("select verbatim from notes where id = ?", [note_id])
    correction_id = log.insert(
        "corrections",
        uid=new_uid(),
        note_id=note_id,
        verbatim=wording,
        why=why,
        corrected_at=by.at,
        agent=by.agent,
        on_behalf_of=by.on_behalf_of,
    )
    index = Index(log.connection, Stems(log.languages))
    index.remove(note_id, before)
    index.add(note_id, first, None if wording == first else wording)
    index.flush()
    return correction_id


def wordings(log: Log, note_id: int) -> list[Wording]:
    """Every wording a note has had, the first one first."""
    rows = log.rows(
        """select verbatim, agent, logged_at as at, null as why, 0 as number from notes where id = ?
           union all
           select verbatim, agent, corrected_at, why, id from corrections where note_id = ? order by number""",
        [note_id, note_id],
    )
    return [Wording(verbatim=row["verbatim"], agent=row["agent"], at=row["at"], why=row["why"]) for row in rows]


def wording_before(log: Log, note_id: int, correction_id: int) -> str:
    """How the note was worded before this correction."""
    before = log.value(
        "select verbatim from corrections where note_id = ? and id < ? order by id desc limit 1",
        [note_id, correction_id],
    )
    return str(before or log.value("select verbatim from notes where id = ?", [note_id]))

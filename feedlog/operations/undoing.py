"""Undo: takes back the last thing an agent did, by new rows; the record shows what was done and that it was undone."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from feedlog.errors import NotFound, Refused
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.operations import (
    codebook,
    corrections,
    describing,
    facts,
    letters,
    merging,
    notes,
    promises,
    promising,
    replies,
    responses,
    sending,
    themes,
)
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log


class Change(NamedTuple):
    """One row of the record, as undo needs it. `what` says it in words."""

    id: int
    action: str
    made_at: str
    note_id: int | None
    customer_id: int | None
    theme_id: int | None
    promise_id: int | None
    import_id: int | None
    detail: dict[str, Any]
    what: str


def last(log: Log, agent: str) -> Change:
    """The last thing this agent did that still stands; raises NotFound where there is none."""
    row = log.row(
        f"""select * from changes as done where agent = ? and action in ({", ".join("?" * len(_UNDO))})
              and not exists (select 1 from changes where undoes_id = done.id)
              and json_extract(detail, '$.part_of') is null
              -- A note that was taken back or erased has nothing left to take back; what was done before has.
              and (note_id is null or exists (select 1 from wordings where note_id = done.note_id))
              and (customer_id is null or exists (select 1 from customers where id = done.customer_id))
            order by id desc limit 1""",
        [agent, *_UNDO],
    )
    if row is None:
        raise NotFound(
            f"There is nothing of {agent}'s to take back.", hint="Each agent takes back their own: see --agent."
        )
    change = _as_change(row)
    return change._replace(what=_in_words(log, change))


def _as_change(row: sqlite3.Row) -> Change:
    fields = {name: row[name] for name in Change._fields if name not in ("detail", "what")}
    return Change(**fields, detail=json.loads(row["detail"] or "{}"), what="")


def _parts(log: Log, change: Change, action: str) -> list[Change]:
    """The changes that were made as parts of this one."""
    rows = log.rows(
        """select * from changes where agent = (select agent from changes where id = ?1) and id > ?1 and action = ?2
              and json_extract(detail, '$.part_of') = ?1 order by id""",
        [change.id, action],
    )
    return [_as_change(row) for row in rows]


def undo(log: Log, change: Change, by: By) -> None:
    """Takes a change back as one change of its own. Raises Refused where later changes rest on it."""
    with log.write():
        if log.row("select 1 from changes where undoes_id = ?", [change.id]):
            raise Refused("Somebody has taken that back already.", hint="See what is last now: feedlog undo")
        _UNDO[change.action](log, change, by)
        record(
            log,
            "undo",
            by,
            undoes_id=change.id,
            note_id=change.note_id,
            customer_id=change.customer_id,
            theme_id=change.theme_id,
            promise_id=change.promise_id,
            import_id=change.import_id,
        )


def _add(log: Log, change: Change, by: By) -> None:
    note_id = _note_of(change)
    wording = notes.get(log, note_id)["verbatim"]
    others = log.value(
        """select count(*) from changes as later where note_id = ? and id > ? and agent <> ? and action <> 'undo'
              and not exists (select 1 from changes
                               where undoes_id = coalesce(json_extract(later.detail, '$.part_of'), later.id))""",
        [note_id, change.id, by.agent],
    )
    if others:
        raise Refused(
            f"A colleague has worked on note {note_id} since.",
            hint=f"Talk to them first; see it with: feedlog show {note_id}",
        )
    index = Index(log.connection, Stems(log.languages))
    index.remove(note_id, wording)
    index.flush()
    for promise in promises.of_note(log, note_id):
        promises.withdraw(log, promise["id"], by)


def _correct(log: Log, change: Change, by: By) -> None:
    note_id, correction_id = _note_of(change), change.detail["correction_id"]
    later = log.row(
        """select 1 from changes as later where action = 'note.correct' and note_id = ? and id > ?
              and not exists (select 1 from changes where undoes_id = later.id)""",
        [note_id, change.id],
    )
    if later:
        raise Refused(
            f"Note {note_id} was corrected again since.", hint=f"Correct it once more: feedlog correct {note_id}"
        )
    corrections.insert(
        log, note_id, corrections.wording_before(log, note_id, correction_id), "correction taken back", by
    )


def _tag(log: Log, change: Change, by: By) -> None:
    note_id = _note_of(change)
    if not themes.take_off(log, note_id, _theme_of(change)):
        raise themes.missing(note_id, log.value("select name from themes where id = ?", [change.theme_id]))


def _untag(log: Log, change: Change, by: By) -> None:
    for theme_id in change.detail.get("theme_ids", [change.theme_id]):
        themes.put_back(log, _note_of(change), theme_id, by)


def _tag_together(log: Log, change: Change, by: By) -> None:
    for part in _parts(log, change, "theme.tag"):
        # A note that somebody took it off since has nothing to give back.
        if themes.take_off(log, _note_of(part), _theme_of(part)):
            record(log, "theme.untag", by, note_id=part.note_id, theme_id=part.theme_id, detail={"part_of": change.id})


def _untag_together(log: Log, change: Change, by: By) -> None:
    for part in _parts(log, change, "theme.untag"):
        _untag(log, part, by)
        record(log, "theme.tag", by, note_id=part.note_id, theme_id=part.theme_id, detail={"part_of": change.id})


def _set(log: Log, change: Change, by: By) -> None:
    codebook.take_description_back(log, change.id, _theme_of(change), change.detail, by)


def _merge(log: Log, change: Change, by: By) -> None:
    codebook.take_merge_back(log, change.id, _theme_of(change))


def _split(log: Log, change: Change, by: By) -> None:
    for part in _parts(log, change, "theme.move"):
        note_id, theme_id = _note_of(part), _theme_of(part)
        if part.detail["put"]:
            themes.take_off(log, note_id, theme_id)
        for before in part.detail["from"]:
            themes.put_back(log, note_id, before, by)
        record(log, "theme.move", by, note_id=note_id, theme_id=theme_id, detail={"part_of": change.id})


def _describe(log: Log, change: Change, by: By) -> None:
    describing.take_description_back(log, change.id, _customer_of(change), change.detail, by)


def _import(log: Log, change: Change, by: By) -> None:
    index = Index(log.connection, Stems(log.languages))
    standing = log.rows("select id, verbatim from current_notes where import_id = ? order by id", [change.import_id])
    for start in range(0, len(standing), 5000):
        part = standing[start : start + 5000]
        index.remove_many([(row["id"], row["verbatim"]) for row in part])
    index.flush()
    replies.take_back(log, change.detail, by)


_UNDO: dict[str, Callable[[Log, Change, By], None]] = {
    "note.add": _add,
    "note.correct": _correct,
    "theme.tag": _tag,
    "theme.untag": _untag,
    "theme.tag_together": _tag_together,
    "theme.untag_together": _untag_together,
    "theme.set": _set,
    "theme.merge": _merge,
    "theme.split": _split,
    "import": _import,
    "response.add": lambda log, change, by: responses.take_back(log, change.detail["response_id"], by),
    "response.remove": lambda log, change, by: responses.put_back(log, change.detail["response_id"]),
    "customer.set": _describe,
    "customer.merge": lambda log, change, by: merging.take_back(log, change.id, _customer_of(change), by),
    "fact.add": lambda log, change, by: facts.take_add_back(log, change.detail, by),
    "fact.remove": lambda log, change, by: facts.take_removal_back(log, change.detail),
    "promise.add": promising.take_promise_back,
    "promise.keep": promising.take_step_back,
    "promise.break": promising.take_step_back,
    "promise.move": promising.take_step_back,
    "promise.hand": promising.take_hand_over_back,
    "letter.write": letters.take_draft_back,
    "letter.sent": sending.take_sending_back,
}


def _note_of(change: Change) -> int:
    if change.note_id is None:
        raise AssertionError(f"change {change.id} names no note")
    return change.note_id


def _customer_of(change: Change) -> int:
    if change.customer_id is None:
        raise AssertionError(f"change {change.id} names no customer")
    return change.customer_id


def _theme_of(change: Change) -> int:
    if change.theme_id is None:
        raise AssertionError(f"change {change.id} names no theme")
    return change.theme_id


def _in_words(log: Log, change: Change) -> str:
    """What undoing it will take back, as a sentence without a full stop."""
    if change.action == "import":
        row = log.row("select file, added from imports where id = ?", [change.import_id])
        more = replies.in_words(change.detail)
        if not row:
            return "an import"
        notes = "1 note" if row["added"] == 1 else f"{row['added']} notes"
        return f"the import of {row['file']} with {notes}{more}"
    named = "select name from themes where id = ?"
    theme, into = log.value(named, [change.theme_id]), log.value(named, [change.detail.get("into")])
    keyed = "select key from customers where id = ?"
    key, into_key = log.value(keyed, [change.customer_id]), log.value(keyed, [change.detail.get("into")])
    count = change.detail.get("notes", 0)
    notes_ = "1 note" if count == 1 else f"{count} notes"
    in_words: dict[str, Callable[[], str]] = {
        "note.add": lambda: f"note {change.note_id}",
        "note.correct": lambda: f"the correction of note {change.note_id}",
        "theme.tag": lambda: f"the theme {theme!r} on note {change.note_id}",
        "theme.untag": lambda: f"the removal of the theme {theme!r} from note {change.note_id}",
        "theme.tag_together": lambda: (
            f"the theme {theme!r} on {notes_}" if theme else f"{change.detail['themes']} themes on {notes_}"
        ),
        "theme.untag_together": lambda: (
            f"the removal of the theme {theme!r} from {notes_}"
            if theme
            else f"the removal of {change.detail['themes']} themes from {notes_}"
        ),
        "theme.set": lambda: f"the {codebook.what_was_set(change.detail)} of the theme {theme!r}",
        "theme.merge": lambda: f"the merging of {theme!r} into {into!r}",
        "response.add": lambda: f"the response {change.detail['kind']!r} on note {change.note_id}",
        "response.remove": lambda: f"the removal of the response {change.detail['kind']!r} from note {change.note_id}",
        "customer.set": lambda: f"the {describing.what_was_set(change.detail)} of {key}",
        "customer.merge": lambda: f"the merging of {key} into {into_key}",
        "fact.add": lambda: f"fact {change.detail['fact_id']} about {key}",
        "fact.remove": lambda: f"the removal of fact {change.detail['fact_id']} about {key}",
        "theme.split": lambda: f"the moving of {notes_} from {theme!r} to {into!r}",
        "promise.add": lambda: f"promise {change.promise_id}",
        "promise.keep": lambda: f"the keeping of promise {change.promise_id}",
        "promise.break": lambda: f"the breaking of promise {change.promise_id}",
        "promise.move": lambda: f"the moving of promise {change.promise_id}",
        "promise.hand": lambda: promising.hand_over_in_words(change.detail),
        "letter.write": lambda: (
            f"the draft of letter {change.detail['letter_id']} and what was written into it"
            f"{letters.of_which_a_copy(log, change.detail['letter_id'])}"
        ),
        "letter.sent": lambda: (
            f"the sending of letter {change.detail['letter_id']}"
            f"{letters.of_which_a_copy(log, change.detail['letter_id'])}"
        ),
    }
    return in_words[change.action]()

"""What hangs on a note, taken in with it: corrections, promises and their life, responses, themes."""

from typing import Any

from feedlog.formats.entries import Entry
from feedlog.language.index import Index
from feedlog.operations.arrivals import Arrivals
from feedlog.operations.cards_in import Known
from feedlog.store import Log

HANGING = frozenset(("corrections", "promises", "responses", "themes"))
_CORRECTION = ("uid", "verbatim", "why", "corrected_at", "agent", "on_behalf_of")
_PROMISE = ("uid", "what", "promised_at", "promised_by", "owner", "due_on", "outcome", "ended_at")
_EVENT = ("uid", "kind", "happened_at", "agent", "due_on", "owner", "why", "customer_told", "removed_at", "removed_by")
_RESPONSE = (
    "uid",
    "kind",
    "responded_at",
    "agent",
    "text",
    "amount_minor",
    "currency",
    "source",
    "source_id",
    "removed_at",
    "removed_by",
)


def held(entry: Entry) -> dict[str, Any] | None:
    """What later entries of the note are compared with: the themes on it."""
    names = [theme["name"] for theme in entry.holds.get("themes", ())]
    return {"themes": names} if names else None


def settle(log: Log, known: Known, arrivals: Arrivals, entry: Entry, note_id: int, index: Index) -> None:
    """Brings a note that is here to what its newest entry says of it, inside the caller's `write`."""
    new = [_insert(log, "corrections", _CORRECTION, one, note_id=note_id) for one in entry.holds.get("corrections", ())]
    _reword(log, note_id, index, stands=entry.holds["stands"] is True, corrected=any(new))
    for promise in entry.holds.get("promises", ()):
        _settle_promise(log, promise, note_id)
    for response in entry.holds.get("responses", ()):
        if not _insert(log, "responses", _RESPONSE, response, note_id=note_id):
            _settle_removed(log, "responses", response)
    _settle_themes(log, known, arrivals, entry, note_id)


def _insert(log: Log, table: str, columns: tuple[str, ...], row: dict[str, Any], **of: int) -> bool:
    """Inserts a row unless it is here; whether it was not."""
    names = ", ".join((*of, *columns))
    marks = ", ".join("?" * (len(of) + len(columns)))
    done = log.connection.execute(
        f"insert into {table} ({names}) values ({marks}) on conflict (uid) do nothing",
        [*of.values(), *(row.get(name) for name in columns)],
    )
    return done.rowcount > 0


def _settle_removed(log: Log, table: str, row: dict[str, Any]) -> None:
    """Whether a row was taken back, as its newest entry has it."""
    log.connection.execute(
        f"update {table} set removed_at = ?1, removed_by = ?2 where uid = ?3 and removed_at is not ?1",
        [row.get("removed_at"), row.get("removed_by"), row["uid"]],
    )


def _reword(log: Log, note_id: int, index: Index, *, stands: bool, corrected: bool) -> None:
    if stands and not corrected:
        return
    now = log.value("select verbatim from current_notes where id = ?", [note_id])
    if now is None:  # taken back before
        return
    index.remove(note_id, now)
    if stands:
        first = log.value("select verbatim from notes where id = ?", [note_id])
        last = log.value("select verbatim from corrections where note_id = ? order by id desc limit 1", [note_id])
        index.add(note_id, first, None if last == first else last)


def _settle_promise(log: Log, promise: dict[str, Any], note_id: int) -> None:
    _insert(log, "promises", _PROMISE, promise, note_id=note_id)
    promise_id = log.value("select id from promises where uid = ?", [promise["uid"]])
    for event in promise["events"]:
        if not _insert(log, "promise_events", _EVENT, event, promise_id=promise_id):
            _settle_removed(log, "promise_events", event)
    # By its life, for people at this copy may have written a step of it, too.
    log.connection.execute(
        """update promises set
             due_on = coalesce((select due_on from promise_events where promise_id = ?1 and removed_at is null
                                   and kind in ('made', 'moved') order by id desc limit 1), due_on),
             owner = coalesce((select owner from promise_events where promise_id = ?1 and removed_at is null
                                  and owner is not null order by id desc limit 1), owner),
             (outcome, ended_at) = (select max(kind), max(happened_at) from (
                select kind, happened_at from promise_events where promise_id = ?1 and removed_at is null
                   and kind in ('kept', 'broken', 'withdrawn') order by id limit 1))
            where id = ?1""",
        [promise_id],
    )


def _settle_themes(log: Log, known: Known, arrivals: Arrivals, entry: Entry, note_id: int) -> None:
    """Puts on and takes off what the sender did since its last entry; what people at this copy did stays."""
    before = set((arrivals.held(entry) or {}).get("themes", ()))
    for theme in entry.holds.get("themes", ()):
        theme_id = known.theme(theme, entry)
        put = [note_id, theme_id, theme["tagged_at"], theme["agent"]]
        if theme["name"] in before:
            sql = "update note_themes set tagged_at = ?3, agent = ?4 where note_id = ?1 and theme_id = ?2"
        else:
            sql = "insert or replace into note_themes (note_id, theme_id, tagged_at, agent) values (?1, ?2, ?3, ?4)"
        log.connection.execute(sql, put)
        before.discard(theme["name"])
    for name in before:
        log.connection.execute(
            "delete from note_themes where note_id = ? and theme_id = (select id from themes where name = ?)",
            [note_id, name],
        )

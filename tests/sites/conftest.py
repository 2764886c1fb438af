"""Logs of a firm without the engine between them: what one sends is handed to the other as it is."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feedlog.formats.entries import Entry, read, written
from feedlog.operations import entries_in, entries_out, erasures_in, receipts
from feedlog.operations.entries_out import Sender
from feedlog.operations.leftovers import Outside
from feedlog.operations.marks import SECRET_NAME
from feedlog.store import Log, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES

SECRET = b"the secret that all logs of this firm share"
NOW = "2026-11-20T12:00:00Z"


class Town:
    """A site's log, and everything it ever sent."""

    def __init__(self, name: str, folder: Path) -> None:
        self.by = Sender(name, f"sender-{name}", "2026-11-01T00:00:00Z", SECRET)
        self.log = make_log(folder / f"{name}.db")
        self.sent: list[Entry] = []

    def send(self) -> list[Entry]:
        """What has no receipt now, as entries; they count as received."""
        entries = [
            read(written(entry))
            for part in receipts.waiting(self.log, self.by.joined_at)
            for entry in entries_out.Sending(self.log, self.by, NOW).of(part.kind, part.ids)
        ]
        receipts.received(self.log, [(entry.uid, entry.version) for entry in entries], NOW)
        self.sent += entries
        return entries


def make_log(path: Path) -> Log:
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / SECRET_NAME).write_bytes(SECRET)
    return open_for_writing(str(path), DEFAULT_LANGUAGES)


def deliver(log: Log, entries: list[Entry]) -> list[tuple[Entry, str]]:
    """Hands entries to a log as the hub's command does; returns what did not fit."""
    outside = Outside(f"{log.path}-spool", f"{log.path}-outbox")
    refused = []
    rows: list[Entry] = []
    for entry in [*entries, None]:
        if entry is not None and entry.kind != "erasure":
            rows.append(entry)
            continue
        refused += entries_in.take_in(log, rows, NOW).refused
        rows = []
        if entry is not None:
            erasures_in.take_in(log, entry.uid, entry.holds, NOW, outside)
            entries_in.unpark(log, NOW)
    return refused


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Callable[[str], Town]]:
    """A site with an empty log."""
    made: list[Town] = []

    def begin(name: str) -> Town:
        made.append(Town(name, tmp_path / name))
        return made[-1]

    yield begin
    for one in made:
        one.log.close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Callable[[], Log]]:
    """An empty copy of the hub; another one at every call."""
    empty = make_log(tmp_path / "empty" / "hub.db")
    empty.connection.execute("pragma wal_checkpoint(truncate)")
    made: list[Log] = [empty]

    def begin() -> Log:
        path = tmp_path / f"hub-{len(made)}" / "hub.db"
        path.parent.mkdir()
        (path.parent / SECRET_NAME).write_bytes(SECRET)
        shutil.copy(empty.path, path)
        made.append(open_for_writing(str(path), DEFAULT_LANGUAGES))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def everything(log: Log) -> dict[str, list[dict[str, Any]]]:
    """Every row of a log that came from sites, by table, with uids where the log has numbers of its own."""
    return {table: sorted((dict(row) for row in log.rows(sql)), key=repr) for table, sql in _EVERYTHING.items()}


_EVERYTHING = {
    "customers": """select customers.uid, customers.key, customers.name, customers.since_on, customers.segment,
                      customers.type, customers.prefers, customers.language, customers.created_at, customers.created_by,
                      merged.key as merged_into from customers left join customers as merged
                        on merged.id = customers.merged_into_id""",
    "names": """select key, customer_versions.name from customer_versions
                  join customers on customers.id = customer_id where customer_versions.name is not null
                 union select key, name from customers""",
    "facts": """select facts.uid, key, fact, given_at, agent, removed_at, removed_by from facts
                  join customers on customers.id = customer_id""",
    "notes": """select notes.uid, idempotency_key, source, source_id, said_at, logged_at, agent, on_behalf_of, key,
                       channel, touchpoint, kind, verbatim, reading, satisfaction from notes
                  left join customers on customers.id = customer_id""",
    "current_notes": "select uid, verbatim, corrected, stems from current_notes",
    "found": "select uid from notes where id in (select rowid from notes_fts where notes_fts match 'pakken')",
    "words": "select word, root, folded, notes from words",
    "corrections": """select corrections.uid, notes.uid as note, corrections.verbatim, why, corrected_at,
                             corrections.agent from corrections join notes on notes.id = note_id""",
    "themes": """select themes.uid, themes.name, themes.title, themes.owner, themes.measure, themes.fixed_on,
                        themes.created_at, themes.created_by, merged.name as merged_into
                   from themes left join themes as merged on merged.id = themes.merged_into_id""",
    "note_themes": """select notes.uid, themes.name, tagged_at, note_themes.agent from note_themes
                        join notes on notes.id = note_id join themes on themes.id = theme_id""",
    "theme_terms": """select theme_terms.uid, themes.name, our_word, their_word, agent, added_at from theme_terms
                        join themes on themes.id = theme_id""",
    "promises": """select promises.uid, notes.uid as note, what, promised_at, promised_by, owner, due_on, outcome,
                          ended_at from promises join notes on notes.id = note_id""",
    "promise_events": """select promise_events.uid, promises.uid as promise, kind, happened_at, agent,
                                promise_events.due_on, promise_events.owner, why, customer_told, removed_at, removed_by,
                                row_number() over (partition by promise_id order by promise_events.id) as step
                           from promise_events join promises on promises.id = promise_id""",
    "responses": """select responses.uid, notes.uid as note, responses.kind, responded_at, responses.agent, text,
                           amount_minor, currency, responses.source, responses.source_id, removed_at, removed_by
                      from responses join notes on notes.id = note_id""",
    "erasures": "select uid from erasures",
    "erased_customers": "select mark, uid from erased_customers join erasures on erasures.id = erasure_id",
    "parked": "select uid, why from parked",
}

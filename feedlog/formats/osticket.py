"""osTicket: the tables of its database. The CSV of a queue names its tickets but holds nothing they say.

Of the entries of a ticket's thread those of type M are the customer's, R a colleague's reply, N a note among
colleagues; those of tasks are colleagues' work. Table names may bear the prefix of the installation, columns do not.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from feedlog.formats.conversations import (
    Cells,
    Lookup,
    Message,
    Person,
    Tables,
    answered,
    broken,
    cell,
    filled,
    in_utc,
    key_of,
    plain,
    rows_of,
)
from feedlog.formats.records import Record, Source

_CHANNELS = {"email": "email", "phone": "phone", "web": "other", "other": "other"}
_NEVER = "0000-00-00 00:00:00"


class _Thread(NamedTuple):
    """What a thread hangs on: a ticket (T) or a task (A)."""

    kind: str
    ticket: str


def records(tables: Tables) -> Iterator[Record]:
    """The thread entries' records."""
    yield from broken(tables, "thread", "ticket", "user", "user_email", "staff")
    with Lookup() as known:
        _learn(known, tables)
        yield from answered(known, lambda: _messages(known, tables))


def _learn(known: Lookup, tables: Tables) -> None:
    for _, row in rows_of(tables, "user_email"):
        known.add("mail", cell(row.cells, "user_id"), cell(row.cells, "address"), cell(row.cells, "id").zfill(12))
    for _, row in rows_of(tables, "user"):
        own_id = cell(row.cells, "id")
        mail = known.first("mail", own_id) or ""
        known.add_person(f"user {own_id}", Person(key_of(mail, "", own_id), cell(row.cells, "name")))
    for _, row in rows_of(tables, "staff"):
        own_id, mail = cell(row.cells, "staff_id"), cell(row.cells, "email")
        name = " ".join(part for part in (cell(row.cells, "firstname"), cell(row.cells, "lastname")) if part)
        known.add_person(f"staff {own_id}", Person(mail or own_id, name, colleague=True))
    for _, row in rows_of(tables, "thread"):
        thread = _Thread(cell(row.cells, "object_type").upper(), cell(row.cells, "object_id"))
        known.add("thread", cell(row.cells, "id"), json.dumps(thread))
    for _, row in rows_of(tables, "ticket"):
        known.add("owner", cell(row.cells, "ticket_id"), cell(row.cells, "user_id"))
        known.add("channel", cell(row.cells, "ticket_id"), _CHANNELS.get(cell(row.cells, "source").lower(), ""))


def _messages(known: Lookup, tables: Tables) -> Iterator[Message]:
    for name, row in rows_of(tables, "thread_entry"):
        empty = Message(name, row.line, cell(row.cells, "thread_id"), problem=row.problem)
        yield empty if row.problem else _entry(known, empty, row.cells)


def _entry(known: Lookup, empty: Message, cells: Cells) -> Message:
    found = known.latest("thread", empty.conversation)
    thread = _Thread(*json.loads(found)) if found else _Thread("T", "")
    kind, created = cell(cells, "type").upper(), cell(cells, "created")
    if thread.kind != "T" or kind not in ("M", "R"):
        return empty
    body = cell(cells, "body")
    message = empty._replace(
        source_id=f"thread-{empty.conversation}/entry-{cell(cells, 'id')}",
        sent_at="" if created == _NEVER else in_utc(created),
        words=body if cell(cells, "format").lower() == "text" else plain(body),
    )
    poster = cell(cells, "poster")
    if kind == "R":
        person = known.person(f"staff {cell(cells, 'staff_id')}")
        agent = (person and (person.name or person.key)) or poster or f"staff {cell(cells, 'staff_id')}"
        return message._replace(writer="colleague", fields={"agent": agent})
    author = cell(cells, "user_id")
    if author in ("", "0"):
        author = known.latest("owner", thread.ticket) or ""
    user = known.person(f"user {author}") or Person(author)
    channel = _CHANNELS.get(cell(cells, "source").lower(), "") or known.latest("channel", thread.ticket) or ""
    about = {"customer": user.key, "name": (user.name or poster) if user.key else "", "channel": channel}
    return message._replace(writer="customer", fields=filled(about))


SOURCE = Source(
    name="osticket",
    title="osTicket",
    tables={
        "thread_entry": frozenset({"id", "thread_id", "staff_id", "user_id", "type", "poster", "body", "created"}),
        "thread": frozenset({"id", "object_id", "object_type"}),
        "ticket": frozenset({"ticket_id", "number", "user_id", "dept_id", "source"}),
        "user": frozenset({"id", "default_email_id", "name"}),
        "user_email": frozenset({"id", "user_id", "address"}),
        "staff": frozenset({"staff_id", "firstname", "lastname", "email"}),
        "queue": frozenset({"ticket number", "last updated", "subject", "from", "priority"}),
        "queue_in_full": frozenset({"ticket number", "date created", "subject", "from email"}),
        "tasks": frozenset({"task number", "date created", "title", "thread count"}),
    },
    needed=("thread_entry",),
    records=records,
    instead="The CSV of a queue holds no messages: export the table thread_entry of osTicket's database, with thread, "
    "ticket, user, user_email and staff.",
)

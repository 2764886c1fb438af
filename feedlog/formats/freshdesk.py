"""Freshdesk: tickets with their conversations as JSON from its API, and the lists of contacts and agents beside them.

A ticket's description is the requester's, but where an agent wrote first (outbound mail). Of the conversations those
that came in are the customer's, the others colleagues' replies; private notes, spam and deleted tickets are records
without words.
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
    inner,
    is_yes,
    key_of,
    plain,
    rows_of,
    words_in,
)
from feedlog.formats.records import Record, Source

# 1 mail, 2 portal, 3 phone, 4 forum, 5 Twitter, 6 Facebook, 7 chat, 8 app, 9 widget, 10 mail that an agent wrote, 13
# WhatsApp; firms add their own above 100.
_CHANNELS = {
    "1": "email",
    "2": "other",
    "3": "phone",
    "4": "forum",
    "5": "social",
    "6": "social",
    "7": "chat",
    "8": "other",
    "9": "other",
    "10": "email",
    "13": "chat",
}
_WRITTEN_BY_AN_AGENT = "10"
_TICKETS = ("ticket", "ticket_of_list", "ticket_with_conversations")


class _Case(NamedTuple):
    """What the conversations of a ticket need to know about it."""

    requester: str
    channel: str
    gone: bool


def records(tables: Tables) -> Iterator[Record]:
    """The tickets' and conversations' records."""
    yield from broken(tables, "contact", "agent")
    with Lookup() as known:
        _learn(known, tables)
        yield from answered(known, lambda: _messages(known, tables))


def _learn(known: Lookup, tables: Tables) -> None:
    for _, row in rows_of(tables, "contact"):
        _learn_person(known, row.cells, "")
    for _, row in rows_of(tables, "agent"):
        agent = {**row.cells, "contact.id": cell(row.cells, "id")}
        _learn_person(known, agent, "contact.", colleague=True)
    for _, row in rows_of(tables, *_TICKETS):
        cells = row.cells
        if row.problem:
            continue
        _learn_person(known, cells, "requester.")
        _learn_person(known, cells, "responder.", colleague=True)
        ticket = _Case(
            cell(cells, "requester_id", "requester.id"),
            _CHANNELS.get(cell(cells, "source"), ""),
            is_yes(cell(cells, "spam")) or is_yes(cell(cells, "deleted")),
        )
        known.add("ticket", cell(cells, "id"), json.dumps(ticket), in_utc(cell(cells, "updated_at")))
        for tag in words_in(cells, "tags"):
            known.add("tag", cell(cells, "id"), tag)


def _learn_person(known: Lookup, cells: Cells, prefix: str, *, colleague: bool = False) -> None:
    own_id, mail = cell(cells, f"{prefix}id"), cell(cells, f"{prefix}email")
    if own_id:
        key = key_of(mail, cell(cells, f"{prefix}unique_external_id"), own_id)
        known.add_person(own_id, Person(key, cell(cells, f"{prefix}name"), colleague), "1" if mail else "")


def _messages(known: Lookup, tables: Tables) -> Iterator[Message]:
    for name, row in rows_of(tables, *_TICKETS):
        empty = Message(name, row.line, cell(row.cells, "id"), problem=row.problem)
        yield empty if row.problem else _description(known, empty, row.cells)
        for conversation in inner(row.cells, "conversations"):
            yield _conversation(known, empty, conversation)
    for name, row in rows_of(tables, "conversation"):
        empty = Message(name, row.line, cell(row.cells, "ticket_id"), problem=row.problem)
        yield empty if row.problem else _conversation(known, empty, row.cells)


def _description(known: Lookup, empty: Message, cells: Cells) -> Message:
    ticket = _case(known, empty.conversation)
    if ticket is None or ticket.gone or cell(cells, "source") == _WRITTEN_BY_AN_AGENT:
        return empty
    message = empty._replace(
        source_id=f"ticket-{empty.conversation}",
        sent_at=in_utc(cell(cells, "created_at")),
        words=cell(cells, "description_text") or plain(cell(cells, "description")),
        writer="customer",
    )
    return message._replace(fields=_customer(known, ticket, ticket.requester))


def _conversation(known: Lookup, empty: Message, cells: Cells) -> Message:
    ticket = _case(known, empty.conversation)
    if is_yes(cell(cells, "private")) or (ticket is not None and ticket.gone):
        return empty
    message = empty._replace(
        source_id=f"ticket-{empty.conversation}/conversation-{cell(cells, 'id')}",
        sent_at=in_utc(cell(cells, "created_at")),
        words=cell(cells, "body_text") or plain(cell(cells, "body")),
    )
    author = cell(cells, "user_id")
    if is_yes(cell(cells, "incoming")):
        return message._replace(writer="customer", fields=_customer(known, ticket, author))
    person = known.person(author)
    agent = (person and (person.name or person.key)) or f"agent {author}"
    return message._replace(writer="colleague", fields={"agent": agent})


def _customer(known: Lookup, ticket: _Case | None, author: str) -> dict[str, str]:
    author = author or (ticket.requester if ticket else "")
    person = known.person(author) or Person(author)
    return filled(
        {
            "customer": person.key,
            "name": person.name,
            "channel": ticket.channel if ticket else "",
        }
    )


def _case(known: Lookup, ticket_id: str) -> _Case | None:
    found = known.latest("ticket", ticket_id)
    return None if found is None else _Case(*json.loads(found))


SOURCE = Source(
    name="freshdesk",
    title="Freshdesk",
    tables={
        "ticket": frozenset({"id", "requester_id", "source", "description_text", "created_at"}),
        "ticket_of_list": frozenset({"id", "requester_id", "source", "description", "fr_escalated", "created_at"}),
        # More columns than a conversation has: its conversations are a list in the file, too.
        "ticket_with_conversations": frozenset(
            {"id", "requester_id", "source", "conversations", "status", "priority", "created_at", "updated_at"}
        ),
        "conversation": frozenset({"id", "ticket_id", "user_id", "incoming", "private", "body_text"}),
        "contact": frozenset({"id", "name", "email", "view_all_tickets"}),
        "agent": frozenset({"id", "contact.name", "contact.email"}),
        "ticket_without_words": frozenset({"id", "requester_id", "source", "subject", "fr_escalated"}),
        "report": frozenset({"ticket id", "subject", "status", "priority", "source", "requester email"}),
    },
    needed=("ticket", "ticket_of_list", "ticket_with_conversations", "conversation"),
    records=records,
    instead="This list has no messages: export the tickets from the API as JSON, each with include=conversations.",
)

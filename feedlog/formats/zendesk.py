"""Zendesk: its tables as warehouses keep them, and the JSON of its API and of its own full export.

A ticket's `description` is its first comment again: it counts only where the comments do not have it. Whose words a
comment is, is decided by its author's role; without the user table, by who asked for the ticket. What colleagues wrote
among themselves (not public) and tickets that were deleted are records without words.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import NamedTuple

from feedlog.formats.conversations import (
    Cells,
    Lookup,
    Message,
    Person,
    Tables,
    Writer,
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
    themes,
    words_in,
)
from feedlog.formats.records import Record, Source

# Zendesk's word for the way a ticket came, and ours. What stands for a program (api, rule, ...) says nothing.
_CHANNELS = {
    **dict.fromkeys(("email", "mail"), "email"),
    **dict.fromkeys(("voice", "phone", "voicemail"), "phone"),
    **dict.fromkeys(("chat", "native_messaging", "messaging", "sms", "whatsapp", "line", "telegram", "viber"), "chat"),
    **dict.fromkeys(("facebook", "twitter", "twitter_dm", "instagram_dm", "instagram", "messenger"), "social"),
    **dict.fromkeys(("forum", "topic"), "forum"),
    **dict.fromkeys(("web", "web_form", "web_widget", "web form", "mobile", "mobile_sdk", "help_center"), "other"),
}
_COLLEAGUES = ("agent", "admin", "owner")
_DELETED = "_fivetran_deleted"


class _Ticket(NamedTuple):
    """What the comments of a ticket need to know about it."""

    requester: str
    submitter: str
    assignee: str
    channel: str
    gone: bool


def records(tables: Tables) -> Iterator[Record]:
    """The tickets' and comments' records."""
    yield from broken(tables, "user", "ticket_tag")
    with Lookup() as known:
        _learn_people(known, tables)
        _learn_tickets(known, tables)
        _learn_comments(known, tables)
        yield from answered(known, lambda: _messages(known, tables))


# --- the three kinds of rows, wherever they stand -------------------------------------------------


def _users(tables: Tables) -> Iterator[Cells]:
    for _, row in rows_of(tables, "user"):
        yield row.cells
    for _, row in rows_of(tables, "page", "page_of_comments"):
        yield from inner(row.cells, "users")
    for _, _, cells, _ in _tickets(tables):
        for part, role in (("requester", "end-user"), ("assignee", "agent"), ("submitter", "")):
            person = {name.removeprefix(f"{part}."): cells[name] for name in cells if name.startswith(f"{part}.")}
            if person.get("role", role):
                yield {"role": role, **person}


def _tickets(tables: Tables) -> Iterator[tuple[str, int, Cells, str | None]]:
    for name, row in rows_of(tables, "ticket", "ticket_with_comments", "ticket_of_full_export"):
        yield name, row.line, row.cells, row.problem
    for name, row in rows_of(tables, "page"):
        for cells in inner(row.cells, "tickets"):
            yield name, row.line, cells, None


def _comments(tables: Tables) -> Iterator[tuple[str, int, Cells, str | None]]:
    for name, row in rows_of(tables, "ticket_comment", "comment", "comment_of_author"):
        yield name, row.line, row.cells, row.problem
    for name, line, cells, _ in _tickets(tables):
        for comment in inner(cells, "comments"):
            yield name, line, {"ticket_id": cell(cells, "id"), **comment}, None
    for name, row in rows_of(tables, "page_of_comments"):
        for comment in inner(row.cells, "comments"):
            yield name, row.line, comment, None


# --- first what they say about each other ---------------------------------------------------------


def _learn_people(known: Lookup, tables: Tables) -> None:
    for cells in _users(tables):
        own_id = cell(cells, "id")
        if own_id and not is_yes(cell(cells, _DELETED)):
            key = key_of(cell(cells, "email"), cell(cells, "external_id"), own_id)
            name = cell(cells, "name")
            colleague = cell(cells, "role").lower() in _COLLEAGUES
            known.add_person(own_id, Person(key, name or (cell(cells, "email") if colleague else ""), colleague))


def _learn_tickets(known: Lookup, tables: Tables) -> None:
    for _, row in rows_of(tables, "ticket_tag"):
        if not row.problem and not is_yes(cell(row.cells, _DELETED)):
            known.add("tag", cell(row.cells, "ticket_id"), cell(row.cells, "tag"))
    for _, _, cells, problem in _tickets(tables):
        if problem:
            continue
        ticket = _Ticket(
            cell(cells, "requester_id", "requester.id"),
            cell(cells, "submitter_id", "submitter.id"),
            cell(cells, "assignee_id", "assignee.id"),
            _CHANNELS.get(cell(cells, "via_channel", "via.channel").lower(), ""),
            cell(cells, "status").lower() == "deleted" or is_yes(cell(cells, _DELETED)),
        )
        known.add("ticket", cell(cells, "id"), json.dumps(ticket), in_utc(cell(cells, "updated_at")))
        for tag in words_in(cells, "tags"):
            known.add("tag", cell(cells, "id"), tag)


def _learn_comments(known: Lookup, tables: Tables) -> None:
    for _, _, cells, problem in _comments(tables):
        if not problem:
            ticket_id = cell(cells, "ticket_id")
            known.add("words", ticket_id, _print(_words(cells)))
            known.add("moment", ticket_id, in_utc(cell(cells, "created", "created_at"))[:19])


def _print(words: str) -> str:
    """What stays the same when only blanks and line ends differ; short, as it is kept for every comment."""
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:24]


# --- then the messages ----------------------------------------------------------------------------


def _messages(known: Lookup, tables: Tables) -> Iterator[Message]:
    for name, line, cells, problem in _tickets(tables):
        yield Message(name, line, problem=problem) if problem else _description(known, name, line, cells)
    for name, line, cells, problem in _comments(tables):
        yield Message(name, line, problem=problem) if problem else _comment(known, name, line, cells)


def _description(known: Lookup, name: str, line: int, cells: Cells) -> Message:
    ticket_id, words = cell(cells, "id"), plain_or_not(cell(cells, "description"))
    ticket = _ticket(known, ticket_id)
    created = in_utc(cell(cells, "created_at"))
    again = _print(words) in known.all("words", ticket_id) or created[:19] in known.all("moment", ticket_id)
    if ticket is None or ticket.gone or again:
        return Message(name, line)
    author = ticket.submitter or ticket.requester
    # A ticket that somebody opened for the customer begins with that colleague's words.
    return _message(known, name, line, ticket, Message(name, line, ticket_id, f"ticket-{ticket_id}", created), author, words)


def _comment(known: Lookup, name: str, line: int, cells: Cells) -> Message:
    ticket_id, own_id = cell(cells, "ticket_id"), cell(cells, "id")
    ticket = _ticket(known, ticket_id)
    gone = is_yes(cell(cells, _DELETED)) or (ticket is not None and ticket.gone)
    if gone or not is_yes(cell(cells, "public") or "true"):
        return Message(name, line)
    return Message(name, line)

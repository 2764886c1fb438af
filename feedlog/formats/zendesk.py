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


class _Case(NamedTuple):
    """What the comments of a ticket need to know about it."""

    requester: str
    submitter: str
    assignee: str
    channel: str
    gone: bool
    opened_at: str
    described: str


def records(tables: Tables) -> Iterator[Record]:
    """The tickets' and comments' records."""
    yield from broken(tables, "user", "ticket_tag")
    with Lookup() as known:
        _learn_people(known, tables)
        _learn_cases(known, tables)
        _learn_comments(known, tables)
        yield from answered(known, lambda: _messages(known, tables))


# --- the three kinds of rows, wherever they stand -------------------------------------------------


def _users(tables: Tables) -> Iterator[Cells]:
    for _, row in rows_of(tables, "user"):
        yield row.cells
    for _, _, cells, _ in _cases(tables):
        for part, role in (("requester", "end-user"), ("assignee", "agent")):
            if f"{part}.id" in cells:
                yield {"role": role, **{name[len(part) + 1 :]: cells[name] for name in cells if name.startswith(part)}}


def _cases(tables: Tables) -> Iterator[tuple[str, int, Cells, str | None]]:
    for name, row in rows_of(tables, "ticket", "ticket_with_comments", "ticket_of_full_export"):
        yield name, row.line, row.cells, row.problem


def _comments(tables: Tables) -> Iterator[tuple[str, int, Cells, str | None]]:
    for name, row in rows_of(tables, "ticket_comment", "comment"):
        yield name, row.line, row.cells, row.problem
    for name, line, cells, _ in _cases(tables):
        for comment in inner(cells, "comments"):
            yield name, line, {"ticket_id": cell(cells, "id"), **comment}, None


# --- first what they say about each other ---------------------------------------------------------


def _learn_people(known: Lookup, tables: Tables) -> None:
    for cells in _users(tables):
        own_id = cell(cells, "id")
        if own_id and not is_yes(cell(cells, _DELETED)):
            key = key_of(cell(cells, "email"), cell(cells, "external_id"), own_id)
            colleague = cell(cells, "role").lower() in _COLLEAGUES
            name = cell(cells, "name") or (cell(cells, "email") or f"agent {own_id}" if colleague else "")
            known.add_person(own_id, Person(key, name, colleague), in_utc(cell(cells, "updated_at")))


def _learn_cases(known: Lookup, tables: Tables) -> None:
    for _, row in rows_of(tables, "ticket_tag"):
        if not row.problem and not is_yes(cell(row.cells, _DELETED)):
            known.add("tag", cell(row.cells, "ticket_id"), cell(row.cells, "tag"))
    for _, _, cells, problem in _cases(tables):
        if problem:
            continue
        ticket = _Case(
            cell(cells, "requester_id", "requester.id"),
            cell(cells, "submitter_id", "submitter.id"),
            cell(cells, "assignee_id", "assignee.id"),
            _CHANNELS.get(cell(cells, "via_channel", "via.channel").lower(), ""),
            cell(cells, "status").lower() == "deleted" or is_yes(cell(cells, _DELETED)),
            in_utc(cell(cells, "created_at"))[:19],
            _print(cell(cells, "description")),
        )
        known.add("ticket", cell(cells, "id"), json.dumps(ticket), in_utc(cell(cells, "updated_at")))
        for tag in words_in(cells, "tags"):
            known.add("tag", cell(cells, "id"), tag)


def _learn_comments(known: Lookup, tables: Tables) -> None:
    """Finds the tickets whose description is among the comments: by its words, or by the moment the ticket began."""
    for _, _, cells, _ in _comments(tables):
        ticket = _case(known, cell(cells, "ticket_id"))
        if ticket is None or cell(cells, "user_id", "author_id") not in (ticket.submitter, ticket.requester):
            continue
        created = in_utc(cell(cells, "created", "created_at"))
        if created[:19] == ticket.opened_at or _print(_words(cells)) == ticket.described:
            known.add("described", cell(cells, "ticket_id"), cell(cells, "id"), created)


def _print(words: str) -> str:
    """What stays the same when only blanks and line ends differ; short, as it is kept for every ticket."""
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:24]


# --- then the messages ----------------------------------------------------------------------------


def _messages(known: Lookup, tables: Tables) -> Iterator[Message]:
    for name, line, cells, problem in _cases(tables):
        yield _description(known, Message(name, line, problem=problem), cells)
    for name, line, cells, problem in _comments(tables):
        yield _comment(known, Message(name, line, problem=problem), cells)


def _description(known: Lookup, empty: Message, cells: Cells) -> Message:
    ticket_id, words = cell(cells, "id"), cell(cells, "description")
    ticket = _case(known, ticket_id)
    again = known.first("described", ticket_id) is not None
    if empty.problem or ticket is None or ticket.gone or again or not words:
        return empty
    message = empty._replace(
        conversation=ticket_id, source_id=f"ticket-{ticket_id}", sent_at=in_utc(cell(cells, "created_at")), words=words
    )
    # Where a colleague opened the ticket, it begins with that colleague's words.
    return _signed(known, message, ticket, ticket.submitter or ticket.requester, ticket.channel)


def _comment(known: Lookup, empty: Message, cells: Cells) -> Message:
    ticket_id, own_id = cell(cells, "ticket_id"), cell(cells, "id")
    ticket = _case(known, ticket_id)
    deleted = is_yes(cell(cells, _DELETED)) or (ticket is not None and ticket.gone)
    words, described = _words(cells), known.first("described", ticket_id)
    if empty.problem or deleted or not words or not is_yes(cell(cells, "public") or "true"):
        return empty
    message = empty._replace(
        conversation=ticket_id,
        # The description's name, so that tickets imported before without their comments are known again.
        source_id=f"ticket-{ticket_id}" if described == own_id else f"ticket-{ticket_id}/comment-{own_id}",
        sent_at=in_utc(cell(cells, "created", "created_at")),
        words=words,
    )
    channel = ticket.channel if ticket else ""
    if is_yes(cell(cells, "voice_comment")):
        channel = "phone"
    elif is_yes(cell(cells, "facebook_comment")) or is_yes(cell(cells, "tweet")):
        channel = "social"
    return _signed(known, message, ticket, cell(cells, "user_id", "author_id"), channel)


def _signed(known: Lookup, message: Message, ticket: _Case | None, author: str, channel: str) -> Message:
    """The message with who wrote it, or with the problem that nobody can tell."""
    person = known.person(author)
    if person is None and ticket is not None and author:
        if author == ticket.requester:
            person = Person(author)
        elif author in (ticket.assignee, ticket.submitter):
            person = Person(author, f"agent {author}", colleague=True)
    if person is None:
        return message._replace(
            problem="A customer or a colleague may have written this: its author is not among the users"
            + (", nor its ticket among the tickets. " if ticket is None else ". ")
            + "Export users and tickets of the same days as the comments, and give all files at once."
        )
    if person.colleague:
        return message._replace(writer="colleague", fields={"agent": person.name})
    about = {"customer": person.key, "name": person.name, "channel": channel}
    return message._replace(writer="customer", fields=filled(about))


def _case(known: Lookup, ticket_id: str) -> _Case | None:
    found = known.latest("ticket", ticket_id)
    return None if found is None else _Case(*json.loads(found))


def _words(cells: Cells) -> str:
    """A comment's words. The body of a call is Zendesk's own list of numbers and times: only its transcript counts."""
    if is_yes(cell(cells, "voice_comment")):
        return cell(cells, "transcription_text")
    return cell(cells, "plain_body", "body") or plain(cell(cells, "html_body"))


SOURCE = Source(
    name="zendesk",
    title="Zendesk",
    tables={
        "ticket": frozenset({"id", "requester_id", "submitter_id", "description", "created_at", "status"}),
        "ticket_comment": frozenset({"id", "ticket_id", "user_id", "body", "public", "created"}),
        "comment": frozenset({"id", "ticket_id", "author_id", "public", "created_at", "body"}),
        "user": frozenset({"id", "email", "name", "role", "time_zone", "verified"}),
        "ticket_tag": frozenset({"tag", "ticket_id"}),
        "ticket_with_comments": frozenset({"id", "requester_id", "submitter_id", "comments", "status"}),
        "ticket_of_full_export": frozenset({"id", "requester.id", "comments", "status"}),
        "view": frozenset({"id", "requester", "subject", "assignee", "group stations", "reopens"}),
    },
    needed=("ticket", "ticket_comment", "comment", "ticket_with_comments", "ticket_of_full_export"),
    records=records,
    instead="A view's CSV and a list of users hold no messages: export the tickets as JSON with their comments, or the "
    "tables ticket, ticket_comment and user.",
)

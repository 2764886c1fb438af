"""Help Scout: conversations with their threads as JSON from its API.

Threads of the type customer are the customer's words, those of the type message colleagues' replies; in a chat it is
who wrote it that tells. Notes, drafts, what Help Scout wrote itself and what was forwarded are records without words.
"""

from collections.abc import Iterator

from feedlog.formats.conversations import (
    Cells,
    Lookup,
    Message,
    Tables,
    answered,
    cell,
    filled,
    in_utc,
    inner,
    key_of,
    plain,
    rows_of,
    themes,
    words_in,
)
from feedlog.formats.records import Record, Source

_CHANNELS = {"email": "email", "chat": "chat", "phone": "phone"}
_CHATS = ("chat", "beaconchat")
_OUT_OF_SIGHT = ("draft", "underreview", "hidden")


def records(tables: Tables) -> Iterator[Record]:
    """The threads' records."""
    with Lookup() as known:
        yield from answered(known, lambda: _messages(tables))


def _messages(tables: Tables) -> Iterator[Message]:
    for name, row in rows_of(tables, "conversation"):
        empty = Message(name, row.line, cell(row.cells, "id"), problem=row.problem)
        threads = inner(row.cells, "_embedded.threads")
        if not threads:
            yield empty
        for thread in threads:
            yield _message(empty, row.cells, thread)


def _message(empty: Message, conversation: Cells, cells: Cells) -> Message:
    kind = cell(cells, "type").lower()
    deleted = cell(conversation, "state") == "deleted" or cell(conversation, "status") == "spam"
    if deleted or cell(cells, "state").lower() in _OUT_OF_SIGHT:
        return empty
    message = empty._replace(
        source_id=f"conversation-{empty.conversation}/thread-{cell(cells, 'id')}",
        sent_at=in_utc(cell(cells, "createdat")),
        words=plain(cell(cells, "body")),
    )
    by_customer = cell(cells, "createdby.type") == "customer"
    if kind == "customer" or (kind in _CHATS and by_customer):
        return message._replace(writer="customer", fields=_customer(conversation, cells))
    if kind == "message" or (kind in _CHATS and cell(cells, "createdby.type") == "user"):
        agent = _name(cells, "createdby.") or cell(cells, "createdby.email") or f"user {cell(cells, 'createdby.id')}"
        return message._replace(writer="colleague", fields={"agent": agent})
    return message


def _customer(conversation: Cells, cells: Cells) -> dict[str, str]:
    """Who wrote a thread: its own customer, for there may be several; else the conversation's."""
    about = {
        "channel": _CHANNELS.get(cell(conversation, "type").lower(), ""),
        "theme": themes(
            [cell(tag, "tag", "name") for tag in inner(conversation, "tags")] or words_in(conversation, "tags")
        ),
    }
    for people, prefix in ((cells, "customer."), (cells, "createdby."), (conversation, "primarycustomer.")):
        if key := key_of(cell(people, f"{prefix}email"), "", cell(people, f"{prefix}id")):
            return filled({"customer": key, "name": _name(people, prefix), **about})
    return filled(about)


def _name(people: Cells, prefix: str) -> str:
    """First and last name; Help Scout's word for a name it does not know is no name."""
    parts = (cell(people, f"{prefix}first", f"{prefix}firstname"), cell(people, f"{prefix}last", f"{prefix}lastname"))
    return " ".join(part for part in parts if part and part.lower() != "unknown")


SOURCE = Source(
    name="helpscout",
    title="Help Scout",
    tables={
        "conversation": frozenset({"id", "_embedded.threads"}),
        "conversation_without_threads": frozenset({"id", "mailboxid", "primarycustomer.id", "subject", "preview"}),
    },
    needed=("conversation",),
    records=records,
    instead="Conversations without their threads hold no words: get them from the API with embed=threads.",
)

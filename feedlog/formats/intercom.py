"""Intercom: the tables warehouses keep of it, the JSON of its API, and the one table other exporters write.

A conversation begins with its source's body; the parts follow. Users, leads and contacts are customers, admins are
colleagues; what bots and teams sent, notes among colleagues, and parts without a body are records without words. A
remark given with a rating is the customer's words, too. Tables ending in `_history` hold a row for each version: the
first one read counts.
"""

from collections.abc import Iterator

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
    out_of_five,
    plain,
    rows_of,
    themes,
    words_in,
)
from feedlog.formats.records import Record, Source

_CHANNELS = {
    "email": "email",
    **dict.fromkeys(("conversation", "chat", "in_app", "inapp", "push", "sms", "whatsapp"), "chat"),
    **dict.fromkeys(("facebook", "instagram", "twitter"), "social"),
    **dict.fromkeys(("phone_call", "phone_switch"), "phone"),
}
_CUSTOMERS = ("user", "lead", "contact")


def records(tables: Tables) -> Iterator[Record]:
    """The conversations' and parts' records."""
    yield from broken(tables, "contact", "admin", "tag", "conversation_tag")
    with Lookup() as known:
        _learn(known, tables)
        yield from answered(known, lambda: _messages(known, tables))


def _learn(known: Lookup, tables: Tables) -> None:
    for table in ("contact", "admin"):
        for _, row in rows_of(tables, table):
            cells, own_id = row.cells, cell(row.cells, "id")
            if own_id and not is_yes(cell(cells, "_fivetran_deleted")):
                key = key_of(cell(cells, "email"), cell(cells, "external_id"), own_id)
                at = in_utc(cell(cells, "updated_at"))
                known.add_person(f"{table} {own_id}", Person(key, cell(cells, "name"), table == "admin"), at)
    for _, row in rows_of(tables, "tag"):
        known.add("tag name", cell(row.cells, "id"), cell(row.cells, "name"))
    for _, row in rows_of(tables, "conversation_tag"):
        for name in known.all("tag name", cell(row.cells, "tag_id")):
            known.add("tag", cell(row.cells, "conversation_id"), name)
    for _, row in rows_of(tables, "conversation", "conversation_of_api"):
        conversation, cells = cell(row.cells, "id"), row.cells
        if channel := _CHANNELS.get(cell(cells, "source_type", "source.type").lower()):
            known.add("channel", conversation, channel)
        for tag in inner(cells, "tags.tags"):
            known.add("tag", conversation, cell(tag, "name"))


def _messages(known: Lookup, tables: Tables) -> Iterator[Message]:
    for name, row in rows_of(tables, "conversation", "conversation_of_api"):
        empty = Message(name, row.line, cell(row.cells, "id"), problem=row.problem)
        yield empty if row.problem else _opening(known, empty, row.cells)
        if cell(row.cells, "conversation_rating_remark", "conversation_rating.remark"):
            yield _remark(known, empty, row.cells)
        for part in inner(row.cells, "conversation_parts.conversation_parts"):
            yield _part(known, empty, part)
    for name, row in rows_of(tables, "conversation_part"):
        empty = Message(name, row.line, cell(row.cells, "conversation_id"), problem=row.problem)
        yield empty if row.problem else _part(known, empty, row.cells)
    for name, row in rows_of(tables, "message"):
        empty = Message(name, row.line, cell(row.cells, "conversation_id"), problem=row.problem)
        yield empty if row.problem else _exported(empty, row.cells)


def _opening(known: Lookup, empty: Message, cells: Cells) -> Message:
    message = empty._replace(
        source_id=f"conversation-{empty.conversation}",
        sent_at=in_utc(cell(cells, "created_at")),
        words=plain(cell(cells, "source_body", "source.body")),
    )
    author = {name: cell(cells, f"source_author_{name}", f"source.author.{name}") for name in _AUTHOR}
    return _signed(known, message, author)


def _remark(known: Lookup, empty: Message, cells: Cells) -> Message:
    """What the customer wrote beside a rating."""
    message = empty._replace(
        source_id=f"conversation-{empty.conversation}/rating",
        sent_at=in_utc(
            cell(cells, "conversation_rating_created_at", "conversation_rating.created_at", "updated_at", "created_at")
        ),
        words=cell(cells, "conversation_rating_remark", "conversation_rating.remark"),
    )
    rated_by = {"type": "contact", "id": cell(cells, "conversation_rating.contact.id")}
    opened_by = {name: cell(cells, f"source_author_{name}", f"source.author.{name}") for name in _AUTHOR}
    signed = _signed(known, message, opened_by if opened_by["type"] in _CUSTOMERS else rated_by)
    rating = out_of_five(cell(cells, "conversation_rating_value", "conversation_rating.rating"))
    return signed._replace(fields=filled({**signed.fields, "satisfaction": rating}))


def _part(known: Lookup, empty: Message, cells: Cells) -> Message:
    if "note" in cell(cells, "part_type").lower():
        return empty
    message = empty._replace(
        source_id=f"conversation-{empty.conversation}/part-{cell(cells, 'id')}",
        sent_at=in_utc(cell(cells, "created_at")),
        words=plain(cell(cells, "body")),
    )
    return _signed(known, message, {name: cell(cells, f"author_{name}", f"author.{name}") for name in _AUTHOR})


_AUTHOR = ("type", "id", "name", "email")


def _signed(known: Lookup, message: Message, author: Cells) -> Message:
    """The message with who wrote it; tables tell the name and mail of an author apart, the API beside each message."""
    kind, own_id = author.get("type", "").lower(), author.get("id", "")
    writer: Writer = "customer" if kind in _CUSTOMERS else "colleague" if kind == "admin" else "nobody"
    person = known.person(f"{'admin' if kind == 'admin' else 'contact'} {own_id}")
    mail, name = author.get("email", ""), author.get("name", "")
    if writer == "colleague":
        agent = name or (person and person.name) or mail or (person.key if person else f"admin {own_id}")
        return message._replace(writer=writer, fields={"agent": agent})
    about = {
        "customer": person.key if person else key_of(mail, "", own_id),
        "name": (person.name if person else "") or name,
        "channel": known.first("channel", message.conversation) or "",
    }
    return message._replace(writer=writer, fields=_with_key(about))


def _exported(empty: Message, cells: Cells) -> Message:
    """A row of the exporter that writes one table of messages with everything beside each."""
    kind = cell(cells, "message_author_type").lower()
    if "note" in cell(cells, "message_type").lower():
        return empty
    mail, name = cell(cells, "message_author_email"), cell(cells, "message_author_name")
    message = empty._replace(
        source_id=f"conversation-{empty.conversation}/part-{cell(cells, 'message_id')}",
        sent_at=in_utc(cell(cells, "message_created_at")),
        words=plain(cell(cells, "message_body")),
    )
    if kind == "admin":
        agent = name or mail or f"admin {cell(cells, 'message_author_id')}"
        return message._replace(writer="colleague", fields={"agent": agent})
    if kind not in _CUSTOMERS:
        return message
    about = {
        "customer": key_of(mail, cell(cells, "message_author_user_id"), cell(cells, "message_author_id")),
        "name": name,
        "channel": _CHANNELS.get(cell(cells, "message_type").lower(), ""),
        "theme": themes(words_in(cells, "conversation_tags")),
    }
    return message._replace(writer="customer", fields=_with_key(about))


def _with_key(about: dict[str, str]) -> dict[str, str]:
    """The fields that say something; a name only beside a key."""
    return filled(about if about["customer"] else {**about, "name": ""})


SOURCE = Source(
    name="intercom",
    title="Intercom",
    tables={
        "conversation": frozenset({"id", "source_body", "source_author_type", "source_author_id", "created_at"}),
        "conversation_of_api": frozenset({"id", "source.body", "source.author.type", "created_at"}),
        "conversation_part": frozenset({"id", "conversation_id", "part_type", "author_type", "created_at"}),
        "conversation_tag": frozenset({"conversation_id", "tag_id"}),
        "contact": frozenset({"id", "email", "name", "role", "last_replied_at", "unsubscribed_from_emails"}),
        "admin": frozenset({"id", "name", "email", "job_title", "_fivetran_synced"}),
        "tag": frozenset({"id", "name", "_fivetran_synced", "_fivetran_deleted"}),
        "message": frozenset({"message_id", "message_body", "message_author_type", "conversation_id"}),
    },
    needed=("conversation", "conversation_of_api", "conversation_part", "message"),
    records=records,
    instead="The words stand in the tables conversation and conversation_part: export those, too.",
)

"""Microsoft Teams: messages as Graph answers with them in JSON, and messages.json of a person's own export.

Whose words a message is, Teams does not say: the people the caller names as ours, and in one's own export who exported
it, write replies to the customer's latest message before it, in the same thread of a channel or the same chat.
"""

from collections.abc import Collection, Iterator
from functools import partial

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
    plain,
    rows_of,
)
from feedlog.formats.mail_words import without_quoted_lines
from feedlog.formats.posts import folded, is_one_of
from feedlog.formats.quoted import without_quotes
from feedlog.formats.records import Record, Source

_PEOPLES_KINDS = {"text", "richtext", "richtext/html"}


def with_ours(ours: Collection[str]) -> Source:
    """The source in which messages of these people are replies: by name, or by their id in Teams."""
    return SOURCE._replace(records=partial(_records, ours=folded(ours)))


def _records(tables: Tables, ours: Collection[str] = ()) -> Iterator[Record]:
    with Lookup() as known:
        yield from answered(known, lambda: _messages(tables, ours))


def _messages(tables: Tables, ours: Collection[str]) -> Iterator[Message]:
    for name, row in rows_of(tables, *SOURCE.tables):
        if row.problem:
            yield Message(name, row.line, problem=row.problem)
            continue
        for message in _of_row(row.cells, ours):
            yield message._replace(table=name, line=row.line)


def _of_row(cells: Cells, ours: Collection[str]) -> Iterator[Message]:
    if "messagelist" in cells:
        yield from _of_conversation(cells, "", ours)
    elif "conversations" in cells:
        for conversation in inner(cells, "conversations"):
            yield from _of_conversation(conversation, cell(cells, "userid"), ours)
    else:
        yield _of_graph(cells, ours)


def _of_graph(cells: Cells, ours: Collection[str]) -> Message:
    number, name = cell(cells, "from.user.id"), cell(cells, "from.user.displayname")
    colleague = is_one_of(ours, number, name)
    said = cell(cells, "messagetype") in ("", "message") and bool(number or name)
    gone = bool(cell(cells, "deleteddatetime"))
    body = cells.get("body.content", "")
    place = cell(cells, "chatid", "channelidentity.channelid")  # a message's id is its time, so it is one of a chat's
    return Message(
        table="",
        line=0,
        # In a channel a thread is known by its first message, a chat is one conversation.
        conversation=cell(cells, "chatid") or f"{place} {cell(cells, 'replytoid', 'id')}",
        source_id=f"{place} {cell(cells, 'id')}".strip(),
        sent_at=in_utc(cell(cells, "createddatetime")),
        writer="nobody" if gone or not said else "colleague" if colleague else "customer",
        words=_words(body) if cell(cells, "body.contenttype").casefold() == "html" else body.strip(),
        fields=_who(number, name, colleague=colleague),
    )


def _of_conversation(conversation: Cells, exporter: str, ours: Collection[str]) -> Iterator[Message]:
    for one in inner(conversation, "messagelist"):
        # Some exports write the address of a person where others write the id.
        number, name = cell(one, "from").rpartition("/")[2], cell(one, "displayname", "imdisplayname")
        colleague = (bool(exporter) and number == exporter) or is_one_of(ours, number, name)
        said = cell(one, "messagetype").casefold() in _PEOPLES_KINDS and bool(number)
        yield Message(
            table="",
            line=0,
            conversation=cell(conversation, "id"),
            source_id=f"{cell(conversation, 'id')} {cell(one, 'id')}",
            sent_at=in_utc(cell(one, "originalarrivaltime")),
            writer="nobody" if not said else "colleague" if colleague else "customer",
            words=_words(one.get("content", "")),
            fields=_who(number, name or cell(conversation, "displayname"), colleague=colleague),
        )


def _words(html: str) -> str:
    """What a message shows, without the message it quotes."""
    return without_quoted_lines(plain(without_quotes(html)))


def _who(number: str, name: str, *, colleague: bool) -> dict[str, str]:
    key = number or name
    if colleague:
        return filled({"agent": name or key})
    return filled({"customer": key, "name": name if name != key else "", "channel": "chat"})


SOURCE = Source(
    name="teams",
    title="Microsoft Teams",
    tables={
        "messages": frozenset({"id", "body.content", "body.contenttype", "createddatetime", "messagetype"}),
        "export": frozenset({"conversations", "userid", "exportdate"}),
        "conversations": frozenset({"id", "messagelist"}),
    },
    needed=(),
    records=_records,
    instead="Import messages.json of the export, or Graph's answer as JSON.",
)

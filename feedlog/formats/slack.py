"""A Slack export: a folder for each channel, a JSON file for each day in it, and users.json beside the folders.

What people write is theirs; robots, and Slack's own lines about who came and went, are nobody's. Messages by the people
the caller names as ours are replies to the customer's latest message before it in the same thread; outside a thread
they are passed over. A message is known by who wrote it and its time to the microsecond.
"""

import re
from collections.abc import Collection, Iterator
from functools import partial

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
    is_yes,
    rows_of,
)
from feedlog.formats.posts import folded, is_one_of
from feedlog.formats.records import Record, Source

# Messages of people that bear a kind; every other kind is Slack's own or a robot's.
_PEOPLES_KINDS = {"", "thread_broadcast", "me_message", "file_share"}
_ROBOTS = {"USLACKBOT", "USLACK"}
_MARK = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def with_ours(ours: Collection[str]) -> Source:
    """The source in which messages of these people are replies: by name, mail or id; `@firm.example` for all."""
    return SOURCE._replace(records=partial(_records, ours=folded(ours)))


def _records(tables: Tables, ours: Collection[str] = ()) -> Iterator[Record]:
    yield from broken(tables, "users")
    with Lookup() as known:
        for _, row in rows_of(tables, "users"):
            _remember(known, row.cells, ours)
        yield from answered(known, lambda: _messages(tables, known, ours))


def _remember(known: Lookup, cells: Cells, ours: Collection[str]) -> None:
    number, mail = cell(cells, "id"), cell(cells, "profile.email")
    name = cell(cells, "profile.real_name", "real_name", "profile.display_name", "name")
    short = cell(cells, "profile.display_name", "name")
    known.add_person(number, Person(mail or number, name, is_one_of(ours, number, mail, name, short)))
    if is_yes(cell(cells, "is_bot")):
        known.add("robot", number, "yes")


def _messages(tables: Tables, known: Lookup, ours: Collection[str]) -> Iterator[Message]:
    for name, row in rows_of(tables, "messages"):
        if row.problem:
            yield Message(name, row.line, problem=row.problem)
        else:
            yield _message(row.cells, known, ours)._replace(table=name, line=row.line)


def _message(cells: Cells, known: Lookup, ours: Collection[str]) -> Message:
    user, moment = cell(cells, "user"), cell(cells, "ts")
    name = cell(cells, "user_profile.real_name", "user_profile.display_name", "user_profile.name")
    person = known.person(user) or Person(user, name, is_one_of(ours, user, name))
    robot = not user or user in _ROBOTS or bool(cell(cells, "bot_id")) or known.first("robot", user) is not None
    if robot or cell(cells, "subtype") not in _PEOPLES_KINDS or is_yes(cell(cells, "hidden")):
        writer: Writer = "nobody"
    else:
        writer = "colleague" if person.colleague else "customer"
    theirs = {"customer": person.key, "name": person.name if person.name != person.key else "", "channel": "chat"}
    return Message(
        table="",
        line=0,
        # Outside a thread a message stands alone: what comes after it may be about anything.
        conversation=cell(cells, "thread_ts") or moment,
        source_id=f"{user} {moment}",
        sent_at=in_utc(moment),
        writer=writer,
        words=_readable(cells.get("text", ""), known),
        fields=filled({"agent": person.name or person.key} if person.colleague else theirs),
    )


def _readable(text: str, known: Lookup) -> str:
    """A text with people, channels and links by their names instead of Slack's marks for them."""

    def named(found: re.Match[str]) -> str:
        sign, inside, label = found[1], found[2], found[3]
        if sign == "@":
            person = known.person(inside)
            return f"@{label or (person.name if person and person.name else inside)}"
        if sign == "#":
            return f"#{label or inside}"
        if sign == "!":
            return label or f"@{inside.partition('^')[0]}"
        return label or inside.removeprefix("mailto:").removeprefix("tel:")

    text = _MARK.sub(named, text)
    for written, meant in _ENTITIES:
        text = text.replace(written, meant)
    return text.strip()


SOURCE = Source(
    name="slack",
    title="Slack",
    tables={
        "messages": frozenset({"type", "text", "ts"}),
        "users": frozenset({"id", "name", "is_bot", "profile.real_name"}),
        "channels": frozenset({"id", "created", "members"}),
        "log": frozenset({"change_type", "date", "user_id"}),
    },
    needed=("messages",),
    records=_records,
    instead="Import the files of the days, CHANNEL/*.json, with users.json beside them.",
)

"""What the exports of help desks have in common: messages of conversations, who wrote them, and what answers what.

A source module turns its rows into messages; `answered` turns those into records. Rows of several tables are brought
together by a `Lookup`.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

from feedlog.formats.html import text_of
from feedlog.formats.jsonl import row_of
from feedlog.formats.records import Record, Table
from feedlog.formats.rows import Row

Cells = Mapping[str, str]
Tables = Mapping[str, Sequence[Table]]
# Nobody: a note among colleagues, a robot, a row that is no message. It is counted, and skipped.
Writer = Literal["customer", "colleague", "nobody"]

_YES = {"true", "t", "yes", "y", "1"}
_CACHE_KIB = 64 * 1024


class Message(NamedTuple):
    """One message as a source has it; `sent_at` with its zone, `words` as plain text.

    `fields` are those of a record besides verbatim, said_at and source_id. `problem` says why it could not be read.
    """

    table: str
    line: int
    conversation: str = ""
    source_id: str = ""
    sent_at: str = ""
    writer: Writer = "nobody"
    words: str = ""
    fields: Mapping[str, str] = {}
    problem: str | None = None


class Person(NamedTuple):
    """Whom a source knows: the key we know a customer by, a name for people, and whether it is a colleague."""

    key: str
    name: str = ""
    colleague: bool = False


class Lookup:
    """What other tables say about a row: values by kind and key, in the order of their times.

    SQLite keeps it: in memory while it is little, in a file of its own without a name when an export has more people
    and messages than memory should hold. It is gone when it is closed.
    """

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        for statement in (
            f"pragma cache_size = -{_CACHE_KIB}",
            "pragma journal_mode = off",
            "pragma synchronous = off",
            """create table entries (kind text, key text, at text, value text, primary key (kind, key, at, value))
               without rowid""",
            "begin",
        ):
            self._connection.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def add(self, kind: str, key: str, value: str, at: str = "") -> None:
        """Remembers a value; the same one twice is one."""
        self._connection.execute("insert or ignore into entries values (?, ?, ?, ?)", (kind, key, at, value))

    def all(self, kind: str, key: str) -> list[str]:
        """The values of a key, oldest first."""
        found = self._connection.execute(
            "select value from entries where kind = ? and key = ? order by at, value", (kind, key)
        )
        return [value for (value,) in found]

    def latest(self, kind: str, key: str, until: str = "\U0010ffff") -> str | None:
        """The newest value of a key, or the newest up to a time; None where there is none."""
        found = self._connection.execute(
            "select value from entries where kind = ? and key = ? and at <= ? order by at desc, value desc limit 1",
            (kind, key, until),
        )
        return next((value for (value,) in found), None)

    def first(self, kind: str, key: str) -> str | None:
        """The oldest value of a key; None where there is none."""
        return next(iter(self.all(kind, key)), None)

    def add_person(self, key: str, person: Person, at: str = "") -> None:
        """Remembers who stands behind a source's own id; what was written last counts."""
        self.add("person", key, json.dumps(person), at)

    def person(self, key: str) -> Person | None:
        """Who stands behind a source's own id, where one of its tables says so."""
        found = self.latest("person", key)
        return None if found is None else Person(*json.loads(found))


def answered(known: Lookup, messages: Callable[[], Iterable[Message]]) -> Iterator[Record]:
    """The records of an export's messages, which are gone through twice, as the rows may stand in any order.

    A colleague's message answers the customer's latest before it in the same conversation, else the conversation's
    first. What has nothing to answer, and what nobody said to the customer, is a record without words. The tags that
    `known` has of a conversation, under the kind `tag`, are the themes of its notes.
    """
    for message in messages():
        if message.writer == "customer" and message.words:
            known.add("note", message.conversation, message.source_id, message.sent_at)
    for message in messages():
        yield _record(known, message)


def _record(known: Lookup, message: Message) -> Record:
    if message.problem:
        return Record(message.table, message.line, {}, problem=message.problem)
    answers = None
    words = message.words if message.writer != "nobody" else ""
    if message.writer == "colleague" and words:
        answers = known.latest("note", message.conversation, message.sent_at)
        answers = answers or known.first("note", message.conversation)
        words = words if answers else ""
    fields = {"verbatim": words, "said_at": message.sent_at, "source_id": message.source_id, **message.fields}
    if message.writer == "customer" and words and "theme" not in fields:
        fields["theme"] = themes(known.all("tag", message.conversation))
    return Record(message.table, message.line, filled(fields) | {"verbatim": words}, answers)


# --- rows and cells -------------------------------------------------------------------------------


def rows_of(tables: Tables, *names: str) -> Iterator[tuple[str, Row]]:
    """The rows of these tables with their file's name; columns in lower case, however the file spells them."""
    for name in names:
        for table in tables.get(name, ()):
            lower = all(column == column.casefold() for column in table.columns)
            for row in table.rows():
                yield table.name, row if lower else row._replace(cells=_folded(row.cells))


def broken(tables: Tables, *names: str) -> Iterator[Record]:
    """The rows that cannot be read in tables that hold no messages, so that they are reported, too."""
    for name, row in rows_of(tables, *names):
        if row.problem:
            yield Record(name, row.line, {}, problem=row.problem)


def cell(cells: Cells, *columns: str) -> str:
    """What the first of these columns that is there and not blank says, without blanks around it."""
    for column in columns:
        if text := cells.get(column, "").strip():
            return text
    return ""


def is_yes(text: str) -> bool:
    """Whether a cell says yes, as the programs that write tables spell it."""
    return text.strip().casefold() in _YES


def inner(cells: Cells, column: str) -> list[dict[str, str]]:
    """The objects of a JSON list in a cell, as rows: columns in lower case, dots for objects inside."""
    return [_folded(row_of(0, one, "element").cells) for one in _list(cells, column) if isinstance(one, dict)]


def words_in(cells: Cells, column: str) -> list[str]:
    """The texts of a JSON list in a cell, or the cell as it stands where it is no list."""
    text = cells.get(column, "").strip()
    found = [str(one) for one in _list(cells, column) if isinstance(one, str | int)]
    return found or ([text] if text and not text.startswith("[") else [])


def _list(cells: Cells, column: str) -> list[Any]:
    text = cells.get(column, "")
    if not text.lstrip().startswith("["):
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _folded(cells: Cells) -> dict[str, str]:
    return {column.casefold(): text for column, text in cells.items()}


# --- what cells mean ------------------------------------------------------------------------------


def filled(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that say something."""
    return {name: text for name, text in fields.items() if text}


def in_utc(text: str) -> str:
    """A time of a source that writes UTC, with its offset: seconds since 1970, ISO with a zone or without.

    What is written otherwise stays as it is, for the import to read or refuse.
    """
    text = text.strip()
    try:
        if text.isascii() and text.replace(".", "", 1).isdigit() and len(text) >= 9:
            return datetime.fromtimestamp(float(text), UTC).isoformat()
        moment = datetime.fromisoformat(text.removesuffix(" UTC").replace(" +", "+"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return text


def themes(names: Iterable[str]) -> str:
    """Tags as the field `theme` wants them: a JSON list, each once; a tag may hold a comma."""
    found = [name for name in dict.fromkeys(name.strip() for name in names) if name]
    return json.dumps(found, ensure_ascii=False) if found else ""


def out_of_five(text: str) -> str:
    """A customer's rating from 1 to 5 as satisfaction from 0 to 100; nothing for anything else."""
    return str((int(text) - 1) * 25) if text in ("1", "2", "3", "4", "5") else ""


def key_of(mail: str, external_id: str, own_id: str) -> str:
    """What a person is known by: the mail, else the firm's own number, else the source's; the same in every table."""
    return mail.lower() or external_id or own_id


def plain(html: str) -> str:
    """What a body in HTML says to a reader."""
    return text_of(html).strip() if "<" in html or "&" in html else html.strip()

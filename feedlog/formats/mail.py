"""Mails: one in a file (.eml), or a mailbox of many (.mbox). What is new in a customer's own mail is what they said.

Answers among them, written from one of our own addresses, are replies to the mail they answer. A mailbox is read by
hand and not with Python's `mailbox`, which tells no lines, wants the whole file walked first, and begins a new mail
wherever a sentence begins with "From ".
"""

import json
import re
from collections.abc import Collection, Iterator
from functools import partial
from typing import BinaryIO

from feedlog.formats.conversations import Tables, cell, filled, rows_of
from feedlog.formats.files import File
from feedlog.formats.mail_reading import read
from feedlog.formats.posts import folded, is_one_of
from feedlog.formats.records import Record, Source, Table
from feedlog.formats.rows import Row

# With its pictures a mail can be long; what is longer is not read into memory.
LONGEST_MAIL_BYTES = 64 * 1024 * 1024
_HEADERS = re.compile(r"(?:[!-9;-~]+[ \t]*:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}")
_OF_A_MAIL = re.compile(
    r"^(from|to|subject|date|message-id|received|return-path|mime-version|delivered-to|x-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_SEPARATOR = re.compile(rb"From \S.*\d{1,2}:\d{2}(?::\d{2})?.*\d{4}\s*$|From \S+\s*$")
# A line made to be slow for the pattern above would be longer than a program writes one.
_LONGEST_SEPARATOR = 300
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_COLUMNS = ("mail.words", "mail.address", "mail.name", "mail.sent_at", "mail.id", "mail.answers")


def is_mail(start: str) -> bool:
    """Whether a text that begins like this is a mailbox or a mail: it starts with headers, some of them a mail's."""
    start = start.lstrip("\r\n")
    if _SEPARATOR.match(start.split("\n", 1)[0].rstrip("\r").encode("utf-8", "replace")):
        return True
    head = _HEADERS.match(start)
    return head is not None and len({name.lower() for name in _OF_A_MAIL.findall(head[0])}) >= 2


def tables(file: File) -> list[Table]:
    """The mails of a file as a table of one row each, with the line they begin on."""
    file.remarks.clear()  # how the file as a whole is written says nothing: every mail says it for itself
    return [Table(file.name, _COLUMNS, partial(_rows, file.path))]


def _rows(path: str) -> Iterator[Row]:
    with open(path, "rb") as stream:
        for line, raw in mails(stream):
            if raw is None:
                yield Row(line, {}, f"The mail is longer than {LONGEST_MAIL_BYTES // 1024 // 1024} MiB.")
                continue
            mail = read(raw)
            if mail.passed_over:
                yield Row(line, {}, mail.passed_over)
            else:
                told = (mail.words, mail.address, mail.name, mail.sent_at, mail.id, json.dumps(mail.answers))
                yield Row(line, dict(zip(_COLUMNS, told, strict=True)))


def mails(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The mails of a file with the line each begins on; None for one that is too long to be read."""
    begin, size, blank, many = 1, 0, True, False
    lines: list[bytes] = []
    for number, line in enumerate(stream, 1):
        if blank and line.startswith(b"From ") and len(line) <= _LONGEST_SEPARATOR and _SEPARATOR.match(line):
            if size:
                yield begin, _whole(lines, size, many)
            begin, size, many = number, 0, True
            lines.clear()
        else:
            size += len(line)
            if size <= LONGEST_MAIL_BYTES:
                lines.append(line)
            else:
                lines.clear()
        blank = not line.strip()
    if size:
        yield begin, _whole(lines, size, many)


def _whole(lines: list[bytes], size: int, many: bool) -> bytes | None:
    if size > LONGEST_MAIL_BYTES:
        return None
    raw = b"".join(lines)
    return _ESCAPED_FROM.sub(rb"\1", raw) if many else raw


def with_ours(ours: Collection[str]) -> Source:
    """The source in which mails from these addresses are replies; `@firm.example` is a whole domain."""
    return SOURCE._replace(records=partial(_records, ours=folded(ours)))


def _records(found: Tables, ours: Collection[str] = ()) -> Iterator[Record]:
    answered: dict[str, str] = {}
    for table, row in rows_of(found, "mails"):
        cells = row.cells
        if row.problem:
            yield Record(table, row.line, {}, problem=row.problem)
        elif not is_one_of(ours, cell(cells, "mail.address")):
            yield Record(table, row.line, {"verbatim": cell(cells, "mail.words"), **filled(_fields(cells))})
        else:
            # A colleague may have answered a colleague: then it is the customer's mail before both that counts.
            above: list[str] = json.loads(cells["mail.answers"])
            to = next((answered.get(one, one) for one in above), None)
            if to:
                answered[cell(cells, "mail.id")] = to
            fields = {
                "source_id": cell(cells, "mail.id"),
                "said_at": cell(cells, "mail.sent_at"),
                "agent": cell(cells, "mail.name", "mail.address"),
            }
            words = cell(cells, "mail.words") if to else ""
            yield Record(table, row.line, {"verbatim": words, **filled(fields)}, to)


def _fields(cells: dict[str, str]) -> dict[str, str]:
    return {
        "customer": cell(cells, "mail.address"),
        "name": cell(cells, "mail.name") if cell(cells, "mail.address") else "",
        "said_at": cell(cells, "mail.sent_at"),
        "channel": "email",
        "source_id": cell(cells, "mail.id"),
    }


SOURCE = Source(
    name="mail",
    title="mail",
    tables={"mails": frozenset(_COLUMNS)},
    needed=(),
    records=_records,
    instead="Save the mails as .mbox or .eml.",
)

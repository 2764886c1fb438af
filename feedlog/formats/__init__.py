"""File formats and sources, one module each. They turn files into rows and touch no log.

A *format* is how a file is written: to add one, a module with `tables` and a line in FORMATS. A *source* is a system
whose exports we know: to add one, a module with SOURCE (see `records`) and a line in SOURCES.
"""

from collections.abc import Callable
from typing import NamedTuple

from feedlog.errors import Refused, WrongUsage
from feedlog.formats import (
    canny,
    cfpb,
    chatwoot,
    clearflask,
    csv,
    excel,
    fider,
    forum,
    freshdesk,
    helpscout,
    intercom,
    jrnl,
    json,
    jsonl,
    mail,
    osticket,
    plain,
    quackback,
    slack,
    teams,
    uservoice,
    zendesk,
)
from feedlog.formats.files import File, look_at
from feedlog.formats.records import Record, Source, Table
from feedlog.formats.rows import Row
from feedlog.formats.sources import Opened

__all__ = [
    "FORMATS",
    "SOURCES",
    "WITH_OURS",
    "File",
    "Format",
    "Opened",
    "Record",
    "Row",
    "Source",
    "Table",
    "look_at",
    "opened",
]


class Format(NamedTuple):
    """How to read one kind of file: its tables, what it is called, and the file names it is known by."""

    tables: Callable[[File], list[Table]]
    title: str
    endings: tuple[str, ...] = ()


FORMATS = {
    "csv": Format(csv.tables, "tables as text, also with semicolons, tabs or bars", (".csv", ".tsv", ".tab", ".psv")),
    "jsonl": Format(jsonl.tables, "JSON Lines", (".jsonl", ".ndjson")),
    "json": Format(json.tables, "one JSON list, or an object with lists"),
    "excel": Format(excel.tables, "Excel workbooks (.xlsx)"),
    "mail": Format(mail.tables, "mails (.eml) and mailboxes (.mbox)", (".eml", ".mbox", ".mbx")),
    "plain": Format(plain.tables, "plain text, one sentence a line"),
}

SOURCES = {
    module.SOURCE.name: module.SOURCE
    for module in (
        zendesk,
        intercom,
        chatwoot,
        freshdesk,
        helpscout,
        osticket,
        fider,
        quackback,
        clearflask,
        uservoice,
        canny,
        cfpb,
        mail,
        forum,
        slack,
        teams,
        jrnl,
    )
}

# Of these, who is named as ours wrote replies.
WITH_OURS = {module.SOURCE.name: module.with_ours for module in (mail, forum, slack, teams)}


def opened(file: File, name: str = "auto", sheet: str = "") -> Opened:
    """The file as tables, in the format of this name; `auto` goes by what the file is, its name and how it begins.

    Raises WrongUsage for an unknown format, Refused for a file that is not in it.
    """
    if name == "auto":
        name = _format_of(file)
    if name not in FORMATS:
        raise WrongUsage(
            f"There is no format {name!r}.",
            hint=f"It is one of: auto, {', '.join(dict.fromkeys((*FORMATS, *SOURCES)))}.",
        )
    if file.workbook != (name == "excel"):
        what, hint = ("an Excel workbook", "excel") if file.workbook else ("text and not an Excel workbook", "auto")
        raise Refused(f"{file.name} is {what}.", hint=f"Use --format {hint}, or leave --format out.")
    if sheet and not file.workbook:
        raise WrongUsage(f"{file.name} has no sheets.", hint="Leave --sheet out; it is for Excel workbooks.")
    if file.workbook:
        return Opened(file, [excel.tables(file, sheet)])
    readings = [FORMATS[name].tables(file)]
    # One object alone may be a row itself, with lists in its cells.
    if name == "json" and (whole := json.whole(file)) is not None:
        readings.append([whole])
    return Opened(file, readings)


def _format_of(file: File) -> str:
    if file.workbook:
        return "excel"
    for name, known in FORMATS.items():
        if known.endings and file.path.lower().endswith(known.endings):
            return name
    start = file.start.lstrip()
    if mail.is_mail(file.start):
        return "mail"
    if start.startswith(("{", "[{", "[]", "[\n", "[\r", "[ ")):
        return "jsonl" if start.startswith("{") and json.is_lines(file) else "json"
    if file.path.lower().endswith(".json"):
        return "json"
    return "plain" if file.path.lower().endswith(".txt") and not plain.is_table(start) else "csv"

"""feedlog export"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, BinaryIO

import click

from feedlog.cli import printing
from feedlog.cli.options import filters, json_option, narrowing_options
from feedlog.cli.session import Session, pass_session
from feedlog.errors import FeedlogError, NotStored, Refused, WrongUsage
from feedlog.formats.outgoing import OUTGOING, Style, format_by_ending
from feedlog.operations import exporting, whole_out
from feedlog.store.drafts import draft_beside, give_name

_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_DATABASE = b"SQLite format 3\0"

Write = Callable[[BinaryIO], list[str]]


@click.command("export")
@click.argument("file", metavar="[FILE]", required=False)
@click.option("--format", "format_name", type=click.Choice([*OUTGOING]), help="Otherwise what FILE ends in, else csv.")
@click.option("--excel", is_flag=True, help="CSV as Excel opens it by a double click: semicolons, UTF-8 with a mark.")
@click.option("--delimiter", type=click.Choice([*_DELIMITERS]), help="What parts the cells of CSV.")
@click.option("--raw", is_flag=True, help="Leave CSV cells as they are that a spreadsheet would run as formulas.")
@click.option("--whole", is_flag=True, help="Everything the log holds, for `feedlog import` into an empty one.")
@click.option("--force", is_flag=True, help="Replace FILE where it is there.")
@narrowing_options
@click.option("--limit", "-n", type=click.IntRange(1, 1_000_000_000), help="Only so many, the newest. Otherwise all.")
@json_option
@pass_session
def command(
    session: Session, file: str | None, whole: bool, force: bool, as_json: bool, limit: int | None, **given: Any
) -> None:
    """Give the notes to other programs: CSV, JSON Lines, Excel or Parquet, one row a note, the newest last.

    This comes from the log itself: names, keys and the customers' words are in it, and FILE is readable by you alone.
    For analysts who need no names there is the published file. Without a FILE, or with -, csv and jsonl go to standard
    output; --json there gives one JSON list. Parquet needs: pip install 'feedlog[parquet]'

    \b
    feedlog export complaints.xlsx --kind complaint --since 2026-01-01
    feedlog export --excel letters.csv -t delivery
    feedlog export - --format jsonl -c K-1042 | jq .verbatim
    feedlog export --whole log.jsonl
    feedlog --db elsewhere.db import log.jsonl
    """
    path = None if file in (None, "-") else file
    if path is not None:
        _refuse_place(session, path, force)
    if whole:
        _export_whole(session, path, force, as_json, given | {"limit": limit})
        return
    name = _format(path, given["format_name"], as_json)
    log = session.read()
    style = _style(name, path, as_json, given)
    writer = OUTGOING[name].write
    with closing(exporting.rows(log, filters(session, given), limit=limit)) as found:
        rows = _Counted(found)
        remarks = _deliver(path, force, lambda target: writer(target, exporting.COLUMNS, rows, style))
    for remark in remarks:
        printing.talk(remark)
    if path is None:
        return
    if as_json:
        columns = [column.name for column in exporting.COLUMNS]
        printing.document({"path": path, "format": name, "notes": rows.count, "columns": columns, "remarks": remarks})
    else:
        notes = printing.many(rows.count, "note")
        printing.talk(f"{notes} written to {path}, readable by you alone. Names and keys are in it.")


class _Counted(Iterator[tuple[Any, ...]]):
    """The same rows, counted as they pass."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = rows
        self.count = 0

    def __next__(self) -> tuple[Any, ...]:
        row = next(self._rows)
        self.count += 1
        return row


def _export_whole(session: Session, path: str | None, force: bool, as_json: bool, given: dict[str, Any]) -> None:
    named = [name for name, value in given.items() if value not in (None, False, ())]
    if named:
        option = {"format_name": "format", "themes": "theme"}.get(named[0], named[0])
        raise WrongUsage(
            f"--whole is everything in one form, so --{option} has no place beside it.", hint="Leave one of them out."
        )
    if as_json and path is None:
        raise WrongUsage("--json has nothing to add to what goes to standard output.", hint="Name a FILE, or leave it.")
    log = session.read()
    done: list[dict[str, int]] = []

    def write(target: BinaryIO) -> list[str]:
        done.append(whole_out.write(log, target))
        return []

    _deliver(path, force, write)
    if path is None:
        return
    if as_json:
        printing.document({"path": path, "format": "whole", "notes": done[0]["notes"], "rows": done[0]})
    else:
        printing.talk(
            f"The whole log with {printing.many(done[0]['notes'], 'note')} written to {path}, readable by you alone.\n"
            "It goes into an empty log: feedlog --db NEW import FILE"
        )


def _format(path: str | None, name: str | None, as_json: bool) -> str:
    """The format asked for, else the one the file's name tells. Raises WrongUsage where that cannot be."""
    if path is None and as_json:
        if name not in (None, "jsonl"):
            raise WrongUsage(f"--json and --format {name} exclude each other here.", hint="Name a FILE, or leave one.")
        return "jsonl"
    found = name or (format_by_ending(path) if path else "csv")
    if found is None:
        endings = [ending for one in OUTGOING.values() for ending in one.endings]
        raise WrongUsage(
            f"It is not clear from its name what {path} should be.",
            hint=f"Say it with --format, or let the name end in one of: {', '.join(endings)}.",
        )
    if path is None and not OUTGOING[found].pipes:
        raise WrongUsage(f"{found} cannot go to standard output.", hint=f"Name a file: feedlog export notes.{found}")
    return found


def _style(name: str, path: str | None, as_json: bool, given: dict[str, Any]) -> Style:
    for option in ("excel", "delimiter", "raw"):
        if given[option] and name != "csv":
            raise WrongUsage(f"--{option} is for CSV, and this is {name}.", hint="Leave it out, or use --format csv.")
    usual = "\t" if path and path.lower().endswith(".tsv") else ";" if given["excel"] else ","
    chosen = _DELIMITERS[given["delimiter"]] if given["delimiter"] else usual
    return Style(chosen, for_excel=given["excel"], raw=given["raw"], as_list=as_json and path is None)


def _refuse_place(session: Session, path: str, force: bool) -> None:
    """Refuses what no export may be written over, before anything is read."""
    if os.path.isdir(path):
        raise Refused(f"This is a folder, not a file: {path}.", hint="Name a file in it.")
    if not os.path.lexists(path):
        return
    if not force:
        raise Refused(f"There is a file already: {path}.", hint="Name another, or replace it with --force.")
    try:
        with open(path, "rb") as file:
            database = file.read(len(_DATABASE)) == _DATABASE
    except OSError:
        database = False
    if database or (os.path.exists(session.path) and os.path.samefile(path, session.path)):
        raise Refused(f"{path} is a database, a log perhaps.", hint="Name another file: nothing replaces a database.")


def _deliver(path: str | None, force: bool, write: Write) -> list[str]:
    """Writes to the file, which is there whole or not at all, or to standard output."""
    if path is None:
        with _standard_output() as target:
            return write(target)
    with draft_beside(path) as draft:
        try:
            with open(draft, "r+b") as target:
                remarks = write(target)
        except FeedlogError:
            raise
        except OSError as error:
            raise NotStored(
                f"{path} cannot be written: {error.strerror}.", hint="Make room, or name another file."
            ) from error
        give_name(draft, path, replace=force)
    return remarks


@contextmanager
def _standard_output() -> Iterator[Any]:
    printing.flush()
    target = _Terminal() if sys.stdout.isatty() else sys.stdout.buffer
    try:
        yield target
        target.flush()
    except BrokenPipeError:  # whoever reads has enough
        raise
    except OSError as error:
        printing.let_go()
        raise Refused(
            f"The export cannot be written: {error.strerror}.", hint="Check where the output goes."
        ) from error


class _Terminal:
    """A terminal that is shown a customer's words and never obeys them."""

    def __init__(self) -> None:
        import codecs

        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def write(self, part: bytes) -> int:
        sys.stdout.write(printing.safe(self._decode(part)))
        return len(part)

    def flush(self) -> None:
        sys.stdout.flush()

"""feedlog import"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from feedlog.cli import printing
from feedlog.cli.options import agent_option, json_option, pii_option
from feedlog.cli.rows import note_rows
from feedlog.cli.session import Session, pass_session
from feedlog.formats import FORMATS
from feedlog.operations import importing
from feedlog.operations.mapping import FIELDS
from feedlog.store import Log

# Reading a file below this is over before a bar could be read.
_BAR_FROM_BYTES = 2_000_000
_REASONS_SHOWN = 20


@click.command("import", epilog=f"FIELD is one of: {' '.join(FIELDS)}.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--format",
    "format_name",
    metavar="|".join(("auto", *FORMATS)),
    default="auto",
    help="What the files are; csv is also for semicolons and tabs.",
)
@click.option("--map", "mapped", metavar="FIELD=COLUMN", multiple=True, help="Which column fills a field. Repeatable.")
@click.option("--set", "fixed", metavar="FIELD=VALUE", multiple=True, help="The same for all rows; a filled cell wins.")
@click.option("--source", metavar="NAME", default="", help="Where the rows come from. Otherwise the file's name.")
@click.option("--dry-run", is_flag=True, help="Show what would come in, and store nothing.")
@pii_option
@agent_option
@json_option
@pass_session
def command(
    session: Session,
    files: tuple[str, ...],
    dry_run: bool,
    pii: str | None,
    agent: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Take in files from other systems: tables with a first row of column names, or JSON Lines.

    Each file comes in whole or not at all, and `feedlog undo` takes it back. Rows that are known are left out, so
    importing twice adds nothing. Columns named like fields are found by themselves; `--map FIELD=` leaves one out.

    \b
    feedlog import complaints.csv --dry-run
    feedlog import complaints.csv --map verbatim=message --map customer=email --set channel=email
    feedlog import week46.csv week47.csv --source webshop
    feedlog import notes.jsonl --map theme=area --map theme=product
    """
    session.set_agent(agent)
    session.set_pii(pii)
    by = session.by()
    # All files are looked at before the first one comes in.
    prepared = [importing.prepare(path, **options) for path in files]
    done: list[importing.Imported] = []
    with _log(session, dry_run) as log:
        for one in prepared:
            if one.file.encoding.warning:
                printing.talk(f"{one.file.name}: {one.file.encoding.warning}")
            printing.talk(f"{one.file.name}: taking {one.mapping}")
            with _progress(one) as progress:
                imported = importing.bring_in(log, one, by, dry_run=dry_run, progress=progress)
            done.append(imported)
            _remarks(one, imported)
            if not as_json:
                printing.out(_summary(one, imported, dry_run))
                note_rows(session, imported.first)
    if as_json:
        printing.document(_document(prepared, done))
    elif dry_run:
        printing.talk("This was a dry run: nothing was stored.")


@contextmanager
def _log(session: Session, dry_run: bool) -> Iterator[Log]:
    """The log; for a dry run where there is none yet, one that is thrown away."""
    if not dry_run or os.path.exists(session.path):
        yield session.write()
        return
    import tempfile  # here: only for a dry run before the first note

    from feedlog.store import open_for_writing

    with (
        tempfile.TemporaryDirectory() as folder,
        open_for_writing(os.path.join(folder, "feedlog.db"), session.config.languages) as log,
    ):
        yield log


@contextmanager
def _progress(prepared: importing.Prepared) -> Iterator[importing.Progress | None]:
    """A bar on a terminal while a long file is read; nothing in a pipe."""
    size = prepared.file.size
    if size < _BAR_FROM_BYTES or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=size, label=printing.safe(prepared.file.name), file=sys.stderr) as bar:
        yield lambda read: bar.update(read - bar.pos)


def _remarks(prepared: importing.Prepared, imported: importing.Imported) -> None:
    """What a person should know about a file, on standard error."""
    for line, reason in imported.rejected[:_REASONS_SHOWN]:
        printing.talk(f"{prepared.file.name}, line {line}: {reason}")
    if len(imported.rejected) > _REASONS_SHOWN:
        printing.talk(f"… and {len(imported.rejected) - _REASONS_SHOWN} more lines; --json lists them all.")
    if imported.misnamed:
        printing.talk(f"{imported.misnamed} rows name a customer otherwise than we do; the names we know stay.")


def _summary(prepared: importing.Prepared, imported: importing.Imported, dry_run: bool) -> str:
    figures = [
        f"{imported.read} rows",
        f"{imported.added} {'would be added' if dry_run else 'added'}",
        f"{imported.known} known",
        f"{imported.skipped} without words",
        f"{len(imported.rejected)} rejected",
    ]
    return f"{prepared.file.name}: {', '.join(figures)}"


def _document(prepared: Sequence[importing.Prepared], done: Sequence[importing.Imported]) -> dict[str, Any]:
    """The figures of all files together; with several, each rejected line names its file."""
    return {
        "read": sum(one.read for one in done),
        "added": sum(one.added for one in done),
        "known": sum(one.known for one in done),
        "skipped": sum(one.skipped for one in done),
        "rejected": [
            {"line": line, "reason": reason} | ({"file": file.file.name} if len(done) > 1 else {})
            for file, one in zip(prepared, done, strict=True)
            for line, reason in one.rejected
        ],
    }

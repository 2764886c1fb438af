"""A whole log given to `feedlog import`."""

import os
import sys
from typing import Any

import click
from click.core import ParameterSource

from feedlog.cli import printing
from feedlog.cli.session import Session
from feedlog.errors import WrongUsage
from feedlog.formats import whole_log
from feedlog.operations import whole_in
from feedlog.store import Log

# All that may stand beside a whole log: it says itself how it is read.
_FITTING = {"files", "format_name", "dry_run", "agent", "as_json"}


def asked(files: tuple[str, ...]) -> whole_log.Sealed | None:
    """The whole log among the files of this call, checked; None where there is none.

    Raises WrongUsage for other files or options beside it, Refused for a file that was cut off or changed.
    """
    context = click.get_current_context()
    if context.params["format_name"] != "auto" or not any(whole_log.is_whole(path) for path in files):
        return None
    if len(files) > 1:
        raise WrongUsage("A whole log comes in alone, into an empty log.", hint="Name one file.")
    given = {name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if given - _FITTING:
        raise WrongUsage("A whole log comes in as it is.", hint="Leave out what says how a table is read.")
    return whole_in.prepare(files[0])


def refuse_piped(path: str) -> None:
    """Refuses a whole log that came down a pipe: it would be taken for a table of notes. Raises WrongUsage."""
    if whole_log.is_whole(path):
        raise WrongUsage("A whole log comes in from a file.", hint="Save it first, then: feedlog import FILE")


def take_in(session: Session, log: Log, file: whole_log.Sealed, *, dry_run: bool, as_json: bool) -> None:
    """Takes it in, with a bar on a terminal, and says what came in."""
    if sys.stderr.isatty():
        with click.progressbar(length=file.size, label=os.path.basename(file.path), file=sys.stderr) as bar:
            taken = whole_in.take_in(
                log, file, session.by(), dry_run=dry_run, progress=lambda read: bar.update(read - bar.pos)
            )
    else:
        taken = whole_in.take_in(log, file, session.by(), dry_run=dry_run)
    count = taken.rows.get("notes", 0)
    if as_json:
        printing.document(_document(taken, count))
        return
    notes, now = printing.many(count, "note"), "would become" if dry_run else "has become"
    printing.out(
        f"{os.path.basename(file.path)}: a whole log as of {file.header.made_at[:10]}, {notes}. This log {now} it."
    )
    if taken.forgotten:
        were = "was erased since and is" if taken.forgotten == 1 else "were erased since and are"
        printing.talk(f"{printing.many(taken.forgotten, 'row')} of it {were} forgotten again.")
    if dry_run:
        printing.talk("This was a dry run: nothing was stored.")


def _document(taken: whole_in.Taken, count: int) -> dict[str, Any]:
    return {
        "read": count,
        "added": count,
        "known": 0,
        "skipped": 0,
        "rejected": [],
        "rows": taken.rows,
        "forgotten": taken.forgotten,
    }

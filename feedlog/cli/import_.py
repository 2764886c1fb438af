"""feedlog import"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

import click

from feedlog.cli import importing_whole, printing
from feedlog.cli.importing import document, figures, reasons, remarks
from feedlog.cli.options import agent_option, json_option, pii_option
from feedlog.cli.rows import note_rows
from feedlog.cli.session import Session, pass_session
from feedlog.errors import Refused, WrongUsage
from feedlog.formats import FORMATS, SOURCES
from feedlog.formats.dates import ORDERS
from feedlog.formats.repairs import POLICIES
from feedlog.operations import importing, preparing, saved_mappings
from feedlog.operations.mapping import FIELDS
from feedlog.operations.preparing import Prepared, Wishes
from feedlog.store import Log

# Reading a file below this is over before a bar could be read.
_BAR_FROM_BYTES = 2_000_000

_EPILOG = f"""FIELD is one of: {" ".join(FIELDS)}.

\b
NAME of a format is one of:
{chr(10).join(f"  {name:<10} {known.title}" for name, known in FORMATS.items() if name not in SOURCES)}
or of a system whose exports are known:
{chr(10).join(f"  {name:<10} {source.title}" for name, source in SOURCES.items())}
"""


@click.command("import", epilog=_EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--format", "format_name", metavar="auto|NAME", default="auto", help="What the files are; see below.")
@click.option("--map", "mapped", metavar="FIELD=COLUMN", multiple=True, help="Which column fills a field. Repeatable.")
@click.option("--set", "fixed", metavar="FIELD=VALUE", multiple=True, help="The same for all rows; a filled cell wins.")
@click.option(
    "--source", metavar="NAME", default="", help="Where the rows come from. Otherwise the system, or the file's name."
)
@click.option("--sheet", metavar="NAME", default="", help="Which sheet of a workbook; otherwise the first.")
@click.option("--zone", metavar="ZONE", default="", help="The zone of times without one: UTC, Europe/Copenhagen ...")
@click.option("--dates", metavar="|".join(ORDERS), default="", help="How dates like 05/06/2013 are meant.")
@click.option(
    "--mojibake",
    metavar="|".join(POLICIES),
    default="repair",
    help="What to do about texts that were read in the wrong encoding (fÃ¥r).",
)
@click.option(
    "--ours", metavar="WHO", multiple=True, help="Who of those who wrote is one of us: a name, an address or @a.domain."
)
@click.option("--mapping", "mapping_name", metavar="NAME", default="", help="Read the files as saved under this name.")
@click.option("--save", "save_as", metavar="NAME", default="", help="Keep these options under a name.")
@click.option("--strict", is_flag=True, help="Import nothing where a row has to be rejected; then the status is 1.")
@click.option("--dry-run", is_flag=True, help="Show what would come in, and store nothing.")
@pii_option
@agent_option
@json_option
@pass_session
def command(
    session: Session,
    files: tuple[str, ...],
    mapping_name: str,
    save_as: str,
    strict: bool,
    dry_run: bool,
    pii: str | None,
    agent: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Take in files from other systems: tables, Excel, JSON, plain text, and the exports of systems we know.

    Files come in whole or not at all, and `feedlog undo` takes them back. Rows that are known are left out, so
    importing twice adds nothing. The exports of a system we know come in together, as one: its customers' words
    become notes, colleagues' replies become responses. Of other files, columns named like fields are found by
    themselves; `--map FIELD=` leaves one out. Rows that cannot be understood are listed and left out, and the status
    stays 0.

    \b
    feedlog import complaints.csv --dry-run
    feedlog import complaints.csv --map verbatim=message --map customer=email --set channel=email
    feedlog import ticket.csv ticket_comment.csv user.csv --zone UTC
    feedlog import survey.xlsx --sheet Answers --map verbatim="What can we do better?" --save survey
    feedlog import week46.csv week47.csv --source webshop
    feedlog --db new.db import whole-log.jsonl
    """
    session.set_agent(agent)
    session.set_pii(pii)
    by = session.by()
    whole = importing_whole.asked(files)
    if whole:
        with _log(session, dry_run) as log:
            importing_whole.take_in(session, log, whole, dry_run=dry_run, as_json=as_json)
        return
    wishes = Wishes(**options)
    if mapping_name:
        wishes = saved_mappings.merged(mapping_name, wishes)
    with ExitStack() as stack:
        # All files are looked at before the first one comes in.
        prepared = preparing.prepare_all([stack.enter_context(_on_disk(path, wishes)) for path in files], wishes)
        if save_as:
            printing.talk(f"The mapping is kept in {saved_mappings.save(save_as, wishes)}.")
        log = stack.enter_context(_log(session, dry_run))
        done: list[importing.Imported] = []
        with importing.together(log) if strict and not dry_run else nullcontext():
            for one in prepared:
                done.append(_bring_in(session, log, one, by, dry_run, strict, as_json))
            _stop_where_rejected(done, strict and not dry_run)
    if as_json:
        printing.document(document(prepared, done))
    elif dry_run:
        printing.talk("This was a dry run: nothing was stored.")


def _bring_in(
    session: Session, log: Log, one: Prepared, by: Any, dry_run: bool, strict: bool, as_json: bool
) -> importing.Imported:
    printing.talk(f"{one.name}: taking {one.taken}")
    if one.left_out and dry_run:
        printing.talk(f"{one.name}: left out {', '.join(one.left_out)}")
    with _progress(one) as progress:
        imported = importing.bring_in(log, one, by, dry_run=dry_run, strict=strict, progress=progress)
    for sentence in [*remarks(one, imported), *reasons(one, imported, everything=dry_run)]:
        printing.talk(sentence)
    if not as_json:
        printing.out(figures(one, imported, dry_run))
        note_rows(session, imported.first)
    return imported


def _stop_where_rejected(done: Sequence[importing.Imported], strict: bool) -> None:
    """Leaves the write so that nothing of it stays."""
    rejected = sum(len(one.rejected) for one in done)
    if strict and rejected:
        rows = "1 row was" if rejected == 1 else f"{rejected} rows were"
        raise Refused(
            f"{rows} rejected, so nothing was imported.",
            hint="Mend the file, or leave out --strict to take the rest.",
        )


@contextmanager
def _on_disk(path: str, wishes: Wishes) -> Iterator[str]:
    """The path; for `-` a file with what is piped in, for files are read more than once."""
    if path != "-":
        yield path
        return
    if not wishes.source and wishes.format_name not in SOURCES:
        raise WrongUsage(
            "What is piped in has no name to know its rows again by.", hint="Say where they come from: --source NAME"
        )
    import shutil  # here, as tempfile: few imports are piped
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        spooled = os.path.join(folder, "stdin")
        with open(spooled, "wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        importing_whole.refuse_piped(spooled)
        yield spooled


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
def _progress(prepared: Prepared) -> Iterator[importing.Progress | None]:
    """A bar on a terminal while long files are read, with rate and time left; nothing in a pipe."""
    size = prepared.size
    if size < _BAR_FROM_BYTES or not sys.stderr.isatty():
        yield None
        return
    import time  # here: only for the rate

    began = time.monotonic()

    def rate(rows: int | None) -> str:
        return f"{rows / max(0.001, time.monotonic() - began):,.0f} rows/s" if rows else ""

    with click.progressbar(
        length=size, label=printing.safe(prepared.name), item_show_func=rate, file=sys.stderr
    ) as bar:
        yield lambda read, rows: bar.update(max(0, read - bar.pos), rows)

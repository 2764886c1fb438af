"""feedlog warehouse"""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session
from feedlog.publish import publishing
from feedlog.store import sharing
from feedlog.warehouse import asking, exporting, forgetting
from feedlog.warehouse.analyses import analyses


@click.group("warehouse")
def command() -> None:
    """Years of notes for analysts, as Parquet files that DuckDB, Spark and pandas read.

    Made from the pages' file: initials and pseudonyms instead of names. Needs: pip install 'feedlog[warehouse]'

    \b
    feedlog warehouse export /srv/warehouse
    feedlog warehouse query themes /srv/warehouse
    """


@command.command("export")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
@click.option("--open-month", is_flag=True, help="The month that is not over, too, as it is now.")
@json_option
@pass_session
def export(session: Session, folder: str | None, open_month: bool, as_json: bool) -> None:
    """Bring the warehouse in DIR up to date: the months that are over, a folder each.

    Publishes first, then writes the months in which anything changed; the others stay untouched. A month is there as
    it was or as it is now, whatever stops the export. DIR is the folder `warehouse` beside the log unless it is named,
    and is made where it is missing. What `feedlog erase` takes out of the log goes from here, too.

    \b
    feedlog warehouse export
    feedlog warehouse export /srv/warehouse
    feedlog warehouse export /srv/warehouse --open-month --json
    """
    log = session.read()
    path = os.path.abspath(folder) if folder else _beside(session)
    published = publishing.place_beside(session.path)
    exporting.require_packages("pyarrow")
    publishing.publish(log, published)
    forgetting.remember(session.path, path)
    with click.progressbar(length=1, label="Exporting", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        done = exporting.export(
            published,
            path,
            this_month=when.month(when.now()),
            made_at=when.now(),
            open_month=open_month,
            shared=sharing.is_shared(session.path),
            progress=progress,
        )
    if as_json:
        printing.document(done)
        return
    printing.out(
        f"{printing.many(len(done['months']), 'month')}, {printing.many(done['notes'], 'note')} in {path}:"
        f" {len(done['written'])} written, {len(done['removed'])} taken out ({done['seconds']:.2f} s)"
    )
    if not done["months"]:
        printing.talk("No month with notes is over yet. The one that is not comes in with --open-month.")


@command.command("query")
@click.argument("question", metavar="[NAME|SQL]", required=False)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
@click.option(
    "--engine",
    metavar="ENGINE",
    default=asking.IN_PROCESS,
    show_default=True,
    help="Runs it: duckdb, or a Spark master such as spark://host:7077 (needs pip install 'feedlog[spark]' and Java).",
)
@click.option("--show-sql", is_flag=True, help="Print the SQL of an analysis instead of running it.")
@click.option(
    "--limit", "-n", type=click.IntRange(1, 1_000_000_000), default=10_000, show_default=True, help="Rows at most."
)
@json_option
@pass_session
def query(
    session: Session,
    question: str | None,
    folder: str | None,
    engine: str,
    show_sql: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Ask the warehouse in DIR: an analysis by its name, or one query of your own. Without either, list the analyses.

    SQL is DuckDB's. It only reads, and nothing but the warehouse is in its reach. On Spark the analyses give the same
    rows; DIR may be an address there, such as s3a://bucket/warehouse.

    \b
    feedlog warehouse query
    feedlog warehouse query themes
    feedlog warehouse query first-response /srv/warehouse --json
    feedlog warehouse query "from notes where kind = 'complaint' limit 5" /srv/warehouse
    feedlog warehouse query words /srv/warehouse --engine spark://127.0.0.1:7077
    feedlog warehouse query words --show-sql
    """
    if question is None:
        _list(as_json)
        return
    chosen = asking.analysis(question)
    if show_sql:
        printing.out(chosen.sql if chosen else question)
        return
    place = folder or _beside(session)
    found = asking.ask(question, place, engine=engine, limit=limit)
    if found.more:
        printing.talk(f"Only the first {limit:,} rows. More with --limit.")
    if as_json:
        printing.document([dict(zip(found.columns, row, strict=True)) for row in found.rows])
        return
    _print(found.columns, found.rows)


@command.command("forget")
@click.argument("folder", metavar="DIR", type=click.Path())
@json_option
@pass_session
def forget(session: Session, folder: str, as_json: bool) -> None:
    """Take a warehouse that is gone for good off the list of those an erasure reaches; its files stay as they are.

    \b
    feedlog warehouse forget /srv/warehouse
    """
    path = os.path.abspath(folder)
    forgetting.take_off(session.path, path)
    if as_json:
        printing.document({"path": path, "forgotten": True})
    else:
        printing.out(f"{path} is off the list; what is there stays.")


def _beside(session: Session) -> str:
    return os.path.join(os.path.dirname(os.path.abspath(session.path)), "warehouse")


def _list(as_json: bool) -> None:
    known = analyses().values()
    if as_json:
        printing.document([{"name": one.name, "tells": one.tells} for one in known])
        return
    width = max(len(one.name) for one in known)
    for one in known:
        printing.out(f"{one.name:<{width}}  {one.tells}")


def _print(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """The rows under one another; numbers end under one another."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    numbers = [any(isinstance(row[at], int | float) for row in rows) for at in range(len(columns))]
    for line in [list(columns), *cells]:
        put = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, numbers, strict=True)
        ]
        printing.out("  ".join(put).rstrip())


def _cell(value: Any) -> str:
    return "" if value is None else printing.unmarked(str(value))

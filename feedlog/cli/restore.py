"""feedlog restore"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.options import agent_option, json_option, yes_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import Refused, WrongUsage
from feedlog.operations import live_copy, live_restoring, restoring
from feedlog.operations.restoring import Ready, Restored, Standing
from feedlog.publish import publishing


@click.command("restore")
@click.argument("file", required=False, type=click.Path())
@click.option("--live", is_flag=True, help="From the live copy: the one set up here, or the one at FILE.")
@click.option("--at", "moment", metavar="WHEN", help="With --live: as the log was then, e.g. 'yesterday 15:30'.")
@yes_option
@click.option("--force", is_flag=True, help="Also where a different log stands, or something that cannot be read.")
@agent_option
@json_option
@pass_session
def command(
    session: Session,
    file: str | None,
    live: bool,
    moment: str | None,
    yes: bool,
    force: bool,
    agent: str | None,
    as_json: bool,
) -> None:
    """Put a backup, or the live copy, in the log's place. What that would cost is shown first.

    The backup is checked, brought up to this feedlog, and made to forget what was erased since. The log that stands
    there is kept beside it under another name. Colleagues may go on working meanwhile. With --live, FILE is the folder
    or address of a live copy that was set up elsewhere.

    \b
    feedlog backup --list
    feedlog restore /mnt/backup/feedlog-20260313T140500Z.db
    feedlog restore monday.db --yes
    feedlog restore --live
    feedlog restore --live --at "yesterday 15:30"
    feedlog restore --live s3://bucket/feedlog
    """
    session.set_agent(agent)
    by = session.by()
    with _source(session, file, live, moment) as source, restoring.ready(session.path, source) as ready:
        for remark in ready.remarks:
            printing.talk(remark)
        printing.talk(f"The backup holds {_held(session, ready.notes, ready.newest_logged_at)}.")
        if ready.standing:
            _ask(session, ready, ready.standing, yes, force)
        done = restoring.restore(ready, by)
    if live:
        done["backup"] = file or live_copy.live_copy_of(session.path) or ""
    pages = publishing.place_beside(session.path)
    stale = pages if os.path.exists(pages) else None
    if as_json:
        printing.document({**done, "pages_to_publish": stale})
        return
    _tell(done, stale)


@contextmanager
def _source(session: Session, file: str | None, live: bool, moment: str | None) -> Iterator[str]:
    """The file that is to be restored: the one named, or what the live copy holds."""
    if not live and not file:
        raise WrongUsage("Name a backup, or --live for the live copy.", hint="See: feedlog restore --help")
    if moment is not None and not live:
        raise WrongUsage("A backup is of one moment: --at goes with --live.", hint="See: feedlog backup --list")
    if not live:
        yield file or ""
        return
    at = None if moment is None else when.instant(moment, now=session.now)
    if at is not None:
        if at > when.stored(session.now):
            raise WrongUsage(
                f"{when.spoken(at, now=session.now)} is still to come.", hint="--at is a moment that is past."
            )
        printing.talk(f"at {when.spoken(at, now=session.now)}")
    with live_restoring.fetched(session.path, at, file) as path:
        yield path


def _ask(session: Session, ready: Ready, standing: Standing, yes: bool, force: bool) -> None:
    """Says what would be replaced. Goes on only with a yes: typed on a terminal, or given as an option."""
    if not standing.readable:
        what = f"What stands at {ready.path} cannot be read as a log; it would be kept under another name."
    else:
        held = _held(session, standing.notes, standing.newest_logged_at)
        what = f"The log holds {held}; {_missing(standing.lost)}."
    if not (standing.readable and standing.same_log) and not force:
        why = what if not standing.readable else f"{what} It is a different log."
        raise Refused(why, hint="To put the backup in its place all the same, add --force.")
    printing.talk(what)
    if yes or force:
        return
    if not sys.stdin.isatty():
        raise Refused(f"A log stands there already: {ready.path}.", hint="To put the backup in its place, add --yes.")
    click.confirm("Put the backup in its place?", abort=True, err=True)


def _missing(lost: int) -> str:
    if not lost:
        return "all of them are in the backup, too"
    return f"{lost} of them {'is' if lost == 1 else 'are'} not in the backup"


def _held(session: Session, notes: int, newest: str | None) -> str:
    counted = printing.many(notes, "note")
    return counted if newest is None else f"{counted}, the newest logged {when.spoken(newest, now=session.now)}"


def _tell(done: Restored, stale: str | None) -> None:
    printing.out(f"{done['path']} is restored: {printing.many(done['notes'], 'note')}.")
    if done["forgotten"]:
        printing.talk(f"{done['forgotten']} customers and notes that were erased since were erased again.")
    for path in done["kept_aside"]:
        printing.talk(f"What stood there is kept as {path}.")
    if stale:
        printing.talk("The pages still show the log as it was. Bring them up with: feedlog publish")

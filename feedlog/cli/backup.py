"""feedlog backup"""

import os

import click

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import WrongUsage
from feedlog.operations import backing_up, live_copy


@click.command("backup")
@click.argument("file", required=False, type=click.Path())
@click.option("--force", is_flag=True, help="Replace an earlier backup of this log.")
@click.option("--list", "listing", is_flag=True, help="The backups made so far, and whether each is still as it was.")
@click.option("--forget", metavar="PATH", help="Take a backup off that list; its file stays.")
@click.option("--live", metavar="PLACE", help="Set up a live copy in a folder or at a URL, kept by Litestream.")
@click.option(
    "--keep-days",
    type=click.IntRange(1, 365),
    default=live_copy.DAYS_KEPT,
    show_default=True,
    help="How long a live copy remembers what was changed or erased.",
)
@json_option
@pass_session
def command(
    session: Session,
    file: str | None,
    force: bool,
    listing: bool,
    forget: str | None,
    live: str | None,
    keep_days: int,
    as_json: bool,
) -> None:
    """Write a checked copy of the log to FILE, while everybody goes on working.

    FILE may be a folder: then the copy is named after the log and the moment. Only you can read it. It is written whole
    or not at all, and never over another file. Bring it back with `feedlog restore`.

    \b
    feedlog backup /mnt/backup/
    feedlog backup monday.db --force
    feedlog backup --list
    feedlog backup --forget /mnt/backup/feedlog-20260313T140500Z.db
    feedlog backup --live /mnt/other-disk/feedlog
    feedlog backup --live s3://bucket/feedlog --keep-days 7
    """
    asked = [bool(file), listing, forget is not None, live is not None]
    if sum(asked) != 1:
        raise WrongUsage(
            "Name one thing to do: a file or folder, --list, --forget or --live.", hint="See: feedlog backup --help"
        )
    if file:
        _make(session, file, force, as_json)
    elif listing:
        _list(session, as_json)
    elif forget is not None:
        backing_up.forget(session.path, forget)
        if as_json:
            printing.document({"path": os.path.abspath(forget), "forgotten": True})
        else:
            printing.out(f"{os.path.abspath(forget)} is off the list; the file is where it was.")
    else:
        _set_up(session, live or "", keep_days, as_json)


def _make(session: Session, file: str, force: bool, as_json: bool) -> None:
    done = backing_up.back_up(session.path, file, force=force)
    for remark in done.remarks:
        printing.talk(remark)
    if as_json:
        printing.document({**done.backup, "remarks": done.remarks})
        return
    notes = printing.many(done.backup["notes"], "note")
    printing.out(f"{notes} in {done.backup['path']} ({_size(done.backup['bytes'])}), checked.")


def _list(session: Session, as_json: bool) -> None:
    found = backing_up.listed(session.path)
    if as_json:
        printing.document(found)
        return
    for backup in found:
        state = "" if backup["matches"] else " · changed since" if backup["exists"] else " · gone"
        made = when.spoken(backup["made_at"], now=session.now)
        printing.out(f"{made}  {printing.many(backup['notes'], 'note')} · {_size(backup['bytes'])}{state}")
        printing.out(f"  {backup['path']}")
    if not found:
        printing.talk("No backup of this log was made yet. Make one with: feedlog backup FOLDER")


def _set_up(session: Session, live: str, keep_days: int, as_json: bool) -> None:
    before = live_copy.live_copy_of(session.path)
    done = live_copy.set_up(session.path, live, keep_days)
    if as_json:
        printing.document(done._asdict())
        return
    if before and before != done.target:
        printing.talk(f"Until now the live copy went to {before}. What is there stays until you remove it.")
    printing.talk(f"The configuration is {done.configuration}. Start the live copy with:")
    printing.out(done.start)
    printing.talk("It goes on until it is stopped: let the system start it, see docs/backup.md. To get the log back:")
    printing.out(done.bring_back)
    printing.talk("or into the log's place, also as it was at a moment: feedlog restore --live [--at WHEN]")
    printing.talk(f"An erased text stays in the copy for up to {done.days_kept + 1} days.")


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count < 1_000_000_000 else f"{count / 1_000_000_000:.1f} GB"

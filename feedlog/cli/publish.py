"""feedlog publish"""

import os
import sys

import click

from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session
from feedlog.publish import publishing


@click.command("publish")
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@click.option("--rebuild", is_flag=True, help="Write every note anew, not only what changed.")
@json_option
@pass_session
def command(session: Session, file: str | None, rebuild: bool, as_json: bool) -> None:
    """Write the pages' file: what changed since the last time, with initials and pseudonyms instead of names.

    It stands in published/feedlog.db beside the log unless FILE names another place.

    \b
    feedlog publish
    datasette "$(dirname "$(feedlog path)")/published/feedlog.db"
    """
    log = session.read()
    path = os.path.abspath(file) if file else publishing.place_beside(session.path)
    with click.progressbar(length=1, label="Publishing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        done = publishing.publish(log, path, rebuild=rebuild, progress=progress)
    if as_json:
        printing.document(done)
        return
    changed = printing.many(done["changed"], "note")
    printing.out(f"{changed} written, {done['notes']:,} in {done['path']} ({done['seconds']:.2f} s)")

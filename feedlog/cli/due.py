"""feedlog due"""

from datetime import timedelta

import click

from feedlog.cli import printing, promising
from feedlog.cli.options import json_option, limit_option
from feedlog.cli.session import Session, pass_session
from feedlog.operations import promises


@click.command("due")
@click.option("--owner", metavar="A", help="Promises this agent keeps.")
@click.option("--within", metavar="DAYS", type=click.IntRange(0, 36500), help="Due in so many days at the latest.")
@limit_option
@json_option
@pass_session
def command(session: Session, owner: str | None, within: int | None, limit: int, as_json: bool) -> None:
    """Open promises, overdue first: what to see to this morning.

    The number at the beginning is the promise's: keep, move or break it with `feedlog promise`. Overdue ones are always
    there, also with --within.

    \b
    feedlog due --owner mette
    feedlog due --within 0
    feedlog due --json
    """
    today = session.now.astimezone().date()
    until = None if within is None else (today + timedelta(days=within)).isoformat()
    found = promises.due(session.read(), owner=owner, until=until, limit=limit + 1, today=today.isoformat())
    listed = found[:limit]
    if as_json:
        printing.document(listed)
    else:
        promising.rows(session, listed)
    if len(found) > limit:  # said to scripts as well: a promise they do not see is a promise forgotten
        printing.talk("There are more; see them with --limit.")
    elif not listed and not as_json:
        printing.talk("Nothing is due.")

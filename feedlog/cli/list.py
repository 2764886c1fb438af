"""feedlog list"""

from typing import Any

import click

from feedlog.cli import printing
from feedlog.cli.options import filter_options, filters, json_option
from feedlog.cli.rows import note_rows
from feedlog.cli.session import Session, pass_session
from feedlog.operations import notes


@click.command("list")
@filter_options
@json_option
@pass_session
def command(session: Session, as_json: bool, limit: int, **given: Any) -> None:
    """The newest notes, by when they were said.

    \b
    feedlog list --theme delivery --since monday
    feedlog list -c K-1042 --json
    """
    found = notes.listing(session.read(), filters(session, given), limit=limit)
    if as_json:
        printing.document(found)
        return
    note_rows(session, found)
    if not found:
        printing.talk("No notes.")

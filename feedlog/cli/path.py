"""feedlog path"""

import os

import click

from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session


@click.command("path")
@json_option
@pass_session
def command(session: Session, as_json: bool) -> None:
    """Where the log is, whether it exists yet or not.

    \b
    sqlite3 "$(feedlog path)"
    """
    if as_json:
        printing.document({"path": session.path, "exists": os.path.exists(session.path)})
    else:
        printing.out(session.path)

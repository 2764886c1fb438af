"""feedlog init"""

import click

from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session
from feedlog.store import sharing


@click.command("init")
@click.option("--group", is_flag=True, help="Share the log with a group of this machine.")
@click.option("--group-name", metavar="GROUP", help="Which group. Otherwise the one the folder belongs to.")
@json_option
@pass_session
def command(session: Session, group: bool, group_name: str | None, as_json: bool) -> None:
    """Make the log before the first note, and share it with colleagues on this machine.

    The first `add` makes a log for you alone. With --group colleagues of that group log and read, too, whatever umask
    they have; others see nothing. A log that is there already is shared as it is.

    \b
    feedlog init
    feedlog --db /srv/service/feedlog.db init --group --group-name service
    """
    log = session.write()
    shared_with = sharing.share(log.path, group_name) if group or group_name else None
    if as_json:
        printing.document({"path": log.path, "group": shared_with})
    elif shared_with:
        printing.out(f"The log is {log.path}, shared with the group {shared_with}.")
    else:
        printing.out(f"The log is {log.path}, yours alone.")

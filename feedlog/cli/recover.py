"""feedlog recover"""

import click

from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session
from feedlog.operations import spool


@click.command("recover")
@click.option("--all", "every", is_flag=True, help="Also texts that were meant for another log.")
@json_option
@pass_session
def command(session: Session, every: bool, as_json: bool) -> int:
    """Take in texts that could not be stored when they were typed. The next `add` does so too.

    One that cannot be taken in stays, with a sentence why; then the status is 1.

    \b
    feedlog recover
    """
    filled = [place for place in spool.places(session.config["spool"]) if spool.waiting(place)]
    log = session.write() if filled else None
    taken = [one for place in filled if log for one in spool.take_in(log, place, every=every)]
    status = 1 if any(one.note_id is None for one in taken) else 0
    if as_json:
        printing.document([one._asdict() for one in taken])
        return status
    for one in taken:
        if one.note_id:
            printing.out(f"#{one.note_id}")
        else:
            printing.talk(f"{one.file} stays in the spool: {one.why}")
    others = {path: count for place in filled for path, count in spool.meant_for_others(place, session.path).items()}
    for path, count in others.items():
        texts = "1 text waits" if count == 1 else f"{count} texts wait"
        printing.talk(f"{texts} for another log, {path}. To take them in here: feedlog recover --all")
    if not taken and not others:
        printing.talk("Nothing waits in the spool.")
    return status

"""feedlog undo"""

import sys

import click

from feedlog import when
from feedlog.cli import noting, printing
from feedlog.cli.options import agent_option, json_option, yes_option
from feedlog.cli.session import Session, pass_session
from feedlog.operations import notes, undoing


@click.command("undo")
@yes_option
@agent_option
@json_option
@pass_session
def command(session: Session, yes: bool, agent: str | None, as_json: bool) -> None:
    """Take back the last thing you did: a note, a theme, a promise, a response, a letter, an import and the like.

    It is shown first. Nothing is deleted: the record keeps what was done and that it was taken back. Again takes
    back the one before.

    \b
    feedlog undo
    feedlog undo --agent mette --yes
    """
    session.set_agent(agent)
    log = session.change()
    by = session.by()
    change = undoing.last(log, by.agent)
    note = notes.get(log, change.note_id) if change.note_id else None
    if not as_json:
        printing.talk(f"Last, {when.spoken(change.made_at, now=session.now)}: {change.what}")
        if note:
            printing.talk(noting.quoted(note["verbatim"], printing.width()))
    if not yes and not as_json and sys.stdin.isatty():
        click.confirm("Take it back?", abort=True, err=True)
    undoing.undo(log, change, by)
    if as_json:
        printing.document({"undone": change.action, "what": change.what, "note_id": change.note_id})
        return
    printing.out(f"Took back {change.what}.")

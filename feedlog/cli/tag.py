"""feedlog tag"""

import click

from feedlog.cli import noting, printing
from feedlog.cli.options import NOTE_NUMBER, agent_option, json_option, theme_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import WrongUsage
from feedlog.operations import notes
from feedlog.operations import themes as operation


@click.command("tag")
@click.argument("note_ids", metavar="ID...", nargs=-1, required=True, type=NOTE_NUMBER)
@theme_option
@click.option("--remove", is_flag=True, help="Take the theme off.")
@agent_option
@json_option
@pass_session
def command(
    session: Session, note_ids: tuple[int, ...], themes: tuple[str, ...], remove: bool, agent: str | None, as_json: bool
) -> None:
    """Put a theme on notes, or take it off: all of them or none.

    \b
    feedlog tag 318 311 -t delivery
    feedlog tag 318 -t delivery --remove
    """
    if not themes:
        raise WrongUsage("Which theme?", hint="Name it with -t.")
    session.set_agent(agent)
    log = session.change()
    if remove:
        operation.untag(log, note_ids, themes, session.by())
    else:
        for warning in operation.tag(log, note_ids, themes, session.by()):
            printing.talk(warning)
    tagged = notes.by_ids(log, note_ids)
    if as_json:
        printing.document(tagged)
        return
    for note in tagged:
        printing.out(noting.headline(note))

"""feedlog correct"""

from functools import partial

import click

from feedlog.cli import noting, printing
from feedlog.cli.options import NOTE_NUMBER, agent_option, json_option
from feedlog.cli.session import Session, given_back, pass_session, text_from
from feedlog.operations import checks, corrections, notes


@click.command("correct")
@click.argument("note_id", metavar="ID", type=NOTE_NUMBER)
@click.argument("text", required=False)
@click.option("--why", required=True, metavar="TEXT", help="Why it is corrected, e.g. 'misheard'.")
@agent_option
@json_option
@pass_session
def command(session: Session, note_id: int, text: str | None, why: str, agent: str | None, as_json: bool) -> None:
    """Write a misheard sentence down again. Both wordings stay; the new one is shown and searched.

    \b
    feedlog correct 318 "Pakken kom to uger for sent" --why misheard
    """
    passing = text in (None, "-")
    reader = partial(text_from, text, "What did the customer really say?")
    with given_back(reader, passing=passing, typed="" if passing else text or "") as said:
        session.set_agent(agent)
        log = session.change()
        before = notes.get(log, note_id)["verbatim"]
        if text is None:
            printing.talk(f"Now: {noting.quoted(before, printing.width())}")
        by = session.by()
        corrections.correct(log, note_id, checks.text(said(), "text"), why, by)
    note = notes.get(log, note_id)
    if as_json:
        printing.document({**note, "wordings": corrections.wordings(log, note_id)})
        return
    printing.out(noting.headline(note))
    printing.out(f"was  {noting.quoted(before, printing.width() - 5)}")
    printing.out(f"now  {noting.quoted(note['verbatim'], printing.width() - 5)}")

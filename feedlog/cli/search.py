"""feedlog search"""

from typing import Any

import click

from feedlog.cli import printing
from feedlog.cli.options import filter_options, filters, json_option
from feedlog.cli.rows import note_rows
from feedlog.cli.session import Session, pass_session
from feedlog.operations import finding


@click.command("search", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True)
@filter_options
@json_option
@pass_session
def command(session: Session, words: tuple[str, ...], as_json: bool, limit: int, **given: Any) -> None:
    """Find notes that hold all the WORDS in any of their forms, best first.

    \b
    feedlog search forsinket                 also forsinkede, forsinkelse
    feedlog search '"tre uger"'              exactly as written
    feedlog search lever* --kind complaint   words that begin so
    feedlog search pakke -- -levering        pakke, but not levering
    """
    log = session.read()
    found = finding.search(log, " ".join(words), filters(session, given), limit=limit)
    if as_json:
        printing.document(found)
        return
    how = [note["match"] if note["match"] != "exact" else "" for note in found]
    note_rows(session, found, how, [note["words"] for note in found])
    if not found:
        printing.talk("No note has these words.")

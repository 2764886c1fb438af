"""feedlog search"""

import re
from typing import Any

import click

from feedlog.cli import printing
from feedlog.cli.options import filter_options, filters, json_option
from feedlog.cli.rows import note_rows
from feedlog.cli.session import Session, pass_session
from feedlog.operations import finding

# One dash and two letters or more: no option of ours looks so, for short ones have one letter and long ones two dashes.
_UNWANTED = re.compile(r"-[^\W\d_][^\W_]+\*?")


class Searching(click.Command):
    """Takes `-word` for a word that must not be there, although it looks like an option."""

    def parse_args(self, context: click.Context, words: list[str]) -> list[str]:
        end = words.index("--") if "--" in words else len(words)
        unwanted = [word for word in words[:end] if _UNWANTED.fullmatch(word)]
        rest = [word for word in words[:end] if word not in unwanted]
        return super().parse_args(context, [*rest, "--", *unwanted, *words[end + 1 :]])


@click.command("search", cls=Searching, context_settings={"ignore_unknown_options": True})
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
    feedlog search pakke -levering           pakke, but not levering
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

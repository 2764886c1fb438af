"""feedlog similar"""

from typing import Any

import click

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.options import filter_options, filters, json_option
from feedlog.cli.rows import note_rows
from feedlog.cli.session import Session, pass_session
from feedlog.errors import WrongUsage
from feedlog.operations import finding
from feedlog.operations.shapes import Similar, SimilarNote


@click.command("similar")
@click.argument("note_id", metavar="[ID]", required=False, type=click.IntRange(min=1))
@click.option("--text", help="Compare this text, which need not be logged.")
@filter_options
@json_option
@pass_session
def command(session: Session, note_id: int | None, text: str | None, as_json: bool, limit: int, **given: Any) -> None:
    """Who else said this: what other customers said that is like note ID, or like a TEXT.

    \b
    feedlog similar 318
    feedlog similar --text "ingen ringede tilbage" --since "3 months ago"
    """
    if (note_id is None) == (text is None):
        raise WrongUsage("Give a note's number or --text, one of the two.", hint="For example: feedlog similar 318")
    log = session.read()
    chosen = filters(session, given)
    if note_id is not None:
        found = finding.similar_to_note(log, note_id, chosen, limit=limit)
    else:
        found = finding.similar_to_text(log, text or "", chosen, limit=limit)
    if as_json:
        printing.document(found)
    else:
        _print(session, found)


def _print(session: Session, found: Similar) -> None:
    strong = [note for note in found["results"] if note["strong"]]
    weak = [note for note in found["results"] if not note["strong"]]
    if found["notes"]:
        first, last = found["first_said_at"] or "", found["last_said_at"] or ""
        printing.out(
            f"Said by {_many(found['customers'], 'known customer')} in {_many(found['notes'], 'note')} since "
            f"{when.date_text(first, now=session.now)}, the latest {when.ago(last, now=session.now)}:"
        )
    else:
        printing.talk("Nobody else has said this, as far as the words tell.")
    _rows(session, strong)
    if weak:
        printing.talk("Less alike:")
        _rows(session, weak)


def _rows(session: Session, found: list[SimilarNote]) -> None:
    shared = [note["shared_words"] for note in found]
    note_rows(session, found, [", ".join(dict.fromkeys(words[:4])) for words in shared], shared)


def _many(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"

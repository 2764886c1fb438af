"""feedlog similar"""

import sys
from typing import Any

import click

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.options import NOTE_NUMBER, complete, filter_options, filters, json_option, yes_option
from feedlog.cli.rows import note_rows
from feedlog.cli.session import Session, pass_session, piped
from feedlog.errors import WrongUsage
from feedlog.operations import checks, finding, themes
from feedlog.operations.shapes import Similar, SimilarNote


@click.command("similar")
@click.argument("note_id", metavar="[ID]", required=False, type=NOTE_NUMBER)
@click.option("--text", help="Compare this text, which need not be logged; - reads it from a pipe.")
@click.option(
    "--tag", metavar="T", shell_complete=complete("theme"), help="Put this theme on note ID and those much like it."
)
@filter_options
@yes_option
@json_option
@pass_session
def command(
    session: Session,
    note_id: int | None,
    text: str | None,
    tag: str | None,
    yes: bool,
    as_json: bool,
    limit: int,
    **given: Any,
) -> None:
    """Who else said this: what other customers said that is like note ID, or like a TEXT.

    With --tag they are shown first; the theme goes on those above "Less alike", and `feedlog undo` takes it off all of
    them at once.

    \b
    feedlog similar 318
    feedlog similar --text "ingen ringede tilbage" --since "3 months ago"
    feedlog similar 318 --tag call-back
    """
    if text == "-" or (text is None and note_id is None and not sys.stdin.isatty()):
        text = piped() or None
    if (note_id is None) == (text is None):
        raise WrongUsage("Give a note's number or --text, one of the two.", hint="For example: feedlog similar 318")
    if tag is not None and note_id is None:
        raise WrongUsage("A theme is put on notes that are logged.", hint="Give a note's number instead of --text.")
    theme = None if tag is None else checks.code(tag, "theme")
    log = session.read()
    chosen = filters(session, given)
    if note_id is not None:
        found = finding.similar_to_note(log, note_id, chosen, limit=limit)
    else:
        found = finding.similar_to_text(log, checks.text(text or "", "text"), chosen, limit=limit)
    # Who is to be asked sees them first. Else nothing is printed before the change: who reads no further (`| head`)
    # must not keep it from being made.
    to_be_asked = theme is None or not yes
    if not as_json and to_be_asked:
        _print(session, found)
    tagged = None
    if theme is not None and note_id is not None:
        tagged = _tag(session, found, note_id, theme, yes=yes, as_json=as_json)
    if as_json:
        printing.document(found if theme is None else {**found, "tagged": tagged or []})
        return
    if not to_be_asked:
        _print(session, found)
    if tagged is not None:
        printing.out(f"{printing.many(len(tagged), 'note')} now with the theme {theme}.")


def _tag(session: Session, found: Similar, note_id: int, theme: str, *, yes: bool, as_json: bool) -> list[int] | None:
    """Puts the theme on the note and those much like it, where that is agreed to; returns those it is new on."""
    alike = [note["id"] for note in found["results"] if note["strong"]]
    if not _agreed(found, theme, len(alike), yes=yes, as_json=as_json):
        return None
    tagged, warnings = themes.tag_together(session.change(), [note_id, *alike], theme, session.by())
    for warning in warnings:
        printing.talk(warning)
    return tagged


def _agreed(found: Similar, theme: str, alike: int, *, yes: bool, as_json: bool) -> bool:
    """Whether the notes shown are to be tagged: asked on a terminal, else only with --yes."""
    if alike < found["notes"]:
        printing.talk(f"{found['notes']} are much like it, {alike} are shown. A larger -n takes more.")
    what = f"{theme!r} on this note and the {alike} like it" if alike else f"{theme!r} on this note alone"
    if yes:
        return True
    if as_json or not sys.stdin.isatty():
        printing.talk(f"Nothing was tagged. With --yes this puts {what}.")
        return False
    click.confirm(f"Put {what}?", abort=True, err=True)
    return True


def _print(session: Session, found: Similar) -> None:
    strong = [note for note in found["results"] if note["strong"]]
    weak = [note for note in found["results"] if not note["strong"] and note["shared_words"]]
    if found["notes"]:
        first, last = found["first_said_at"] or "", found["last_said_at"] or ""
        printing.out(
            f"Said by {printing.many(found['customers'], 'known customer')} in {printing.many(found['notes'], 'note')}"
            f" since {when.date_text(first, now=session.now)}, the latest {when.ago(last, now=session.now)}:"
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

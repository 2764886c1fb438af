"""feedlog letter check"""

import os
import sys
from typing import TYPE_CHECKING

import click

from feedlog.cli import printing
from feedlog.cli.options import NOTE_NUMBER, customer_option, json_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import FeedlogError
from feedlog.language.decoding import Decoded
from feedlog.language.phrases import codes
from feedlog.letters.reading import LONGEST_BYTES, letter_at, letter_from
from feedlog.operations.letter_checks import check_letter
from feedlog.vocabulary import LETTER_KINDS

if TYPE_CHECKING:
    from feedlog.store import Log


@click.command("check")
@click.argument("file", metavar="FILE", type=click.Path(allow_dash=True))
@click.option("--note", "note_id", metavar="NOTE", type=NOTE_NUMBER, help="The note it answers.")
@customer_option
@click.option("--language", type=click.Choice(codes()), help="The letter's language. Otherwise told by its words.")
@click.option("--kind", type=click.Choice(LETTER_KINDS), help="The kind of letter: an agreement needs a day.")
@json_option
@pass_session
def check(
    session: Session,
    file: str,
    note_id: int | None,
    customer: str | None,
    language: str | None,
    kind: str | None,
    as_json: bool,
) -> int:
    """What a letter had better not say, and what it lacks: a line for each, with what to write instead.

    Looked for: "no one else has complained" and the like, set against the log; more than one apology; blame; hiding
    behind rules; no name; a promise without a day; none of the customer's own words; places left to fill. What stands
    in quotation marks is the customer's and is left alone. FILE - is read from a pipe. Exit status 1 when there is
    something to mend.

    \b
    feedlog letter check letter.txt --note 318
    feedlog letter check letter.txt --customer K-1042 --kind agreement
    feedlog letter check - --language da < letter.txt
    """
    read = _piped() if file == "-" else letter_at(file)
    if read.warning:
        printing.talk(f"{file}: {read.warning}")
    asked = note_id is not None or customer is not None
    found = check_letter(
        read.text,
        lambda: _log(session, needed=asked),
        now=session.now,
        language=language,
        kind=kind,
        note_id=note_id,
        customer=customer,
    )
    if as_json:
        printing.document(found)
    else:
        for flag in found["flags"]:
            said = f"“{flag['text']}”: " if flag["text"] else ""
            printing.out(f"{file}:{flag['line']}:{flag['column']}: {said}{flag['why']} {flag['hint']}")
        if found["ok"]:
            printing.talk("Nothing to mend.")
    return 0 if found["ok"] else 1


def _piped() -> Decoded:
    return letter_from(sys.stdin.buffer.read(LONGEST_BYTES + 1), "The letter")


def _log(session: Session, *, needed: bool) -> "Log | None":
    """The log. Where it only adds figures, a letter is also checked without one."""
    if not needed and not os.path.exists(session.path):
        return None
    try:
        return session.read()
    except FeedlogError as error:
        if needed:
            raise
        printing.talk(f"Checked without the log: {error.message}")
        return None

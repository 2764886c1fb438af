"""feedlog letter"""

import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import click

from feedlog import when
from feedlog.cli import editing, printing
from feedlog.cli.letter_check import check
from feedlog.cli.options import NOTE_NUMBER, agent_option, filter_options, filters, json_option
from feedlog.cli.session import Session, given_back, pass_session, piped
from feedlog.config import config_file
from feedlog.errors import FeedlogError, NotFound, Refused, WrongUsage
from feedlog.letters import LANGUAGES, SUFFIXES
from feedlog.operations import letters, sending
from feedlog.operations.letters import Letter, Written
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.vocabulary import LETTER_KINDS


@click.group("letter")
def command() -> None:
    """Letters: a draft from a note, made personal by you, checked, sent, and kept with the note.

    \b
    feedlog letter write 318 --kind agreement
    feedlog letter edit 12
    feedlog letter show 12 -o letter.pdf
    feedlog letter sent 12
    """


letter_argument = click.argument("letter_id", metavar="ID", type=NOTE_NUMBER)
kind_choice = click.Choice(LETTER_KINDS)
output_option = click.option(
    "--output", "-o", metavar="FILE", help=f"Write it to FILE, as its name ends: {', '.join(SUFFIXES)}."
)
force_option = click.option("--force", is_flag=True, help="Write over FILE where it is there already.")
copies_option = click.option(
    "--cc", "copies", metavar="A", multiple=True, help="A colleague who gets a copy; may be repeated."
)


@command.command("write")
@click.argument("note_id", metavar="NOTE", type=NOTE_NUMBER)
@click.option("--kind", type=kind_choice, required=True, help="Thanks, what was agreed, or what came of it.")
@click.option("--language", metavar="L", help="In which language: da, sv, nb or en. Otherwise the customer's.")
@output_option
@force_option
@copies_option
@agent_option
@json_option
@pass_session
def write(
    session: Session,
    note_id: int,
    kind: str,
    language: str | None,
    output: str | None,
    force: bool,
    copies: tuple[str, ...],
    agent: str | None,
    as_json: bool,
) -> None:
    """Draft a letter that answers a note: their name and words, what was promised, what is done about it.

    It is a draft to be made personal: [[ ]] marks what only you can say.

    \b
    feedlog letter write 318 --kind agreement --cc bo
    feedlog letter write 318 --kind thanks --language da -o letter.docx
    """
    session.set_agent(agent)
    _check_output(output, force)
    written = letters.write(
        session.change(),
        note_id,
        kind,
        session.by(),
        language=language,
        copies=copies,
        templates=_templates(),
        outbox=session.config["outbox"],
    )
    _report(session, written, output, force, as_json, show=True)


@command.command("list")
@click.option("--unsent", is_flag=True, help="Only drafts.")
@filter_options
@json_option
@pass_session
def list_(session: Session, unsent: bool, limit: int, as_json: bool, **given: Any) -> None:
    """The newest letters. The filters say which notes they answer.

    \b
    feedlog letter list --unsent
    feedlog letter list -c K-1042 --json
    """
    found = letters.listing(session.read(), filters(session, given), unsent=unsent, limit=limit)
    if as_json:
        printing.document(found)
        return
    for letter in found:
        customer = letter["customer"]
        who = (customer["name"] or customer["key"]) if customer else "nobody"
        parts = [f"to {who}", letter["kind"], f"note {letter['note_id']}", _state(session, letter)]
        printing.out(f"{letter['id']}  {' · '.join(printing.unmarked(part) for part in parts)}")
    if not found:
        printing.talk("No drafts." if unsent else "No letters.")


@command.command("show")
@letter_argument
@output_option
@force_option
@json_option
@pass_session
def show(session: Session, letter_id: int, output: str | None, force: bool, as_json: bool) -> None:
    """One letter, or a file of it: as text, as a page for the browser, for Word, or as PDF to print.

    \b
    feedlog letter show 12
    feedlog letter show 12 -o letter.pdf
    """
    _check_output(output, force)
    _report(session, Written(letters.get(session.read(), letter_id), [], []), output, force, as_json, show=True)


@command.command("edit")
@letter_argument
@click.argument("file", required=False)
@agent_option
@json_option
@pass_session
def edit(session: Session, letter_id: int, file: str | None, agent: str | None, as_json: bool) -> None:
    """Make a draft personal: in your editor, or with a text from FILE or a pipe (-) in its place.

    \b
    feedlog letter edit 12
    feedlog letter edit 12 letter.txt
    """
    in_the_editor = file is None and sys.stdin.isatty()
    with given_back(partial(_text_of, file), passing=file in (None, "-") and not in_the_editor) as text:
        session.set_agent(agent)
        by, outbox = session.by(), session.config["outbox"]
        log = session.change()
        letter = letters.draft_of(log, letter_id)
        if in_the_editor:
            written = _edited(session, log, letter, by)
        else:
            written = letters.edit(log, letter_id, text(), by, outbox=outbox)
    _report(session, written, None, False, as_json, show=False)


def _edited(session: Session, log: Log, letter: Letter, by: By) -> Written:
    """The letter as it left the editor; what cannot be stored stays in the draft's file."""
    begun = f"{letter['text']}\n"
    path = editing.open_draft(session.config["spool"], begun)
    text = editing.edited(path, begun=begun)
    try:
        written = letters.edit(log, letter["id"], text, by, outbox=session.config["outbox"])
    except FeedlogError as error:
        error.hint = f"{error.hint} Your text is in {path}."
        raise
    editing.discard(path)
    return written


@command.command("sent")
@letter_argument
@click.argument("file", required=False)
@click.option("--at", metavar="WHEN", help="When it was sent. Otherwise now.")
@copies_option
@agent_option
@json_option
@pass_session
def sent(
    session: Session,
    letter_id: int,
    file: str | None,
    at: str | None,
    copies: tuple[str, ...],
    agent: str | None,
    as_json: bool,
) -> None:
    """Say that a letter was sent, with the text of FILE where that is another; it is kept as it is from then on.

    Refused while places are left to fill, for an agreement that names no day, and for a standard reply. The step it is
    goes on the note: thanked, told or acknowledged, and apologised where it says sorry.

    \b
    feedlog letter sent 12
    feedlog letter sent 12 letter.txt --at "yesterday 15:30" --cc bo
    """
    with given_back(partial(_text_of, file), passing=file == "-") as text:
        session.set_agent(agent)
        sent_at = when.instant(at, now=session.now) if at is not None else None
        if sent_at:
            printing.talk(f"sent {when.spoken(sent_at, now=session.now)}")
        by, outbox = session.by(), session.config["outbox"]
        changed = None if file is None else text()
        written = sending.send(session.change(), letter_id, by, text=changed, at=sent_at, copies=copies, outbox=outbox)
    _report(session, written, None, False, as_json, show=False)


@command.command("template")
@click.argument("kind", type=kind_choice)
@click.option("--language", type=click.Choice(LANGUAGES), required=True, help="Whose template.")
@json_option
def template(kind: str, language: str, as_json: bool) -> None:
    """The template in use for a kind of letter, and where to put one of your own.

    \b
    feedlog letter template thanks --language da
    """
    from feedlog.letters import templates  # here: it loads Jinja

    found = templates.find(_templates(), language, kind)
    text = templates.explained(found)
    if as_json:
        printing.document({"kind": kind, "language": language, **found._asdict(), "text": text})
        return
    printing.out(text.rstrip("\n"))
    printing.talk(f"This is {found.path}.")
    if not found.own:
        printing.talk(f"Your own goes into {found.own_path}.")


def _templates() -> str:
    """The folder of the firm's own templates: `letters` beside the config file."""
    return os.path.join(os.path.dirname(config_file()), "letters")


def _text_of(file: str | None) -> str:
    """What a file holds, or what is piped in; raises NotFound and Refused where it cannot be read."""
    if file is None or file == "-":
        return piped()
    from feedlog.language.decoding import decode

    try:
        with open(file, "rb") as opened:
            read = decode(opened.read())
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}.", hint="Check the name.") from None
    except OSError as error:
        raise Refused(f"The file {file} cannot be read: {error.strerror}.", hint="Check the name.") from error
    printing.talk(read.warning or "")
    return read.text


def _check_output(path: str | None, force: bool) -> None:
    if force and path is None:
        raise WrongUsage("--force is about a file, and none is named.", hint="Name it with -o.")
    if path is not None:
        from feedlog.letters import output

        output.check(path, force=force)


def _report(session: Session, written: Written, path: str | None, force: bool, as_json: bool, *, show: bool) -> None:
    """The letter, in its file or on standard output, and what comes next. What was to be stored is stored."""
    letter = written.letter
    if path is not None:
        _write_file(session, letter, path, force)
    if as_json:
        printing.document({**letter, "file": path, "copy_files": written.copies, "remarks": written.remarks})
        return
    if path is None and show:
        printing.out(letter["text"])
    for remark in written.remarks:
        printing.talk(remark)
    for copy in written.copies:
        printing.talk(f"A copy is in {copy}.")
    if path is not None:
        printing.talk(f"Letter {letter['id']} is in {path}.")
    printing.talk(_next_step(session, letter))


def _write_file(session: Session, letter: Letter, path: str, force: bool) -> None:
    from feedlog.letters import output

    today = when.local(when.stored(session.now)).date().isoformat()
    try:
        sheet = letters.sheet_of(session.read(), letter, today)
        output.write(path, output.rendered(sheet, path), force=force)
    except FeedlogError as error:
        error.message = f"Letter {letter['id']} is in the log, but not in a file. {error.message}"
        error.hint = f"{error.hint} Then: feedlog letter show {letter['id']} -o FILE"
        raise


def _state(session: Session, letter: Letter) -> str:
    if letter["sent_at"]:
        return f"sent {when.ago(letter['sent_at'], now=session.now)} by {letter['sent_by']}"
    return f"draft, {_places(letter['places'])} to fill" if letter["places"] else "draft, ready to be sent"


def _places(places: Sequence[Any]) -> str:
    return "1 place" if len(places) == 1 else f"{len(places)} places"


def _next_step(session: Session, letter: Letter) -> str:
    """One line: what to do with this letter now."""
    if letter["sent_at"]:
        return f"Letter {letter['id']} is kept with note {letter['note_id']}, {_state(session, letter)}."
    if letter["places"]:
        return f"Letter {letter['id']}: {_places(letter['places'])} to fill: feedlog letter edit {letter['id']}"
    return f"Letter {letter['id']} is ready. When it is sent: feedlog letter sent {letter['id']}"


command.add_command(check)

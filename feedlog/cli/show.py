"""feedlog show"""

from typing import Any

import click

from feedlog import when
from feedlog.cli import noting, printing, responding
from feedlog.cli.options import NOTE_NUMBER, json_option
from feedlog.cli.session import Session, pass_session
from feedlog.operations import corrections, letters, notes, promise_life, responses
from feedlog.operations.shapes import Note


@click.command("show")
@click.argument("note_id", metavar="ID", type=NOTE_NUMBER)
@json_option
@pass_session
def command(session: Session, note_id: int, as_json: bool) -> None:
    """One note with everything that hangs on it: wordings, promises, what was done, letters, who logged it.

    Its loop is closed when the customer was told what came of it.

    \b
    feedlog show 318
    """
    log = session.read()
    note = notes.get(log, note_id)
    document: dict[str, Any] = {
        **note,
        "wordings": corrections.wordings(log, note_id),
        "promises": promise_life.of_note(log, note_id),
        "responses": responses.of_note(log, note_id),
        "letters": letters.of_note(log, note_id),
        "loop": responses.loop_closed(log, note_id),
    }
    if as_json:
        printing.document(document)
    else:
        _print(session, note, document)


def _print(session: Session, note: Note, document: dict[str, Any]) -> None:
    printing.out(noting.headline(note))
    printing.out()
    printing.out("\n".join(f"  {line}" for line in f"“{note['verbatim']}”".splitlines()))
    printing.out()
    by = f"{note['agent']} for {note['on_behalf_of']}" if note["on_behalf_of"] else note["agent"]
    lines = [
        ("said", when.spoken(note["said_at"], now=session.now)),
        ("logged", f"{when.spoken(note['logged_at'], now=session.now)}, by {by}"),
        ("reading", note["reading"]),
        ("satisfied", None if note["satisfaction"] is None else f"{note['satisfaction']} of 100"),
        ("source", note["source"] and f"{note['source']} {note['source_id'] or ''}"),
    ]
    lines += [("promised", _promise(session, promise)) for promise in document["promises"]]
    lines += [("done", responding.step(session, response)) for response in document["responses"]]
    lines += [("letter", _letter(session, letter)) for letter in document["letters"]]
    lines.append(("loop", responding.loop(session, document["loop"])))
    for before, after in zip(document["wordings"], document["wordings"][1:], strict=False):
        day = when.ago(after["at"], now=session.now)
        lines.append(("was", f"“{before['verbatim']}”, corrected {day} by {after['agent']}: {after['why']}"))
    for name, value in lines:
        if value:
            printing.out(f"{name:<10}{value}")


def _promise(session: Session, promise: promise_life.Life) -> str:
    state = promise["outcome"] or "open"
    if promise["in_time"] is False:
        state += " late"
    if promise["moved"]:
        state += ", moved once" if promise["moved"] == 1 else f", moved {promise['moved']} times"
    day = when.spoken(promise["due_on"], now=session.now)
    return f"{promise['what']} · by {day} · {promise['owner']} · {state} · promise {promise['id']}"


def _letter(session: Session, letter: letters.Letter) -> str:
    if letter["sent_at"]:
        sent = f"sent {when.spoken(letter['sent_at'], now=session.now)}, by {letter['sent_by']}"
    else:
        sent = f"a draft of {when.spoken(letter['written_at'], now=session.now)}, by {letter['written_by']}"
    return f"{letter['kind']} · {sent} · letter {letter['id']}"

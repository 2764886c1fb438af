"""feedlog dossier"""

import json
import os
from collections.abc import Iterator
from typing import Any

import click

from feedlog import when
from feedlog.cli import forgetting, printing
from feedlog.cli.options import agent_option, complete, json_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import Refused
from feedlog.operations import dossier
from feedlog.operations.dossier import Dossier, Row


@click.command("dossier")
@click.argument("customer", shell_complete=complete("customer"))
@click.option("--output", "-o", "output", metavar="FILE", help="A file only you can read; never in another's place.")
@agent_option
@json_option
@pass_session
def command(session: Session, customer: str, output: str | None, agent: str | None, as_json: bool) -> None:
    """Everything we hold of one customer: for the customer who asks, or before erasing.

    That it was made is recorded, without a word of what it says. Notes of others that name the customer are given as
    numbers: they hold somebody else's words. A FILE that ends in .json, or --json, gives every field.

    \b
    feedlog dossier K-1042
    feedlog dossier K-1042 -o k-1042.json
    """
    session.set_agent(agent)
    if output:
        _refuse_replacing(output)
    found = dossier.make(session.change(), customer, session.by(), forgetting.outside(session))
    if output:
        whole = as_json or output.endswith(".json")
        _write(output, json.dumps(found, ensure_ascii=False, indent=2) if whole else "\n".join(_lines(session, found)))
        printing.talk(f"Written to {output}, readable by you alone.")
    elif as_json:
        printing.document(found)
    else:
        for line in _lines(session, found):
            printing.out(line)


def _refuse_replacing(output: str) -> None:
    if os.path.lexists(output):
        raise Refused(f"There is a file already: {output}.", hint="Name another, or remove that one.")


def _write(output: str, text: str) -> None:
    try:
        descriptor = os.open(output, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        raise Refused(
            f"The dossier cannot be written to {output}: {error.strerror}.", hint="Name a file in a folder of yours."
        ) from error


def _lines(session: Session, found: Dossier) -> Iterator[str]:
    """The dossier for reading: one block for who they are, one for each note, one for what was done about them."""
    yield f"What we hold of {', '.join(found['keys'])}, {when.spoken(found['made_at'], now=session.now)}"
    for row in found["customers"]:
        yield ""
        yield from _fields(
            [("key", row["key"]), *((name, row[name]) for name in _DESCRIBED), ("logged", row["created_at"][:10])]
        )
    for fact in found["facts"]:
        removed = f", removed {fact['removed_at'][:10]} by {fact['removed_by']}" if fact["removed_at"] else ""
        yield f"fact       {fact['fact']} (given {fact['given_at'][:10]} to {fact['agent']}{removed})"
    for version in found["customer_versions"]:
        was = ", ".join(f"{name} {version[name]}" for name in _DESCRIBED if version.get(name)) or "nothing described"
        yield f"was        {was}"
    for note in found["notes"]:
        yield ""
        yield from _note(session, note)
    yield from _rest(session, found)


_DESCRIBED = ("name", "since_on", "segment", "type", "prefers", "language")


def _note(session: Session, note: Row) -> Iterator[str]:
    back = "" if note["stands"] else " · taken back"
    by = f"{note['agent']} for {note['on_behalf_of']}" if note["on_behalf_of"] else note["agent"]
    yield f"#{note['id']}  {when.spoken(note['said_at'], now=session.now)} · logged by {by}{back}"
    yield f"  “{note['verbatim']}”"
    source = f"{note['source']} {note['source_id'] or ''}".strip() if note["source"] else None
    labels = [(name, note[name]) for name in ("channel", "touchpoint", "kind", "reading", "satisfaction")]
    yield from _fields(
        [
            *labels,
            ("source", source),
            ("repeat key", note["idempotency_key"]),
            ("themes", ", ".join(row["theme"] for row in note["note_themes"])),
        ]
    )
    for row in note["corrections"]:
        yield f"corrected  “{row['verbatim']}”, {row['corrected_at'][:10]} by {row['agent']}: {row['why']}"
    for row in note["promises"]:
        yield f"promised   {row['what']} · by {row['due_on']} · {row['owner']} · {row['outcome'] or 'open'}"
        for event in row["promise_events"]:
            why = f": {event['why']}" if event["why"] else ""
            yield f"           {event['kind']} {event['happened_at'][:10]} by {event['agent']}{why}"
    for row in note["responses"]:
        amount = f" {row['amount_minor'] / 100:.2f} {row['currency']}" if row["amount_minor"] is not None else ""
        removed = " (removed)" if row["removed_at"] else ""
        text = f": {row['text']}" if row["text"] else ""
        yield f"answered   {row['kind']}{amount} {row['responded_at'][:10]} by {row['agent']}{text}{removed}"
    for row in note["letters"]:
        state = f"sent {row['sent_at'][:10]}" if row["sent_at"] else "a draft"
        copies = ", ".join(copy["agent"] for copy in row["letter_copies"])
        yield f"letter     {row['id']}, {row['kind']}, {state}" + (f", copies to {copies}" if copies else "")
        yield from (f"           {line}" for line in row["text"].splitlines())


def _rest(session: Session, found: Dossier) -> Iterator[str]:
    if found["changes"]:
        yield ""
        yield "Who did what:"
        for step in found["changes"]:
            by = f"{step['agent']} for {step['on_behalf_of']}" if step["on_behalf_of"] else step["agent"]
            yield f"  {when.spoken(step['made_at'], now=session.now)}  {by}  {step['what']}"
    for waiting in found["waiting"]:
        yield f"waiting    “{waiting.get('verbatim')}”, in {waiting['file']}"
    for path in found["files"]:
        yield f"copy       {path}"
    if found["named_by_others"]:
        numbers = " ".join(f"#{number}" for number in found["named_by_others"])
        yield f"named      in what others said: {numbers}"


def _fields(pairs: list[tuple[str, Any]]) -> Iterator[str]:
    for name, value in pairs:
        if value not in (None, ""):
            yield f"{name:<11}{value}"

"""feedlog history"""

from collections.abc import Sequence

import click

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.options import NOTE_NUMBER, complete, json_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import WrongUsage
from feedlog.operations import history
from feedlog.operations.history import Erasure, Step
from feedlog.store import Log


@click.command("history")
@click.argument("note_id", metavar="[ID]", required=False, type=NOTE_NUMBER)
@click.option("--customer", "-c", metavar="KEY", shell_complete=complete("customer"), help="Of a customer instead.")
@click.option("--theme", metavar="NAME", shell_complete=complete("theme"), help="Of a theme instead.")
@click.option("--promise", metavar="ID", type=NOTE_NUMBER, help="Of a promise instead.")
@click.option("--erasures", is_flag=True, help="What was ever erased: how much, by whom and why.")
@json_option
@pass_session
def command(
    session: Session,
    note_id: int | None,
    customer: str | None,
    theme: str | None,
    promise: int | None,
    erasures: bool,
    as_json: bool,
) -> None:
    """Who changed what, when, and on whose behalf: the oldest first.

    Of a note that was taken back or erased the numbers are left, never the words.

    \b
    feedlog history 318
    feedlog history --customer K-1042
    feedlog history --erasures --json
    """
    asked = [one for one in (note_id, customer, theme, promise, erasures or None) if one is not None]
    if len(asked) != 1:
        raise WrongUsage(
            "A history is of one thing.",
            hint="Give a note's number, or one of --customer, --theme, --promise, --erasures.",
        )
    log = session.read()
    if erasures:
        _show_erasures(session, history.erasures(log), as_json=as_json)
    else:
        _show(session, _found(log, note_id, customer, theme, promise), as_json=as_json)


def _found(log: Log, note_id: int | None, customer: str | None, theme: str | None, promise: int | None) -> list[Step]:
    if note_id is not None:
        return history.of_note(log, note_id)
    if customer is not None:
        return history.of_customer(log, customer)
    if theme is not None:
        return history.of_theme(log, theme)
    return history.of_promise(log, promise or 0)


def _show(session: Session, steps: Sequence[Step], *, as_json: bool) -> None:
    if as_json:
        printing.document(steps)
        return
    moments = [when.spoken(step["made_at"], now=session.now) for step in steps]
    wide = max((len(moment) for moment in moments), default=0)
    for moment, step in zip(moments, steps, strict=True):
        by = f"{step['agent']} for {step['on_behalf_of']}" if step["on_behalf_of"] else step["agent"]
        back = " (taken back)" if step["taken_back"] else ""
        printing.out(f"{moment:<{wide}}  {by}  {step['what']}{back}")
    if not steps:
        printing.talk("Nothing was changed.")


def _show_erasures(session: Session, found: Sequence[Erasure], *, as_json: bool) -> None:
    if as_json:
        printing.document(found)
        return
    for one in found:
        day = when.spoken(one["started_at"], now=session.now)
        state = "verified" if one["verified_at"] else "traces may remain: run feedlog erase again"
        went = f"{one['notes']} notes, {one['customers']} customer keys"
        printing.out(f"{one['id']}  {day}  {one['agent']}  {went} · {one['reason']} · {state}")
    if not found:
        printing.talk("Nothing was ever erased.")

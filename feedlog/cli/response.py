"""feedlog response"""

from collections.abc import Callable
from typing import Any

import click

from feedlog import money, when
from feedlog.cli import printing, responding
from feedlog.cli.options import (
    NOTE_NUMBER,
    agent_option,
    channel_option,
    customer_option,
    filter_options,
    filters,
    json_option,
    kind_option,
    limit_option,
    theme_option,
    touchpoint_option,
)
from feedlog.cli.session import Session, given_back, pass_session, piped
from feedlog.errors import WrongUsage
from feedlog.operations import responses
from feedlog.vocabulary import RESPONSE_KINDS


@click.group("response")
def command() -> None:
    """What was done about a note: each step of making it good, who took it and when.

    \b
    feedlog response add 318 --kind apologised
    feedlog response list -c K-1042
    feedlog response clock --since "3 months ago"
    """


@command.command("add")
@click.argument("note_id", metavar="NOTE", type=NOTE_NUMBER)
@click.option("--kind", type=click.Choice(RESPONSE_KINDS), required=True, help="Which step was taken.")
@click.option("--text", metavar="TEXT", help="What was said or done; - reads what is piped in.")
@click.option("--amount", metavar="N", help="Goodwill given, as a plain number: 200 or 200.50.")
@click.option("--currency", metavar="CODE", help="Its currency, three letters: DKK.")
@click.option("--at", metavar="WHEN", help="When it was done. Otherwise now.")
@agent_option
@click.option("--on-behalf-of", metavar="A", help="The colleague whose step it is, where you only write it down.")
@json_option
@pass_session
def add(session: Session, note_id: int, agent: str | None, as_json: bool, **given: Any) -> None:
    """Log a step: acknowledged, apologised, investigated, explained, solved, compensated, thanked or told.

    Investigated is a colleague's account of what happened; --on-behalf-of names the colleague. Only compensated takes
    an amount; what was given otherwise than in money stands in the text.

    \b
    feedlog response add 318 --kind apologised --text "for the three weeks" --at "yesterday 15:30"
    feedlog response add 318 --kind investigated --text "left in the van over Easter" --on-behalf-of bo
    feedlog response add 318 --kind compensated --amount 200 --currency DKK
    """
    text = given.pop("text")
    passing = text == "-"
    with given_back(piped, passing=passing, typed="" if passing else text or "") as read:
        session.set_agent(agent)
        answered = _add(session, note_id, read() if passing else text, **given)
    if as_json:
        printing.document({**answered.response, "warnings": answered.warnings})
        return
    printing.out(responding.added(session, answered.response))
    for warning in answered.warnings:
        printing.talk(warning)


def _add(session: Session, note_id: int, text: str | None, **given: Any) -> responses.Answered:
    amount, currency, at = given["amount"], given["currency"], given["at"]
    at = None if at is None else when.instant(at, now=session.now)
    if at is not None:
        printing.talk(when.spoken(at, now=session.now))
    limit = session.config.goodwill_limit
    return responses.add(
        session.change(),
        note_id,
        given["kind"],
        session.by(given["on_behalf_of"]),
        text=text,
        amount_minor=None if amount is None else money.minor(amount),
        currency=None if currency is None else money.currency(currency),
        at=at,
        limit=limit and responses.Limit(*limit, session.config["goodwill_decider"] or None),
    )


@command.command("remove")
@click.argument("response_id", metavar="ID", type=NOTE_NUMBER)
@agent_option
@json_option
@pass_session
def remove(session: Session, response_id: int, agent: str | None, as_json: bool) -> None:
    """Take a step off that was logged by mistake. The record keeps it; `feedlog undo` puts it back.

    \b
    feedlog response remove 12
    """
    session.set_agent(agent)
    removed = responses.remove(session.change(), response_id, session.by())
    if as_json:
        printing.document(removed)
        return
    printing.out(f"Removed {removed['kind']} from note {removed['note_id']}.")


def _step_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The filters, with the agent and the time of the step instead of the note's."""
    for option in reversed(
        [
            customer_option,
            theme_option,
            channel_option,
            touchpoint_option,
            kind_option,
            click.option("--agent", metavar="A", help="Steps this agent took."),
            click.option("--since", metavar="WHEN", help="Taken then or later, e.g. 'monday' or 2026-03-01."),
            click.option("--until", metavar="WHEN", help="Taken then or earlier; a day counts whole."),
            limit_option,
        ]
    ):
        command = option(command)
    return command


def _steps(session: Session, given: dict[str, Any], kind: str | None = None) -> responses.Steps:
    chosen = filters(session, given)
    return responses.Steps(
        chosen._replace(agent=None, since=None, until=None), kind, chosen.agent, chosen.since, chosen.until
    )


@command.command("list")
@click.option("--step", type=click.Choice(RESPONSE_KINDS), help="Only steps of this kind.")
@_step_options
@json_option
@pass_session
def list_(session: Session, step: str | None, as_json: bool, limit: int, **given: Any) -> None:
    """The steps taken, newest first; --kind is the kind of the note, --step that of the step.

    \b
    feedlog response list -c K-1042
    feedlog response list --step apologised --since monday
    """
    found = responses.listing(session.read(), _steps(session, given, step), limit=limit)
    if as_json:
        printing.document(found)
        return
    responding.step_rows(session, found)
    if not found:
        printing.talk("No responses.")


@command.command("goodwill")
@_step_options
@json_option
@pass_session
def goodwill(session: Session, as_json: bool, limit: int, **given: Any) -> None:
    """What customers were given and what it cost: in all, by customer and by theme, the dearest first.

    Currencies are never added up. What is on two themes counts under both.

    \b
    feedlog response goodwill --since 2026-01-01
    feedlog response goodwill -t delivery --json
    """
    from feedlog.operations.goodwill import summary  # here: the other commands add nothing up

    found = summary(session.read(), _steps(session, given), limit=limit)
    if as_json:
        printing.document(found)
        return
    responding.goodwill_rows(session, found)
    if not found["in_all"]:
        printing.talk("No goodwill was given.")


@command.command("clock")
@click.argument("note_id", metavar="[NOTE]", type=NOTE_NUMBER, required=False)
@filter_options
@json_option
@pass_session
def clock(session: Session, note_id: int | None, as_json: bool, limit: int, **given: Any) -> None:
    """How long customers wait for the first response, in business hours: the one in the middle, by channel.

    Notes nobody has answered are counted apart, with how long they have waited so far. A day is a working day of the
    setting business_hours; public holidays of the setting country are left out. With a note's number, that note alone.

    \b
    feedlog response clock --since "3 months ago"
    feedlog response clock 318
    """
    from feedlog.operations import answering  # here: the other commands count no hours

    now, calendar = when.stored(session.now), session.config.calendar
    if note_id is not None:
        if any(given.values()):
            raise WrongUsage("One note needs no filters.", hint="Give a note's number, or filters.")
        one = answering.clock_of(session.read(), note_id, calendar, now)
        if as_json:
            printing.document(one)
        else:
            printing.out(responding.clock_of(session, one, calendar.hours))
        return
    found = answering.clock(session.read(), filters(session, given), calendar, now)
    if as_json:
        printing.document(found)
        return
    responding.clock_rows(found, calendar.hours, limit)
    if not found["channels"]:
        printing.talk("No notes.")

"""feedlog promise"""

from functools import partial

import click

from feedlog import when
from feedlog.cli import printing, promising
from feedlog.cli.options import (
    NOTE_NUMBER,
    agent_option,
    any_day_option,
    customer_option,
    json_option,
    limit_option,
    next_workday_option,
)
from feedlog.cli.session import Session, given_back, pass_session, text_from
from feedlog.errors import WrongUsage
from feedlog.operations import notes, promise_life, promise_rates
from feedlog.operations import promising as operation
from feedlog.store import Log


@click.group("promise")
def command() -> None:
    """Promises: what a customer was told we would do, by when, and whether we did.

    \b
    feedlog promise add 318 "call back with a new date" --due friday
    feedlog promise move 12 --due monday --why "the carrier is late" --told
    feedlog promise keep 12
    """


promise_argument = click.argument("promise_id", metavar="ID", type=NOTE_NUMBER)
due_option = click.option(
    "--due", metavar="WHEN", required=True, help="By when, e.g. 'friday', 'om 3 dage' or 'in 2 business days'."
)
why_option = click.option("--why", metavar="TEXT", help="The reason; asked for on a terminal.")
told_option = click.option("--told/--not-told", default=None, help="Whether the customer knows of it.")
colleague_option = click.option("--on-behalf-of", metavar="A", help="The colleague who did it.")


@command.command("add")
@click.argument("note_id", metavar="NOTE", type=NOTE_NUMBER)
@click.argument("text", required=False)
@due_option
@click.option("--owner", metavar="A", help="Who keeps it. Otherwise whoever promised.")
@next_workday_option
@any_day_option
@agent_option
@click.option("--on-behalf-of", metavar="A", help="The colleague who promised.")
@json_option
@pass_session
def add(
    session: Session,
    note_id: int,
    text: str | None,
    due: str,
    owner: str | None,
    next_workday: bool,
    any_day: bool,
    agent: str | None,
    on_behalf_of: str | None,
    as_json: bool,
) -> None:
    """Promise the customer something on what they said in a note.

    Without TEXT it is read from a pipe, or typed at a prompt. Public holidays are those of the setting country.

    \b
    feedlog promise add 318 "call back with a new date" --due friday
    feedlog promise add 318 "send a new one" --due "om 3 dage" --next-workday --owner jens
    """
    passing = text in (None, "-")
    reader = partial(text_from, text, "What was promised?")
    with given_back(reader, passing=passing, typed="" if passing else text or "") as words:
        session.set_agent(agent)
        log, by = session.change(), session.by(on_behalf_of)
        notes.get(log, note_id)
        day = _settled(session, due, next_workday, any_day, ask=not as_json)
        promise_id = operation.give(log, note_id, words(), day, by, owner=owner)
    _show(session, log, promise_id, as_json=as_json)


at_option = click.option("--at", metavar="WHEN", help="When it was done. Otherwise now.")


def _at(session: Session, typed: str | None, what: str) -> str | None:
    """When it was done, said back as it was understood."""
    at = None if typed is None else when.instant(typed, now=session.now)
    if at:
        printing.talk(f"{what} {when.spoken(at, now=session.now)}")
    return at


@command.command("keep")
@promise_argument
@at_option
@agent_option
@colleague_option
@json_option
@pass_session
def keep(
    session: Session, promise_id: int, at: str | None, agent: str | None, on_behalf_of: str | None, as_json: bool
) -> None:
    """The promise was kept.

    \b
    feedlog promise keep 12
    feedlog promise keep 12 --at "friday 16:30"
    """
    session.set_agent(agent)
    kept_at = _at(session, at, "kept")
    log = session.change()
    operation.keep(log, promise_id, session.by(on_behalf_of), at=kept_at)
    _show(session, log, promise_id, as_json=as_json)


@command.command("break")
@promise_argument
@why_option
@told_option
@at_option
@agent_option
@colleague_option
@json_option
@pass_session
def break_(
    session: Session,
    promise_id: int,
    why: str | None,
    told: bool | None,
    at: str | None,
    agent: str | None,
    on_behalf_of: str | None,
    as_json: bool,
) -> None:
    """The promise will not be kept.

    Say why, and whether the customer was told; on a terminal both are asked for.

    \b
    feedlog promise break 12 --why "sold out" --told
    """
    session.set_agent(agent)
    broken_at = _at(session, at, "broken")
    log, by = session.change(), session.by(on_behalf_of)
    operation.still_open(log, promise_id, by)
    why, told = promising.explained(why, told, "broken", ask=not as_json)
    with promising.not_lost(why):
        operation.break_(log, promise_id, why, by, customer_told=told, at=broken_at)
    _show(session, log, promise_id, as_json=as_json)


@command.command("move")
@promise_argument
@due_option
@why_option
@told_option
@at_option
@next_workday_option
@any_day_option
@agent_option
@colleague_option
@json_option
@pass_session
def move(
    session: Session,
    promise_id: int,
    due: str,
    why: str | None,
    told: bool | None,
    at: str | None,
    next_workday: bool,
    any_day: bool,
    agent: str | None,
    on_behalf_of: str | None,
    as_json: bool,
) -> None:
    """The promise gets another day.

    Say why, and whether the customer was told; on a terminal both are asked for. It counts as kept in time by the
    new day only if the customer was told of it before the old one had passed.

    \b
    feedlog promise move 12 --due monday --why "the carrier is late" --told
    """
    session.set_agent(agent)
    moved_at = _at(session, at, "moved")
    log, by = session.change(), session.by(on_behalf_of)
    operation.still_open(log, promise_id, by)
    day = _settled(session, due, next_workday, any_day, ask=not as_json)
    operation.to_be_moved(log, promise_id, day, by)
    why, told = promising.explained(why, told, "moved", ask=not as_json)
    with promising.not_lost(why):
        operation.move(log, promise_id, day, why, by, customer_told=told, at=moved_at)
    _show(session, log, promise_id, as_json=as_json)


@command.command("hand")
@click.option("--from", "giver", metavar="A", required=True, help="Whose promises they were.")
@click.option("--to", "taker", metavar="B", required=True, help="Who keeps them from now on.")
@click.option("--why", metavar="TEXT", help="The reason, e.g. 'on leave'.")
@agent_option
@colleague_option
@json_option
@pass_session
def hand(
    session: Session,
    giver: str,
    taker: str,
    why: str | None,
    agent: str | None,
    on_behalf_of: str | None,
    as_json: bool,
) -> None:
    """All open promises of one agent are another's now. Who promised stays to be seen.

    `feedlog undo` takes the whole hand-over back.

    \b
    feedlog promise hand --from mette --to jens --why "on leave"
    """
    session.set_agent(agent)
    log = session.change()
    handed = operation.hand(log, giver, taker, session.by(on_behalf_of), why=why)
    if as_json:
        printing.document({"from": giver, "to": taker, "promises": handed})
        return
    are = "is" if len(handed) == 1 else "are"
    printing.out(f"{printing.many(len(handed), 'promise')} of {giver}'s {are} {taker}'s now.")
    promising.rows(session, [promise_life.get(log, promise_id) for promise_id in handed])


@command.command("show")
@promise_argument
@json_option
@pass_session
def show(session: Session, promise_id: int, as_json: bool) -> None:
    """One promise with its whole life.

    \b
    feedlog promise show 12
    """
    promise = promise_life.get(session.read(), promise_id)
    if as_json:
        printing.document(promise)
    else:
        promising.page(session, promise)


@command.command("list")
@click.option("--outcome", type=click.Choice(("open", "kept", "broken")), help="Only those that ended so, or are open.")
@click.option("--owner", metavar="A", help="Promises this agent keeps.")
@customer_option
@click.option("--since", metavar="WHEN", help="Due then or later.")
@click.option("--until", metavar="WHEN", help="Due then or earlier.")
@limit_option
@json_option
@pass_session
def list_(
    session: Session,
    outcome: str | None,
    owner: str | None,
    customer: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Promises, the latest due first.

    \b
    feedlog promise list --outcome broken --since 2026-09-01
    feedlog promise list -c K-1042
    """
    log = session.read()
    first, last = promising.day(session, "since", since), promising.day(session, "until", until, prefer_future=True)
    found = promise_life.listing(
        log, outcome=outcome, owner=owner, customer=customer, since=first, until=last, limit=limit
    )
    if as_json:
        printing.document(found)
        return
    promising.rows(session, found)
    if not found:
        printing.talk("No such promises.")


@command.command("rate")
@click.option("--since", metavar="WHEN", help="Where the period begins.")
@click.option("--until", metavar="WHEN", help="Where the period ends; the day itself counts.")
@click.option("--by", "apart", type=click.Choice(("month", "owner")), help="Each month, or each owner, apart.")
@json_option
@pass_session
def rate(session: Session, since: str | None, until: str | None, apart: str | None, as_json: bool) -> None:
    """How many promises were kept in time.

    Those that are over, or past their day, are counted. The day that counts is the first one promised. A later day
    takes its place only if the customer was told of it before the day that counted had passed. Under five promises
    are called few.

    \b
    feedlog promise rate --since 2026-09-01 --until 2026-09-30
    feedlog promise rate --by month
    """
    log, today = session.read(), session.now.astimezone().date().isoformat()
    first, last = promising.day(session, "since", since), promising.day(session, "until", until)
    if first and last and last < first:
        raise WrongUsage("The period ends before it begins.", hint="--since is the earlier one.")
    if apart:
        each = promise_rates.rates(log, apart, today=today, since=first, until=last)
        if as_json:
            printing.document(each)
        else:
            promising.rates(each, apart)
        return
    whole = promise_rates.rate(log, today=today, since=first, until=last)
    if as_json:
        printing.document({"since": first, "until": last, **whole})
    else:
        promising.rate(whole)


def _settled(session: Session, due: str, next_workday: bool, any_day: bool, *, ask: bool) -> str:
    from feedlog.cli import due_day  # here: it loads the holidays of a country, which keeping and showing need not

    return due_day.settle(session, due, next_workday=next_workday, any_day=any_day, ask=ask)


def _show(session: Session, log: Log, promise_id: int, *, as_json: bool) -> None:
    """What became of it, beside the sentence it answers."""
    promise = promise_life.get(log, promise_id)
    if as_json:
        printing.document(promise)
    else:
        promising.rows(session, [promise])

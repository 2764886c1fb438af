"""feedlog customer"""

import re

import click

from feedlog import when
from feedlog.cli import meeting, printing
from feedlog.cli.options import agent_option, complete, json_option, limit_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import WrongUsage
from feedlog.operations import clientele, describing, merging, turning
from feedlog.operations.clientele import Chosen


@click.group("customer")
def command() -> None:
    """Customers: who they are, how they like to be served, and which keys are one person.

    \b
    feedlog customer show K-1042
    feedlog customer set K-1042 --name "Anna Holm" --prefers "a call, not a mail"
    feedlog customer list --won-back
    """


customer_argument = click.argument("customer", shell_complete=complete("customer"))


@command.command("show")
@customer_argument
@json_option
@pass_session
def show(session: Session, customer: str, as_json: bool) -> None:
    """One customer: who they are, what not to ask again, how much we had to do with them, and who may be the same.

    \b
    feedlog customer show K-1042
    """
    found = clientele.in_full(session.read(), customer)
    if as_json:
        printing.document(found)
        return
    _say_merged(customer, found["customer"]["key"])
    meeting.page(session, found)


@command.command("list")
@click.argument("text", required=False)
@click.option("--segment", metavar="S", help="Of this segment.")
@click.option("--type", metavar="T", help="Of this type.")
@click.option("--language", metavar="L", help="With letters in this language: da, sv, nb, en.")
@click.option("--won-back", is_flag=True, help="Whose first words were a complaint and whose latest are praise.")
@click.option(
    "--lost", is_flag=True, help="To whom a promise was broken, and who have only complained since, if at all."
)
@click.option(
    "--days", type=click.IntRange(0, 36_500), default=30, show_default=True, help="For --lost: broken so long ago."
)
@limit_option
@json_option
@pass_session
def list_(
    session: Session, won_back: bool, lost: bool, days: int, limit: int, as_json: bool, **given: str | None
) -> None:
    """Customers by their keys; TEXT stands anywhere in key or name.

    --won-back: of the notes with a mood the first is a complaint and the latest praise. Mood is the kind of the note;
    where none was given, a satisfaction of at most 40 counts as complaint, of at least 60 as praise.

    --lost: a promise to them was broken at least --days ago (an agent said so, or it is still open since its due day),
    none was kept since, and since then they have said nothing, or nothing but complaints.

    \b
    feedlog customer list holm
    feedlog customer list --segment business --language da
    feedlog customer list --won-back --json
    feedlog customer list --lost --days 60
    """
    if won_back and lost:
        raise WrongUsage("Won back or lost?", hint="Give --won-back or --lost, not both.")
    chosen = Chosen(**given)
    log = session.read()
    if won_back:
        meeting.won_back(session, turning.won_back(log, chosen, limit=limit), as_json)
    elif lost:
        found = turning.lost(log, chosen, days=days, at=when.stored(session.now), limit=limit)
        meeting.lost(session, found, as_json)
    else:
        meeting.rows(session, clientele.listing(log, chosen, limit=limit), as_json)


@command.command("set")
@customer_argument
@click.option("--name", help="Their name.")
@click.option("--since", metavar="WHEN", help="Since when they are a customer: a day, a month 2019-03, a year 2019.")
@click.option("--segment", metavar="S", help="Your own segment, e.g. business.")
@click.option("--type", metavar="T", help="How they like to be met, e.g. producer, administrator, entrepreneur.")
@click.option("--prefers", metavar="TEXT", help="How they like to be served, e.g. 'a call, not a mail'.")
@click.option("--language", metavar="L", help="The language of their letters: da, sv, nb, en.")
@agent_option
@json_option
@pass_session
def set_(
    session: Session, customer: str, since: str | None, agent: str | None, as_json: bool, **given: str | None
) -> None:
    """Say who a customer is and how they like to be served; one we do not know yet is made.

    An empty text clears what was said: --prefers "". `feedlog undo` brings back what was there before.

    \b
    feedlog customer set K-1042 --name "Anna Holm" --since 2019 --type producer
    feedlog customer set K-1042 --prefers "a call, not a mail; short" --language da
    """
    if since is None and all(value is None for value in given.values()):
        raise WrongUsage("Nothing is said about the customer.", hint="See what can be: feedlog customer set --help")
    since_on = _day(session, since) if since and since.strip() else since
    session.set_agent(agent)
    done = describing.describe(session.change(), customer, session.by(), since_on=since_on, **given)
    if as_json:
        printing.document({"customer": done.card, "new": done.new, "warnings": done.warnings})
        return
    _say_merged(customer, done.card["key"])
    printing.talk(f"{done.card['key']} is new." if done.new and not done.warnings else "")
    for warning in done.warnings:
        printing.talk(warning)
    meeting.described(session, done.card)


@command.command("merge")
@click.argument("customer", metavar="FROM", shell_complete=complete("customer"))
@click.argument("into", shell_complete=complete("customer"))
@agent_option
@json_option
@pass_session
def merge(session: Session, customer: str, into: str, agent: str | None, as_json: bool) -> None:
    """Two keys are one person: everything of FROM appears under INTO, everywhere.

    The old key goes on working and means INTO. What INTO does not say of them, such as the name, is taken from FROM.
    `feedlog undo` parts them again.

    \b
    feedlog customer merge K1042 K-1042
    """
    session.set_agent(agent)
    done = merging.merge(session.change(), customer, into, session.by())
    if as_json:
        filled = ["since" if field == "since_on" else field for field in done.filled]
        printing.document({"from": done.key, "into": done.into, "notes": done.notes, "filled": filled})
        return
    printing.out(f"{done.key} is {done.into} now, with {printing.many(done.notes, 'note')}.")


def _day(session: Session, since: str) -> str:
    """A day; of a month or a year, the first. Says how it was understood."""
    written = since.strip()
    if re.fullmatch(r"\d{4}(-\d\d)?", written, re.ASCII):
        written += "-01" if "-" in written else "-01-01"
    day = when.day(written, now=session.now, prefer="past")
    printing.talk(f"since {when.spoken(day, now=session.now)}")
    return day


def _say_merged(asked: str, key: str) -> None:
    """A merged key is taken, and the other said."""
    if asked.strip().lower() != key.lower():
        printing.talk(f"{asked} is merged into {key}.")

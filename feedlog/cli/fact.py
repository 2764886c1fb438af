"""feedlog fact"""

import click

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.options import NOTE_NUMBER, agent_option, complete, json_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import FeedlogError
from feedlog.operations import checks, facts, masking
from feedlog.operations.facts import AddedFact


@click.group("fact")
def command() -> None:
    """Facts: what a customer has already answered and must not be asked again.

    \b
    feedlog fact add K-1042 "door code given"
    feedlog fact list K-1042
    """


customer_argument = click.argument("customer", shell_complete=complete("customer"))


@command.command("add")
@customer_argument
@click.argument("text")
@click.option("--given-at", metavar="WHEN", help="When they said it, e.g. 'yesterday' or 2026-03-03. Otherwise now.")
@agent_option
@json_option
@pass_session
def add(session: Session, customer: str, text: str, given_at: str | None, agent: str | None, as_json: bool) -> None:
    """Write down what a customer has answered, so that nobody asks again.

    The same fact twice is one. `feedlog undo` takes it back.

    \b
    feedlog fact add K-1042 "door code given"
    feedlog fact add K-1042 "invoice 88213 paid" --given-at "3 March"
    """
    at = when.instant(given_at, now=session.now) if given_at is not None else None
    if at:
        printing.talk(f"given {when.spoken(at, now=session.now)}")
    session.set_agent(agent)
    wanted = checks.text(text, "fact")
    try:
        done = facts.add(session.change(), customer, wanted, session.by(), given_at=at)
    except FeedlogError:
        printing.talk(masking.unnumbered(f"Not stored: {wanted}"))
        raise
    if as_json:
        _document(done)
        return
    fact = done.fact
    if done.new:
        printing.out(f"fact {fact['id']} about {done.key}: {fact['fact']}")
    else:
        day = when.date_text(fact["given_at"], now=session.now)
        printing.out(f"Known already: fact {fact['id']} about {done.key}, given {day}: {fact['fact']}")


@command.command("remove")
@click.argument("fact_id", metavar="ID", type=NOTE_NUMBER)
@agent_option
@json_option
@pass_session
def remove(session: Session, fact_id: int, agent: str | None, as_json: bool) -> None:
    """Take away a fact that is no longer true.

    \b
    feedlog fact remove 12
    """
    session.set_agent(agent)
    done = facts.remove(session.change(), fact_id, session.by())
    if as_json:
        printing.document({**done.fact, "customer": done.key, "removed": True})
        return
    printing.out(f"Removed fact {fact_id} about {done.key}: {done.fact['fact']}")


@command.command("list")
@customer_argument
@json_option
@pass_session
def list_(session: Session, customer: str, as_json: bool) -> None:
    """What a customer has already answered, the oldest first.

    \b
    feedlog fact list K-1042
    """
    found = facts.of_customer(session.read(), customer)
    if as_json:
        printing.document(found)
        return
    digits = max((len(str(fact["id"])) for fact in found), default=1)
    for fact in found:
        given = when.date_text(fact["given_at"], now=session.now)
        printing.out(f"{str(fact['id']).rjust(digits)}  {' '.join(fact['fact'].split())} (given {given})")
    if not found:
        printing.talk("No facts. Write one down with: feedlog fact add CUSTOMER TEXT")


def _document(done: AddedFact) -> None:
    printing.document({**done.fact, "customer": done.key, "new": done.new})

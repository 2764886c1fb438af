"""feedlog erase"""

import sys

import click

from feedlog import when
from feedlog.cli import forgetting, printing
from feedlog.cli.options import agent_option, complete, json_option, yes_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import FeedlogError, Refused
from feedlog.operations import erasing, reaching
from feedlog.publish.secret import secret_beside


@click.command("erase")
@click.argument("customer", shell_complete=complete("customer"))
@click.option("--reason", required=True, metavar="TEXT", help="Why, without saying who: it is kept.")
@yes_option
@agent_option
@json_option
@pass_session
def command(session: Session, customer: str, reason: str, yes: bool, agent: str | None, as_json: bool) -> None:
    """Erase a customer for good: all they said, all that hangs on it, in every file feedlog keeps.

    It cannot be taken back, so it asks first. The files are written anew and their bytes searched; where somebody
    still reads an older state it says so and ends with status 1, and the same command goes on. What was erased is
    erased from a restored backup, too. See first what it is: feedlog dossier CUSTOMER

    \b
    feedlog erase K-1042 --reason "asked to be forgotten"
    feedlog erase K-1042 --reason "asked to be forgotten" --yes --json
    """
    session.set_agent(agent)
    log = session.change()
    by = session.by()
    outside = forgetting.outside(session)
    secret = _secret(log.path)
    found = reaching.of_customer(log, customer)
    if found is None:
        erased = erasing.resume(log, customer, outside, secret)
        if erased is None:
            reaching.require(log, customer)  # says that there is none
            raise AssertionError(customer)
        _say_which(session, erased, customer)
    else:
        _confirm(customer, reaching.counts(log, found), yes=yes)
        erased = erasing.erase(log, lambda log: reaching.require(log, customer), reason, by, outside, secret)
    receipt, troubles = forgetting.finish(session, log, erased, by)
    with forgetting.refused_where_traces_remain(troubles):
        if as_json:
            printing.document(receipt)
        else:
            forgetting.tell(session, receipt, erased.counts)


def _secret(log_path: str) -> bytes | None:
    """The secret by which an erasure that is cut short is known again; an erasure must not fail for want of one."""
    try:
        return secret_beside(log_path)
    except FeedlogError:
        return None


def _say_which(session: Session, erased: erasing.Erased, customer: str) -> None:
    day = when.date_text(erased.begun.started_at, now=session.now)
    printing.talk(
        f"Erasure {erased.erasure_id} of {day} by {erased.begun.agent} ({erased.begun.reason}) left traces; going on"
        " with it, for the reason given then."
    )
    if erased.unchecked:
        printing.talk(f"Whether it was that of {customer!r} cannot be told any more, so the key was not checked.")


def _confirm(customer: str, counts: reaching.Counts, *, yes: bool) -> None:
    if yes:
        return
    goes = forgetting.in_words(counts)
    if not sys.stdin.isatty():
        raise Refused(
            f"Erasing cannot be taken back, so it needs --yes. This would go: {goes}.",
            hint="See it first with: feedlog dossier CUSTOMER",
        )
    printing.talk(f"{customer}: {goes}")
    click.confirm("Erase all of it, for good?", abort=True, err=True)

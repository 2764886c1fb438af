"""feedlog add"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from feedlog import when
from feedlog.cli import noting, printing
from feedlog.cli.options import (
    agent_option,
    any_day_option,
    channel_option,
    customer_option,
    json_option,
    kind_option,
    next_workday_option,
    pii_option,
    theme_option,
    touchpoint_option,
)
from feedlog.cli.session import Session, pass_session, show_again, stdin_is_a_pipe, text_from, waiting_in_a_pipe
from feedlog.errors import FeedlogError, NotFound, NotStored, Refused, WrongUsage
from feedlog.operations import checks, notes
from feedlog.operations.shapes import By, Said
from feedlog.store import Log


@click.command("add")
@click.argument("text", required=False)
@customer_option
@click.option("--name", help="The customer's name, where we do not know it yet.")
@theme_option
@channel_option
@touchpoint_option
@kind_option
@click.option("--reading", metavar="TEXT", help="Between the lines: what you heard that was not said.")
@click.option("--satisfaction", type=click.IntRange(0, 100), help="How satisfied the customer said they are, 0 to 100.")
@click.option("--said-at", metavar="WHEN", help="When it was said, e.g. 'yesterday 15:30' or 'i går'. Otherwise now.")
@agent_option
@click.option("--on-behalf-of", metavar="A", help="The colleague who heard it.")
@click.option("--key", metavar="KEY", help="Makes a repeat harmless: the same key is the same note.")
@click.option("--promise", metavar="TEXT", help="What was promised to the customer.")
@click.option("--due", metavar="WHEN", help="By when it was promised.")
@next_workday_option
@any_day_option
@pii_option
@click.option("--from-mail", is_flag=True, help="Read a mail from the pipe: its new words, who wrote it, when.")
@click.option("--edit", is_flag=True, help="Write the text in your editor.")
@json_option
@pass_session
def command(session: Session, text: str | None, as_json: bool, edit: bool, from_mail: bool, **given: Any) -> None:
    """Log what a customer said, in their own words, and see who else said it.

    Without TEXT it is read from a pipe, or typed at a prompt that takes anything raw.

    \b
    feedlog add "Pakken kom tre uger for sent" -c K-1042 -t delivery --kind complaint
    feedlog add -c K-1042 --promise "call back with a new date" --due friday
    pbpaste | feedlog add -c anna@example.com --channel email
    feedlog add --from-mail -t delivery < mail.eml
    """
    if from_mail:
        text = _mail_settled(session, text, given)
    # The options are settled before a text is asked for, so that a slip in them never costs a typed sentence.
    with _piped_text_is_given_back(text, edit=edit or from_mail):
        session.set_agent(given.pop("agent"))
        session.set_pii(given.pop("pii"))
        by, who_else = session.by(given.pop("on_behalf_of")), session.config.who_else
        said = checks.said(_described(session, given, ask=not as_json)._replace(verbatim="-"))
    draft = None
    if edit:
        from feedlog.cli import editing

        draft = editing.open_draft(session.config["spool"], checks.text(text, "text") if text else "")
        words = editing.edited(draft)
    else:
        words = text_from(text, "What did the customer say?")
    passing = not edit and text in (None, "-") and (sys.stdin.isatty() or stdin_is_a_pipe())
    said = said._replace(verbatim=_in_stored_form(words, passing=passing))
    log, added = _stored(session, said, by, draft)
    if draft:
        editing.discard(draft)
    _report(session, log, added, who_else=who_else, as_json=as_json)


def _mail_settled(session: Session, text: str | None, given: dict[str, Any]) -> str:
    """The new words of the mail piped in; what it says besides them fills the options that were not given."""
    from feedlog.operations import from_mail  # here: reading mails loads what a sentence does not need

    if text not in (None, "-"):
        raise WrongUsage("There is both a text and a mail.", hint="Leave the text or --from-mail out.")
    if sys.stdin.isatty():
        raise WrongUsage("There is no mail.", hint="Pipe one in: feedlog add --from-mail < mail.eml")
    mail = from_mail.said_in(sys.stdin.buffer.read(from_mail.LONGEST_MAIL_BYTES + 1), now=when.stored(session.now))
    if given["customer"] is None:
        given["customer"], given["name"] = mail.customer, given["name"] or mail.name
    given["said_at"] = given["said_at"] if given["said_at"] is not None else mail.said_at
    given["channel"] = given["channel"] or "email"
    given["key"] = given["key"] or mail.key
    return mail.words


@contextmanager
def _piped_text_is_given_back(text: str | None, *, edit: bool) -> Iterator[None]:
    """Shows what is piped in where the call is refused before it is read: it may stand nowhere else."""
    try:
        yield
    except FeedlogError:
        if text in (None, "-") and not edit:
            show_again(waiting_in_a_pipe())
        raise


def _described(session: Session, given: dict[str, Any], *, ask: bool) -> Said:
    """Everything about the note but its text; a due day on a holiday is asked about where `ask` allows it."""
    said_at, due = given.pop("said_at"), given.pop("due")
    next_workday, any_day = given.pop("next_workday"), given.pop("any_day")
    at = when.instant(said_at, now=session.now) if said_at is not None else None
    if at and at > when.stored(session.now):
        raise WrongUsage(
            f"{when.spoken(at, now=session.now)} is still to come.", hint="--said-at is when the customer said it."
        )
    checks.promise_and_day(given["promise"], due)
    if at:
        printing.talk(f"said {when.spoken(at, now=session.now)}")
    due_on = None
    if due is not None:
        from feedlog.cli import due_day  # here: it loads the holidays of a country

        due_on = due_day.settle(session, due, next_workday=next_workday, any_day=any_day, ask=ask)
    elif next_workday or any_day:
        raise WrongUsage("There is no due day to settle.", hint="--next-workday and --any-day go with --due.")
    return Said(
        verbatim="",
        said_at=at,
        due_on=due_on,
        themes=tuple(given.pop("themes")),
        channel=given.pop("channel") or session.config["channel"] or None,
        idempotency_key=given.pop("key"),
        **given,
    )


def _in_stored_form(words: str, *, passing: bool) -> str:
    """The text as it will be stored. One typed or piped in may be nowhere else, so it is shown when it is refused."""
    try:
        return checks.text(words, "text")
    except Refused:
        if passing:
            show_again(words)
        raise


def _stored(session: Session, said: Said, by: By, draft: str | None) -> tuple[Log, notes.Added]:
    """The open log and the stored note; what cannot be stored goes to the spool, and its draft is done with."""
    try:
        with _stopping_is_heard():
            log = session.write()
            return log, notes.add(log, said, by)
    except WrongUsage:
        raise
    except KeyboardInterrupt as stop:
        stopped = FeedlogError("It was stopped before the log had taken it.", hint="Wait until nobody else is writing.")
        raise _spooled(session, said, by, stopped, draft, stopped=True) from stop
    except FeedlogError as error:
        raise _spooled(session, said, by, error, draft) from error
    except Exception as error:  # a fault of feedlog's own must not cost a sentence either
        fault = FeedlogError(f"feedlog itself failed ({type(error).__name__}: {error}).", hint="Please report this.")
        raise _spooled(session, said, by, fault, draft) from error


@contextmanager
def _stopping_is_heard() -> Iterator[None]:
    """A window that is closed, or a `kill`, while one waits for one's turn counts as Ctrl-C: it must cost no text."""
    import signal

    before = {}
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        with suppress(ValueError):  # only the main thread may say what a signal does
            if signal.getsignal(number) == signal.SIG_DFL:  # `nohup` has said otherwise
                before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, done in before.items():
            signal.signal(number, done)


def _report(session: Session, log: Log, added: notes.Added, *, who_else: bool, as_json: bool) -> None:
    """The answer. The note is committed: whatever fails from here on must not look like a note that was not stored."""
    try:
        noting.report(session, log, added, who_else=who_else, as_json=as_json)
        printing.flush()
    except (BrokenPipeError, NotFound):  # nobody reads on; the key's note was taken back
        raise
    except Exception as error:
        why = error.message if isinstance(error, FeedlogError) else f"{type(error).__name__}: {error}"
        printing.talk(f"Note {added.note_id} is stored, but what belongs to it cannot be shown: {why}")


def _spooled(
    session: Session, said: Said, by: By, error: FeedlogError, draft: str | None, *, stopped: bool = False
) -> NotStored:
    from feedlog.operations import spool

    path = spool.keep(session.config["spool"], session.path, said, by, perhaps_stored=stopped)
    if path is None:
        printing.talk(said.verbatim)
        return NotStored(f"{error.message} Your text is not stored; it stands above.", hint=error.hint)
    if draft:
        from feedlog.cli import editing

        editing.discard(draft)
    return NotStored(
        f"{error.message} Your text is safe in {path}.", hint=f"{error.hint} Then `feedlog recover` takes it in."
    )

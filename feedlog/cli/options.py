"""Options several commands share, each defined once."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from feedlog import when
from feedlog.cli.session import Session
from feedlog.vocabulary import CHANNELS, KINDS

if TYPE_CHECKING:
    from feedlog.operations.filters import Filters

Command = TypeVar("Command", bound=Callable[..., Any])


def complete(kind: str) -> Callable[..., Any]:
    """Completion from the log. A log that cannot be read completes to nothing: Tab must never print an error."""

    def found(context: click.Context, option: click.Parameter, beginning: str) -> list[Any]:
        from feedlog.cli.completing import candidates

        return candidates(kind, context, beginning)

    return found


class NoteNumber(click.IntRange):
    """A note's number, with or without the # it is printed with."""

    name = "number"

    def __init__(self) -> None:
        super().__init__(min=1)

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        bare: Any = value.removeprefix("#") if isinstance(value, str) else value
        return super().convert(bare, parameter, context)


NOTE_NUMBER = NoteNumber()
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
agent_option = click.option(
    "--agent", metavar="A", help="Who does it. Otherwise FEEDLOG_AGENT, the config file, the login name."
)
limit_option = click.option(
    "--limit", "-n", type=click.IntRange(1, 1_000_000_000), default=20, show_default=True, help="How many at most."
)
customer_option = click.option(
    "--customer",
    "-c",
    metavar="KEY",
    shell_complete=complete("customer"),
    help="The customer's number, phone or mail.",
)
theme_option = click.option(
    "--theme",
    "-t",
    "themes",
    metavar="T",
    multiple=True,
    shell_complete=complete("theme"),
    help="A theme; may be repeated.",
)
channel_option = click.option("--channel", type=click.Choice(CHANNELS), help="How it reached us.")
kind_option = click.option("--kind", type=click.Choice(KINDS), help="What kind of remark it is.")
touchpoint_option = click.option(
    "--touchpoint", metavar="P", shell_complete=complete("touchpoint"), help="The moment in the customer's journey."
)

pii_option = click.option(
    "--pii",
    type=click.Choice(("mask", "reject", "allow")),
    help="What happens to ID and card numbers in a text. Otherwise the setting pii, else mask.",
)
next_workday_option = click.option(
    "--next-workday", is_flag=True, help="Move the day off weekends and public holidays, to the next workday."
)
any_day_option = click.option("--any-day", is_flag=True, help="Keep the day, whatever day it is.")


def filter_options(command: Command) -> Command:
    """The filters every list takes; hand the values to `filters`."""
    return narrowing_options(limit_option(command))


def narrowing_options(command: Command) -> Command:
    """The same without a limit."""
    for option in reversed(
        [
            customer_option,
            theme_option,
            channel_option,
            touchpoint_option,
            kind_option,
            click.option("--agent", metavar="A", help="Notes this agent logged."),
            click.option("--since", metavar="WHEN", help="Said then or later, e.g. 'monday' or 2026-03-01."),
            click.option("--until", metavar="WHEN", help="Said then or earlier; a day counts whole."),
        ]
    ):
        command = option(command)
    return command


def filters(session: Session, given: dict[str, Any]) -> "Filters":
    """The filters among a command's options; says how dates were understood."""
    from feedlog.cli import printing
    from feedlog.operations.filters import Filters

    since, until = given.get("since"), given.get("until")
    span = {
        "since": when.start_of(since, session.now) if since is not None else None,
        "until": when.end_of(until, session.now) if until is not None else None,
    }
    for word, instant in span.items():
        if instant:
            printing.talk(f"{word} {_as_said(instant, word, session)}")
    names = ("customer", "channel", "touchpoint", "kind", "agent")
    return Filters(themes=tuple(given.get("themes") or ()), **{name: given.get(name) for name in names}, **span)


def _as_said(instant: str, word: str, session: Session) -> str:
    """An end of the span as people say it: a whole day by its name, `until` by the last day that counts."""
    moment = when.local(instant)
    if (moment.hour, moment.minute) != (0, 0):
        return when.spoken(instant, now=session.now)
    day = moment.date().toordinal() - (word == "until")
    return when.spoken(moment.date().fromordinal(day).isoformat(), now=session.now)

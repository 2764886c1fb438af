"""The day a promise is due: understood, said back, and settled where nobody works on it. Loaded only with --due."""

import sys

import click

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.session import Session
from feedlog.errors import Refused, WrongUsage
from feedlog.when import workdays


def settle(session: Session, typed: str, *, next_workday: bool, any_day: bool, ask: bool = True) -> str:
    """The due day as a stored local day.

    On a public holiday a person at a terminal is asked, unless `ask` is off. Raises WrongUsage for what is no day to
    come, Refused for a holiday nobody was asked about, click.Abort where the answer is to stop.
    """
    if next_workday and any_day:
        raise WrongUsage("A day cannot be moved and kept.", hint="Give --next-workday or --any-day, not both.")
    today = session.now.astimezone().date().isoformat()
    day = workdays.counted(typed, today, session.config["country"]) or when.day(typed, now=session.now)
    if day < today:
        raise WrongUsage(f"{when.spoken(day, now=session.now)} is past.", hint="--due is a day still to come.")
    if any_day:
        printing.talk(f"due {when.spoken(day, now=session.now)}")
        return day
    country = session.config["country"]
    following = workdays.next_workday(day, country)
    if next_workday:
        day = following
    elif named := workdays.holiday(day, country):
        day = _off_the_holiday(session, day, following, f"a public holiday ({named}, {country})", ask=ask)
    elif workdays.weekend(day):
        return _told_of_the_weekend(session, day, following)
    printing.talk(f"due {when.spoken(day, now=session.now)}")
    return day


def _told_of_the_weekend(session: Session, day: str, following: str) -> str:
    """People do work on weekends: the day stays, and what else it might be is said."""
    told, moved = (when.spoken(one, now=session.now) for one in (day, following))
    printing.talk(f"due {told}")
    printing.talk(f"That is a {told.split()[0]}; with --next-workday it is {moved}.")
    return day


def _off_the_holiday(session: Session, day: str, following: str, holiday: str, *, ask: bool) -> str:
    told, moved = (when.spoken(one, now=session.now) for one in (day, following))
    if not ask or not sys.stdin.isatty():
        raise Refused(
            f"{told} is {holiday}.",
            hint=f"--next-workday makes it {moved}; --any-day keeps it.",
        )
    printing.talk(f"{told} is {holiday}.")
    answer = click.prompt(
        f"Move it to {moved}, keep it, or stop?",
        type=click.Choice(("move", "keep", "stop"), case_sensitive=False),
        default="move",
        err=True,
    )
    if answer == "stop":
        raise click.Abort
    return following if answer == "move" else day

"""Promises for people: what is asked about them, two lines each, one in full, and how many are kept in time."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import click

from feedlog import when
from feedlog.cli import noting, printing
from feedlog.cli.session import Session, readable, show_again
from feedlog.errors import NotStored, WrongUsage
from feedlog.operations.promise_life import Event, Life
from feedlog.operations.promise_rates import Rate
from feedlog.operations.promises import Due
from feedlog.operations.shapes import Customer


def day(session: Session, word: str, typed: str | None, *, prefer_future: bool = False) -> str | None:
    """A local day a list is cut by; says how it was understood."""
    if typed is None:
        return None
    day = when.day(typed, now=session.now, prefer="future" if prefer_future else "past")
    printing.talk(f"{word} {when.spoken(day, now=session.now)}")
    return day


def explained(why: str | None, told: bool | None, done: str, *, ask: bool) -> tuple[str, bool]:
    """The reason, and whether the customer was told: from the options, else asked for on a terminal."""
    ask = ask and sys.stdin.isatty()
    if why is None:
        if not ask:
            raise WrongUsage(f"A promise is not {done} without a reason.", hint="Say it with --why.")
        why = readable(click.prompt("Why?", prompt_suffix=" ", err=True))
    if told is None:
        if not ask:
            raise WrongUsage(
                f"A promise is not {done} without saying whether the customer knows.", hint="Add --told or --not-told."
            )
        told = click.confirm("Was the customer told?", err=True)
    return why, told


@contextmanager
def not_lost(words: str) -> Iterator[None]:
    """Says back, masked, what was typed where it could not be stored: unlike a note it has no spool."""
    try:
        yield
    except (NotStored, KeyboardInterrupt):
        show_again(words)
        raise


def rows(session: Session, promises: Sequence[Due | Life]) -> None:
    """Each promise beside the customer's own sentence: number, how it stands, who it is between, and what it is."""
    digits = max((len(str(promise["id"])) for promise in promises), default=1)
    states = [_state(promise, session.now) for promise in promises]
    people = [
        " · ".join(part for part in (_name(promise["customer"]), promise["owner"]) if part) for promise in promises
    ]
    width = printing.width()
    # Half a line holds any state whole, with weekday, year and how late; names may be of any length.
    left = max(min(width // 2, _longest(states)), min(width * 2 // 5, _longest(people)))
    room = width - digits - left - 4
    for promise, state, who in zip(promises, states, people, strict=True):
        head = _cut(state, left)
        head = printing.bold(head) + " " * (left - len(head)) if _late(promise, session.now) else head.ljust(left)
        note = f"  #{promise['note_id']}"
        quoted = noting.quoted(promise["verbatim"], room - len(note))
        printing.out(f"{str(promise['id']).ljust(digits)}  {head}  {_cut(promise['what'], room)}".rstrip())
        printing.out(f"{' ' * digits}  {_cut(who, left).ljust(left)}  {quoted}{note}")


def _longest(texts: Sequence[str]) -> int:
    return max(map(len, texts), default=0)


def _state(promise: Due | Life, now: datetime) -> str:
    if promise.get("outcome"):
        day = when.ago(str(promise.get("ended_at")), now=now)
        return f"{promise.get('outcome')} {day}" + (", late" if promise.get("in_time") is False else "")
    return due_text(promise["due_on"], now)


def due_text(due_on: str, now: datetime) -> str:
    """'Fri 13 March · 3 days late', '· today', '· tomorrow'; a day further on stands alone."""
    weekday, _, day = when.spoken(due_on, now=now).partition(" ")
    late = when.days_late(due_on, now=now)
    near = {-1: "tomorrow", 0: "today", 1: "1 day late"}.get(late, f"{late} days late" if late > 0 else "")
    return " · ".join(part for part in (f"{weekday[:3]} {day}", near) if part)


def _late(promise: Due | Life, now: datetime) -> bool:
    return not promise.get("outcome") and when.days_late(promise["due_on"], now=now) > 0


def _name(customer: Customer | None) -> str:
    return (customer["name"] or customer["key"]) if customer else ""


def _cut(text: str, room: int) -> str:
    line = printing.unmarked(text)
    return line if len(line) <= room else f"{line[: max(1, room - 1)].rstrip()}…"


def page(session: Session, promise: Life) -> None:
    """One promise with its whole life."""
    now, customer = session.now, promise["customer"]
    counts = None
    if promise["counts_on"] != promise["due_on"]:
        counts = f"{when.spoken(promise['counts_on'], now=now)} is the day it is measured by"
    by = "" if promise["owner"] == promise["promised_by"] else f", promised by {promise['promised_by']}"
    named = customer and (f"{customer['name']} ({customer['key']})" if customer["name"] else customer["key"])
    due_or_ended = _state(promise, now)
    printing.out(printing.bold(printing.unmarked(promise["what"])))
    for name, value in (
        ("state", due_or_ended if promise["outcome"] else f"open, due {due_or_ended}"),
        ("counts", counts),
        ("owner", f"{promise['owner']}{by}"),
        ("customer", named),
        ("note", f"#{promise['note_id']}  {noting.quoted(promise['verbatim'], printing.width() - 20)}"),
    ):
        if value:
            printing.out(f"{name:<10}{value}")
    printing.out()
    for event in promise["events"]:
        printing.out(_told(event, now))


def _told(event: Event, now: datetime) -> str:
    """'Friday 13 March, 10:00   jens moved it to Monday 16 March: the carrier is late · the customer was told'."""
    day = when.spoken(event["due_on"] or event["happened_at"], now=now)
    step = {
        "made": f"promised it by {day}",
        "moved": f"moved it to {day}",
        "handed": f"handed it to {event['owner']}",
        "kept": "kept it",
        "broken": "broke it",
    }.get(event["kind"], event["kind"])
    why = f": {printing.unmarked(event['why'])}" if event["why"] else ""
    told = {True: "the customer was told", False: "the customer was not told", None: ""}[event["customer_told"]]
    back = f"taken back {when.date_text(event['removed_at'], now=now)}" if event["removed_at"] else ""
    rest = " · ".join(part for part in (f"{event['agent']} {step}{why}", told, back) if part)
    return f"{when.spoken(event['happened_at'], now=now)}   {rest}"


def rate(found: Rate) -> None:
    """A rate in words."""
    if not found["counted"]:
        printing.out("No promise of that time is over, or past its day.")
        return
    few = ", too few to go by" if found["few"] else ""
    printing.out(
        f"{found['kept_in_time']} of {printing.many(found['counted'], 'promise')} kept in time, {_percent(found)}{few}."
    )
    rest = [f"{found['kept_late']} kept late", f"{found['broken']} broken"]
    rest += [f"{found['still_open']} open past the day", f"{found['moved']} moved"]
    printing.out(" · ".join(rest))


def rates(found: Sequence[Rate], by: str) -> None:
    """A rate a line, in columns under a heading."""
    table = [(by, "promises", "in time", "share", "late", "broken", "open", "moved", "")]
    for one in found:
        counts = [one["counted"], one["kept_in_time"], _percent(one), one["kept_late"], one["broken"]]
        counts += [one["still_open"], one["moved"], "few" if one["few"] else ""]
        table.append((str(one["of"]), *(str(count) for count in counts)))  # type: ignore[arg-type]
    wide = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table if found else ():
        cells = [
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, wide, strict=True))
        ]
        printing.out("  ".join(cells).rstrip())


def _percent(found: Rate) -> str:
    return "" if found["share"] is None else f"{found['share'] * 100:.0f} %"

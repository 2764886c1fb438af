"""Responses for people: steps a line each, what goodwill cost, how long customers wait."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedlog import money, when
from feedlog.cli import noting, printing
from feedlog.cli.session import Session

if TYPE_CHECKING:
    from feedlog.operations.answering import Answers, Clock, NotesClock, WaitingNote
    from feedlog.operations.goodwill import Given, Goodwill
    from feedlog.operations.responses import CustomersResponse, Loop, Response
    from feedlog.operations.shapes import Customer
    from feedlog.when.hours import Hours


def added(session: Session, response: "Response") -> str:
    """The answer to a step that was logged."""
    return f"{response['id']}  {step(session, response)} · note #{response['note_id']}"


def step(session: Session, response: "Response") -> str:
    """A step with its day, who took it, what was given, and what was said."""
    amount = money.written(response["amount"], response["currency"]) if response["currency"] else None
    day = when.spoken(response["responded_at"], now=session.now)
    words = f"“{printing.unmarked(response['text'])}”" if response["text"] else None
    return " · ".join(part for part in (response["kind"], amount, day, response["agent"], words) if part)


def step_rows(session: Session, found: Sequence["CustomersResponse"]) -> None:
    """A step a line, in columns; what was said takes the room that is left."""
    rows = []
    for one in found:
        customer = one["customer"]
        rows.append(
            (
                str(one["id"]),
                when.ago(one["responded_at"], now=session.now),
                one["kind"],
                money.written(one["amount"], one["currency"]) if one["currency"] else "",
                one["agent"],
                f"#{one['note_id']}",
                printing.unmarked((customer["name"] or customer["key"]) if customer else ""),
            )
        )
    for line, one in zip(_aligned(rows), found, strict=True):
        room = printing.width() - len(line) - 2
        if one["text"] and room >= 20:
            line = f"{line}  {noting.quoted(one['text'], room)}"
        printing.out(line.rstrip())


def goodwill_rows(session: Session, found: "Goodwill") -> None:
    """What was given in all, to whom, and for what."""
    if not found["in_all"]:
        return
    printing.out(", ".join(noting.goodwill(given) for given in found["in_all"]))
    parts: list[list[tuple[str, Given]]] = [
        [(_named(given["customer"]), given) for given in found["customers"]],
        [(given["theme"] or "no theme", given) for given in found["themes"]],
    ]
    for heading, lines in zip(("customer", "theme"), parts, strict=True):
        printing.out()
        table = [(heading, "given", "times", "latest")]
        table += [
            (
                printing.unmarked(name),
                money.written(given["amount"], given["currency"]) if given["currency"] else "not money",
                str(given["times"]),
                when.ago(given["last_at"], now=session.now),
            )
            for name, given in lines
        ]
        for line in _aligned(table, right=(1, 2)):
            printing.out(line.rstrip())


def _named(customer: "Customer | None") -> str:
    if customer is None:
        return "not known"
    return f"{customer['name']} ({customer['key']})" if customer["name"] else customer["key"]


def _aligned(rows: Sequence[tuple[str, ...]], right: Sequence[int] = ()) -> list[str]:
    wide = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, wide, strict=True))
        )
        for row in rows
    ]


# --- how long they wait --------------------------------------------------------------------------------------


def clock_rows(found: "Clock", hours: "Hours", limit: int) -> None:
    """First responses by channel and, where there are several, in all."""
    if not found["channels"]:
        return
    table: list[tuple[str, ...]] = [("channel", "answered", "half within", "waiting", "half of them for")]
    table += [_answers(one["channel"] or "not said", one, hours) for one in found["channels"][:limit]]
    if len(found["channels"]) > 1:
        table.append(_answers("in all", found, hours))
    for line in _aligned(table, right=(1, 3)):
        printing.out(line.rstrip())


def _answers(name: str, answers: "Answers", hours: "Hours") -> tuple[str, ...]:
    within = _took(answers["median_minutes"], hours) + (", few" if answers["few"] and answers["answered"] else "")
    waiting = _took(answers["median_waiting_minutes"], hours)
    return name, str(answers["answered"]), within, str(answers["waiting"]), waiting


def _took(minutes: int | None, hours: "Hours") -> str:
    from feedlog.when.hours import spoken

    return "" if minutes is None else spoken(minutes, hours)


def clock_of(session: Session, one: "NotesClock", hours: "Hours") -> str:
    """One note's clock in words."""
    took = _took(one["minutes"], hours)
    if one["responded_at"] is None:
        return f"#{one['note_id']}  waits {took}, nobody has answered"
    day = when.spoken(one["responded_at"], now=session.now)
    return f"#{one['note_id']}  answered after {took} · {day} · {one['agent']}"


def waiting_tails(found: Sequence["WaitingNote"], hours: "Hours") -> list[str]:
    """How long each note waits and who sees to it."""
    return [f"waits {_took(note['waiting_minutes'], hours)} · {note['owner'] or 'nobody’s'}" for note in found]


# --- whether the customer was told ----------------------------------------------------------------------------


def loop(session: Session, closed: "Loop") -> str:
    """'closed 12 March', or what is missing."""
    since = when.date_text(closed["since"], now=session.now) if closed["since"] else ""
    if closed["closed_at"]:
        return f"closed {when.date_text(closed['closed_at'], now=session.now)}"
    if closed["missing"] == "answer":
        return "open: nobody has answered"
    if closed["missing"] == "promise":
        return f"open: a promise is due {since}"
    after = f" since the last step, {since}" if since else ""
    return f"open: the customer was not told{after}"

"""Responses: the steps of service recovery taken on a note, from acknowledged to told."""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple, TypedDict

from feedlog import money, recovery, when
from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations import checks, customers, notes
from feedlog.operations.changes import record
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Customer
from feedlog.store import Log
from feedlog.store.ids import new_uid
from feedlog.vocabulary import RESPONSE_KINDS


class Response(TypedDict):
    """A step taken on a note. `agent` took it; `amount` is goodwill given, in units of its currency."""

    id: int
    note_id: int
    kind: str
    responded_at: str
    agent: str
    text: str | None
    amount: int | float | None
    currency: str | None


class CustomersResponse(Response):
    """A step with the customer of its note."""

    customer: Customer | None


class Apology(Response):
    """An apology with what its note is about."""

    themes: list[str]
    touchpoint: str | None


class Loop(TypedDict):
    """A `recovery.Loop` as scripts read it."""

    closed_at: str | None
    missing: str | None
    since: str | None


class Limit(NamedTuple):
    """How much goodwill an agent gives alone, in hundredths of a currency, and who decides beyond it."""

    amount_minor: int
    currency: str
    decider: str | None = None


class Answered(NamedTuple):
    """The outcome of logging a step: the step, and what the agent should know."""

    response: Response
    warnings: list[str]


COLUMNS = """responses.id, responses.note_id, responses.kind, responses.responded_at, responses.agent, responses.text,
             responses.amount_minor, responses.currency"""
# Steps that stand, on notes that stand.
STANDING = "responses.removed_at is null and exists (select 1 from wordings where note_id = responses.note_id)"


def add(
    log: Log,
    note_id: int,
    kind: str,
    by: By,
    *,
    text: str | None = None,
    amount_minor: int | None = None,
    currency: str | None = None,
    at: str | None = None,
    part_of: int | None = None,
    limit: Limit | None = None,
) -> Answered:
    """Logs a step taken on a note, now or at an instant before; inside the caller's `write` where there is one.

    On behalf of a colleague the step is the colleague's, and the record of changes keeps who logged it. `part_of` names
    the change it belongs to; who undoes that one calls `take_back`. Beyond the `limit` goodwill is not refused but
    said, and the record holds that it was. Raises NotFound for a note that does not stand, WrongUsage for what is off.
    """
    from feedlog.operations import goodwill, recovering  # here: both read responses

    checks.one_of(kind, RESPONSE_KINDS, "kind of response")
    _check_money(kind, amount_minor, currency)
    text = None if text is None else checks.text(text, "text")
    by = by._replace(agent=checks.label(by.agent, "agent"))
    at = _checked_at(at, by)
    with log.write():
        notes.get(log, note_id)  # refuses a note that does not stand
        warnings = recovering.remarks(log, note_id, kind, at, by)
        if kind == "investigated" and text is None:
            warnings.append("What happened is not said; a colleague's account goes into --text.")
        beyond = None
        if kind == "compensated":
            warnings += goodwill.given_before(log, note_id, by)
            beyond = goodwill.beyond(log, note_id, amount_minor, currency, limit, by)
        response_id = log.insert(
            "responses",
            uid=new_uid(),
            note_id=note_id,
            kind=kind,
            responded_at=at,
            agent=by.on_behalf_of or by.agent,
            text=text,
            amount_minor=amount_minor,
            currency=currency,
        )
        said = {"said_beyond_limit": [limit.amount_minor, limit.currency]} if beyond and limit else {}
        part = {"part_of": part_of} if part_of else {}
        detail = {"response_id": response_id, "kind": kind, **said, **part}
        record(log, "response.add", by, note_id=note_id, detail=detail)
        [response] = [one for one in of_note(log, note_id) if one["id"] == response_id]
    return Answered(response, [*warnings, *([beyond] if beyond else [])])


def _check_money(kind: str, amount_minor: int | None, currency: str | None) -> None:
    """Money is given by one kind of step only, or what goodwill cost could not be told from what was talked of."""
    if amount_minor is not None and currency is None:
        raise WrongUsage("The amount has no currency.", hint="Say which beside it: --currency DKK")
    if currency is not None and amount_minor is None:
        raise WrongUsage("The currency has no amount.", hint="Say how much beside it: --amount 200")
    if amount_minor is not None and kind != "compensated":
        raise WrongUsage(
            f"Only goodwill has an amount, and {kind} is not goodwill.",
            hint="Log what was given as a step of its own: --kind compensated",
        )
    if amount_minor is not None and amount_minor <= 0:
        raise WrongUsage("The amount is zero or less.", hint="Leave it out where no money was given.")


def _checked_at(at: str | None, by: By) -> str:
    if at is None:
        return by.at
    if at > by.at:
        spoken = when.spoken(at, now=when.local(by.at))
        raise WrongUsage(f"{spoken} is still to come.", hint="Log a step when it is taken; what will be is a promise.")
    return at


# --- taken back ----------------------------------------------------------------------------------------------


def remove(log: Log, response_id: int, by: By) -> Response:
    """Marks a step as logged by mistake; its row stays. Returns what was removed.

    Raises NotFound where there is none, Refused where it was removed before.
    """
    by = by._replace(agent=checks.label(by.agent, "agent"))
    with log.write():
        row = log.row(f"select {COLUMNS}, removed_at from responses where id = ?", [response_id])
        if row is None:
            raise NotFound(f"There is no response {response_id}.", hint="See them with: feedlog response list")
        take_back(log, response_id, by)
        detail = {"response_id": response_id, "kind": row["kind"]}
        record(log, "response.remove", by, note_id=row["note_id"], detail=detail)
    return as_response(row)


def take_back(log: Log, response_id: int, by: By) -> None:
    """Takes a step back inside the caller's `write`: what undoing `add` needs. Raises Refused where it is gone."""
    done = log.connection.execute(
        "update responses set removed_at = ?, removed_by = ? where id = ? and removed_at is null",
        [by.at, by.agent, response_id],
    )
    if not done.rowcount:
        raise Refused(
            f"Response {response_id} was removed already.", hint="See those that stand: feedlog response list"
        )


def put_back(log: Log, response_id: int) -> None:
    """Lets a removed step stand again, inside the caller's `write`: what undoing `remove` needs."""
    log.connection.execute("update responses set removed_at = null, removed_by = null where id = ?", [response_id])


# --- read ----------------------------------------------------------------------------------------------------


def of_note(log: Log, note_id: int) -> list[Response]:
    """The steps taken on a note, the first first."""
    sql = f"select {COLUMNS} from responses where note_id = ? and {STANDING} order by responded_at, id"
    return [as_response(row) for row in log.rows(sql, [note_id])]


def of_customer(log: Log, key: str) -> list[Response]:
    """The steps taken on all this customer said, newest first."""
    sql = f"""select {COLUMNS} from notes cross join responses on responses.note_id = notes.id
               where notes.customer_id in ({customers.SAME}) and {STANDING}
               order by responses.responded_at desc, responses.id desc"""
    return [as_response(row) for row in log.rows(sql, [customers.find(log, key)])]


def apologies_of(log: Log, key: str) -> list[Apology]:
    """Every apology this customer was given, the first first, each with what its note is about."""
    return with_subjects(log, [one for one in reversed(of_customer(log, key)) if one["kind"] == "apologised"])


def with_subjects(log: Log, apologies: Sequence[Response]) -> list[Apology]:
    """The same with the themes and touchpoint of their notes."""
    about = {note["id"]: note for note in notes.by_ids(log, sorted({one["note_id"] for one in apologies}))}
    return [
        Apology(**one, themes=about[one["note_id"]]["themes"], touchpoint=about[one["note_id"]]["touchpoint"])
        for one in apologies
    ]


def loop_closed(log: Log, note_id: int) -> Loop:
    """Whether the customer was told what came of a note: see `recovery.loop`."""
    due_on = log.value("select min(due_on) from promises where note_id = ? and outcome is null", [note_id])
    ended_at = log.value(
        "select max(ended_at) from promises where note_id = ? and outcome in ('kept', 'broken')", [note_id]
    )
    found = recovery.loop(of_note(log, note_id), due_on, ended_at)
    return Loop(closed_at=found.closed_at, missing=found.missing, since=found.since)


class Steps(NamedTuple):
    """Which steps are meant: filters on their notes, and who took them, which and when (as in `Filters`)."""

    notes: Filters = Filters()
    kind: str | None = None
    agent: str | None = None
    since: str | None = None
    until: str | None = None

    def conditions(self, log: Log) -> tuple[str, list[Any]]:
        """The SQL condition on `responses` and `notes`, and its parameters. Raises as `Filters` does."""
        checks.one_of(self.kind, RESPONSE_KINDS, "kind of response")
        found, parameters = self.notes.conditions(log)
        wanted = {
            "responses.kind = ?": self.kind,
            "responses.agent = ?": self.agent,
            "responses.responded_at >= ?": self.since,
            "responses.responded_at < ?": self.until,
        }
        chosen = {sql: value for sql, value in wanted.items() if value is not None}
        return " and ".join([STANDING, *found, *chosen]), [*parameters, *chosen.values()]


# A merged customer under the one they were merged into; the tables a condition of `Steps` speaks of.
TABLES = """responses join notes on notes.id = responses.note_id
            left join customers as given on given.id = notes.customer_id
            left join customers on customers.id = coalesce(given.merged_into_id, given.id)"""


def listing(log: Log, steps: Steps, *, limit: int) -> list[CustomersResponse]:
    """The steps that are meant, newest first, at most `limit`, each with its customer."""
    where, parameters = steps.conditions(log)
    rows = log.rows(
        f"""select {COLUMNS}, customers.key, customers.name from {TABLES} where {where}
             order by responses.responded_at desc, responses.id desc limit ?""",
        [*parameters, limit],
    )
    return [CustomersResponse(**as_response(row), customer=customer_of(row)) for row in rows]


def customer_of(row: sqlite3.Row) -> Customer | None:
    """Whom a row with the columns key and name is about; None where nobody is named."""
    return Customer(key=row["key"], name=row["name"]) if row["key"] is not None else None


def as_response(row: sqlite3.Row) -> Response:
    """A row of the response columns."""
    return Response(
        id=row["id"],
        note_id=row["note_id"],
        kind=row["kind"],
        responded_at=row["responded_at"],
        agent=row["agent"],
        text=row["text"],
        amount=None if row["amount_minor"] is None else money.number(row["amount_minor"]),
        currency=row["currency"],
    )

"""Facts: what a customer has already answered and must not be asked again."""

from typing import Any, NamedTuple, TypedDict

from feedlog import when
from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations import checks, customers
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.ids import new_uid


class Fact(TypedDict):
    """Something a customer has answered; `given_at` is an instant, `agent` who wrote it down."""

    id: int
    fact: str
    given_at: str
    agent: str


class AddedFact(NamedTuple):
    """The fact as it stands, whether it is new, and the key of the customer it is about."""

    fact: Fact
    new: bool
    key: str


def of_customer(log: Log, key: str) -> list[Fact]:
    """What this customer has answered, under whatever key, the oldest first. Raises NotFound for an unknown key."""
    return _standing(log, customers.require(log, key))


def add(log: Log, key: str, text: str, by: By, *, given_at: str | None = None) -> AddedFact:
    """Writes down what a customer has answered; the same fact again, but for case and blanks, adds nothing.

    Raises NotFound for an unknown customer, WrongUsage for an empty text or a time to come.
    """
    wanted = checks.text(text, "fact").strip()
    if given_at and given_at > by.at:
        spoken = when.spoken(given_at, now=when.local(by.at))
        raise WrongUsage(f"{spoken} is still to come.", hint="--given-at is when the customer said it.")
    with log.write():
        same_id = customers.require(
            log, key, otherwise="A customer nobody has heard of yet is made with: feedlog customer set KEY --name NAME"
        )
        shown = str(log.value("select key from customers where id = ?", [same_id]))
        for fact in _standing(log, same_id):
            if _plain(fact["fact"]) == _plain(wanted):
                return AddedFact(fact, False, shown)
        # On the row of the key it was given under, so that undoing a merge parts the facts, too.
        own_id = customers.row_id(log, checks.label(key, "customer key"))
        fact_id = log.insert(
            "facts", uid=new_uid(), customer_id=own_id, fact=wanted, given_at=given_at or by.at, agent=by.agent
        )
        record(log, "fact.add", by, customer_id=own_id, detail={"fact_id": fact_id})
    return AddedFact(Fact(id=fact_id, fact=wanted, given_at=given_at or by.at, agent=by.agent), True, shown)


def remove(log: Log, fact_id: int, by: By) -> AddedFact:
    """Takes away what is no longer true; the row stays, with who took it away and when.

    Raises NotFound for a number there is not, Refused where it is gone already.
    """
    with log.write():
        row = _require(log, fact_id)
        if row["removed_at"]:
            day = when.spoken(row["removed_at"], now=when.local(by.at))
            raise Refused(
                f"Fact {fact_id} was removed {day} by {row['removed_by']}.",
                hint="See what stands with: feedlog fact list CUSTOMER",
            )
        _set_removed(log, fact_id, by.at, by.agent)
        record(log, "fact.remove", by, customer_id=row["customer_id"], detail={"fact_id": fact_id})
    gone = Fact(id=fact_id, fact=row["fact"], given_at=row["given_at"], agent=row["agent"])
    return AddedFact(gone, False, row["key"])


def take_add_back(log: Log, detail: dict[str, Any], by: By) -> None:
    """Undoes `add` inside the caller's `write`; raises Refused where somebody removed the fact since."""
    row = _require(log, detail["fact_id"])
    if row["removed_at"]:
        raise Refused(f"Fact {row['id']} was removed since.", hint="There is nothing left to take back.")
    _set_removed(log, row["id"], by.at, by.agent)


def take_removal_back(log: Log, detail: dict[str, Any]) -> None:
    """Undoes `remove` inside the caller's `write`; raises Refused where the same fact was given again since."""
    row = _require(log, detail["fact_id"])
    for fact in _standing(log, row["shown_id"]):
        if _plain(fact["fact"]) == _plain(row["fact"]):
            raise Refused(
                f"The same was written down again, as fact {fact['id']}.", hint="There is nothing to bring back."
            )
    _set_removed(log, row["id"], None, None)


def _require(log: Log, fact_id: int) -> Any:
    row = log.row(
        """select facts.*, shown.id as shown_id, shown.key from facts
             join customers as given on given.id = facts.customer_id
             join customers as shown on shown.id = coalesce(given.merged_into_id, given.id) where facts.id = ?""",
        [fact_id],
    )
    if row is None:
        raise NotFound(f"There is no fact {fact_id}.", hint="See a customer's facts with: feedlog fact list CUSTOMER")
    return row


def _set_removed(log: Log, fact_id: int, at: str | None, agent: str | None) -> None:
    log.connection.execute("update facts set removed_at = ?, removed_by = ? where id = ?", [at, agent, fact_id])


def _standing(log: Log, customer_id: int) -> list[Fact]:
    rows = log.rows(
        f"""select id, fact, given_at, agent from facts where customer_id in ({customers.SAME}) and removed_at is null
             order by given_at, id""",
        [customer_id],
    )
    return [Fact(**dict(row)) for row in rows]  # type: ignore[typeddict-item]


def _plain(fact: str) -> str:
    return " ".join(fact.casefold().split())

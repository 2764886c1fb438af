"""The clientele: lists of customers, and one of them in full."""

from typing import Any, NamedTuple, TypedDict

from feedlog.operations import customers, facts, promises, recognising
from feedlog.operations.customers import Card, Like
from feedlog.operations.facts import Fact
from feedlog.store import Log


class Chosen(NamedTuple):
    """Which customers are meant. `text` stands somewhere in a key or a name."""

    text: str | None = None
    segment: str | None = None
    type: str | None = None
    language: str | None = None

    def conditions(self) -> tuple[str, list[Any]]:
        """An SQL condition on `customers` and its parameters; merged keys are never meant by themselves."""
        sql, parameters = ["merged_into_id is null"], []
        for field in ("segment", "type", "language"):
            value = getattr(self, field)
            if value is not None:
                sql.append(f"{field} = ? collate nocase")
                parameters.append(value.strip())
        if self.text:
            spelled = list(dict.fromkeys(_likes(self.text.strip())))
            each = " or ".join(["key like ? escape '\\' or name like ? escape '\\'"] * len(spelled))
            sql.append(f"id in (select coalesce(merged_into_id, id) from customers where {each})")
            parameters += [pattern for pattern in spelled for _ in ("key", "name")]
        return " and ".join(sql), parameters


class Contact(TypedDict):
    """A customer with how much we had to do with them. The days are of their first and latest note."""

    customer: Card
    notes: int
    open_promises: int
    first_said_at: str | None
    last_said_at: str | None


class Namesake(TypedDict):
    """A customer who may be the same person under another key."""

    key: str
    name: str | None


class ContactInFull(Contact):
    """One customer with everything we know: keys merged into theirs, facts, and customers who may be the same."""

    merged: list[str]
    facts: list[Fact]
    perhaps_same: list[Namesake]


def listing(log: Log, chosen: Chosen, *, limit: int) -> list[Contact]:
    """Customers that are meant, in the order of their keys, at most `limit`."""
    condition, parameters = chosen.conditions()
    rows = log.rows(f"select id from customers where {condition} order by key limit ?", [*parameters, limit])
    return [_contact(log, row["id"]) for row in rows]


def in_full(log: Log, key: str) -> ContactInFull:
    """Everything about one customer; raises NotFound where there is none."""
    customer_id = customers.require(log, key)
    merged = log.rows("select key from customers where merged_into_id = ? order by key", [customer_id])
    return ContactInFull(
        **_contact(log, customer_id),
        merged=[row["key"] for row in merged],
        facts=facts.of_customer(log, key),
        perhaps_same=[_namesake(one) for one in recognising.perhaps_same(log, customer_id)],
    )


def card_of(log: Log, customer_id: int, chosen: Chosen | None = None) -> Card | None:
    """Who the customer of a row number is; None where they are not among those chosen."""
    condition, parameters = (chosen or Chosen()).conditions()
    row = log.row(f"select {customers.CARD} from customers where id = ? and {condition}", [customer_id, *parameters])
    return customers.as_card(row) if row else None


def _contact(log: Log, customer_id: int) -> Contact:
    [row] = log.rows(f"select {customers.CARD} from customers where id = ?", [customer_id])
    same = f"current_notes.customer_id in ({customers.SAME})"
    said = log.row(
        f"select count(*) as notes, min(said_at) as first, max(said_at) as last from current_notes where {same}",
        [customer_id],
    )
    assert said is not None
    return Contact(
        customer=customers.as_card(row),
        notes=said["notes"],
        open_promises=promises.open_count(log, customer_id),
        first_said_at=said["first"],
        last_said_at=said["last"],
    )


def _namesake(one: Like) -> Namesake:
    return Namesake(key=one.key, name=one.name)


def _likes(text: str) -> list[str]:
    """Patterns that find a text anywhere. SQLite knows the capitals of a to z only: of others the usual are tried."""
    pattern = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    forms = [pattern] if pattern.isascii() else [pattern, pattern.lower(), pattern.upper(), pattern.title()]
    return [f"%{form}%" for form in forms]

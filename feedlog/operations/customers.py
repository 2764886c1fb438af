"""Customers: known by the key the firm already uses for them."""

import sqlite3
from typing import NamedTuple, TypedDict

from feedlog.errors import NotFound
from feedlog.operations import checks
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.ids import new_uid


class Known(NamedTuple):
    """A customer's row number, a warning where what was said about them differs from what we know, whether new."""

    id: int
    warning: str | None = None
    new: bool = False


class Like(NamedTuple):
    """A customer whose key or name is like another's. `id` is of the one they were merged into, if they were."""

    id: int
    key: str
    name: str | None


class Card(TypedDict):
    """Who a customer is and how they like to be served; empty where nobody said. `since` is a local day."""

    key: str
    name: str | None
    since: str | None
    segment: str | None
    type: str | None
    prefers: str | None
    language: str | None


CARD = "key, name, since_on as since, segment, type, prefers, language"

# All rows that are the customer of row number ?1: their own and those merged into it. As a union, since with `or`
# SQLite would walk every customer.
SAME = "select ?1 union select id from customers where merged_into_id = ?1"

# As the index customers_by_plain_key spells it, or SQLite would not use that.
PLAIN_KEY = "replace(replace(replace(replace(replace(lower(key), ' ', ''), '-', ''), '.', ''), '+', ''), '/', '')"
# SQLite's lower() knows a to z only.
PLAIN = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", " -.+/")
# Country codes, and how many digits a number has behind them (ITU-T E.164, national numbering plans).
_PHONES = {"45": (8, 8), "46": (7, 9), "47": (8, 8), "49": (7, 11)}
_WITH_LEADING_ZERO = ("46", "49")


def find(log: Log, key: str) -> int | None:
    """The row number of the customer with this key (upper and lower case alike), or None."""
    found = log.value("select coalesce(merged_into_id, id) from customers where key = ?", [key])
    return None if found is None else int(found)


def row_id(log: Log, key: str) -> int | None:
    """The key's own row number, also where it is merged into another, or None."""
    found = log.value("select id from customers where key = ?", [key])
    return None if found is None else int(found)


def require(log: Log, key: str, *, otherwise: str = "Tab completes keys; check the spelling.") -> int:
    """The same, for a customer there must be; raises NotFound with those that may be meant, `otherwise` what to do."""
    stored = checks.label(key, "customer key")
    found = find(log, stored)
    if found is None:
        from feedlog.operations import recognising  # here: only after a slip

        raise NotFound(f"There is no customer {stored!r}.", hint=recognising.did_you_mean(log, stored) or otherwise)
    return found


def card(log: Log, key: str) -> Card:
    """Who the customer with this key is, or the one they were merged into; raises NotFound where there is none."""
    [row] = log.rows(f"select {CARD} from customers where id = ?", [require(log, key)])
    return as_card(row)


def as_card(row: sqlite3.Row) -> Card:
    """A row that has the columns of CARD."""
    return {field: row[field] for field in Card.__annotations__}  # type: ignore[return-value]


def find_or_make(log: Log, key: str, name: str | None, by: By) -> Known:
    """The row of this key, made where missing, inside the caller's `write`.

    A name fills an empty one; it never replaces a name, which would rename a customer by a slip of the finger. A merged
    key keeps the row it had, so that undoing the merge gives back what was said under it since.
    """
    row = log.row("select id, name, merged_into_id from customers where key = ?", [key])
    if row is None:
        made = log.insert("customers", uid=new_uid(), key=key, name=name, created_at=by.at, created_by=by.agent)
        return Known(made, new=True)
    shown = row
    if row["merged_into_id"]:
        shown = log.row("select id, name from customers where id = ?", [row["merged_into_id"]]) or row
    if name and not shown["name"]:
        log.connection.execute("update customers set name = ? where id = ?", [name, shown["id"]])
        record(log, "customer.name", by, customer_id=shown["id"])
    elif name and name != shown["name"]:
        warning = f"{key} is known as {shown['name']}; the name {name} was not stored."
        return Known(row["id"], warning)
    return Known(row["id"])


# --- keys that are like another ------------------------------------------------------------------------------


def like(log: Log, key: str, *, limit: int = 3) -> list[Like]:
    """Customers whose key is the same but for blanks, dashes, dots, plus, slash, capitals or a phone's country code."""
    spelled = _spelled(key)
    rows = log.rows(
        f"""select coalesce(merged_into_id, id), key,
                   coalesce((select name from customers as shown where shown.id = customers.merged_into_id), name)
              from customers where {PLAIN_KEY} in ({", ".join("?" * len(spelled))}) and key <> ? order by id limit ?""",
        [*spelled, key, limit],
    )
    return [Like(*row) for row in rows]


def warning_of_new(log: Log, key: str) -> str | None:
    """What to say of a key that is new and like another. Nothing is ever merged without a person's word."""
    found = like(log, key, limit=2)
    if not found:
        return None
    import shlex  # here: hardly ever

    known = " and ".join(f"{one.key} ({one.name})" if one.name else one.key for one in found)
    merging = f"feedlog customer merge {shlex.quote(key)} {shlex.quote(found[0].key)}"
    return f"{key} is new; {known} {'are' if found[1:] else 'is'} like it. One person? {merging}"


def _spelled(key: str) -> list[str]:
    """The plain forms under which this customer may be known already."""
    plain = key.translate(PLAIN)
    if not plain:
        return []
    found = {plain: None}
    if not plain.isascii():
        found.update({plain.lower(): None, "".join(x if x.isascii() else x.upper() for x in plain): None})
    digits = plain.replace("(", "").replace(")", "")
    if digits.isascii() and digits.isdecimal():
        found.update(dict.fromkeys(_phone_spellings(digits)))
    return [*found]


def _phone_spellings(digits: str) -> list[str]:
    """A phone number with and without country code and the zero before it; nothing for a number that is none."""
    abroad = digits.removeprefix("00")
    found = []
    for country, (fewest, most) in _PHONES.items():
        zeros = ("", "0") if country in _WITH_LEADING_ZERO else ("",)
        numbers = [abroad.removeprefix(country)] if abroad.startswith(country) else []
        numbers += [digits] if abroad == digits else []
        for number in numbers:
            bare = number.removeprefix("0") if "0" in zeros else number
            if fewest <= len(bare) <= most:
                found += [start + zero + bare for start in ("", country, "00" + country) for zero in zeros]
    return found


def suggestions(log: Log, beginning: str, *, limit: int = 20) -> list[tuple[str, str | None]]:
    """Keys and names of customers whose key or name begins so, for completion; merged keys by their key only."""
    pattern = beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = log.rows(
        """select key, coalesce((select name from customers as shown where shown.id = customers.merged_into_id), name)
             from customers
            where key like ?1 escape '\\' or (name like ?1 escape '\\' and merged_into_id is null)
            order by key limit ?2""",
        [pattern, limit],
    )
    return [(row[0], row[1]) for row in rows]

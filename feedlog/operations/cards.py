"""What one log says of a customer or a theme, as it travels: each field with when it was set there.

Two sites may say different things of one customer. So a card holds only what was said, not what is unknown, and the
copy that takes in several cards lets the latest word on each field stand.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from feedlog.operations import codebook, describing
from feedlog.store import Log

_THESE = "(select value from json_each(?))"
# By these a row that has no uid here is made, and of several logs' rows for one key the smallest uid names it.
IDENTITY = ("uid", "created_at", "created_by")

# By what people call a row: sites mean the same one by it.
NAMED = {"customer": "key", "theme": "name"}

Card = dict[str, Any]


def of_customers(log: Log, ids: Sequence[int]) -> dict[int, Card]:
    """The cards of these customers, by number."""
    listed = json.dumps(sorted(set(ids)))
    rows = log.rows(f"select * from customers where id in {_THESE}", [listed])
    set_at = set_here(log, "customer", ids)
    merged = _merges(log, "customer", listed)
    former = log.rows(
        f"""select distinct customer_id, name from customer_versions
             where name is not null and customer_id in {_THESE} order by customer_id, name""",
        [listed],
    )
    found = {row["id"]: _card(row, describing.FIELDS, set_at.get(row["id"], {}), merged) for row in rows}
    for row in former:
        found[row["customer_id"]].setdefault("former", []).append(row["name"])
    return found


def of_themes(log: Log, ids: Sequence[int]) -> dict[int, Card]:
    """The cards of these themes, by number, with the customers' terms."""
    listed = json.dumps(sorted(set(ids)))
    set_at = set_here(log, "theme", ids)
    merged = _merges(log, "theme", listed)
    rows = log.rows(f"select * from themes where id in {_THESE}", [listed])
    found = {row["id"]: _card(row, codebook.FIELDS, set_at.get(row["id"], {}), merged) for row in rows}
    terms = log.rows(f"select * from theme_terms where theme_id in {_THESE} order by our_word, their_word", [listed])
    for row in terms:
        term = {name: row[name] for name in ("our_word", "their_word", "uid", "agent", "added_at")}
        found[row["theme_id"]].setdefault("terms", []).append(term)
    return found


def _card(
    row: sqlite3.Row, fields: Sequence[str], set_at: dict[str, str], merged: dict[int, tuple[Card | None, str]]
) -> Card:
    named = "key" if "key" in row.keys() else "name"  # noqa: SIM118
    card: Card = {named: row[named], **{name: row[name] for name in IDENTITY}}
    said = {
        field: [row[field], set_at.get(field, row["created_at"])]
        for field in fields
        if row[field] is not None or field in set_at
    }
    if said:
        card["fields"] = said
    if row["id"] in merged:
        card["merged"] = [*merged[row["id"]]]
    return card


def set_here(log: Log, noun: str, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """When each field of these customers or themes was last set in this log, where it was."""
    listed = json.dumps(sorted(set(ids)))
    return _customers_set(log, listed) if noun == "customer" else _themes_set(log, listed)


def merges_here(log: Log, noun: str) -> dict[int, tuple[Card | None, str]]:
    """Every row that was merged in this log, into which, and when; None where that was undone."""
    rows = log.rows(f"select distinct {noun}_id as id from changes where action = '{noun}.merge'")
    return _merges(log, noun, json.dumps([row["id"] for row in rows]))


def _customers_set(log: Log, listed: str) -> dict[int, dict[str, str]]:
    rows = log.rows(
        f"""select customer_id, made_at, case action when 'customer.name' then '["name"]'
                   else json_extract(detail, '$.fields') end as fields
              from changes where customer_id in {_THESE}
               and action in ('customer.set', 'customer.fill', 'customer.name') order by id""",
        [listed],
    )
    return _last(rows, "customer_id")


def _themes_set(log: Log, listed: str) -> dict[int, dict[str, str]]:
    """The same of themes. Undoing a description sets its fields, too, and writes no more than that it was undone."""
    rows = log.rows(
        f"""select done.theme_id, done.made_at,
                   coalesce(json_extract(done.detail, '$.fields'), json_extract(undone.detail, '$.fields')) as fields
              from changes as done left join changes as undone on undone.id = done.undoes_id
             where done.theme_id in {_THESE} and 'theme.set' in (done.action, undone.action) order by done.id""",
        [listed],
    )
    return _last(rows, "theme_id")


def _last(rows: Sequence[sqlite3.Row], whose: str) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row[whose], {}).update(dict.fromkeys(json.loads(row["fields"] or "[]"), row["made_at"]))
    return found


def _merges(log: Log, noun: str, listed: str) -> dict[int, tuple[Card | None, str]]:
    """Into which row these were merged here, by their own merge and not by one of that row, and when.

    None where it was undone: that it was is news, too.
    """
    named = "key" if noun == "customer" else "name"
    rows = log.rows(
        f"""select done.{noun}_id as id, coalesce(undo.made_at, done.made_at) as at, undo.id as undone,
                   target.{named}, target.uid, target.created_at, target.created_by
              from changes as done left join changes as undo on undo.undoes_id = done.id
              left join {noun}s as target on target.id = json_extract(done.detail, '$.into')
             where done.{noun}_id in {_THESE} and done.action = '{noun}.merge' order by done.id""",
        [listed],
    )
    found: dict[int, tuple[Card | None, str]] = {}
    for row in rows:
        stands = row["undone"] is None and row["uid"]
        into = {name: row[name] for name in (named, *IDENTITY)} if stands else None
        found[row["id"]] = (into, row["at"])
    return found

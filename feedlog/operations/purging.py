"""Purging: notes that were said long ago go, and customers of whom nothing is left then."""

import json
from datetime import timedelta
from typing import NamedTuple, TypedDict

from feedlog import when
from feedlog.errors import WrongUsage
from feedlog.operations import reaching
from feedlog.operations.reaching import Reach
from feedlog.store import Log

_LONGEST_DAYS = 36_500


class Year(TypedDict):
    """How many notes of a year go, and how many stay because of an open promise. By the UTC year they were said in."""

    year: str
    notes: int
    kept_open: int


class Purge(NamedTuple):
    """What a purge takes: the notes, the customers who then have neither a note nor a fact, and the notes by year."""

    reach: Reach
    years: list[Year]
    kept_open: int


def moment(days: int, now: str) -> str:
    """The instant before which notes are older than `days`; raises WrongUsage for a number that makes no sense."""
    if not 1 <= days <= _LONGEST_DAYS:
        raise WrongUsage(f"{days} days cannot be.", hint=f"Name 1 to {_LONGEST_DAYS} days.")
    return when.stored(when.local(now) - timedelta(days=days))


def reach_of(log: Log, before: str, *, keep_open: bool = True) -> Purge:
    """What goes when all notes said before that instant go; with `keep_open` those stay on which a promise is open."""
    opened = "exists (select 1 from promises where note_id = notes.id and outcome is null)"
    rows = log.rows(
        f"select id, substr(said_at, 1, 4) as year, {opened} as open from notes where said_at < ?", [before]
    )
    years: dict[str, Year] = {}
    note_ids = []
    for row in rows:
        year = years.setdefault(row["year"], Year(year=row["year"], notes=0, kept_open=0))
        if row["open"] and keep_open:
            year["kept_open"] += 1
        else:
            year["notes"] += 1
            note_ids.append(row["id"])
    customers = _left_with_nothing(log, note_ids)
    counted = [years[year] for year in sorted(years)]
    return Purge(reaching.of_customers(log, customers, note_ids), counted, sum(year["kept_open"] for year in counted))


def _left_with_nothing(log: Log, note_ids: list[int]) -> list[int]:
    """The customers, with the keys merged into them, who said nothing but these notes and of whom no fact stands."""
    of_root = "select roots.id union select id from customers where merged_into_id = roots.id"
    rows = log.rows(
        f"""with gone (id) as materialized (select value from json_each(?)),
                 roots (id) as materialized (
                   select distinct coalesce(customers.merged_into_id, customers.id) from gone
                     join notes on notes.id = gone.id join customers on customers.id = notes.customer_id)
            select id from roots
             where not exists (select 1 from notes where customer_id in ({of_root}) and notes.id not in gone)
               and not exists (select 1 from facts where customer_id in ({of_root}) and removed_at is null)""",
        [json.dumps(note_ids)],
    )
    return reaching.with_merged(log, [row["id"] for row in rows])

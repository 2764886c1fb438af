"""Telling: which customers should now hear that what they spoke of is mended."""

from datetime import date, datetime, time, timedelta
from typing import TypedDict

from feedlog import when
from feedlog.operations import themes
from feedlog.operations.shapes import Customer
from feedlog.store import Log


class ToTell(TypedDict):
    """A customer to be told, and the newest note of theirs that it answers."""

    customer: Customer
    note_id: int
    said_at: str
    verbatim: str


def to_tell(log: Log, theme: str) -> list[ToTell]:
    """The customers who spoke of a theme up to the day it was fixed and were not told since, the latest first.

    Nobody while the theme is not fixed, and nobody whose note names no customer. Raises NotFound without the theme.
    """
    theme_id, _ = themes.require(log, theme)
    fixed_on = log.value("select fixed_on from themes where id = ?", [theme_id])
    if fixed_on is None:
        return []
    day = date.fromisoformat(fixed_on)
    begun, over = (when.stored(datetime.combine(day + timedelta(days=days), time(0))) for days in (0, 1))
    # `max` lets SQLite take the other columns from the newest note; what was taken back has no wording.
    rows = log.rows(
        f"""with spoken as (
              select notes.id, notes.said_at, coalesce(given.merged_into_id, given.id) as whose,
                     exists (select 1 from responses where note_id = notes.id and kind = 'told' and removed_at is null
                                and responded_at >= :begun) as told
                from notes join customers as given on given.id = notes.customer_id
               where notes.id in (select note_id from note_themes where theme_id in ({themes.MEANT}))
                 and exists (select 1 from wordings where note_id = notes.id)),
            newest as (
              select whose, id, max(said_at) as said_at from (select * from spoken order by id desc)
               where said_at < :over and whose not in (select whose from spoken where told) group by whose)
            select customers.key, customers.name, newest.id, newest.said_at, current_notes.verbatim
              from newest join customers on customers.id = newest.whose
              join current_notes on current_notes.id = newest.id
             order by newest.said_at desc, newest.id desc""".replace("?", ":theme"),
        {"theme": theme_id, "begun": begun, "over": over},
    )
    return [
        ToTell(
            customer=Customer(key=row["key"], name=row["name"]),
            note_id=row["id"],
            said_at=row["said_at"],
            verbatim=row["verbatim"],
        )
        for row in rows
    ]

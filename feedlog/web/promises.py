"""What was promised: what is late, what is due, what was kept; and how many are kept in time."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from feedlog.vocabulary import PROMISE_OUTCOMES
from feedlog.web import charts, downloads, showing, speech, steps, terms
from feedlog.web.published import Row, row, rows
from feedlog.web.speech import _

NAMES = ("outcome", "owner", "after")
OUTCOMES = ("open", *(one for one in PROMISE_OUTCOMES if one != "withdrawn"))
_PAGE = 50
_MONTHS = 12


class Asked(NamedTuple):
    """Which promises are listed, and where the page before ended."""

    outcome: str
    owner: str
    after: tuple[str, int] | None

    def place(self, path: str = "/-/promises", **changed: str) -> str:
        """The address of the same with something changed."""
        told = {"outcome": self.outcome if self.outcome != "open" else "", "owner": self.owner, **changed}
        kept = {name: value for name, value in told.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path


def asked(given: Mapping[str, str]) -> Asked:
    """What an address asks for; what is not understood is left out."""
    day, _rest, number = given["after"].partition("~")
    after = (day, int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
    outcome = given["outcome"] if given["outcome"] in OUTCOMES else "open"
    return Asked(outcome, showing.clean(given["owner"][:200]).strip(), after)


def context(connection: sqlite3.Connection, asked: Asked, today: date) -> dict[str, Any]:
    """What the page shows."""
    sql, parameters = listed(asked)
    found = rows(connection, f"{sql} limit {_PAGE + 1}", parameters)
    last = found[_PAGE - 1] if len(found) > _PAGE else None
    day = "due_on" if asked.outcome == "open" else "ended_on"
    return {
        "asked": asked,
        "found": [steps.promise(one, today) for one in found[:_PAGE]],
        "more": asked.place(after=f"{last[day]}~{last['id']}") if last else "",
        "counted_promises": _counted(connection, today),
        "owners": _owners(connection, today),
        "outcomes": [(terms.outcome(one), asked.place(outcome=one), one == asked.outcome) for one in OUTCOMES],
        "downloads": downloads.places("/-/promises", {"outcome": asked.outcome, "owner": asked.owner}),
        **_rates(connection),
    }


def listed(asked: Asked) -> tuple[str, list[Any]]:
    """A statement for these promises, and its parameters: open ones by their day, ended ones the latest first."""
    day, order, sign = ("due_on", "asc", ">") if asked.outcome == "open" else ("ended_on", "desc", "<")
    conditions = "outcome = ?"
    parameters: list[Any] = [asked.outcome]
    if asked.owner:
        conditions += " and owner = ?"
        parameters.append(asked.owner)
    if asked.after:
        conditions += f" and ({day}, id) {sign} (?, ?)"
        parameters += [*asked.after]
    return f"select * from promises where {conditions} order by {day} {order}, id {order}", parameters


def _counted(connection: sqlite3.Connection, today: date) -> Row:
    sql = """select count(*) as open, count(*) filter (where due_on < ?1) as late,
                    count(*) filter (where due_on = ?1) as today from promises where outcome = 'open'"""
    return row(connection, sql, [today.isoformat()]) or {}


def _owners(connection: sqlite3.Connection, today: date) -> list[Row]:
    """Who has open promises, those with overdue ones first."""
    sql = """select owner, count(*) as open, count(*) filter (where due_on < ?) as late from promises
              where outcome = 'open' group by owner order by late desc, open desc, owner limit 20"""
    found = rows(connection, sql, [today.isoformat()])
    return [{**one, "place": Asked("open", "", None).place(owner=one["owner"])} for one in found]


def _rates(connection: sqlite3.Connection) -> dict[str, Any]:
    """How promises ended, by the month of the day they are measured by; the chart shows the share kept in time."""
    found = rows(
        connection,
        """select *, promises - open as ended from stats_promises where promises > open
            order by month desc limit ?""",
        [_MONTHS],
    )[::-1]
    for month in found:
        first = date.fromisoformat(f"{month['month']}-01")
        month["told"] = speech.month_name(first)
        month["short"] = speech.short_month(first)
        month["share"] = month["kept_in_time"] / month["ended"]
        month["few"] = month["ended"] < showing.FEW
    if len(found) < 3:
        return {"months": found, "chart": None}
    series = [
        charts.Series(_("kept in time"), tuple(one["kept_in_time"] for one in found)),
        charts.Series(_("kept late"), tuple(one["kept_late"] for one in found)),
        charts.Series(_("broken"), tuple(one["broken"] for one in found)),
    ]
    last = found[-1]
    told = _(
        "Of those measured in %(month)s, %(share)s were kept in time.",
        month=last["told"],
        share=speech.share(last["share"]),
    )
    chart = charts.bars([one["short"] for one in found], series, _("How promises ended, month by month"), told)
    return {"months": found, "chart": chart}

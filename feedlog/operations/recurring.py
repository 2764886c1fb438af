"""Themes that recur: how often each is said, whether it rises, whether it came back, how many stay silent."""

from datetime import date, datetime, time, timedelta
from typing import Any, TypedDict

from feedlog import when
from feedlog.operations import notes, themes
from feedlog.operations.comparing import Period, Ratio, ratio
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import Note
from feedlog.store import Log


class Silent(TypedDict):
    """How many customers those who complained stand for, and on what assumption; empty where nobody complained."""

    low: int | None
    high: int | None
    assumption: str


class Theme(TypedDict):
    """A theme and what was said about it. `came_back` counts notes said after the day it was fixed."""

    name: str
    title: str | None
    owner: str | None
    measure: str | None
    fixed_on: str | None
    came_back: int
    notes: int
    customers: int
    first_said_at: str | None
    last_said_at: str | None
    this_period: int
    previous_period: int
    change: Ratio
    silent: Silent


class Count(TypedDict):
    """How many notes came by one channel, touchpoint or agent; `name` is empty where nobody said."""

    name: str | None
    notes: int


class Term(TypedDict):
    """The customers' word beside ours."""

    our_word: str
    their_word: str


class ThemeInFull(Theme):
    """A theme with where it comes from, its terms, the themes merged into it and its newest notes."""

    channels: list[Count]
    touchpoints: list[Count]
    agents: list[Count]
    terms: list[Term]
    merged: list[str]
    newest: list[Note]


def rising(theme: Theme) -> bool:
    """Whether it is said more often than before, beyond what chance explains."""
    change = theme["change"]
    return not change["few"] and (change["low"] or 0) > 1


def listing(log: Log, period: Period, complaint_rate: tuple[float, float], *, limit: int) -> list[Theme]:
    """Every theme that is on a note, or has a title, owner or measure: rising ones first, then those said most lately.

    `complaint_rate` is how many in a hundred complain, at least and at most.
    """
    found = [
        _theme(row, _counted(log, row, period), complaint_rate)
        for row in log.rows("select * from themes where merged_into_id is null")
    ]
    found = [theme for theme in found if theme["notes"] or any([theme["title"], theme["owner"], theme["measure"]])]
    found.sort(
        key=lambda theme: (
            not rising(theme),
            -(theme["change"]["low"] or 0) if rising(theme) else 0,
            -theme["this_period"],
            -theme["notes"],
            theme["name"],
        )
    )
    return found[:limit]


_SAID_OF_IT = ("title", "owner", "measure", "fixed_on")


def in_full(log: Log, name: str, period: Period, complaint_rate: tuple[float, float], *, limit: int) -> ThemeInFull:
    """One theme with everything about it and its newest notes, at most `limit`. Raises NotFound where there is none."""
    theme_id, name = themes.require(log, name)
    [row] = log.rows("select * from themes where id = ?", [theme_id])
    theme = _theme(row, _counted(log, row, period), complaint_rate)
    terms = f"select our_word, their_word from theme_terms where theme_id in ({themes.MEANT}) order by our_word, id"
    merged = log.rows("select name from themes where merged_into_id = ? order by name", [theme_id])
    return ThemeInFull(
        **theme,
        channels=_by(log, theme_id, "channel"),
        touchpoints=_by(log, theme_id, "touchpoint"),
        agents=_by(log, theme_id, "agent"),
        terms=[Term(our_word=term[0], their_word=term[1]) for term in log.rows(terms, [theme_id])],
        merged=[other["name"] for other in merged],
        newest=notes.listing(log, Filters(themes=(name,)), limit=limit),
    )


def silent(complained: int, complaint_rate: tuple[float, float]) -> Silent:
    """How many customers stand behind those who complained, if so many in a hundred complain."""
    rate = " to ".join(dict.fromkeys(f"{part:g}" for part in complaint_rate))
    if not complained:
        return Silent(
            low=None,
            high=None,
            assumption="No known customer's note is marked a complaint, so nothing is estimated.",
        )
    low, high = round(complained / complaint_rate[1] * 100), round(complained / complaint_rate[0] * 100)
    who = "the 1 who did stands" if complained == 1 else f"the {complained} who did stand"
    range_ = f"{low} to {high}" if low != high else f"{low}"
    return Silent(low=low, high=high, assumption=f"If {rate} in a hundred complain, {who} for {range_} customers.")


# One walk over the notes of a theme. Those that were taken back have no wording; a note under two themes that are one
# now counts once; a customer known by two keys is one.
_NOTES = f"""
    from notes where id in (select note_id from note_themes where theme_id in ({themes.MEANT.replace("?", ":theme")}))
     and exists (select 1 from wordings where note_id = notes.id)"""
_WHO = "coalesce((select merged_into_id from customers where id = notes.customer_id), notes.customer_id)"
_COUNTS = f"""
    select count(*) as notes, count(distinct who) as customers, min(said_at) as first_said_at,
           max(said_at) as last_said_at, count(distinct who) filter (where kind = 'complaint') as complained,
           count(*) filter (where said_at >= :since and said_at < :until) as this_period,
           count(*) filter (where said_at >= :before and said_at < :since) as previous_period,
           count(*) filter (where said_at >= :mended) as came_back
      from (select said_at, kind, {_WHO} as who {_NOTES})"""


def _counted(log: Log, theme: Any, period: Period) -> dict[str, Any]:
    mended = _end_of(theme["fixed_on"]) if theme["fixed_on"] else None
    [row] = log.rows(_COUNTS, {"theme": theme["id"], "mended": mended, **period._asdict()})
    return dict(row)


def _by(log: Log, theme_id: int, column: str) -> list[Count]:
    sql = f"select {column} as name, count(*) as notes {_NOTES} group by {column} order by notes desc, {column}"
    return [Count(name=row["name"], notes=row["notes"]) for row in log.rows(sql, {"theme": theme_id})]


def _theme(row: Any, counts: dict[str, Any], complaint_rate: tuple[float, float]) -> Theme:
    complained = counts.pop("complained")
    told: dict[str, Any] = {
        **{field: row[field] for field in ("name", *_SAID_OF_IT)},
        **counts,
        "change": ratio(counts["this_period"], counts["previous_period"]),
        "silent": silent(complained, complaint_rate),
    }
    return {field: told[field] for field in Theme.__annotations__}  # type: ignore[return-value]


def _end_of(day: str) -> str:
    """The instant a local day is over: what is said on the day of mending may have been said before it."""
    return when.stored(datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(0)))

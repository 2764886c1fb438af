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
    counts = _counts(log, period)
    found = [
        _theme(log, row, counts.get(row["id"], _NONE), complaint_rate)
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


def in_full(log: Log, name: str, period: Period, complaint_rate: tuple[float, float], *, limit: int) -> ThemeInFull:
    """One theme with everything about it and its newest notes, at most `limit`. Raises NotFound where there is none."""
    theme_id, name = themes.require(log, name)
    [row] = log.rows("select * from themes where id = ?", [theme_id])
    theme = _theme(log, row, _counts(log, period, theme_id).get(theme_id, _NONE), complaint_rate)
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


# For all themes the notes are walked in their order, which is how they lie in the file; for one, those that bear it.
# The cross joins hold SQLite to it.
_ALL = """from notes cross join note_themes on note_themes.note_id = notes.id
         cross join themes on themes.id = note_themes.theme_id where true"""
_ONE = """from themes cross join note_themes on note_themes.theme_id = themes.id
         cross join notes on notes.id = note_themes.note_id where :theme in (themes.id, themes.merged_into_id)"""
# Notes that were taken back have no wording. One that bears two themes that are one now counts once.
_STANDS = "exists (select 1 from wordings where note_id = notes.id)"
_ROOT = "coalesce(themes.merged_into_id, themes.id)"
_ONCE = f"""not exists (
    select 1 from note_themes as twin join themes as other on other.id = twin.theme_id
     where twin.note_id = notes.id and twin.theme_id < themes.id
       and coalesce(other.merged_into_id, other.id) = {_ROOT})"""
# Grouped by theme and customer first, merged ones still apart: the look-ups that bring them together are then few.
_COUNTS = f"""
    select {_ROOT} as root_id, sum(said) as notes, count(distinct who) as customers, min(first) as first_said_at,
           max(last) as last_said_at, count(distinct iif(complained, who, null)) as complained,
           sum(lately) as this_period, sum(earlier) as previous_period
      from (
        select *, coalesce((select merged_into_id from customers where id = customer_id), customer_id) as who from (
          select theme_id, customer_id, count(*) as said, min(said_at) as first, max(said_at) as last,
                 max(kind is 'complaint') as complained,
                 count(*) filter (where said_at >= :since and said_at < :until) as lately,
                 count(*) filter (where said_at >= :before and said_at < :since) as earlier
            {{walked}} group by theme_id, customer_id))
      join themes on themes.id = theme_id group by root_id"""
_NONE = dict.fromkeys(("notes", "customers", "complained", "this_period", "previous_period"), 0) | dict.fromkeys(
    ("first_said_at", "last_said_at")
)


def _walked(log: Log, theme_id: int | None) -> str:
    """How the notes of one theme, or of all, are walked; each once where themes were merged."""
    merged = log.row("select 1 from themes where merged_into_id is not null limit 1")
    return " and ".join([_ALL if theme_id is None else _ONE, _STANDS, *([_ONCE] if merged else [])])


def _counts(log: Log, period: Period, theme_id: int | None = None) -> dict[int, dict[str, Any]]:
    sql = _COUNTS.format(walked=_walked(log, theme_id))
    return {row["root_id"]: dict(row) for row in log.rows(sql, {"theme": theme_id, **period._asdict()})}


def _came_back(log: Log, theme_id: int, fixed_on: str | None) -> int:
    """How many notes were said after that local day: what was said on it may have been said before the mending."""
    if not fixed_on:
        return 0
    over = when.stored(datetime.combine(date.fromisoformat(fixed_on) + timedelta(days=1), time(0)))
    sql = f"select count(*) {_walked(log, theme_id)} and said_at >= :over"
    return int(log.value(sql, {"theme": theme_id, "over": over}))


def _by(log: Log, theme_id: int, column: str) -> list[Count]:
    column = f"notes.{column}"
    sql = f"""select {column} as name, count(*) as notes {_walked(log, theme_id)}
               group by {column} order by notes desc, {column}"""
    return [Count(name=row["name"], notes=row["notes"]) for row in log.rows(sql, {"theme": theme_id})]


def _theme(log: Log, row: Any, counts: dict[str, Any], complaint_rate: tuple[float, float]) -> Theme:
    told: dict[str, Any] = {
        **{field: row[field] for field in ("name", "title", "owner", "measure", "fixed_on")},
        **counts,
        "came_back": _came_back(log, row["id"], row["fixed_on"]),
        "change": ratio(counts["this_period"], counts["previous_period"]),
        "silent": silent(counts["complained"], complaint_rate),
    }
    return {field: told[field] for field in Theme.__annotations__}  # type: ignore[return-value]

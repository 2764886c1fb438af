"""One theme: how often it is said, in which words and where, what is being done, and those we did not hear."""

import sqlite3
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

from datasette.utils import tilde_decode

from feedlog.web import charts, counting, downloads, overused, periods, quotes, showing, speech, steps, terms
from feedlog.web.home import DRAWN, described, label
from feedlog.web.periods import Period
from feedlog.web.published import Row, row, rows
from feedlog.web.speech import _

_QUOTES = 6
_LISTED = 8
_THEMES = 200
_SPAN = "note_themes.said_at >= ? and note_themes.said_at < ? and note_themes.said_on between ? and ?"


def named(told: str) -> str:
    """The theme that a part of an address means, be it ours or typed by hand."""
    return str(tilde_decode(unquote(told))).strip().lower()


def context(connection: sqlite3.Connection, name: str, period: Period, today: date) -> dict[str, Any] | None:
    """What the page of a theme shows; None where the codebook has no such theme."""
    theme = row(connection, "select * from themes where name = ?", [name])
    if theme is None:
        return None
    drawn = list(periods.steps(period if period.kind != "dates" else periods.around("week", period.until, today), 12))
    drawn = drawn[-DRAWN[drawn[-1].kind] :]
    run = counting.theme_over_time(connection, drawn, name)
    before = period.before()
    return {
        "theme": {
            **theme,
            "title": showing.clean(theme["title"] or theme["name"]),
            "measure": showing.clean(theme["measure"] or ""),
            "owner": showing.clean(theme["owner"] or ""),
            "fixed": showing.since(theme["fixed_on"], today) if theme["fixed_on"] else "",
            "first": showing.since(theme["first_said_on"], today) if theme["first_said_on"] else "",
            "place": quotes.theme_place(name),
        },
        "period": period,
        "periods": periods.chooser(quotes.theme_place(name), period, today),
        "today": today,
        "now": counting.theme_over_time(connection, [period], name)[0],
        "before": counting.theme_over_time(connection, [before], name)[0],
        "chart": _chart(name, drawn, run),
        "quotes": _quotes(connection, name, period, today),
        "channels": _where(connection, name, period, "channel"),
        "touchpoints": _where(connection, name, period, "touchpoint"),
        "words": _words(connection, name, period),
        "silent": _silent(connection, theme),
        "untold": _untold(connection, theme),
        "promises": _promises(connection, name, today),
        "found": quotes.found_by(theme=name, **period.filters),
        "found_before": quotes.found_by(theme=name, **before.filters),
        "found_since": _since_mended(theme),
    }


def _chart(name: str, drawn: list[Period], run: list[int]) -> charts.Chart:
    titles = {
        "week": _("Notes about %(theme)s, week by week", theme=name),
        "month": _("Notes about %(theme)s, month by month", theme=name),
        "quarter": _("Notes about %(theme)s, quarter by quarter", theme=name),
    }
    series = [charts.Series(name, tuple(run))]
    return charts.bars([label(one) for one in drawn], series, titles[drawn[-1].kind], described(drawn, series))


def _quotes(connection: sqlite3.Connection, name: str, period: Period, today: date) -> list[Row]:
    """The period's newest sentences, one that reads well first; the newest of all where the period has none."""
    sql = f"""select {quotes.COLUMNS} from note_themes cross join notes on notes.id = note_themes.note_id
               where note_themes.theme = ? and {{where}}
               order by note_themes.said_at desc, note_themes.note_id desc limit 40"""
    found = rows(connection, sql.format(where=_SPAN), [name, *_bounds(period)])
    found = found or rows(connection, sql.format(where="true"), [name])
    lead = next((note for note in found if quotes.reads_well(note["verbatim"])), None)
    chosen = ([lead] if lead else []) + [note for note in found if note is not lead]
    return [quotes.quote(note, today, length=240) for note in chosen[:_QUOTES]]


def _bounds(period: Period) -> list[str]:
    return [*counting.instants(period), *period.bounds]


def _where(connection: sqlite3.Connection, name: str, period: Period, column: str) -> list[Row]:
    """The places the period's notes come from, the most first."""
    sql = f"""select {column} as name, count(*) as notes from note_themes
               where theme = ? and {_SPAN} and {column} is not null group by 1 order by 2 desc, 1 limit ?"""
    found = rows(connection, sql, [name, *_bounds(period), _LISTED])
    for one in found:
        one["told"] = terms.channel(one["name"]) if column == "channel" else showing.clean(one["name"])
        one["place"] = quotes.found_by(theme=name, **{column: one["name"]}, **period.filters)
    return found


def _words(connection: sqlite3.Connection, name: str, period: Period) -> overused.Slice:
    """The words of the theme's newest notes up to the period's last day."""
    sql = """select note_id from note_themes where theme = ? and said_at < ? and said_on <= ?
              order by said_at desc, note_id desc"""
    bounds = [name, counting.instants(period)[1], period.bounds[1]]
    found = overused.of_notes(connection, sql, bounds, limit=_LISTED, names=[name])
    for word in found.words:
        word["place"] = quotes.found_by(q=word["word"], theme=name)
    return found


def _silent(connection: sqlite3.Connection, theme: Row) -> Row:
    """How many customers those who complained stand for, with what that is reckoned from."""
    low, high = counting.complaint_rate(connection)
    complained = theme["complained"]
    return {
        "complained": complained,
        "rate": "–".join(dict.fromkeys([f"{low:g}", f"{high:g}"])),
        "low": round(complained / high * 100),
        "high": round(complained / low * 100),
    }


def _since_mended(theme: Row) -> str:
    """The address of the notes that say it came back; empty while it is not mended."""
    if not theme["fixed_on"]:
        return ""
    return quotes.found_by(theme=theme["name"], since=str(date.fromisoformat(theme["fixed_on"]) + timedelta(1)))


def _untold(connection: sqlite3.Connection, theme: Row) -> Row | None:
    """Customers who are to be told that the theme is mended, and those who were; None while it is not."""
    if not theme["fixed_on"]:
        return None
    sql = """select count(distinct notes.customer) as customers,
                    count(distinct iif(notes.closed_on is null, notes.customer, null)) as to_tell
               from note_themes cross join notes on notes.id = note_themes.note_id
              where note_themes.theme = ? and note_themes.said_on <= ? and note_themes.customer is not null"""
    return row(connection, sql, [theme["name"], theme["fixed_on"]])


def _promises(connection: sqlite3.Connection, name: str, today: date) -> list[Row]:
    """Open promises made on its notes, overdue ones first."""
    sql = """select promises.* from promises cross join note_themes on note_themes.note_id = promises.note_id
              where promises.outcome = 'open' and note_themes.theme = ? order by promises.due_on, promises.id limit ?"""
    return [steps.promise(one, today) for one in rows(connection, sql, [name, _LISTED])]


def codebook(connection: sqlite3.Connection, period: Period, today: date) -> dict[str, Any]:
    """Every theme that was ever said: those rising first, then those said most, with their run over time."""
    drawn = list(periods.steps(period, 12)) if period.kind != "dates" else [period]
    runs = counting.themes_over_time(connection, drawn)
    now, then = counting.themes(connection, period), counting.themes(connection, period.before())
    found = []
    for theme in rows(connection, "select * from themes where notes > 0 or title is not null or measure is not null"):
        name = theme["name"]
        run = runs.get(name, [0] * len(drawn))
        found.append(
            {
                **theme,
                "now": now.get(name, 0),
                "before": then.get(name, 0),
                "few": 0 < max(now.get(name, 0), then.get(name, 0)) < showing.FEW,
                "title": showing.clean(theme["title"] or name),
                "measure": showing.shorten(theme["measure"] or "", 90),
                "fixed": showing.since(theme["fixed_on"], today) if theme["fixed_on"] else "",
                "place": periods.place(quotes.theme_place(name), period),
                "found": quotes.found_by(theme=name, **period.filters),
                "found_before": quotes.found_by(theme=name, **period.before().filters),
                "found_since": _since_mended(theme),
                "spark": charts.spark(run, f"{name}: {', '.join(map(speech.figure, run))}") if len(run) > 1 else "",
            }
        )
    found.sort(key=lambda one: (-one["now"], -one["notes"], one["name"]))
    return {
        "period": period,
        "periods": periods.chooser("/-/themes", period, today),
        "today": today,
        "downloads": downloads.places("/-/themes", {}),
        "themes": found[:_THEMES],
        "more": max(0, len(found) - _THEMES),
    }

"""The first page: a period in the customers' words, and the figures beside them."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

from feedlog.web import charts, counting, overused, periods, quotes, showing, speech, terms
from feedlog.web.periods import Period
from feedlog.web.published import Row, row, rows
from feedlog.web.speech import _

_QUOTES = 7
_PRAISE = 2
_LISTED = 6
# Among so many of the newest notes the ones to show are chosen.
_CHOSEN_AMONG = 60
# Looking for others takes a search each; the lead and those beside it are what people read.
_OTHERS_LOOKED_FOR = 3
# So many periods stand in the chart.
DRAWN = {"week": 12, "month": 12, "quarter": 8, "dates": 1}
_KINDS = ("complaint", "question", "suggestion", "unknown", "compliment")


def context(connection: sqlite3.Connection, period: Period, today: date) -> dict[str, Any]:
    """What the page shows of a period; `empty` where nothing has been logged yet."""
    if counting.newest_day(connection) is None:
        return {"empty": True}
    before = period.before()
    counted = counting.notes(connection, period)
    rising = _rising(connection, period, before)
    drawn = list(periods.steps(period, DRAWN[period.kind]))
    answers = counting.answers(connection, period)
    return {
        "empty": False,
        "period": period,
        "periods": periods.chooser("/", period, today),
        "today": today,
        "before": before,
        "counted_notes": counted,
        "before_notes": counting.notes(connection, before),
        "customers": counting.customers(connection, period, counted["notes"]),
        "few": counted["notes"] < showing.FEW,
        "first_answer": _first_answer(answers["all"]),
        "quotes": _quotes(connection, period, rising, today),
        "praise": _praise(connection, period, today),
        "rising": rising[:_LISTED],
        "words": _overused(connection, period),
        "waiting": _waiting(connection, period, today),
        "done": _done(connection, period, before),
        "silent": _silent(connection, period),
        "kinds": _sliced(connection, period, before, "kind"),
        "channels": _channels(connection, period, drawn, answers),
        "chart": _chart(connection, drawn) if len(drawn) > 1 else None,
    }


def _first_answer(answers: counting.Answers) -> dict[str, Any]:
    minutes = answers.median_minutes
    return {
        "median_minutes": minutes,
        "told": "" if minutes is None else showing.minutes(minutes),
        "few": answers.answered < showing.FEW,
    }


def _quotes(connection: sqlite3.Connection, period: Period, rising: Sequence[Row], today: date) -> list[Row]:
    """The newest notes but praise, the last one always, then one of each customer; set large is one that reads well,
    from the theme that rises most where it has such a one."""
    where, parameters = counting.within(period)
    sql = f"""select {quotes.COLUMNS} from notes where kind is not 'compliment' and {where}
               order by said_at desc, id desc limit {_CHOSEN_AMONG}"""
    newest = rows(connection, sql, parameters)
    readable = [note for note in newest if quotes.reads_well(note["verbatim"])]
    top = next((theme["theme"] for theme in rising if not theme["few"]), None)
    lead = next((note for note in readable if top in quotes.themes(note)), next(iter(readable), None))
    chosen = [lead] if lead else []
    for note in newest:
        known = {one["customer"] for one in chosen} - {None}
        if note is not lead and len(chosen) < _QUOTES and (note is newest[0] or note["customer"] not in known):
            chosen.append(note)
    shown = [quotes.quote(note, today, length=240) for note in chosen]
    quotes.with_others(connection, shown[:_OTHERS_LOOKED_FOR], today)
    return shown


def _praise(connection: sqlite3.Connection, period: Period, today: date) -> list[Row]:
    """The newest praise; with the `complaint` it began with where the customer's first words were one."""
    where, parameters = counting.within(period)
    sql = f"""select {quotes.COLUMNS} from notes where kind = 'compliment' and {where}
               order by said_at desc, id desc limit ?"""
    shown = [quotes.quote(note, today, length=240) for note in rows(connection, sql, [*parameters, _PRAISE])]
    for note in shown:
        first = """select id, said_on, verbatim, kind from notes
                    where customer = ? and kind is not null order by said_at, id limit 1"""
        found = row(connection, first, [note["customer"]]) if note["customer"] else None
        if found and found["kind"] == "complaint":
            note["complaint"] = {
                "text": showing.shorten(found["verbatim"], 90),
                "said": showing.since(found["said_on"], today),
                "place": f"/-/note/{found['id']}",
            }
    return shown


def _rising(connection: sqlite3.Connection, period: Period, before: Period) -> list[Row]:
    """Themes heard more than in the period before, the strongest rise first; small numbers last."""
    now, then = counting.themes(connection, period), counting.themes(connection, before)
    found = [
        {
            "theme": name,
            "now": notes,
            "before": then.get(name, 0),
            "few": notes < showing.FEW,
            "place": periods.place(quotes.theme_place(name), period),
        }
        for name, notes in now.items()
        if notes > then.get(name, 0)
    ]
    return sorted(found, key=lambda one: (one["few"], one["before"] - one["now"], -one["now"], one["theme"]))


def _overused(connection: sqlite3.Connection, period: Period) -> list[Row]:
    """The words of the month the period ends in, where they are counted."""
    month = period.until.isoformat()[:7]
    found = overused.of_month(connection, month, _LISTED)
    first = date.fromisoformat(f"{month}-01")
    until = periods.around("month", first, period.until).until
    for word in found:
        word["place"] = quotes.found_by(q=word["word"], since=str(first), until=str(until))
    return found


def _waiting(connection: sqlite3.Connection, period: Period, today: date) -> dict[str, Any]:
    """Promises that are open, overdue ones first, and the period's notes that nobody has answered."""
    sql = "select note_id, what, due_on, initials from promises where outcome = 'open' order by due_on, id limit ?"
    listed = rows(connection, sql, [_LISTED - 1])
    for promise in listed:
        promise["what"] = showing.shorten(promise["what"], 90)
        promise["due"] = showing.due(promise["due_on"], today)
        promise["late"] = promise["due_on"] < today.isoformat()
    counted = "select count(*) as open, count(*) filter (where due_on < ?) as late from promises where outcome = 'open'"
    unanswered = counting.unanswered(connection, period)
    if unanswered["oldest"]:
        since = date.fromisoformat(unanswered["oldest"]["said_on"])
        unanswered["for"] = showing.ago((today - since).days)
        unanswered["place"] = quotes.found_by(answered="no", **period.filters)
    return {"listed": listed, "unanswered": unanswered, **(row(connection, counted, [today.isoformat()]) or {})}


def _done(connection: sqlite3.Connection, period: Period, before: Period) -> list[Row]:
    """What was done about themes, the latest first, with their notes now and before, and who is still to be told."""
    sql = """select name, coalesce(nullif(measure, ''), title, name) as measure, fixed_on, owner from themes
              where measure is not null or fixed_on is not null
              order by fixed_on is null, fixed_on desc, name limit ?"""
    now, then = counting.themes(connection, period), counting.themes(connection, before)
    found = rows(connection, sql, [4])
    for theme in found:
        theme.update(now=now.get(theme["name"], 0), before=then.get(theme["name"], 0))
        theme["measure"] = showing.shorten(theme["measure"], 80)
        theme["place"] = periods.place(quotes.theme_place(theme["name"]), period)
    return found


def _silent(connection: sqlite3.Connection, period: Period) -> Row | None:
    """How many the customers who complained about the loudest theme stand for; None where nobody complained."""
    sql = """select theme, count(distinct customer) as customers from note_themes
              where theme = ? and said_at >= ? and said_at < ? and said_on between ? and ? and kind = 'complaint'"""
    loudest = sorted(counting.themes(connection, period).items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    counted = [
        row(connection, sql, [name, *counting.instants(period), *period.bounds]) or {} for name, _notes in loudest
    ]
    found = max(counted, key=lambda one: one["customers"], default=None)
    if not found or not found["customers"]:
        return None
    low, high = counting.complaint_rate(connection)
    return {
        "theme": found["theme"],
        "customers": found["customers"],
        "rate": "–".join(dict.fromkeys([f"{low:g}", f"{high:g}"])),
        "low": round(found["customers"] / high * 100),
        "high": round(found["customers"] / low * 100),
        "place": f"{quotes.theme_place(found['theme'])}#silent",
    }


def _sliced(connection: sqlite3.Connection, period: Period, before: Period, column: str) -> list[Row]:
    """The period's notes by kind, the most first, beside the period before."""
    then = counting.by(connection, before, column)
    return [
        {
            "name": terms.kind(name),
            "notes": notes,
            "before": then.get(name, 0),
            "place": quotes.found_by(**{column: name}, **period.filters),
        }
        for name, notes in counting.by(connection, period, column).items()
    ]


def _channels(
    connection: sqlite3.Connection,
    period: Period,
    drawn: Sequence[Period],
    answers: dict[str, counting.Answers],
) -> list[Row]:
    """How notes reached us, with their run over time and how fast the first answer is."""
    runs = counting.over_time(connection, drawn, "channel")
    found = []
    for name, notes in counting.by(connection, period, "channel").items():
        answer = answers[name]
        run = runs.get(name, [0] * len(drawn))
        told = terms.channel(name)
        found.append(
            {
                "name": told,
                "notes": notes,
                "unanswered": answer.notes - answer.answered,
                "median": None if answer.median_minutes is None else showing.minutes(answer.median_minutes),
                "few": answer.answered < showing.FEW,
                "spark": charts.spark(run, f"{told}: {', '.join(map(speech.figure, run))}") if len(run) > 1 else "",
                "place": quotes.found_by(channel=name, **period.filters),
            }
        )
    return found


def _chart(connection: sqlite3.Connection, drawn: Sequence[Period]) -> charts.Chart:
    counts = counting.over_time(connection, drawn, "kind")
    series = [charts.Series(terms.kind(kind), tuple(counts.get(kind, [0] * len(drawn)))) for kind in _KINDS]
    titles = {
        "week": _("Notes week by week, by kind"),
        "month": _("Notes month by month, by kind"),
        "quarter": _("Notes quarter by quarter, by kind"),
    }
    return charts.bars([label(one) for one in drawn], series, titles[drawn[-1].kind], described(drawn, series))


def label(period: Period) -> str:
    """What stands under a bar."""
    if period.kind == "week":
        return _("week %(number)s", number=period.since.isocalendar().week)
    if period.kind == "quarter":
        return _("Q%(number)s %(year)s", number=(period.since.month + 2) // 3, year=period.since.year)
    return speech.short_month(period.since)


def described(drawn: Sequence[Period], series: Sequence[charts.Series]) -> str:
    """A chart in a sentence: from how many to how many, and the most."""
    totals = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    return _(
        "From %(first)s in %(begin)s to %(last)s in %(end)s; %(most)s at the most.",
        first=speech.figure(totals[0]),
        begin=label(drawn[0]),
        last=speech.figure(totals[-1]),
        end=label(drawn[-1]),
        most=speech.figure(max(totals)),
    )

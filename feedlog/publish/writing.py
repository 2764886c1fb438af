"""Replaces notes in the published file with everything that hangs on them."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from feedlog import when
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.publish import following_through as following
from feedlog.publish import reading, statistics
from feedlog.publish.privacy import Person, Privacy, initials
from feedlog.publish.words import MonthWords
from feedlog.recovery import counting_day, kept_in_time, loop
from feedlog.store import Log
from feedlog.when.hours import Calendar

# What note_themes repeats of its note.
_BESIDE_THEMES = ("said_at", "said_on", "customer", "kind", "channel", "touchpoint")


class Writer:
    """Replaces notes in the published file with everything that hangs on them."""

    def __init__(
        self, log: Log, connection: sqlite3.Connection, privacy: Privacy, calendar: Calendar, *, anew: bool
    ) -> None:
        self._log = log
        self._connection = connection
        self._privacy = privacy
        self._calendar = calendar
        self._anew = anew
        stems = Stems(log.languages)
        self._index = Index(connection, stems)
        self._words = MonthWords(connection, stems)
        self._days: set[str] = set()
        self._weeks: set[str] = set()
        self._months: set[str] = set()
        self._due_months: set[str] = set()
        self._themes: set[str] = set()

    def write(self, ids: Sequence[int], progress: Callable[[int, int], object]) -> None:
        """Writes these notes as they are now; those that no longer stand disappear."""
        for start in range(0, len(ids), reading.BATCH):
            batch = ids[start : start + reading.BATCH]
            if not self._anew:
                self._remove(batch)
            self._insert(batch)
            progress(start + len(batch), len(ids))
        self._index.flush()
        statistics.recount_days(self._connection, None if self._anew else self._days)
        statistics.recount(self._connection, self._weeks, self._months)
        following.recount(self._connection, self._months, self._due_months)
        self._words.flush()
        self._write_themes()

    def _remove(self, ids: Sequence[int]) -> None:
        these = "(select value from json_each(?))"
        listed = [json.dumps(list(ids))]
        sql = f"select id, verbatim, said_on, week, month from notes where id in {these}"
        gone = self._connection.execute(sql, listed).fetchall()
        self._days.update(row["said_on"] for row in gone)
        self._weeks.update(row["week"] for row in gone)
        self._months.update(row["month"] for row in gone)
        self._index.remove_many([(row["id"], row["verbatim"]) for row in gone])
        self._words.remove(gone)
        themes = self._connection.execute(f"select distinct theme from note_themes where note_id in {these}", listed)
        self._themes.update(row["theme"] for row in themes)
        due = f"select distinct substr(counts_on, 1, 7) as month from promises where note_id in {these}"
        self._due_months.update(row["month"] for row in self._connection.execute(due, listed))
        for table in ("note_themes", "promises", "responses"):
            self._connection.execute(f"delete from {table} where note_id in {these}", listed)
        self._connection.execute(f"delete from notes where id in {these}", listed)

    def _insert(self, ids: Sequence[int]) -> None:
        persons: dict[int, Person | None] = {}
        rows = []
        promises = reading.by_number(reading.promises(self._log, ids), "note_id")
        responses = reading.by_number(reading.responses(self._log, ids), "note_id")
        for note in reading.notes(self._log, ids):
            person = persons[note["id"]] = _person(note)
            followed = self._followed(note, promises.get(note["id"], []), responses.get(note["id"], []))
            rows.append({**self._note(note, person), **followed})
        self._days.update(row["said_on"] for row in rows)
        self._weeks.update(row["week"] for row in rows)
        self._months.update(row["month"] for row in rows)
        _insert(self._connection, "notes", rows)
        tagged = [
            {"theme": theme, "note_id": row["id"], **{column: row[column] for column in _BESIDE_THEMES}}
            for row in rows
            for theme in json.loads(row["themes"])
        ]
        self._themes.update(row["theme"] for row in tagged)
        _insert(self._connection, "note_themes", tagged)
        self._index.add_many([(row["id"], row["verbatim"]) for row in rows])
        self._words.add(rows)
        made = [self._promise(row, persons[number]) for number in persons for row in promises.get(number, [])]
        self._due_months.update(promise["counts_on"][:7] for promise in made)
        _insert(self._connection, "promises", made)
        done = [self._response(row, persons[number]) for number in persons for row in responses.get(number, [])]
        _insert(self._connection, "responses", done)

    def _note(self, note: reading.Row, person: Person | None) -> reading.Row:
        said = _day(note["said_at"])
        return {
            "id": note["id"],
            "said_on": said,
            "verbatim": self._privacy.hide(note["verbatim"], person),
            "reading": self._privacy.hide(note["reading"], person),
            "kind": note["kind"],
            "channel": note["channel"],
            "touchpoint": note["touchpoint"],
            "themes": json.dumps(note["themes"], ensure_ascii=False),
            **self._who(person),
            "segment": note["segment"],
            "satisfaction": note["satisfaction"],
            "week": when.week(said),
            "month": said[:7],
            "said_at": note["said_at"],
            "logged_at": note["logged_at"],
            "agent": note["agent"],
            "on_behalf_of": note["on_behalf_of"],
            "source": note["source"],
            "corrected": note["corrected"],
        }

    def _followed(self, note: reading.Row, promises: list[reading.Row], responses: list[reading.Row]) -> reading.Row:
        """When somebody first answered, after how long in business hours, and since when the loop is closed."""
        answered_at = responses[0]["responded_at"] if responses else None
        due = [promise["due_on"] for promise in promises if promise["outcome"] is None]
        ended = [promise["ended_at"] for promise in promises if promise["ended_at"]]
        closed_at = loop(responses, min(due, default=None), max(ended, default=None)).closed_at
        return {
            "answered_at": answered_at,
            "answer_minutes": answered_at and self._calendar.minutes_between(note["said_at"], answered_at),
            "closed_on": closed_at and _day(closed_at),
        }

    def _promise(self, promise: reading.Row, person: Person | None) -> reading.Row:
        ended_at, events = promise["ended_at"], promise["events"]
        reasons = [event["why"] for event in events if event["why"]]
        return {
            "id": promise["id"],
            "note_id": promise["note_id"],
            "what": self._privacy.hide(promise["what"], person),
            "owner": promise["owner"],
            "promised_by": promise["promised_by"],
            "promised_on": _day(promise["promised_at"]),
            "due_on": promise["due_on"],
            "outcome": promise["outcome"] or "open",
            "ended_on": _day(ended_at) if ended_at else None,
            "moved": sum(event["kind"] == "moved" for event in events),
            "counts_on": counting_day(events) or promise["due_on"],
            "in_time": kept_in_time(events),
            "why": self._privacy.hide(reasons[-1], person) if reasons else None,
            **self._who(person),
        }

    def _response(self, response: reading.Row, person: Person | None) -> reading.Row:
        amount = response.pop("amount_minor")
        return {
            **response,
            "text": self._privacy.hide(response["text"], person),
            "amount": None if amount is None else amount / 100,
        }

    def _who(self, person: Person | None) -> dict[str, str | None]:
        return {
            "customer": self._privacy.pseudonym(person.key) if person else None,
            "initials": (initials(person.name) or None) if person else None,
        }

    def _write_themes(self) -> None:
        """The codebook; only for themes whose notes or day of mending changed is counted anew what the notes say."""
        codebook = reading.themes(self._log)
        names = json.dumps([theme["name"] for theme in codebook])
        self._connection.execute("delete from themes where name not in (select value from json_each(?))", [names])
        known = dict(self._connection.execute("select name, fixed_on from themes").fetchall())
        self._themes.update(row["name"] for row in codebook if known.get(row["name"]) != row["fixed_on"])
        self._connection.executemany(
            """insert into themes (name, title, owner, measure, fixed_on, notes, customers, complained, again,
                                   came_back)
               values (:name, :title, :owner, :measure, :fixed_on, 0, 0, 0, 0, 0)
               on conflict (name) do update
               set title = :title, owner = :owner, measure = :measure, fixed_on = :fixed_on""",
            codebook,
        )
        self._connection.executemany(
            """update themes set (notes, customers, complained, again, came_back, first_said_on, last_said_on) =
                 (select count(*), count(distinct customer), count(distinct iif(kind = 'complaint', customer, null)),
                         (select count(*) from (select 1 from note_themes where theme = name and customer is not null
                                                 group by customer having count(*) > 1)),
                         count(*) filter (where said_on > themes.fixed_on), min(said_on), max(said_on)
                    from note_themes where theme = name)
               where name = ?""",
            [[theme] for theme in sorted(self._themes)],
        )


def _day(instant: str) -> str:
    return when.local(instant).date().isoformat()


def _person(note: reading.Row) -> Person | None:
    """Who said a note, with every name they have had."""
    if not note["key"]:
        return None
    return Person(note["key"], note["name"], f"{note['merged_name']} {note['former_names'] or ''}".strip())


def _insert(connection: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        columns = list(rows[0])
        sql = f"insert into {table} ({', '.join(columns)}) values ({', '.join(':' + column for column in columns)})"
        connection.executemany(sql, rows)

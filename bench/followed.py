"""What was promised and done about the notes of a filled log: without it the pages would be timed on empty tables."""

import random
import sqlite3
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.texts import SEED, THEMES

AGENTS = ("mette", "jens", "sofie", "lars", "anna", "otto", "nina", "per", "ulla", "vera", "bo", "ida")
STEPS = ("acknowledged", "apologised", "explained", "solved", "thanked", "told")
ANSWERED, PROMISED, COMPENSATED = 0.45, 0.06, 0.01  # shares of the notes
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def follow_up(log: Path) -> None:
    """Answers, promises and goodwill on the notes of a log; the same ones every time for the same notes."""
    chance = random.Random(SEED)
    connection = sqlite3.connect(log, isolation_level=None)
    connection.execute("begin immediate")
    notes = connection.execute("select id, said_at from notes order by id").fetchall()
    _insert(connection, "responses", _responses(notes, chance))
    promises = [*_promises(notes, chance)]
    _insert(connection, "promises", (promise for promise, _ in promises))
    _insert(connection, "promise_events", (event for _, events in promises for event in events))
    owners = [(chance.choice(AGENTS), f"About {theme}", theme) for theme in THEMES]
    connection.executemany("update themes set owner = ?, title = ? where name = ?", owners)
    connection.execute("commit")
    connection.close()


def _responses(notes: list[tuple[int, str]], chance: random.Random) -> Iterator[dict[str, Any]]:
    for note_id, said_at in notes:
        if chance.random() >= ANSWERED:
            continue
        at = _later(said_at, hours=chance.expovariate(1 / 20))
        given = chance.random() < COMPENSATED / ANSWERED
        yield {
            "uid": _uid(chance), "note_id": note_id, "kind": "compensated" if given else chance.choice(STEPS),
            "responded_at": at, "agent": chance.choice(AGENTS), "text": "A voucher for the trouble" if given else None,
            "amount_minor": chance.randrange(5, 60) * 1000 if given else None, "currency": "DKK" if given else None,
        }  # fmt: skip


def _promises(notes: list[tuple[int, str]], chance: random.Random) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    number = 0
    for note_id, said_at in notes:
        if chance.random() >= PROMISED:
            continue
        number += 1
        days = chance.randrange(1, 15)
        due_on = _later(said_at, hours=24 * days)[:10]
        outcome = chance.choices(("kept", "broken", None), weights=(80, 12, 8))[0]
        ended_at = outcome and _later(said_at, hours=24 * days * chance.uniform(0.3, 1.2))
        owner = chance.choice(AGENTS)
        promise = {
            "id": number, "uid": _uid(chance), "note_id": note_id, "what": "Call back with an answer",
            "promised_at": said_at, "promised_by": owner, "owner": owner, "due_on": due_on, "outcome": outcome,
            "ended_at": ended_at,
        }  # fmt: skip
        made = _event(chance, number, "made", said_at, owner, due_on)
        yield promise, [made] + ([_event(chance, number, outcome, ended_at, owner, None)] if outcome else [])


def _event(chance: random.Random, promise: int, kind: str, at: str, agent: str, due_on: str | None) -> dict[str, Any]:
    return {
        "uid": _uid(chance), "promise_id": promise, "kind": kind, "happened_at": at, "agent": agent, "due_on": due_on,
        "owner": agent if due_on else None,
    }  # fmt: skip


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows, None)
    if first is None:
        return
    sql = f"insert into {table} ({', '.join(first)}) values ({', '.join(':' + name for name in first)})"
    connection.execute(sql, first)
    connection.executemany(sql, rows)


def _later(instant: str, hours: float) -> str:
    return (datetime.strptime(instant, _INSTANT) + timedelta(hours=hours)).strftime(_INSTANT)


def _uid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))

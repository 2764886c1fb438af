"""Plays the sample notes into a log, as if the imaginary shop had been listening for half a year."""

import json
import os
from datetime import datetime, timedelta
from typing import Any

from feedlog import money, when
from feedlog.language.stems import Stems
from feedlog.operations import codebook, describing, facts, notes, promises, promising, responses
from feedlog.operations.shapes import By, Said
from feedlog.store import Log

_FOLDER = os.path.dirname(os.path.abspath(__file__))
# Who does what nobody in the samples is named for.
_LEAD = "karin"


def samples() -> list[dict[str, Any]]:
    """The sample notes, oldest first. Their days count back from the day they are played on."""
    return _lines("sample_notes.jsonl")


def steps() -> list[dict[str, Any]]:
    """What the imaginary shop did about them. `note` counts the sample notes from one."""
    return _lines("sample_steps.jsonl")


def _lines(name: str) -> list[dict[str, Any]]:
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def play(log: Log, now: datetime) -> int:
    """Logs every sample note and step, all or none, as of so many days before `now`; returns how many notes there are.

    Each agent wrote things down at once, so the record of changes tells the same days as the notes.
    """
    stems = Stems(log.languages)
    played = samples()
    happened = [(_at(sample, now), 0, sample) for sample in played]
    happened += [(_at(step, now), 1, step) for step in steps()]
    happened.sort(key=lambda one: one[:2])
    numbers: list[int] = []
    with log.write():
        for at, _, one in happened:
            by = By(one.get("agent", _LEAD), at, one.get("on_behalf_of"))
            if "verbatim" in one:
                numbers.append(notes.add(log, _said(one, now), by, stems=stems).note_id)
            else:
                _take(log, one, by, now, numbers)
    return len(played)


def _at(one: dict[str, Any], now: datetime) -> str:
    """When it happened; what has no day was settled today, after everything else."""
    if "days_ago" not in one:
        return when.stored(now)
    day = now.astimezone().date() - timedelta(days=one["days_ago"])
    return when.instant(f"{day} {one['time']}", now=now)


def _take(log: Log, step: dict[str, Any], by: By, now: datetime, numbers: list[int]) -> None:
    """One step: of a response, of a promise, a fact, or what is known of a customer or theme."""
    if "response" in step:
        responses.add(
            log,
            numbers[step["note"] - 1],
            step["response"],
            by,
            text=step.get("text"),
            amount_minor=money.minor(step["amount"]) if "amount" in step else None,
            currency=step.get("currency"),
        )
    elif "promise" in step:
        _end(log, step, by, now, promises.of_note(log, numbers[step["note"] - 1])[0]["id"])
    elif "fact" in step:
        facts.add(log, step["customer"], step["fact"], by)
    elif "theme" in step:
        given = {name: step.get(name) for name in ("title", "owner", "measure")}
        fixed_on = _day(-step["fixed_days_ago"], now) if "fixed_days_ago" in step else None
        codebook.describe(log, step["theme"], by, term=None, fixed_on=fixed_on, **given)
    else:
        fields = {field: value for field, value in step.items() if field not in ("customer", "since")}
        describing.describe(log, step["customer"], by, since_on=step["since"], **fields)


def _end(log: Log, step: dict[str, Any], by: By, now: datetime, promise_id: int) -> None:
    if step["promise"] == "kept":
        promising.keep(log, promise_id, by)
    elif step["promise"] == "broken":
        promising.break_(log, promise_id, step["why"], by, customer_told=step["told"])
    else:
        due_on = _day(step["due_in_days"], now)
        promising.move(log, promise_id, due_on, step["why"], by, customer_told=step["told"])


def _day(days: int, now: datetime) -> str:
    return (now.astimezone().date() + timedelta(days=days)).isoformat()


def _said(sample: dict[str, Any], now: datetime) -> Said:
    return Said(
        verbatim=sample["verbatim"],
        said_at=_at(sample, now),
        customer=sample.get("customer"),
        name=sample.get("name"),
        themes=tuple(sample["themes"]),
        channel=sample["channel"],
        touchpoint=sample["touchpoint"],
        kind=sample["kind"],
        reading=sample.get("reading"),
        satisfaction=sample.get("satisfaction"),
        promise=sample.get("promise"),
        # Some of these days are past: a promise that was forgotten is part of the story.
        due_on=_day(sample["due_in_days"], now) if "due_in_days" in sample else None,
    )

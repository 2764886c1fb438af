"""Plays the sample notes into a log, as if the imaginary shop had been listening for half a year."""

import json
import os
from datetime import datetime, timedelta
from typing import Any

from feedlog import when
from feedlog.language.stems import Stems
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import Log

_SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sample_notes.jsonl")


def samples() -> list[dict[str, Any]]:
    """The sample notes, oldest first. Their days count back from the day they are played on."""
    with open(_SAMPLES, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def play(log: Log, now: datetime) -> int:
    """Logs every sample note, all or none, as said so many days before `now`; returns how many there are."""
    stems = Stems(log.languages)
    played = samples()
    with log.write():
        for sample in played:
            said = _said(sample, now)
            # Each agent wrote the note down at once, so the record of changes tells the same days as the notes.
            by = By(sample["agent"], str(said.said_at), sample.get("on_behalf_of"))
            notes.add(log, said, by, stems=stems)
    return len(played)


def _said(sample: dict[str, Any], now: datetime) -> Said:
    day = now.astimezone().date() - timedelta(days=sample["days_ago"])
    due_on = None
    if "due_in_days" in sample:
        # Some of these days are past: a promise that was forgotten is part of the story.
        due_on = (now.astimezone().date() + timedelta(days=sample["due_in_days"])).isoformat()
    return Said(
        verbatim=sample["verbatim"],
        said_at=when.instant(f"{day} {sample['time']}", now=now),
        customer=sample.get("customer"),
        name=sample.get("name"),
        themes=tuple(sample["themes"]),
        channel=sample["channel"],
        touchpoint=sample["touchpoint"],
        kind=sample["kind"],
        reading=sample.get("reading"),
        satisfaction=sample.get("satisfaction"),
        promise=sample.get("promise"),
        due_on=due_on,
    )

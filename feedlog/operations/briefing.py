"""The briefing: all one should know about a customer before talking with them, read in one go."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from feedlog import when
from feedlog.language.similar import like_among
from feedlog.language.stems import Stems
from feedlog.operations import customers, facts, notes, promises, responses
from feedlog.operations.facts import Fact
from feedlog.operations.goodwill import Given, given_in
from feedlog.operations.promises import Promise
from feedlog.operations.recovering import ordinal
from feedlog.operations.responses import Response
from feedlog.operations.shapes import Note
from feedlog.store import Log

# What a person takes in before picking up the phone, and what one screen holds.
LATEST = 3
# Their newest remarks, looked through for what was said before: a customer of ten years has thousands.
LOOKED_AT = 50
# Saying a thing twice happens; saying it three times means that nobody listened.
REPEATED_FROM = 3
# Warnings of more overdue promises than these would hide the others.
MOST_OVERDUE = 3
# The satisfaction a customer named has turned when it moved by this much of a hundred.
TURNED_FROM = 40


class Briefing(TypedDict):
    """What to know before contact, most needed first.

    `notes` are their latest words, newest first; `first` is what they said first, where the mood has turned since.
    `warnings` are sentences without a full stop.
    """

    customer: customers.Card
    facts: list[Fact]
    promises: list[Promise]
    notes: list[Note]
    first: Note | None
    responses: list[Response]
    goodwill: list[Given]
    colleagues: list[str]
    warnings: list[str]


def brief(log: Log, key: str, now: datetime) -> Briefing:
    """The briefing about the customer of this key, as of `now`. Raises NotFound without the customer."""
    card = customers.card(log, key)
    said = notes.of_customer(log, card["key"], limit=LOOKED_AT)
    first = notes.of_customer(log, card["key"], limit=1, oldest_first=True)
    done = responses.of_customer(log, card["key"])
    owed = promises.open_of_customer(log, card["key"])
    return Briefing(
        customer=card,
        facts=facts.of_customer(log, card["key"]),
        promises=owed,
        notes=said[:LATEST],
        first=_before_it_turned(first, said),
        responses=done,
        goodwill=given_in(done),
        colleagues=_colleagues(said, done, owed),
        warnings=[
            *_overdue(owed, now),
            *_apologies(log, done),
            *_repeated(log, said, now),
            *_unanswered(said, done),
        ],
    )


def _before_it_turned(first: Sequence[Note], said: Sequence[Note]) -> Note | None:
    """What they said first, where they sounded otherwise than now."""
    if not first or first[0]["id"] == said[0]["id"]:
        return None
    before, now = _mood(first[0]), _mood(said[0])
    return first[0] if before is not None and now is not None and abs(now - before) >= TURNED_FROM else None


def _mood(note: Note) -> int | None:
    """How satisfied a note sounds, 0 to 100: as the customer put it, else by its kind."""
    if note["satisfaction"] is not None:
        return note["satisfaction"]
    return {"complaint": 20, "compliment": 80}.get(note["kind"] or "")


def _colleagues(said: Sequence[Note], done: Sequence[Response], owed: Sequence[Promise]) -> list[str]:
    """Everybody who had to do with this customer, those involved last first."""
    seen = [(note["said_at"], note["on_behalf_of"] or note["agent"]) for note in said]
    seen += [(response["responded_at"], response["agent"]) for response in done]
    seen += [(promise["promised_at"], name) for promise in owed for name in (promise["owner"], promise["promised_by"])]
    return list(dict.fromkeys(name for _, name in sorted(seen, key=lambda one: one[0], reverse=True)))


def _overdue(owed: Sequence[Promise], now: datetime) -> list[str]:
    late = [(promise["what"], when.days_late(promise["due_on"], now=now)) for promise in owed]
    found = [f"overdue: {what}, {days} {'day' if days == 1 else 'days'} late" for what, days in late if days > 0]
    more = len(found) - MOST_OVERDUE
    return [*found[:MOST_OVERDUE], f"{more} more {'promise is' if more == 1 else 'promises are'} overdue"][: len(found)]


def _apologies(log: Log, done: Sequence[Response]) -> list[str]:
    """Said often, sorry means less and less: whoever says it next should know how often it was said."""
    before = responses.with_subjects(log, [response for response in done if response["kind"] == "apologised"])
    if not before:
        return []
    themes = sorted({theme for apology in before for theme in apology["themes"]})
    about = f" for {', '.join(themes)}" if themes else ""
    times = {1: "once", 2: "twice"}.get(len(before), f"{len(before)} times")
    return [f"apologised {times}{about} already; the next would be the {ordinal(len(before) + 1)}"]


def _repeated(log: Log, said: Sequence[Note], now: datetime) -> list[str]:
    """That their latest complaint, or question, was said in much the same words, or on the same theme, before."""
    latest = next((note for note in said if note["kind"] != "compliment"), None)
    if latest is None:
        return []
    others = {note["id"]: note for note in said if note["id"] != latest["id"] and note["kind"] != "compliment"}
    texts = {number: note["verbatim"] for number, note in others.items()}
    alike = like_among(log.connection, latest["verbatim"], texts, Stems(log.languages))
    same = {one.note_id for one in alike if one.strong}
    same |= {number for number, note in others.items() if set(note["themes"]) & set(latest["themes"])}
    if len(same) + 1 < REPEATED_FROM:
        return []
    since = min(others[number]["said_at"] for number in same)
    return [f"said the same {_times(len(same) + 1)} since {when.month_text(since, now=now)}"]


def _times(number: int) -> str:
    named = ("three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return f"{named[number - 3]} times" if number <= 10 else f"{number} times"


def _unanswered(said: Sequence[Note], done: Sequence[Response]) -> list[str]:
    """What they said that nobody has answered in any way."""
    answered = {response["note_id"] for response in done}
    waiting = [note for note in said if note["id"] not in answered]
    if not waiting:
        return []
    oldest = waiting[-1]
    if len(waiting) == 1:
        return [f"nobody has answered #{oldest['id']}"]
    looked_at = f"latest {LOOKED_AT} notes" if len(said) == LOOKED_AT else "notes"
    return [f"nobody has answered {len(waiting)} of their {looked_at}, the oldest #{oldest['id']}"]

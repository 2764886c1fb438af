"""Checking a letter against the log: whom it goes to, what they said, and whether others said so too."""

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

from feedlog import when
from feedlog.errors import NotFound, WrongUsage
from feedlog.language.guessing import guess
from feedlog.language.languages import codes as languages
from feedlog.language.languages import language as language_of
from feedlog.language.phrases import codes as checked_languages
from feedlog.letters.checking import Flag, Known, check, readable
from feedlog.letters.quoting import longest_quotation
from feedlog.operations import checks, customers, finding, notes, themes
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import Similar
from feedlog.store import Log

# As many as `feedlog similar` shows, so that both say the same number.
_COMPARED = 20
_STILL = "but most who are unhappy never say so"


class LetterFlag(TypedDict):
    """Something to mend in a letter; line and column count from 1, in characters."""

    kind: str
    line: int
    column: int
    text: str
    why: str
    hint: str


class LetterCheck(TypedDict):
    """What a check of a letter found, and the language it was read in."""

    ok: bool
    language: str
    flags: list[LetterFlag]


class Addressee(TypedDict):
    """Whom the letter goes to: their name and key, and the note it answers, as far as the log knows."""

    key: str | None
    name: str | None
    note_id: int | None
    verbatim: str | None


def check_letter(
    text: str,
    log: Callable[[], Log | None],
    *,
    now: datetime,
    language: str | None = None,
    kind: str | None = None,
    note_id: int | None = None,
    customer: str | None = None,
) -> LetterCheck:
    """What to mend in a letter's text. The note, else the customer's latest note, is what it answers.

    `log` opens the log, or gives None where there is none; it is called only if the log has something to add. Raises
    NotFound for a note or customer that is not there, WrongUsage for a language that cannot be told or is not known.
    """
    letter = readable(text)
    told = _language(letter, language)
    opened = log() if note_id is not None or customer is not None else None
    whom = _addressee(opened, note_id, customer) if opened else None
    known = Known(whom["name"], whom["verbatim"]) if whom else None
    flags = check(letter, told, kind=kind, known=known)
    if any(flag.kind == "no_one_else" for flag in flags):
        opened = opened or log()
        figures = _who_else(opened, letter, whom, now) if opened else None
        if figures:
            flags = [flag._replace(why=figures) if flag.kind == "no_one_else" else flag for flag in flags]
    return LetterCheck(ok=not flags, language=told, flags=[_plain(flag) for flag in flags])


def _plain(flag: Flag) -> LetterFlag:
    return LetterFlag(kind=flag.kind, line=flag.line, column=flag.column, text=flag.text, why=flag.why, hint=flag.hint)


def _language(letter: str, asked: str | None) -> str:
    known = checked_languages()
    told = asked or guess(letter, languages())
    if told is None:
        raise WrongUsage("What language the letter is in cannot be told.", hint=f"Say it: --language {'|'.join(known)}")
    if told not in known:
        names = ", ".join(language_of(code).name for code in known)
        raise WrongUsage(
            f"The letter seems to be in {language_of(told).name}; letters are checked in {names}.",
            hint=f"If it is in one of them, say so: --language {'|'.join(known)}",
        )
    return told


def _addressee(log: Log, note_id: int | None, key: str | None) -> Addressee:
    """Whom a note or a customer's key is about. Raises NotFound, and WrongUsage where the two do not agree."""
    if note_id is None:
        latest = notes.listing(log, Filters(customer=key), limit=1)  # refuses a key that is not known
        if not latest:
            return Addressee(key=key, name=_name(log, key), note_id=None, verbatim=None)
        note = latest[0]
    else:
        note = notes.get(log, note_id)
        if key is not None and not _same(log, note["customer"]["key"] if note["customer"] else None, key):
            raise WrongUsage(f"Note {note_id} is not from the customer {key!r}.", hint="Leave one of the two out.")
    customer = note["customer"]
    return Addressee(
        key=customer["key"] if customer else None,
        name=customer["name"] if customer else None,
        note_id=note["id"],
        verbatim=note["verbatim"],
    )


def _same(log: Log, theirs: str | None, key: str) -> bool:
    asked = customers.find(log, checks.label(key, "customer key"))
    if asked is None:
        raise NotFound(f"There is no customer {key!r}.", hint="Tab completes keys; check the spelling.")
    return theirs is not None and customers.find(log, theirs) == asked


def _name(log: Log, key: str | None) -> str | None:
    customer_id = customers.find(log, key or "")
    told = log.value("select name from customers where id = ?", [customer_id])
    return None if told is None else str(told)


def _who_else(log: Log, letter: str, whom: Addressee | None, now: datetime) -> str:
    """What the log says to "nobody else has said so", in one sentence."""
    if whom and whom["note_id"] is not None:
        found = finding.similar_to_note(log, whom["note_id"], Filters(), limit=_COMPARED)
        spoken = None if found["notes"] else _of_the_same_theme(log, whom["note_id"], now)
        return spoken or _others(found, now)
    quoted = longest_quotation(letter)
    if quoted is not None:
        return _with_this_one(finding.similar_to_text(log, quoted, Filters(), limit=_COMPARED), now)
    return _complaints(log, now)


def _others(found: Similar, now: datetime) -> str:
    if not found["notes"]:
        return f"The log knows of nobody else yet, {_STILL}."
    since = when.date_text(found["first_said_at"] or "", now=now)
    count = found["customers"]
    if not count:
        told = "1 other note says" if found["notes"] == 1 else f"{found['notes']} other notes say"
    else:
        told = "1 other customer has said" if count == 1 else f"{count} other customers have said"
    return f"{told} something like this since {since}."


def _of_the_same_theme(log: Log, note_id: int, now: datetime) -> str | None:
    """How many others spoke of what the note is about, in other words or another language; None without any."""
    note = notes.get(log, note_id)
    own = customers.find(log, note["customer"]["key"]) if note["customer"] else None
    sql = f"""select count(distinct coalesce(given.merged_into_id, given.id)) as customers, min(said_at) as since
                from notes join customers as given on given.id = notes.customer_id
               where notes.id in (select note_id from note_themes where theme_id in ({themes.MEANT}))
                 and exists (select 1 from wordings where note_id = notes.id) and kind is not 'compliment'
                 and coalesce(given.merged_into_id, given.id) is not ?"""
    spoken = []
    for theme in note["themes"]:
        theme_id, _ = themes.require(log, theme)
        row = log.rows(sql, [*[theme_id] * themes.MEANT.count("?"), own])[0]
        spoken.append((row["customers"], theme, row["since"]))
    count, theme, since = max(spoken, default=(0, "", ""))
    if not count:
        return None
    told = "1 other customer has spoken" if count == 1 else f"{count} other customers have spoken"
    return f"{told} of {theme!r} since {when.date_text(since, now=now)}."


def _with_this_one(found: Similar, now: datetime) -> str:
    """The same from the words a letter quotes: the customer it goes to may be among those found."""
    count = max(found["customers"], 1 if found["notes"] else 0)
    if found["notes"] <= 1 or (found["customers"] == 1 and found["notes"] < 3):
        return (
            f"The log knows of nobody else yet, {_STILL}."
            if not count
            else (f"The log knows of one customer who has said something like this, perhaps this one, {_STILL}.")
        )
    since = when.date_text(found["first_said_at"] or "", now=now)
    if found["customers"] > 1:
        return (
            f"{found['customers']} customers have said something like this since {since}, perhaps this one among them."
        )
    return f"{found['notes']} notes say something like this since {since}."


def _complaints(log: Log, now: datetime) -> str:
    """How many complaints there are this year: all that can be said where nothing tells what the letter is about."""
    year = now.astimezone().year
    count = log.value(
        """select count(*) from notes
            where kind = 'complaint' and said_at >= ? and exists (select 1 from wordings where note_id = notes.id)""",
        [when.start_of(f"{year}-01-01", now)],
    )
    if not count:
        return f"The log holds no complaint of this year yet, {_STILL}."
    return f"The log holds {count:,} complaint{'s' if count > 1 else ''} of this year; --note says which one this is."

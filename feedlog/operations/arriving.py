"""Turns a row of a file into what is about to be logged, or says why it cannot be."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from feedlog import when
from feedlog.errors import WrongUsage
from feedlog.formats.dates import Dates
from feedlog.formats.headers import CHANNEL_WORDS, KIND_WORDS
from feedlog.formats.repairs import Repairs
from feedlog.language.words import composed
from feedlog.operations import checks, masking
from feedlog.operations.counting import Tally
from feedlog.operations.mapping import FIELDS, Mapping
from feedlog.operations.shapes import Said

# Cells repeat (channels, days, themes), so what they mean is remembered, up to this many of a field.
_REMEMBERED = 20_000
# Exports without zones come from servers in other zones; what lies further ahead is a mistyped or turned date.
_AHEAD = timedelta(days=1)
# Between what a content's digest is made of: a character no text has.
_BETWEEN = "\x1f"
_DATES = Dates()


class Arrival(NamedTuple):
    """One thing a customer said as a file has it, and who logged it there, where the file says so."""

    said: Said
    agent: str | None


class Reply(NamedTuple):
    """What a colleague answered to the note of a source_id, as a file has it."""

    answers: str
    text: str
    said_at: str | None
    agent: str | None
    source_id: str


class Reader:
    """Reads the rows of one file. It counts rows without an id of their own, so it must see them all, in order."""

    def __init__(
        self,
        mapping: Mapping,
        source: str,
        now: datetime,
        dates: Dates = _DATES,
        repairs: Repairs | None = None,
    ) -> None:
        """Raises WrongUsage for a constant that no note may have."""
        self._dates = dates
        self._repairs = repairs or Repairs()
        self._columns = mapping.columns
        [self._words] = mapping.columns["verbatim"]
        self._source = source
        self._now = now
        self._latest = when.stored(now + _AHEAD)
        self._seen = Tally()
        taken = [field for field in FIELDS if field in mapping.columns or field in mapping.constants]
        self._fields = [
            (field, mapping.columns.get(field, ()), _remembering(self._meaning(field)))
            for field in taken
            if field not in ("verbatim", "source_id")
        ]
        self._constants = {
            field: _joined(field, [self._meaning(field)(value) for value in values])
            for field, values in mapping.constants.items()
        }

    def arrival(self, cells: dict[str, str]) -> Arrival | None:
        """What a row says, in its stored form; None where it holds no words. Raises WrongUsage for what is off."""
        words = cells.get(self._words, "")
        if not words or words.isspace():
            return None
        masking.current().next_row()
        given: dict[str, Any] = {}
        for field, columns, meaning in self._fields:
            filled = [meaning(cell) for name in columns if (cell := cells.get(name)) and not cell.isspace()]
            value = _joined(field, filled) if filled else None
            if value in (None, ()):
                value = self._constants.get(field)
            if value is not None:
                given[field] = value
        verbatim = checks.text(self._repairs.text(words), "text")
        masking.current().notice_key(given.get("customer", ""))
        if "name" in given and "customer" not in given:
            checks.said(Said(verbatim, name=given["name"]))
        agent, themes = given.pop("agent", None), given.pop("theme", ())
        source_id = self._source_id(cells, verbatim)
        return Arrival(Said(verbatim, themes=themes, source=self._source, source_id=source_id, **given), agent)

    def reply(self, cells: dict[str, str], answers: str) -> Reply | None:
        """A colleague's reply in its stored form; None where it holds no words. Raises WrongUsage for what is off."""
        words = cells.get("verbatim", "")
        if not words or words.isspace():
            return None
        masking.current().next_row()
        text = checks.text(self._repairs.text(words), "text")
        said_at, agent = cells.get("said_at", "").strip(), cells.get("agent", "").strip()
        source_id = cells.get("source_id", "").strip()
        if not source_id:
            parts = (answers, text, composed(said_at), composed(agent))
            source_id = f"content:{hashlib.sha256(_BETWEEN.join(parts).encode()).digest()[:12].hex()}"
        return Reply(
            checks.label(answers, "source_id"),
            text,
            self._instant(said_at) if said_at else None,
            checks.label(self._repairs.label(agent), "agent") if agent else None,
            checks.label(source_id, "source_id"),
        )

    def _meaning(self, field: str) -> Callable[[str], Any]:
        """What makes the stored form of a field out of a cell, and refuses what `add` refuses."""
        meaning = self._plain_meaning(field)
        return lambda cell: meaning(self._repairs.label(cell))

    def _plain_meaning(self, field: str) -> Callable[[str], Any]:
        if field == "said_at":
            return self._instant
        if field == "agent":
            return lambda cell: checks.label(cell, "agent")
        if field == "theme":
            return lambda cell: checks.said(Said("-", themes=_themes(cell))).themes
        read: Callable[[str], Any] = _READ.get(field, composed)
        # Whether a customer stands beside a name is for the row to say.
        return lambda cell: getattr(checks.said(Said("-", **{"customer": "-", field: read(cell)})), field)

    def _source_id(self, cells: dict[str, str], verbatim: str) -> str:
        """What the source calls the row; where it has no name for it, one made of who said what when, and a count.

        The count tells rows apart that say the same. Constants and other fields are left out, so that the same file
        is known again when it is imported with other options.
        """
        for column in self._columns.get("source_id", ()):
            named = cells.get(column, "")
            if named and not named.isspace():
                return checks.label(named, "source_id")
        parts = [verbatim]
        for field in ("customer", "said_at"):
            parts += [composed(cells.get(column, "")) for column in self._columns.get(field, ())] or [""]
        digest = hashlib.sha256(_BETWEEN.join(parts).encode()).digest()[:12]
        return f"content:{digest.hex()}:{self._seen.count(digest)}"

    def _instant(self, cell: str) -> str:
        instant = self._dates.instant(cell, self._now)
        if instant > self._latest:
            raise WrongUsage(f"{cell.strip()!r} is still to come.", hint="said_at is when the customer said it.")
        return instant


def _joined(field: str, values: list[Any]) -> Any:
    """What several columns say together: every theme, else the first."""
    if field != "theme" or len(values) == 1:
        return values[0]
    return tuple(dict.fromkeys(name for themes in values for name in themes))


def _remembering(meaning: Callable[[str], Any]) -> Callable[[str], Any]:
    known: dict[str, Any] = {}

    def remembered(cell: str) -> Any:
        value = known.get(cell)
        if value is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            value = known[cell] = meaning(cell)
        return value

    return remembered


def _channel(cell: str) -> str:
    word = composed(cell).lower()
    return CHANNEL_WORDS.get(word, word)


def _kind(cell: str) -> str:
    word = composed(cell).lower()
    return KIND_WORDS.get(word, word)


def _satisfaction(cell: str) -> int:
    try:
        number = float(cell)
        if number == int(number):
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise WrongUsage(f"Satisfaction is {composed(cell)[:40]!r}.", hint="It is a whole number from 0 to 100.")


def _themes(cell: str) -> tuple[str, ...]:
    """One theme, or several as a JSON list. Nothing else parts them: themes may hold commas."""
    if cell.lstrip().startswith("["):
        try:
            names = json.loads(cell)
        except ValueError:
            names = None
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return tuple(name for name in names if name.strip())
    return (cell,)


_READ: dict[str, Callable[[str], Any]] = {"satisfaction": _satisfaction, "channel": _channel, "kind": _kind}

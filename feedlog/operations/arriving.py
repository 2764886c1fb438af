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
_PLACES = {field: place for place, field in enumerate(FIELDS)}


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
        constants = {
            field: _joined(field, [self._meaning(field)(value) for value in values])
            for field, values in mapping.constants.items()
        }
        # A field that stands in one column is read without a list: most do, and this is done for every cell.
        self._fields = [
            (
                _PLACES[field],
                columns[0] if len(columns) == 1 else "",
                columns,
                meaning.__getitem__,
                constants.get(field),
            )
            for field in taken
            if field not in ("verbatim", "source_id")
            for columns, meaning in [(mapping.columns.get(field, ()), _Meanings(self._meaning(field)))]
        ]
        self._source_id_columns = mapping.columns.get("source_id", ())

    def arrival(self, cells: dict[str, str]) -> Arrival | None:
        """What a row says, in its stored form; None where it holds no words. Raises WrongUsage for what is off."""
        words = cells.get(self._words)
        if not words or words.isspace():
            return None
        masks = masking.current()
        masks.next_row()
        cell_of = cells.get
        given: list[Any] = [None] * len(FIELDS)
        for place, column, columns, meaning, constant in self._fields:
            if column:
                cell = cell_of(column)
                value = meaning(cell) if cell else None
            else:
                filled = [value for name in columns if (cell := cell_of(name)) and (value := meaning(cell)) is not None]
                value = _joined(FIELDS[place], filled) if filled else None
            given[place] = constant if value is None or value == () else value
        verbatim = checks.text(self._repairs.text(words), "text")
        _, customer, name, said_at, channel, touchpoint, kind, themes, agent, reading, satisfaction, _ = given
        if customer:
            masks.notice_key(customer)
        elif name is not None:
            checks.said(Said(verbatim, name=name))  # refuses a name alone
        return Arrival(
            Said(
                verbatim,
                said_at,
                customer,
                name,
                themes or (),
                channel,
                touchpoint,
                kind,
                reading,
                satisfaction,
                None,
                self._source,
                self._source_id(cells, verbatim),
            ),
            agent,
        )

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
        repaired = self._repairs.label
        return lambda cell: meaning(cell if cell.isascii() else repaired(cell))

    def _plain_meaning(self, field: str) -> Callable[[str], Any]:
        if field == "said_at":
            return self._instant
        if field == "agent":
            return lambda cell: checks.label(cell, "agent")
        if field == "theme":
            return lambda cell: checks.said(Said("-", themes=_themes(cell))).themes
        # Rows have these all different; `said` below would look at every other field, too.
        if field == "customer":
            return lambda cell: checks.label(cell, "customer key")
        if field == "name":
            return lambda cell: checks.label(cell, "name")
        if field == "reading":
            return lambda cell: checks.text(cell, "reading")
        read: Callable[[str], Any] = _READ.get(field, composed)
        return lambda cell: getattr(checks.said(Said("-", **{field: read(cell)})), field)

    def _source_id(self, cells: dict[str, str], verbatim: str) -> str:
        """What the source calls the row; where it has no name for it, one made of who said what when, and a count.

        The count tells rows apart that say the same. Constants and other fields are left out, so that the same file
        is known again when it is imported with other options.
        """
        for column in self._source_id_columns:
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


class _Meanings(dict[str, Any]):
    """What the cells of a field mean, remembered; None for a blank cell."""

    def __init__(self, meaning: Callable[[str], Any]) -> None:
        self._meaning = meaning

    def __missing__(self, cell: str) -> Any:
        value = None if cell.isspace() else self._meaning(cell)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = value
        return value


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

"""Which column of a file goes into which field of a note: as asked for, else by the column's name."""

import shlex
from collections.abc import Callable, Sequence
from typing import NamedTuple

from feedlog.errors import Refused, WrongUsage
from feedlog.formats import own_export
from feedlog.formats.headers import KNOWN_AS

FIELDS = (
    "verbatim",
    "customer",
    "name",
    "said_at",
    "channel",
    "touchpoint",
    "kind",
    "theme",
    "agent",
    "reading",
    "satisfaction",
    "source_id",
)

# The same words, or the same name, for every row would be made up.
_NEVER_CONSTANT = ("verbatim", "source_id")

Pairs = dict[str, tuple[str, ...]]


class Mapping(NamedTuple):
    """What fills each field: columns of the file, and constants where the columns' cells are empty."""

    columns: Pairs
    constants: Pairs

    def __str__(self) -> str:
        taken = [f"{field}={column}" for field, columns in self.columns.items() for column in columns]
        return ", ".join(
            taken + [f"{field}: {value!r}" for field, values in self.constants.items() for value in values]
        )


def of_records(fixed: Pairs) -> Mapping:
    """The mapping for a source's records, whose fields are named like ours."""
    return Mapping({field: (field,) for field in FIELDS}, fixed)


def left_out(columns: Sequence[str], taken: Mapping) -> list[str]:
    """The columns that fill no field."""
    used = {column for names in taken.columns.values() for column in names}
    return [column for column in columns if column not in used]


def pairs(option: str, given: Sequence[str]) -> Pairs:
    """The FIELD=... words of an option by field. Only a theme may come twice. Raises WrongUsage."""
    by_field: Pairs = {}
    for words in given:
        field, sign, value = (part.strip() for part in words.partition("="))
        field = field.lower()
        if not sign:
            raise WrongUsage(f"{option} {words!r} has no equals sign.", hint=f"Write it like: {option} verbatim=COLUMN")
        if field not in FIELDS:
            close = _closest(field, FIELDS)
            hint = f"Did you mean {close!r}? " if close else ""
            raise WrongUsage(f"There is no field {field!r}.", hint=f"{hint}Fields are: {', '.join(FIELDS)}.")
        if field in by_field and field != "theme":
            raise WrongUsage(f"{option} names {field} twice.", hint="Only theme may have several.")
        by_field[field] = (*by_field.get(field, ()), value)
    return by_field


def constants(given: Sequence[str]) -> Pairs:
    """The FIELD=VALUE words of --set. Raises WrongUsage."""
    by_field = pairs("--set", given)
    for field in _NEVER_CONSTANT:
        if field in by_field:
            raise WrongUsage(
                f"{field} differs from row to row, so --set cannot give it.", hint=f"Use --map {field}=COLUMN."
            )
    return {field: values for field, values in by_field.items() if any(values)}


def matched(
    file_name: str,
    columns: Sequence[str],
    asked: Pairs,
    fixed: Pairs,
    likely: Callable[[], Sequence[str]] = lambda: (),
) -> Mapping:
    """The mapping for a file with these columns; `FIELD=` with nothing behind it leaves the field out.

    Raises Refused where a column asked for is not there, or nothing holds the customers' words; then `likely` gives the
    columns that hold sentences, to be suggested and never taken.
    """
    if not columns:
        raise Refused(f"{file_name} is empty.", hint="Check that the export was written.")
    taken = {
        field: tuple(_column(file_name, columns, name) for name in names if name) for field, names in asked.items()
    }
    if own_export.is_ours(columns):
        taken.setdefault("source_id", (own_export.IDENTITY,))
    used = {column for names in taken.values() for column in names}
    for field in FIELDS:
        free = {column.casefold(): column for column in reversed(columns) if column not in used}
        found = next((free[name] for name in (field, *KNOWN_AS.get(field, ())) if name in free), None)
        # A name alone says nothing: a customer is known by a key.
        if field not in taken and found and not (field == "name" and not taken.get("customer")):
            taken[field] = (found,)
            used.add(found)
    taken = {field: taken[field] for field in FIELDS if taken.get(field)}
    if "verbatim" not in taken:
        raise Refused(
            f"It is not clear which column of {file_name} holds the customers' words.",
            hint=_hint(likely()) + _listed(columns),
        )
    return Mapping(taken, fixed)


def _hint(likely: Sequence[str]) -> str:
    if len(likely) == 1:
        return f"Perhaps it is --map verbatim={shlex.quote(likely[0])} "
    if likely:
        return f"Say it with --map verbatim=COLUMN. Sentences stand in: {', '.join(map(repr, likely[:5]))}. "
    return "Say it with --map verbatim=COLUMN. "


def _column(file_name: str, columns: Sequence[str], name: str) -> str:
    """The column of this name as the file spells it: exactly, else whatever its upper and lower case."""
    if name in columns:
        return name
    alike = [column for column in columns if column.casefold() == name.casefold()]
    if len(alike) == 1:
        return alike[0]
    close = _closest(name, columns)
    hint = f"Did you mean {close!r}? " if close else ""
    raise Refused(f"{file_name} has no column {name!r}.", hint=hint + _listed(columns))


def _listed(columns: Sequence[str], most: int = 40) -> str:
    rest = f" and {len(columns) - most} more" if len(columns) > most else ""
    return f"Its columns are: {', '.join(columns[:most])}{rest}."


def _closest(word: str, known: Sequence[str]) -> str | None:
    from difflib import get_close_matches  # here: only after a slip

    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None

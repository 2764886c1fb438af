"""Which system files come from: what their columns show."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from feedlog.errors import Refused
from feedlog.formats.files import File
from feedlog.formats.headers import names_words
from feedlog.formats.records import Source, Table, table_of

# Fewer columns of a source, beside one that everybody has, are chance.
_LEAST_COLUMNS = 3
# A file with this column was made for feedlog.
_OWN = "verbatim"


class Opened(NamedTuple):
    """A file with the ways it can be read, each as tables: the lists in it, or all of it as one object."""

    file: File
    readings: list[list[Table]]


class Recognised(NamedTuple):
    """The source of some files, and their tables by the name the source has for them."""

    source: Source
    tables: Mapping[str, Sequence[Table]]


def recognised(files: Sequence[Opened], sources: Sequence[Source]) -> Recognised | None:
    """The source all files belong to, the one that knows most of their columns; None where no file has any.

    Raises Refused where files are of different kinds, or lack the table with the customers' words.
    """
    fitting = {source.name: [_beyond_chance(_fit(opened, source)) for opened in files] for source in sources}
    best = max(sources, key=lambda source: sum(fit.columns for fit in fitting[source.name]), default=None)
    if best is None or not any(fit.columns for fit in fitting[best.name]):
        return None
    whole = [source for source in sources if all(fit.columns for fit in fitting[source.name])]
    if not whole:
        strange = next(file.file for file, fit in zip(files, fitting[best.name], strict=True) if not fit.columns)
        raise Refused(
            f"These are files of different kinds: {strange.name} is not {best.title}'s, and another one is.",
            hint="Import them one kind at a time.",
        )
    chosen = max(whole, key=lambda source: sum(fit.columns for fit in fitting[source.name]))
    return _checked(chosen, fitting[chosen.name])


def named(files: Sequence[Opened], source: Source) -> Recognised:
    """The files as exports of this source. Raises Refused for one that fits none of its tables."""
    fits = [_fit(opened, source) for opened in files]
    for opened, fit in zip(files, fits, strict=True):
        if not fit.columns:
            raise Refused(
                f"{opened.file.name} has not the columns of any export of {source.title} that we know.",
                hint=source.instead or "Name its columns with --format csv and --map FIELD=COLUMN.",
            )
    return _checked(source, fits)


class _Fit(NamedTuple):
    """How many of a source's columns a file has, and its tables by the source's names."""

    columns: int
    tables: list[tuple[str, Table]]


def _beyond_chance(fit: _Fit) -> _Fit:
    """The same, or nothing where two common names alone fit a table that may well be anybody's."""
    names = [name for _, table in fit.tables for name in table.columns]
    chance = fit.columns < _LEAST_COLUMNS and any(map(names_words, names))
    return _Fit(0, []) if chance or _OWN in names else fit


def _fit(opened: Opened, source: Source) -> _Fit:
    fits = [_fit_of(tables, source) for tables in opened.readings]
    return max(fits, key=lambda fit: fit.columns, default=_Fit(0, []))


def _fit_of(tables: Sequence[Table], source: Source) -> _Fit:
    found = [(name, table) for table in tables if (name := table_of(source, table.columns)) is not None]
    return _Fit(sum(len(source.tables[name]) for name, _ in found), found)


def _checked(source: Source, fits: Sequence[_Fit]) -> Recognised:
    tables: dict[str, list[Table]] = {}
    for fit in fits:
        for name, table in fit.tables:
            tables.setdefault(name, []).append(table)
    # Any of the tables that are needed holds customers' words.
    if source.needed and not set(source.needed) & set(tables):
        raise Refused(f"This export of {source.title} has none of the customers' words.", hint=source.instead)
    return Recognised(source, tables)

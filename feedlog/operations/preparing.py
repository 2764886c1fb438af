"""Before an import: looks at its files, finds out what they are and settles how they will be read. Writes nothing."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from feedlog import when
from feedlog.errors import Refused, WrongUsage
from feedlog.formats import (
    FORMATS,
    SOURCES,
    WITH_OURS,
    File,
    Opened,
    Record,
    Row,
    Table,
    dates,
    look_at,
    opened,
    sources,
)
from feedlog.formats.dates import Dates
from feedlog.formats.repairs import POLICIES
from feedlog.operations import checks, mapping, masking
from feedlog.operations.arriving import Reader

# What is looked at to see what a column holds.
_SAMPLE_ROWS = 200
# Cells with as many words are sentences.
_SENTENCE_WORDS = 4


class Wishes(NamedTuple):
    """How files are to be read, as asked for: the options of `feedlog import` of these names."""

    format_name: str = "auto"
    mapped: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    source: str = ""
    sheet: str = ""
    zone: str = ""
    dates: str = ""
    mojibake: str = "repair"
    ours: tuple[str, ...] = ()


class Prepared(NamedTuple):
    """Files that are imported together, as one: looked through, their columns known and mapped.

    `title` is that of a source we know, `taken` the tables of it or the mapping in words, `left_out` the columns that
    fill no field. `records` reads the rows.
    """

    files: tuple[File, ...]
    source: str
    title: str
    taken: str
    left_out: Sequence[str]
    mapping: mapping.Mapping
    dates: Dates
    mojibake: str
    records: Callable[[], Iterator[Row | Record]]

    @property
    def name(self) -> str:
        """The names of the files, without the ID numbers that may stand in one: they are stored, and said again."""
        return masking.unnumbered(", ".join(file.name for file in self.files))

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.files)

    def position(self) -> int:
        """How many of the bytes were read so far."""
        return sum(file.position() for file in self.files)


def prepare(path: str, **wishes: Any) -> Prepared:
    """One file, as `prepare_all` does."""
    [prepared] = prepare_all([path], Wishes(**wishes))
    return prepared


def prepare_all(paths: Sequence[str], wishes: Wishes) -> list[Prepared]:
    """Looks at files and settles how they will be read: one import where they are a known source's, else one a file.

    Raises WrongUsage for wishes that cannot be; Refused for a file that is missing, empty, of no kind we read, without
    a column asked for, or of another kind than the others.
    """
    asked, constants = mapping.pairs("--map", wishes.mapped), mapping.constants(wishes.fixed)
    checks.one_of(wishes.mojibake, POLICIES, "--mojibake")
    checks.one_of(wishes.dates or None, dates.ORDERS, "--dates")
    read_by = Dates(wishes.dates, dates.zone_named(wishes.zone))
    files = [look_at(path) for path in paths]
    found = _recognised(files, wishes, bool(asked))
    if wishes.ours:
        found = _knowing_ours(found, wishes.ours)
    if found is not None:
        return [_of_source(files, found, constants, wishes, read_by)]
    named = "auto" if wishes.format_name in SOURCES else wishes.format_name
    return [_of_table(opened(file, named, wishes.sheet), asked, constants, wishes, read_by) for file in files]


def _recognised(files: Sequence[File], wishes: Wishes, mapped: bool) -> sources.Recognised | None:
    """The source the files are from; who says which columns to take, or names a format, wants no source."""
    source = SOURCES.get(wishes.format_name)
    if source is not None:
        if mapped:
            raise WrongUsage(
                f"--map is not for exports of {source.title}, whose columns are known.",
                hint="Leave --map out, or name the format, such as csv.",
            )
        written = source.name if source.name in FORMATS else "auto"
        return sources.named([opened(file, written, wishes.sheet) for file in files], source)
    if wishes.format_name != "auto" or mapped:
        return None
    return sources.recognised([opened(file, "auto", wishes.sheet) for file in files], list(SOURCES.values()))


def _knowing_ours(found: sources.Recognised | None, ours: tuple[str, ...]) -> sources.Recognised:
    """The same, where what we wrote ourselves is told by who wrote it."""
    if found is None or found.source.name not in WITH_OURS:
        titles = ", ".join(SOURCES[name].title for name in WITH_OURS)
        raise WrongUsage("Nothing in these files is known by who wrote it.", hint=f"--ours is for: {titles}.")
    return found._replace(source=WITH_OURS[found.source.name](ours))


def _of_source(
    files: Sequence[File], found: sources.Recognised, constants: mapping.Pairs, wishes: Wishes, read_by: Dates
) -> Prepared:
    tables = ", ".join(found.tables)
    prepared = Prepared(
        files=tuple(files),
        source=checks.label(wishes.source or found.source.name, "source"),
        title=found.source.title,
        taken=f"{found.source.title}: {tables}",
        left_out=(),
        mapping=mapping.of_records(constants),
        dates=read_by,
        mojibake=wishes.mojibake,
        records=lambda: found.source.records(found.tables),
    )
    return _checked(prepared)


def _of_table(one: Opened, asked: mapping.Pairs, constants: mapping.Pairs, wishes: Wishes, read_by: Dates) -> Prepared:
    file = one.file
    table, matched = _table_of(one, asked, constants)
    if "verbatim" not in asked:
        _refuse_lists(table, matched.columns["verbatim"][0])
    for column in matched.columns.get("said_at", ()):
        if not read_by.order:
            read_by = read_by._replace(order=_order(file, table, column))
    prepared = Prepared(
        files=(file,),
        source=checks.label(wishes.source or os.path.splitext(file.name)[0], "source"),
        title="",
        taken=str(matched),
        left_out=mapping.left_out(table.columns, matched),
        mapping=matched,
        dates=read_by,
        mojibake=wishes.mojibake,
        records=table.rows,
    )
    return _checked(prepared)


def _checked(prepared: Prepared) -> Prepared:
    Reader(prepared.mapping, prepared.source, when.clock())  # refuses constants that no note may have
    return prepared


def _table_of(one: Opened, asked: mapping.Pairs, constants: mapping.Pairs) -> tuple[Table, mapping.Mapping]:
    """The table in a file that holds the customers' words. JSON may hold several, or be one object alone."""
    tables = [table for reading in one.readings for table in reading]
    refused: Refused | None = None
    for table in tables:
        try:
            return table, mapping.matched(table.name, table.columns, asked, constants, partial(_sentences, table))
        except Refused as error:
            refused = refused or error
    raise refused or Refused(f"{one.file.name} holds no rows.", hint="Check that the export was written.")


def _refuse_lists(table: Table, column: str) -> None:
    """Raises Refused where a column that is only called like words holds lists, as of comments: whose they are, it says
    inside, and colleagues may be among them.
    """
    cells = (row.cells.get(column, "").lstrip() for row in islice(table.rows(), _SAMPLE_ROWS))
    if any(cell.startswith(("[{", "[[")) for cell in cells):
        raise Refused(
            f"The column {column!r} of {table.name} holds lists, not sentences.",
            hint="Name the column with the customers' words: --map verbatim=COLUMN",
        )


def _sentences(table: Table) -> list[str]:
    """The columns that seem to hold sentences; where one is a question, those that are."""
    words: dict[str, list[int]] = {}
    for row in islice(table.rows(), _SAMPLE_ROWS):
        for column, cell in row.cells.items():
            if cell.strip():
                words.setdefault(column, []).append(len(cell.split()))
    likely = [column for column, counts in words.items() if sum(counts) / len(counts) >= _SENTENCE_WORDS]
    asking = [column for column in likely if column.rstrip().endswith("?")]
    return asking or likely


def _order(file: File, table: Table, column: str) -> str:
    """Whether the day or the month comes first in a column, where that has to be settled. Raises Refused."""
    sample = (row.cells.get(column, "") for row in islice(table.rows(), _SAMPLE_ROWS))
    if not any(map(dates.in_numbers, sample)):
        return ""
    settled = dates.settled((row.cells.get(column, "") for row in table.rows()), column)
    if settled.order:
        first = settled.order.partition("-")[0]
        file.remark(f"Dates in {column!r} are read with the {first} first, as {settled.shown_by} shows.")
    return settled.order

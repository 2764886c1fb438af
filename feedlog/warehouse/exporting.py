"""Exports the published file into a warehouse: only the months whose rows changed are written."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Protocol, TypedDict

from feedlog.errors import NotStored, Refused
from feedlog.formats.outgoing import OUTGOING, Style
from feedlog.warehouse.folder import (
    NO_MONTH,
    File,
    Listing,
    Part,
    Warehouse,
    described,
    exporting,
    file_mode,
    make_folder,
    place,
    tables_of,
)
from feedlog.warehouse.source import Row, Source
from feedlog.warehouse.tables import FORM, TABLES


class Exported(TypedDict):
    """What an export did: the months in the warehouse, those written and those taken out, its notes and bytes."""

    path: str
    months: list[str]
    written: list[str]
    removed: list[str]
    notes: int
    bytes: int
    seconds: float


class Rows(Protocol):
    """Whatever gives the rows of a table for a month, or of a table without months where that is None."""

    def rows(self, table: str, month: str | None) -> Iterator[Row]:
        """The rows, as the table's columns say."""


def export(
    published: str,
    path: str,
    *,
    this_month: str,
    made_at: str,
    open_month: bool = False,
    shared: bool = False,
    progress: Callable[[int, int], object] = lambda done, of: None,
) -> Exported:
    """Brings the warehouse at `path` up to the published file: the months before `this_month`, or all of them.

    Files of months whose rows are as they were stay untouched. A folder that is made is for its owner alone, or
    `shared` with the log's group. Raises Refused without pyarrow, for a folder of something else and for a warehouse of
    another log; NotStored where it cannot be written: then it is as it was.
    """
    require_packages("pyarrow")
    started = time.perf_counter()
    with closing(Source(published)) as source, exporting(path, shared=shared) as warehouse:
        standing = warehouse.listing()
        if standing and standing["log"] != source.log_uid:
            raise Refused(f"The warehouse was made from another log: {path}.", hint="Name another folder.")
        months = [month for month in source.months() if open_month or month < this_month]
        before = standing["parts"] if standing and standing["form"] == FORM else {}
        parts = dict[str, Part]()
        for count, month in enumerate([NO_MONTH, *months]):
            progress(count, len(months) + 1)
            digest = source.digest(month or None)
            known = before.get(month)
            if known and known["digest"] == digest and warehouse.holds(month, known):
                parts[month] = known
            else:
                parts[month] = make(warehouse, source, month, digest)
        written = [month for month in parts if parts[month] is not before.get(month)]
        removed = sorted(set(standing["parts"] if standing else ()) - set(parts))
        if written or removed or standing is None or standing["open_month"] != open_month:
            listing = Listing(form=FORM, log=source.log_uid, made_at=made_at, open_month=open_month, parts=parts)
            warehouse.commit(listing)
        progress(len(months) + 1, len(months) + 1)
    files = [file for part in parts.values() for file in part["files"].values()]
    return Exported(
        path=path,
        months=months,
        written=[month for month in written if month],
        removed=removed,
        notes=sum(parts[month]["files"]["notes"]["rows"] for month in months),
        bytes=sum(file["bytes"] for file in files),
        seconds=round(time.perf_counter() - started, 3),
    )


def make(warehouse: Warehouse, source: Rows, month: str, digest: str) -> Part:
    """Writes the files of a month where they wait for the commit. Raises NotStored where the disk refuses."""
    files = {table: _write(warehouse, source, table, month) for table in tables_of(month)}
    return Part(digest=digest, files=files)


def _write(warehouse: Warehouse, source: Rows, table: str, month: str) -> File:
    path = os.path.join(warehouse.coming, place(table, month))
    rows = _Counted(source.rows(table, month or None))
    try:
        make_folder(os.path.dirname(path), warehouse.path)
        with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            os.fchmod(file.fileno(), file_mode(warehouse.path))
            OUTGOING["parquet"].write(file, TABLES[table].columns, rows, Style())
        return described(path, rows.count)
    except OSError as error:
        raise NotStored(
            f"The warehouse cannot be written to {warehouse.path}: {error.strerror or error}.",
            hint="Make room, or name a folder you may write to.",
        ) from error


class _Counted(Iterator[Row]):
    """The same rows, counted as they pass."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __next__(self) -> Row:
        row = next(self._rows)
        self.count += 1
        return row


def require_packages(*names: str) -> None:
    """Raises Refused where a package the warehouse needs is not installed."""
    from importlib.util import find_spec

    missing = [name for name in names if find_spec(name) is None]
    if missing:
        extra = "spark" if "pyspark" in missing else "warehouse"
        raise Refused(
            f"The warehouse needs the package {missing[0]}, which is not installed.",
            hint=f"Install it with: pip install 'feedlog[{extra}]'",
        )

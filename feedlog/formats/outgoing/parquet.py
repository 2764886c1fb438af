"""Parquet, typed: numbers, days, moments with their zone (UTC), lists. For pandas, DuckDB, Spark and warehouses."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, BinaryIO

from feedlog.errors import Refused
from feedlog.formats.outgoing.columns import Column, Style

# Rows that are read and packed together: enough to pack well, few enough to keep memory small.
_GROUP_ROWS = 20_000


def write(file: BinaryIO, columns: Sequence[Column], rows: Iterator[tuple[Any, ...]], style: Style) -> list[str]:
    """Writes the rows in groups. Raises Refused where pyarrow is not installed, before anything is written."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise Refused(
            "Parquet files need the package pyarrow, which is not installed.",
            hint="Install it with: pip install 'feedlog[parquet]'",
        ) from error
    types = {
        "text": pyarrow.string(),
        "number": pyarrow.int64(),
        "yes": pyarrow.bool_(),
        "texts": pyarrow.list_(pyarrow.string()),
        "day": pyarrow.date32(),
        # Milliseconds are the coarsest unit the format knows.
        "instant": pyarrow.timestamp("ms", tz="UTC"),
    }
    schema = pyarrow.schema([(column.name, types[column.holds]) for column in columns])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _GROUP_ROWS)):
            turned = zip(*batch, strict=True)
            arrays = [
                pyarrow.array(_values(column, values), types[column.holds])
                for column, values in zip(columns, turned, strict=True)
            ]
            writer.write_table(pyarrow.table(arrays, schema=schema), row_group_size=_GROUP_ROWS)
    return []


def _values(column: Column, values: tuple[Any, ...]) -> Sequence[Any]:
    if column.holds == "day":
        return [value and date.fromisoformat(value) for value in values]
    if column.holds == "instant":
        return [value and datetime.fromisoformat(value).astimezone(UTC) for value in values]
    return values

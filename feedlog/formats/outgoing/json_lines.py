"""JSON Lines: an object a note, all with the same keys. Or the same objects as one JSON list."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from feedlog.formats.outgoing.columns import Column, Style


def write(file: BinaryIO, columns: Sequence[Column], rows: Iterator[tuple[Any, ...]], style: Style) -> list[str]:
    """Writes one object a row, in UTF-8; null is what nobody said."""
    names = [column.name for column in columns]
    encode = json.JSONEncoder(ensure_ascii=False).encode
    lines = (encode(dict(zip(names, row, strict=True))).encode() for row in rows)
    if not style.as_list:
        for line in lines:
            file.write(line + b"\n")
        return []
    file.write(b"[")
    between = b"\n  "
    for line in lines:
        file.write(between + line)
        between = b",\n  "
    file.write(b"\n]\n" if between.startswith(b",") else b"]\n")
    return []

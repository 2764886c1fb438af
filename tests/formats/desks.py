"""Reads exports for the tests of the source modules, as an import reads them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from feedlog.formats import look_at, opened
from feedlog.formats.records import Record, Source
from feedlog.formats.sources import recognised


def records(source: Source, folder: Path, files: Mapping[str, Any]) -> list[Record]:
    """What a source makes of these files: texts as they stand, anything else as JSON."""
    paths = []
    for name, content in files.items():
        paths.append(folder / name)
        paths[-1].write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    found = recognised([opened(look_at(str(path))) for path in paths], [source])
    assert found, f"{source.title} does not know these files."
    return list(source.records(found.tables))


def notes(found: Sequence[Record]) -> dict[str, dict[str, str]]:
    """The customers' words by source_id, with their other fields."""
    return {one.fields["source_id"]: one.fields for one in found if one.fields.get("verbatim") and not one.answers}


def replies(found: Sequence[Record]) -> dict[str, tuple[str | None, str, str]]:
    """The colleagues' replies by source_id: what each answers, who wrote it, what it says."""
    return {
        one.fields["source_id"]: (one.answers, one.fields["agent"], one.fields["verbatim"])
        for one in found
        if one.answers
    }


def silent(found: Sequence[Record]) -> list[tuple[str, int]]:
    """Where the records without words stand: the file and its line."""
    return [(one.table, one.line) for one in found if not one.problem and not one.fields["verbatim"]]


def problems(found: Sequence[Record]) -> list[tuple[str, int, str]]:
    """What could not be read: the file, its line and why."""
    return [(one.table, one.line, one.problem) for one in found if one.problem]

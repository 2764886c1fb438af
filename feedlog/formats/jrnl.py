"""jrnl's own export as JSON: `tags` counted, `entries` with title, body, date, time and tags."""

import json
from collections.abc import Iterator, Mapping, Sequence

from feedlog.formats.records import Record, Source, Table

_COLUMNS = frozenset({"title", "body", "date", "time", "tags", "starred"})
# The sign before a tag, unless the journal is set to another.
_SIGNS = "@#"


def _records(tables: Mapping[str, Sequence[Table]]) -> Iterator[Record]:
    for table in tables["entries"]:
        for row in table.rows():
            if row.problem:
                yield Record(table.name, row.line, {}, problem=row.problem)
            else:
                yield Record(table.name, row.line, _fields(row.cells))


def _fields(cells: Mapping[str, str]) -> dict[str, str]:
    """The title is the first sentence of what was written, so both are the customer's words; the time is local."""
    words = "\n".join(part for part in (cells.get("title", "").strip(), cells.get("body", "").strip()) if part)
    try:
        tags = json.loads(cells.get("tags", "") or "[]")
    except ValueError:
        tags = []
    themes = [tag.lstrip(_SIGNS) for tag in tags if isinstance(tag, str) and tag.lstrip(_SIGNS).strip()]
    fields = {"verbatim": words, "said_at": f"{cells.get('date', '')} {cells.get('time', '')}".strip()}
    if themes:
        fields["theme"] = json.dumps(themes, ensure_ascii=False)
    return fields


SOURCE = Source(
    name="jrnl",
    title="jrnl",
    tables={"entries": _COLUMNS},
    needed=("entries",),
    records=_records,
    instead="Write it with: jrnl --export json",
)

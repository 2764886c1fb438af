"""What an import says: its figures, what a person should know, and its JSON."""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from feedlog.operations.importing import Imported
from feedlog.operations.preparing import Prepared

_REASONS_SHOWN = 20
# More places of one reason than this are told by the first and the last.
_PLACES_NAMED = 6


def figures(prepared: Prepared, imported: Imported, dry_run: bool) -> str:
    """One line for people: what was read and what became of it."""
    added = f"{imported.added} {'added' if imported.stored else 'would be added'}"
    left_out = "left out" if imported.unplaced else "without a customer's words" if prepared.title else "without words"
    parts = [
        f"{imported.read} {'row' if imported.read == 1 else 'rows'}",
        added,
        f"{imported.known} known",
        f"{imported.skipped} {left_out}",
        f"{len(imported.rejected)} rejected",
    ]
    if imported.responses:
        parts.insert(2, f"{imported.responses} {'reply' if imported.responses == 1 else 'replies'}")
    return f"{prepared.name}: {', '.join(parts)}"


def remarks(prepared: Prepared, imported: Imported) -> Iterator[str]:
    """What a person should know about the files and what was done to their texts."""
    for file in prepared.files:
        for sentence in file.remarks:
            yield f"{file.name}: {sentence}"
    for sentence in imported.remarks:
        yield f"{prepared.name}: {sentence}"
    if not imported.read:
        yield f"{prepared.name}: It names its columns and has no rows."
    if imported.unplaced:
        yield f"{_replies(imported.unplaced)} to messages that are not in the log were left out."
    if imported.untimed:
        yield f"{_replies(imported.untimed)} without a time count as given now."
    if imported.misnamed:
        rows = "1 row names" if imported.misnamed == 1 else f"{imported.misnamed} rows name"
        yield f"{rows} a customer otherwise than we do; the names we know stay."


def reasons(prepared: Prepared, imported: Imported, *, everything: bool) -> Iterator[str]:
    """The rows that were rejected, each with its place and the reason; the first ones, or all.

    Rows of a file that follow each other and have the same reason share a line.
    """
    unit = prepared.files[0].unit
    left = len(imported.rejected)
    alike = groupby(imported.rejected, key=lambda one: (one.file, one.reason))
    for (file, reason), some in alike if everything else islice(alike, _REASONS_SHOWN):
        lines = [rejected.line for rejected in some]
        left -= len(lines)
        yield f"{file}, {_places(unit, lines, everything=everything)}: {reason}"
    if left:
        yield f"… and {left} more {unit}s; --json lists them all."


def _places(unit: str, lines: Sequence[int], *, everything: bool) -> str:
    """Where rejected rows stand; of many that do not follow each other, all of them or how many there are."""
    first, last = lines[0], lines[-1]
    if len(lines) == 1:
        return f"{unit} {first}"
    if len(lines) > 2 and last - first == len(lines) - 1:
        return f"{unit}s {first} to {last}"
    if len(lines) > _PLACES_NAMED and not everything:
        return f"{len(lines)} rows from {unit} {first} to {last}"
    return f"{unit}s {', '.join(map(str, lines[:-1]))} and {last}"


def document(prepared: Sequence[Prepared], done: Sequence[Imported]) -> dict[str, Any]:
    """The figures of all files together; with several, each rejected line names its file."""
    several = sum(len(one.files) for one in prepared) > 1
    return {
        "read": sum(one.read for one in done),
        "added": sum(one.added for one in done),
        "known": sum(one.known for one in done),
        "skipped": sum(one.skipped for one in done),
        "rejected": [
            {"line": line, "reason": reason} | ({"file": file} if several else {})
            for one in done
            for line, reason, file in one.rejected
        ],
        "responses": sum(one.responses for one in done),
        "remarks": [sentence for one, its in zip(prepared, done, strict=True) for sentence in remarks(one, its)],
    }


def _replies(number: int) -> str:
    return "1 reply" if number == 1 else f"{number} replies"

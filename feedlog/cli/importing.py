"""What an import says: its figures, what a person should know, and its JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from feedlog.operations.importing import Imported
from feedlog.operations.preparing import Prepared

_REASONS_SHOWN = 20


def figures(prepared: Prepared, imported: Imported, dry_run: bool) -> str:
    """One line for people: what was read and what became of it."""
    added = f"{imported.added} {'added' if imported.stored else 'would be added'}"
    parts = [
        f"{imported.read} rows",
        added,
        f"{imported.known} known",
        f"{imported.skipped} {'left out' if imported.unplaced else 'without words'}",
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
        yield f"{imported.misnamed} rows name a customer otherwise than we do; the names we know stay."


def reasons(prepared: Prepared, imported: Imported, *, everything: bool) -> Iterator[str]:
    """The rows that were rejected, each with its place and the reason; the first ones, or all."""
    shown = imported.rejected if everything else imported.rejected[:_REASONS_SHOWN]
    unit = prepared.files[0].unit
    for line, reason, file in shown:
        yield f"{file}, {unit} {line}: {reason}"
    if len(imported.rejected) > len(shown):
        yield f"… and {len(imported.rejected) - len(shown)} more {unit}s; --json lists them all."


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

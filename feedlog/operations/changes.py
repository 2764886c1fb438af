"""The record of changes: every operation that writes leaves one row, and `publish` reads there what is new."""

from typing import Any

from feedlog.operations import masking
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.ids import new_uid


def record(log: Log, action: str, by: By, *, detail: dict[str, Any] | None = None, **subject: int | None) -> int:
    """Writes down a change inside the caller's `write` and returns its number.

    `subject` names what it was done to: note_id, customer_id, theme_id, promise_id, import_id, and undoes_id for the
    change it takes back. `detail` is what undoing needs; never a customer's words. ID numbers that were kept on purpose
    are counted there.
    """
    told = None
    kept = masking.current().to_record()
    if kept:
        detail = {**(detail or {}), "id_numbers_kept": kept}
    if detail:
        import json  # here: most changes carry none

        told = json.dumps(detail, ensure_ascii=False)
    return log.insert(
        "changes",
        uid=new_uid(),
        made_at=by.at,
        agent=by.agent,
        on_behalf_of=by.on_behalf_of,
        action=action,
        detail=told,
        **subject,
    )


def newest(log: Log) -> int:
    """The number of the newest change, 0 in a log nobody has written to."""
    return int(log.value("select coalesce(max(id), 0) from changes"))

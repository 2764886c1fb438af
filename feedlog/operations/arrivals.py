"""Which entries of which logs arrived here, the newest of each row: what a hub compares the next ones with."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from feedlog.formats.entries import Entry
from feedlog.store import Log


class Arrived(NamedTuple):
    """The newest entry of a row that was taken in from one sender: its version, and what it held."""

    version: str
    held: Any


class Arrivals:
    """What arrived before of the rows of one batch, and what of the batch is to be written down."""

    def __init__(self, log: Log, uids: Sequence[str]) -> None:
        self._log = log
        rows = log.rows(
            "select uid, version, sender, held from arrived where uid in (select value from json_each(?))",
            [json.dumps(list(uids))],
        )
        self._before = {
            (row["uid"], row["sender"]): Arrived(row["version"], json.loads(row["held"] or "null")) for row in rows
        }
        self._put: dict[tuple[str, str], tuple[Any, ...]] = {}

    def newest(self, entries: Sequence[Entry]) -> list[Entry]:
        """The entries that bring anything new: of each row the newest, if it is newer than what is here."""
        best: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            known = best.get((entry.uid, entry.sender))
            if known is None or known.version < entry.version:
                best[entry.uid, entry.sender] = entry
        return [entry for entry in best.values() if self.is_newer(entry)]

    def is_newer(self, entry: Entry) -> bool:
        """Whether nothing as new is here already."""
        before = self._before.get((entry.uid, entry.sender))
        return before is None or before.version < entry.version

    def held(self, entry: Entry) -> Any:
        """What the newest entry of this row and sender held; None where there was none."""
        before = self._before.get((entry.uid, entry.sender))
        return None if before is None else before.held

    def put(
        self, entry: Entry, *, held: Any = None, customer_id: int | None = None, theme_id: int | None = None
    ) -> None:
        """Notes that this one is here now, to be written by `store`."""
        told = json.dumps(held, ensure_ascii=False) if held else None
        self._before[entry.uid, entry.sender] = Arrived(entry.version, held)
        self._put[entry.uid, entry.sender] = (entry.uid, entry.sender, entry.version, customer_id, theme_id, told)

    def store(self) -> None:
        """Writes it, inside the caller's `write`."""
        self._log.connection.executemany(
            "insert or replace into arrived (uid, sender, version, customer_id, theme_id, held) values (?,?,?,?,?,?)",
            self._put.values(),
        )
        self._put.clear()

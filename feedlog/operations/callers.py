"""The customers of an import: looked up, and made where missing, a batch of rows at a time."""

import json
from collections.abc import Iterable

from feedlog.operations import customers
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.bulk import insert_many
from feedlog.store.ids import new_uids

# So many customers are remembered from batch to batch, and no more, so that memory stays small.
_REMEMBERED = 20_000
_COLUMNS = ("uid", "key", "name", "created_at", "created_by")


class Callers:
    """Knows the customers of one import by the keys its rows have; inside the caller's `write`."""

    def __init__(self, log: Log, by: By) -> None:
        self._log, self._by = log, by
        # By key: the row number, and the name that is shown.
        self._known: dict[str, tuple[int, str | None]] = {}
        self.misnamed = 0

    def meet(self, named: Iterable[tuple[str | None, str | None]]) -> None:
        """Gets ready for the customers of a batch: their keys, and names where given, in the order of the rows."""
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        new: dict[str, str | None] = {}
        for key, name in named:
            if key and key not in self._known:
                new.setdefault(key, name)
        if not new:
            return
        self._look_up(list(new))
        # Keys that differ in capitals are one customer's: the first is made, `row_id` finds it for the others.
        missing: dict[str, str] = {}
        for key in new:
            if key not in self._known:
                missing.setdefault(key.translate(customers.PLAIN), key)
        made = list(missing.values())
        by = self._by
        rows = [(uid, key, new[key], by.at, by.agent) for uid, key in zip(new_uids(len(made)), made, strict=True)]
        insert_many(self._log.connection, "customers", _COLUMNS, rows)
        self._look_up(made)

    def _look_up(self, keys: list[str]) -> None:
        found = self._log.connection.execute(
            """select value, customers.id, iif(shown.id is null, customers.name, shown.name)
                 from json_each(?) join customers on customers.key = value
                 left join customers as shown on shown.id = customers.merged_into_id""",
            [json.dumps(keys)],
        )
        self._known.update((key, (row_id, name)) for key, row_id, name in found)

    def row_id(self, key: str, name: str | None) -> int:
        """The row of a key that was met. A name fills an empty one; one that differs is counted and left out."""
        known = self._known.get(key)
        if known and (name is None or known[1]):
            self.misnamed += name is not None and name != known[1]
            return known[0]
        found = customers.find_or_make(self._log, key, name, self._by)
        self.misnamed += found.warning is not None
        if not found.warning:
            self._known[key] = (found.id, name)
        return found.id

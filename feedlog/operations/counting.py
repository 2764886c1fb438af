"""Counts how often each of very many things was met, in memory that stays small."""

import sqlite3
from collections.abc import Callable

# So many are counted in memory, which is quicker; a file rarely has more rows without an id of their own.
_IN_MEMORY = 50_000


class Tally:
    """How often each digest was met. Beyond the first ones they are counted in a file that goes with the process."""

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        self._room = in_memory
        self._met: dict[bytes, int] = {}
        self._others: Callable[[bytes], int] | None = None

    def count(self, digest: bytes) -> int:
        """Meets it once more; returns how often that makes."""
        times = self._met.get(digest, 0) + 1
        if times == 1 and len(self._met) >= self._room:
            self._others = self._others or _on_disk()
            return self._others(digest)
        self._met[digest] = times
        return times


def _on_disk() -> Callable[[bytes], int]:
    # An empty name: SQLite's own temporary file, with a small part of it in memory.
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute("pragma journal_mode = off")
    connection.execute("create table met (digest blob primary key, times integer not null) without rowid")
    connection.execute("begin")
    upsert = "insert into met values (?, 1) on conflict do update set times = times + 1 returning times"

    def count(digest: bytes) -> int:
        [times] = connection.execute(upsert, [digest]).fetchone()
        return int(times)

    return count

"""Receipts: which rows of this log a hub's copy holds, and which are still waiting to be sent there."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from feedlog.operations.entries_out import version
from feedlog.store import Log

# Changes looked at in one statement.
_WINDOW = 5000
# Up to which change everything is received, so that what lies before it is not looked at again.
_REACH = "received_up_to"


class Waiting(NamedTuple):
    """Rows of one kind that have no receipt: their numbers, and when the oldest change to them was made."""

    kind: str
    ids: list[int]
    oldest_at: str


def waiting(log: Log, joined_at: str, *, sent_before: str | None = None) -> Iterator[Waiting]:
    """What has no receipt, in the order it was written, some thousand at a time.

    With an instant `sent_before`, only what was not handed to the engine since.
    """
    newest = int(log.value("select coalesce(max(id), 0) from changes"))
    if not sent_before:
        sent_before = "9"  # later than every instant
    for after in range(reach(log, joined_at), newest, _WINDOW):
        window = [after, min(after + _WINDOW, newest), joined_at, sent_before]
        for kind, touched in _TOUCHED.items():
            rows = log.rows(_WAITING.format(table=f"{kind}s", touched=touched), window)
            if rows:
                yield Waiting(kind, [row["id"] for row in rows], min(row["made_at"] for row in rows))


def count(log: Log, joined_at: str) -> tuple[int, str | None]:
    """How many rows have no receipt, and when the oldest change to one of them was made."""
    every: set[tuple[str, int]] = set()
    oldest = None
    for part in waiting(log, joined_at):
        every.update((part.kind, row_id) for row_id in part.ids)
        oldest = min(oldest or part.oldest_at, part.oldest_at)
    return len(every), oldest


# The rows of each kind that changes ?1 to ?2 touched, with the number of the change.
_TOUCHED = {
    # First, so that what was erased is gone everywhere before its customer's new notes arrive.
    "erasure": """select json_extract(detail, '$.erasure_id') as row_id, id as change_id from changes
                   where id > ?1 and id <= ?2 and action = 'log.erase'""",
    "theme": """select theme_id as row_id, id as change_id from changes as done
                 where id > ?1 and id <= ?2 and theme_id is not null and (action in ('theme.set', 'theme.merge')
                   or action = 'undo' and exists (select 1 from changes where id = done.undoes_id
                                                     and action in ('theme.set', 'theme.merge')))""",
    "customer": """select customer_id as row_id, id as change_id from changes
                    where id > ?1 and id <= ?2 and customer_id is not null""",
    "note": """select note_id as row_id, id as change_id from changes
                where id > ?1 and id <= ?2 and note_id is not null
               union all
               select notes.id, changes.id from changes join notes on notes.import_id = changes.import_id
                where changes.id > ?1 and changes.id <= ?2
               union all
               select responses.note_id, changes.id from changes
                 join changes as brought on brought.id = coalesce(changes.undoes_id, changes.id)
                  and brought.action = 'import'
                 join responses on responses.id between json_extract(brought.detail, '$.first_response')
                  and json_extract(brought.detail, '$.last_response')
                where changes.id > ?1 and changes.id <= ?2""",
}
_WAITING = """
    select rows.id, min(changes.made_at) as made_at from ({touched}) as touched
      join {table} as rows on rows.id = touched.row_id
      join changes on changes.id = touched.change_id
      left join receipts on receipts.uid = rows.uid
     where (receipts.version is null or receipts.version < ?3 || '#' || printf('%012d', touched.change_id))
       and (receipts.sent_version is null or receipts.sent_at < ?4
            or receipts.sent_version < ?3 || '#' || printf('%012d', touched.change_id))
     group by rows.id order by rows.id"""


def sent(log: Log, entries: Iterable[tuple[str, str]], at: str) -> None:
    """Writes down that the engine took these entries (uid and version)."""
    with log.write() as connection:
        connection.executemany(
            """insert into receipts (uid, sent_version, sent_at) values (?1, ?2, ?3)
                 on conflict (uid) do update set sent_version = ?2, sent_at = ?3""",
            [(uid, carried, at) for uid, carried in entries],
        )


def received(log: Log, entries: Iterable[tuple[str, str]], at: str) -> int:
    """Writes down that a hub's copy holds these; returns how many were news. An older receipt changes nothing."""
    with log.write() as connection:
        before = connection.total_changes
        connection.executemany(
            """insert into receipts (uid, version, received_at) values (?1, ?2, ?3)
                 on conflict (uid) do update set version = ?2, received_at = ?3
                   where version is null or version < ?2""",
            [(uid, carried, at) for uid, carried in entries],
        )
        return connection.total_changes - before


def reach(log: Log, joined_at: str) -> int:
    """The change up to which everything has its receipt, as far as that was written down."""
    stored = log.value(f"select value from settings where name = '{_REACH}'") or ""
    since, _, number = str(stored).rpartition("#")
    return int(number) if since == joined_at and number.isdigit() else 0


def move_reach(log: Log, joined_at: str, change_id: int) -> None:
    """Writes down that everything up to this change has its receipt."""
    if change_id > reach(log, joined_at):
        with log.write() as connection:
            connection.execute(
                "insert or replace into settings (name, value) values (?, ?)",
                [_REACH, version(joined_at, change_id)],
            )


def doubt(log: Log, uids: Iterable[str] | None = None) -> None:
    """Takes receipts back, those of these uids or all: the hub says that it does not hold them."""
    with log.write() as connection:
        connection.execute("delete from settings where name = ?", [_REACH])
        if uids is None:
            connection.execute("delete from receipts")
        else:
            connection.executemany("delete from receipts where uid = ?", [(uid,) for uid in uids])


def sent_rows(log: Log) -> Iterator[list[tuple[str, str]]]:
    """The uid and version of every row that stands and has a receipt, a thousand at a time: what `verify` asks of."""
    last = ""
    while rows := log.rows(
        """select uid, version from receipts where uid > ? and version is not null
              and (exists (select 1 from notes where notes.uid = receipts.uid)
                or exists (select 1 from customers where customers.uid = receipts.uid)
                or exists (select 1 from themes where themes.uid = receipts.uid)
                or exists (select 1 from erasures where erasures.uid = receipts.uid))
            order by uid limit 1000""",
        [last],
    ):
        last = rows[-1]["uid"]
        yield [(row["uid"], row["version"]) for row in rows]

"""Which sites send to a hub, and what the hub last said to a site: what `feedlog site status` is told from."""

from collections.abc import Iterable
from typing import TypedDict

from feedlog import when
from feedlog.formats.entries import Answer, Entry
from feedlog.operations.entries_out import Sender
from feedlog.store import Log
from feedlog.store.upgrades import NEWEST


class Site(TypedDict):
    """A sender as the hub knows it, or this site as the hub last saw it. The clock is ahead by so many seconds."""

    sender: str
    name: str
    log: str
    schema: int
    hub_schema: int
    clock_off_seconds: int
    waiting: int
    oldest_at: str | None
    heard_at: str
    parked: int
    namesakes: int


def heard(log: Log, entry: Entry, taken_at: float, now: str) -> int:
    """Writes down, inside the caller's `write`, that a site sent something; returns by how much its clock is ahead.

    `taken_at` is when the engine took the message, in seconds since 1970.
    """
    try:
        off = round(when.local(entry.sent_at).timestamp() - taken_at)
    except ValueError:
        off = 0
    told = entry.holds if entry.kind == "heard" else {}
    waiting = told.get("waiting") if isinstance(told.get("waiting"), int) else None
    log.connection.execute(
        """insert into sites (sender, name, log, schema, hub_schema, clock_off_seconds, waiting, oldest_at, heard_at)
           values (?1, ?2, ?3, ?4, ?5, ?6, coalesce(?7, 0), ?8, ?9)
             on conflict (sender) do update set name = ?2, log = ?3, schema = ?4, hub_schema = ?5,
               clock_off_seconds = ?6, waiting = coalesce(?7, waiting),
               oldest_at = case when ?7 is null then oldest_at else ?8 end, heard_at = ?9""",
        [
            entry.sender,
            entry.site,
            entry.log,
            entry.schema,
            NEWEST,
            off,
            waiting,
            told.get("oldest_at"),
            now,
        ],
    )
    return off


def heard_from_hub(log: Log, by: Sender, answer: Answer) -> None:
    """Writes down what the hub said of this very site."""
    with log.write() as connection:
        connection.execute(
            """insert or replace into sites
                 (sender, name, log, schema, hub_schema, clock_off_seconds, waiting, parked, namesakes, heard_at)
               select ?, ?, value, ?, ?, ?, 0, ?, ?, ? from settings where name = 'uid'""",
            [
                by.sender,
                by.site,
                NEWEST,
                answer.schema,
                answer.clock_off_seconds,
                answer.parked,
                answer.namesakes,
                when.now(),
            ],
        )


def namesakes(log: Log, entry: Entry) -> int:
    """How many other logs send under this one's name, or copies of this log under any."""
    sql = "select count(*) from sites where sender <> ? and (name = ? or log = ?)"
    return int(log.value(sql, [entry.sender, entry.site, entry.log]))


def listing(log: Log) -> list[Site]:
    """Every sender, by name."""
    rows = log.rows(
        """select sender, name, log, schema, hub_schema, clock_off_seconds, waiting, oldest_at, heard_at,
                  parked + (select count(*) from parked where parked.sender = sites.sender) as parked,
                  namesakes + (select count(*) from sites as other where other.sender <> sites.sender
                                  and (other.name = sites.name or other.log = sites.log)) as namesakes
             from sites order by name, heard_at"""
    )
    return [Site(**dict(row)) for row in rows]  # type: ignore[typeddict-item]


def parked_of(log: Log, sender: str) -> int:
    """How many entries of this sender cannot be taken in yet."""
    return int(log.value("select count(*) from parked where sender = ?", [sender]))


def keep_unreadable(log: Log, messages: Iterable[tuple[int, str, str, int]], now: str) -> None:
    """Writes down messages that are no entries: their number, subject, why, and size in bytes."""
    log.connection.executemany(
        "insert or ignore into unreadable (number, subject, why, size_bytes, arrived_at) values (?, ?, ?, ?, ?)",
        [(number, subject[:200], why[:200], size, now) for number, subject, why, size in messages],
    )


def missing(log: Log, rows: Iterable[tuple[str, str]]) -> list[str]:
    """Which of these rows (uid and version) this copy does not hold as new as that, and did not erase."""
    found = []
    for uid, version in rows:
        held = log.row(
            """select 1 from arrived where uid = ?1 and version >= ?2
               union all select 1 from erased where uid = ?1
               union all select 1 from erasures where uid = ?1 limit 1""",
            [uid, version],
        )
        if held is None:
            found.append(uid)
    return found

"""feedlog as its next version may be, with one more step of upgrading: python -m bench.torture.newer WORDS...

FEEDLOG_KILL_AT=N kills it as it begins its Nth statement, from opening the log on.
"""

import os
import signal
import sqlite3
import sys

from feedlog.cli import main
from feedlog.store import backups, upgrades
from feedlog.store import log as door

STEP = (
    "create table shoes (id integer primary key, customer_id integer not null, size integer not null) strict",
    "insert into shoes (customer_id, size) select id, 42 from customers",
    "alter table customers add column shoe_size integer",
    "update customers set shoe_size = 42",
    "drop index customers_by_name",
    "create index customers_by_name on customers (name collate nocase, shoe_size)",
)


def step(connection: sqlite3.Connection) -> None:
    """A table made anew, rows moved, an index put back."""
    for statement in STEP:
        connection.execute(statement)


def kill_at(statement: int) -> None:
    """Counts every statement of every connection, and dies as the one of this number begins."""
    left = [statement]

    def count(_: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    connect = door._connect

    def connected(path: str, mode: str) -> sqlite3.Connection:
        connection = connect(path, mode)
        connection.set_trace_callback(count)
        return connection

    door._connect = backups._connect = connected


if __name__ == "__main__":
    upgrades.STEPS[upgrades.NEWEST + 1] = step
    upgrades.NEWEST += 1
    if os.environ.get("FEEDLOG_KILL_AT"):
        kill_at(int(os.environ["FEEDLOG_KILL_AT"]))
    main(sys.argv[1:])

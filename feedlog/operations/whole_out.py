"""The whole log out, as JSON Lines that `feedlog import` takes into an empty log again: see formats/whole_log.py."""

import sqlite3
from collections.abc import Iterator
from typing import BinaryIO

from feedlog import when
from feedlog.formats.whole_log import Header, Writer
from feedlog.store import Log
from feedlog.store.backups import snapshot
from feedlog.store.upgrades import NEWEST

# Every table that is not made from others, each after those its rows refer to. A new table of schema.sql comes here.
TABLES = (
    "settings",
    "customers",
    "imports",
    "themes",
    "notes",
    "corrections",
    "note_themes",
    "theme_terms",
    "facts",
    "promises",
    "promise_events",
    "responses",
    "letters",
    "letter_copies",
    "changes",
    "customer_versions",
    "theme_versions",
    "erasures",
    "erased",
    "receipts",
    "arrived",
    "parked",
    "erased_customers",
    "sites",
    "unreadable",
)
# Made anew from `notes` and `corrections` by whoever takes the log in.
DERIVED = ("wordings", "words", "notes_fts", "words_fts")

# What wordings tell beyond the wording: which notes stand. The rest of them is derived.
_NOTES = """
    select notes.*, exists (select 1 from wordings where note_id = notes.id) as stands from notes order by id"""


def write(log: Log, file: BinaryIO) -> dict[str, int]:
    """Writes every row, all of one moment, a row at a time; returns how many rows each table has."""
    with snapshot(log):
        writer = Writer(file, _header(log))
        for table in TABLES:
            writer.table(table)
            for row in _rows(log, table):
                columns = dict(row)
                if table == "notes":
                    columns["stands"] = bool(columns["stands"])
                writer.row(table, columns)
        return writer.finish()


def _header(log: Log) -> Header:
    numbers = {row["name"]: row["seq"] for row in log.rows("select name, seq from sqlite_sequence order by name")}
    return Header(NEWEST, log.value("select value from settings where name = 'uid'"), when.now(), numbers)


def _rows(log: Log, table: str) -> Iterator[sqlite3.Row]:
    return log.connection.execute(_NOTES if table == "notes" else f"select * from {table} order by 1, 2")

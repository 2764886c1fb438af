"""The tables of a warehouse and their columns. What they mean is told in docs/warehouse.md."""

from typing import NamedTuple

from feedlog.formats.outgoing import Column

# Raised with every change of a table or of how its rows are made: an older warehouse is then written anew.
FORM = 1


class Table(NamedTuple):
    """A table: its name and its columns."""

    name: str
    columns: tuple[Column, ...]


# Each of these has a partition for every month: the local month in which the note was said that a row belongs to.
MONTHLY = (
    Table(
        "notes",
        (
            Column("id", "number"),
            Column("said_on", "day"),
            Column("said_at", "instant"),
            Column("logged_at", "instant"),
            Column("week", "text"),
            Column("verbatim", "text"),
            Column("reading", "text"),
            Column("kind", "text"),
            Column("channel", "text"),
            Column("touchpoint", "text"),
            Column("customer", "text"),
            Column("initials", "text"),
            Column("segment", "text"),
            Column("satisfaction", "number"),
            Column("agent", "text"),
            Column("on_behalf_of", "text"),
            Column("source", "text"),
            Column("corrected", "yes"),
            Column("answered_at", "instant"),
            Column("answer_minutes", "number"),
            Column("closed_on", "day"),
        ),
    ),
    Table(
        "note_themes",
        (Column("note_id", "number"), Column("theme", "text"), Column("said_on", "day"), Column("customer", "text")),
    ),
    Table(
        "promises",
        (
            Column("id", "number"),
            Column("note_id", "number"),
            Column("what", "text"),
            Column("owner", "text"),
            Column("promised_by", "text"),
            Column("promised_on", "day"),
            Column("due_on", "day"),
            Column("outcome", "text"),
            Column("ended_on", "day"),
            Column("moved", "number"),
            Column("counts_on", "day"),
            Column("in_time", "yes"),
            Column("why", "text"),
            Column("customer", "text"),
            Column("initials", "text"),
        ),
    ),
    Table(
        "responses",
        (
            Column("id", "number"),
            Column("note_id", "number"),
            Column("kind", "text"),
            Column("responded_at", "instant"),
            Column("agent", "text"),
            Column("text", "text"),
            Column("amount_minor", "number"),
            Column("currency", "text"),
        ),
    ),
    # A row for each root of a note, once; `word` is the form of it that stands first in the note.
    Table("words", (Column("note_id", "number"), Column("root", "text"), Column("word", "text"))),
)

# These are small and belong to no month.
WHOLE = (
    Table(
        "themes",
        (
            Column("name", "text"),
            Column("title", "text"),
            Column("owner", "text"),
            Column("measure", "text"),
            Column("fixed_on", "day"),
        ),
    ),
    # The words that carry grammar, by language: `place` is the language's among those of the log, from 1 on.
    Table(
        "function_words",
        (Column("language", "text"), Column("place", "number"), Column("word", "text"), Column("root", "text")),
    ),
)

TABLES = {table.name: table for table in (*MONTHLY, *WHOLE)}

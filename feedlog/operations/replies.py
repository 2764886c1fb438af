"""What colleagues answered, as another system has it: responses on the notes that came from there."""

from collections.abc import Sequence
from typing import NamedTuple

from feedlog.operations.arriving import Reply
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.ids import new_uids

# A reply explains, as far as a program can tell; whether it also solved anything is for a person to say.
_KIND = "explained"


class Brought(NamedTuple):
    """What became of the replies of an import. Of those that are new, the first and the last number."""

    added: int = 0
    known: int = 0
    without_note: int = 0
    without_time: int = 0
    first: int = 0
    last: int = 0


class Gathered:
    """The replies of one import inside its write. They wait beside the log: a note may come after its answer."""

    def __init__(self, log: Log, source: str, by: By) -> None:
        self._log, self._source, self._by = log, source, by
        self._waiting: list[Reply] = []
        self._count = 0

    def add(self, reply: Reply) -> None:
        """Takes one up."""
        self._waiting.append(reply)
        if len(self._waiting) >= 5000:
            self._set_aside()

    def _set_aside(self) -> None:
        if not self._count:
            self._log.connection.execute("drop table if exists temp.arriving_replies")
            self._log.connection.execute(
                """create temp table arriving_replies (
                     source_id text primary key, answers text, text text, said_at text, agent text)"""
            )
        self._log.connection.executemany(
            "insert or ignore into temp.arriving_replies (answers, text, said_at, agent, source_id) values (?,?,?,?,?)",
            self._waiting,
        )
        self._count += len(self._waiting)
        self._waiting.clear()

    def store(self) -> Brought:
        """Puts them on their notes, those we have excepted; to be called when all notes are in."""
        if self._waiting or self._count:
            self._set_aside()
        if not self._count:
            return Brought()
        connection = self._log.connection
        connection.execute("create temp table arriving_answers as " + _FITTING, [self._source, self._source])
        placed, known, timeless = connection.execute(
            """select count(*), coalesce(sum(known), 0), coalesce(sum(said_at is null and not known), 0)
                 from arriving_answers"""
        ).fetchone()
        distinct = connection.execute("select count(*) from temp.arriving_replies").fetchone()[0]
        first = 1 + self._log.value("select coalesce(max(seq), 0) from sqlite_sequence where name = 'responses'")
        rows = connection.execute("select rowid, note_id from arriving_answers where not known order by said_at, rowid")
        added = self._insert(rows.fetchall(), first)
        connection.execute("drop table temp.arriving_replies")
        connection.execute("drop table temp.arriving_answers")
        # The same reply twice in a file is known the second time.
        known += self._count - distinct
        return Brought(added, known, distinct - placed, timeless, first, first + added - 1)

    def _insert(self, rows: Sequence[tuple[int, int]], first: int) -> int:
        by = self._by
        for start in range(0, len(rows), 5000):
            part = rows[start : start + 5000]
            self._log.connection.executemany(
                """insert into responses (id, uid, note_id, kind, responded_at, agent, text, source, source_id)
                   select ?1, ?2, note_id, ?3, coalesce(said_at, ?4), coalesce(agent, ?5), text, ?6, source_id
                     from temp.arriving_answers where rowid = ?7""",
                (
                    (first + start + place, uid, _KIND, by.at, by.agent, self._source, rowid)
                    for place, (uid, (rowid, _)) in enumerate(zip(new_uids(len(part)), part, strict=True))
                ),
            )
        return len(rows)


# Each reply with the note it is on, and whether it stands there already. Notes that were taken back have none.
_FITTING = """select replies.*, notes.id as note_id,
         exists (select 1 from responses where source = ? and source_id = replies.source_id and removed_at is null
                    and exists (select 1 from wordings where note_id = responses.note_id)) as known
    from temp.arriving_replies as replies
    join notes on notes.source = ? and notes.source_id = replies.answers
    join wordings on wordings.note_id = notes.id"""


def take_back(log: Log, detail: dict[str, int], by: By) -> None:
    """Takes the replies of an import back inside the caller's `write`; those a colleague removed since stay so."""
    if "first_response" in detail:
        log.connection.execute(
            "update responses set removed_at = ?, removed_by = ? where id between ? and ? and removed_at is null",
            [by.at, by.agent, detail["first_response"], detail["last_response"]],
        )


def in_detail(brought: Brought) -> dict[str, int] | None:
    """What the record of the import needs to know of its replies, for `take_back`."""
    if not brought.added:
        return None
    return {"first_response": brought.first, "last_response": brought.last}


def in_words(detail: dict[str, int]) -> str:
    """How many replies undoing an import takes back, to stand behind its notes."""
    if "first_response" not in detail:
        return ""
    number = detail["last_response"] - detail["first_response"] + 1
    return f" and {number} {'reply' if number == 1 else 'replies'}"

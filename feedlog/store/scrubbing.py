"""Removes what deleting leaves behind in a SQLite file, and looks for it in the raw bytes.

A deleted row lives on: as delete markers inside an FTS5 index, in pages nobody uses any more, in the write-ahead log.
"""

import os
import re
import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedlog.errors import Refused
from feedlog.store.log import _until_free as until_free
from feedlog.store.log import take_turn

INDEXES = ("notes_fts", "words_fts")
READER_SECONDS = 30.0

_CHUNK_BYTES = 8 * 1024 * 1024
_OVERLAP_BYTES = 512
# A shorter word turns up by chance among a file's numbers and pointers.
_SHORTEST_WORD_BYTES = 5
_SHORTEST_NAME = 4
_FEWEST_PIECES = 64
_MANY_NEEDLES = 10
_ROWS_A_TIME = 5000
# One piece a kilobyte: a long text is spread over several pages, and each must be found.
_PIECE_EVERY_CHARACTERS = 1000
_PIECE = re.compile(r"[^\s\"\\][^\n\r\t\"\\]{7,31}")
# How many bytes all pieces together may be compared with; more pieces than fit are sampled evenly. Words never are.
_BYTES_COMPARED = 6e9
# Letters and digits stay, in lower case, and so do the bytes of letters beyond ASCII; all else parts words.
_PARTED = bytes(
    byte + 32 if 65 <= byte <= 90 else byte if byte >= 128 or chr(byte).isalnum() else 32 for byte in range(256)
)


class Wanted(NamedTuple):
    """What must not be found: words that stand alone, and pieces of texts as they are written. Lower case in ASCII."""

    words: frozenset[bytes]
    pieces: tuple[bytes, ...]


def wanted(words: Iterable[str], texts: Iterable[str], names: Iterable[str] = ()) -> Wanted:
    """What to look for so that neither these words nor these texts are missed; `names` are looked for whole."""
    spelled = {form for word in words for form in (word.encode().lower(), word.lower().encode())}
    pieces = {
        found.group().encode().lower(): None  # a dictionary keeps the order, so that sampling is even
        for text in texts
        for start in range(0, len(text), _PIECE_EVERY_CHARACTERS)
        if (found := _PIECE.search(text, start, start + _PIECE_EVERY_CHARACTERS))
    }
    whole = {name.encode().lower(): None for name in names if len(name) >= _SHORTEST_NAME}
    return Wanted(frozenset(word for word in spelled if len(word) >= _SHORTEST_WORD_BYTES), (*whole, *pieces))


def merge_indexes(connection: sqlite3.Connection, indexes: Sequence[str] = INDEXES) -> None:
    """Merges each full-text index into one piece, inside the caller's transaction.

    A word that was removed stays in an index's older pieces, marked as deleted, until all of them are merged. Merging
    takes a third of the time of making the index anew, which happens where more than one piece is left.
    """
    for index in indexes:
        connection.execute(f"insert into {index} ({index}) values ('optimize')")
        if connection.execute(f"select count(distinct segid) from {index}_idx").fetchone()[0] > 1:
            rebuild_indexes(connection, [index])


def rebuild_indexes(connection: sqlite3.Connection, indexes: Sequence[str] = INDEXES) -> None:
    """Makes each full-text index anew from its table, inside the caller's transaction; slower than merging."""
    for index in indexes:
        connection.execute(f"insert into {index} ({index}) values ('rebuild')")


def rewrite(connection: sqlite3.Connection) -> bool:
    """Writes the file anew from the rows it holds; True when nothing else is left of it in the write-ahead log.

    Waits up to 30 seconds for readers of an older state; False where one of them goes on. Then the file may hold
    traces still, and calling again finishes.
    """
    if not empty_journal(connection):  # first: a file that is held back need not be written twice
        return False
    # The temporary copy holds what stays, so it may be a file: with a million notes memory could run out.
    connection.execute("pragma temp_store = file")
    try:
        until_free(lambda: connection.execute("vacuum"))
    finally:
        connection.execute("pragma temp_store = memory")
    return empty_journal(connection)


def empty_journal(connection: sqlite3.Connection) -> bool:
    """Brings the write-ahead log into the file and cuts it to nothing; False where a reader held that back."""
    deadline = time.monotonic() + READER_SECONDS
    connection.execute("pragma busy_timeout = 1000")  # while it waits nobody can begin to write, so it gets its turn
    try:
        while connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0] != 0:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
    finally:
        connection.execute(f"pragma busy_timeout = {int(READER_SECONDS * 1000)}")
    return True


def unsound(connection: sqlite3.Connection, indexes: Sequence[str] = INDEXES) -> str | None:
    """What is wrong with the file or with one of its indexes, or None."""
    checked = connection.execute("pragma quick_check(1)").fetchone()[0]
    if checked != "ok":
        return f"SQLite finds it damaged: {checked}"
    take_turn(connection)  # SQLite checks an index by a writing statement
    try:
        for index in indexes:
            connection.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        return f"the index disagrees with the rows: {error}"
    finally:
        if connection.in_transaction:  # a damaged file has rolled back already
            connection.execute("rollback")
    return None


def traces_of(paths: Sequence[str], looked_for: Wanted) -> set[bytes]:
    """Which of the words and pieces stand in the bytes of these files; nothing where there is no file.

    Read in a process of its own: closing a file gives up every lock this process has on it, SQLite's too, and the last
    of the others to leave would then take the write-ahead log away from under an open connection.
    https://www.sqlite.org/howtocorrupt.html (2.2)
    """
    if not hasattr(os, "fork"):  # where there is none, locks belong to the open file
        return _read_all_for(paths, looked_for)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as answer:
                answer.write(b"\0".join(sorted(_read_all_for(paths, looked_for))))
            status = 0
        finally:
            os._exit(status)  # nothing is tidied up: the connection is the parent's
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        found = answer.read()
    if os.waitpid(child, 0)[1]:
        raise Refused(f"The bytes of {paths[0]} cannot be searched.", hint="Call as the log's owner.")
    return {*found.split(b"\0")} - {b""}


def _read_all_for(paths: Sequence[str], looked_for: Wanted) -> set[bytes]:
    return set().union(*(_read_for(path, looked_for) for path in paths))


def _read_for(path: str, looked_for: Wanted) -> set[bytes]:
    found: set[bytes] = set()
    try:
        file = open(path, "rb")  # noqa: SIM115  (closed below; a missing file is an answer)
    except FileNotFoundError:
        return found
    with file:
        pieces = looked_for.pieces[:: _every(path, looked_for)]
        before = b""
        while chunk := file.read(_CHUNK_BYTES):
            part = before + chunk
            found |= looked_for.words.intersection(part.translate(_PARTED).split())
            lower = part.lower()
            found.update(piece for piece in pieces if piece in lower)
            before = part[-_OVERLAP_BYTES:]
    return found


def sampled(path: str, looked_for: Wanted) -> bool:
    """Whether the file is so large that not all pieces are looked for in it."""
    return _every(path, looked_for) > 1


def _every(path: str, looked_for: Wanted) -> int:
    fit = max(_FEWEST_PIECES, int(_BYTES_COMPARED // max(1, os.path.getsize(path))))
    return max(1, -(-len(looked_for.pieces) // fit))


def still_said(connection: sqlite3.Connection, needles: set[bytes]) -> set[bytes]:
    """Those that stand in a row of the file, or in its schema: somebody else's words, not a trace."""
    left = set(needles)
    tables = _texts(connection)
    # One walk through the rows finds all that stand alone as words; few are left then to be asked for one by one.
    for table, columns in tables if len(left) > _MANY_NEEDLES else ():
        rows = connection.execute(f'select {" || char(10) || ".join(columns)} from "{table}"')
        while part := rows.fetchmany(_ROWS_A_TIME):
            text = "\n".join(row[0] for row in part).encode("utf-8", "replace")
            left -= left.intersection(text.translate(_PARTED).split())
    for table, columns in tables:
        # Together as well as one by one: in the file a column begins where the one before it ends.
        sql = f'select 1 from "{table}" where instr(lower({" || ".join(columns)}), ?) limit 1'
        left -= {needle for needle in left if connection.execute(sql, [needle.decode("utf-8", "replace")]).fetchone()}
    return set(needles) - left


def _texts(connection: sqlite3.Connection) -> list[tuple[str, list[str]]]:
    """Every table with text in it, the schema first, and its columns as SQL that is never null; indexes left out."""
    tables = connection.execute(
        r"""select name from sqlite_master where type = 'table' and name not like '%\_fts%' escape '\'
               and name not like 'sqlite\_%' escape '\' order by name <> 'words'"""
    ).fetchall()
    found = []
    for table in ["sqlite_master", *(row[0] for row in tables)]:
        declared = connection.execute(f'pragma table_info("{table}")').fetchall()
        columns = [f"coalesce(\"{row[1]}\", '')" for row in declared if row[2].lower() in ("text", "any")]
        found += [(table, columns)] if columns else []
    return found


def _by_chance(connection: sqlite3.Connection, words: set[bytes]) -> set[bytes]:
    """Those that are a word of a row but for a letter or two at an end, which may be a number that stands beside it."""
    shorter = {word: {word[:-1], word[:-2], word[1:], word[2:]} for word in words}
    said = still_said(connection, set().union(*shorter.values()))
    return {word for word, forms in shorter.items() if forms & said}


def indexed(connection: sqlite3.Connection, words: Iterable[bytes], index: str = INDEXES[0]) -> set[bytes]:
    """Which of the words an index still knows."""
    sql = f"select 1 from {index} where {index} match ? limit 1"
    return {word for word in words if connection.execute(sql, [f'"{word.decode("utf-8", "replace")}"']).fetchone()}


def scrub(connection: sqlite3.Connection, path: str, looked_for: Wanted, *, anew: bool = False) -> str | None:
    """Removes every trace of deleted rows from the file at `path` and verifies that; a sentence where any remains.

    The indexes are merged, and made `anew` where that left something. Runs outside a transaction.
    """
    take_turn(connection)
    try:
        (rebuild_indexes if anew else merge_indexes)(connection)
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    if not rewrite(connection):
        return f"somebody is still reading an older state of {path}"
    trouble = unsound(connection)
    if trouble is None and (left := left_in(connection, path, looked_for, anew=anew)):
        trouble = f"it holds {left} of their words or sentences"
    if trouble and not anew:
        return scrub(connection, path, looked_for, anew=True)
    return trouble and f"{path}: {trouble}"


def left_in(connection: sqlite3.Connection, path: str, looked_for: Wanted, *, anew: bool = False) -> int:
    """How many of the words and pieces stand in a file, in those beside it or in its index, and in no row of it.

    Where the file was made `anew` from its rows, a word that differs little from one of them is taken for chance.
    """
    names = (path, f"{path}-wal", f"{path}-shm", f"{path}-journal")
    found = traces_of(names, looked_for)
    # Both ways: an index writes the beginning that two words share only once, so their bytes may not stand together.
    known = indexed(connection, looked_for.words)
    left = found | known
    left -= still_said(connection, left)
    if anew:
        left -= _by_chance(connection, (left & looked_for.words) - known.union(looked_for.pieces))
    return len(left)

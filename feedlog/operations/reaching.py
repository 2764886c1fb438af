"""What belongs to a customer: which rows, how many, and in what words. Erasing, purging and the dossier start here."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypedDict

from feedlog.language.words import composed, folded, plain_words, words_of
from feedlog.operations import checks, customers
from feedlog.store import Log
from feedlog.store.scrubbing import Wanted, wanted

_THESE = "(select value from json_each(?))"
# What a file is called in the log once its name was erased.
NAMELESS = "[erased]"
_SHORTEST_TELLING = 3


class Reach(NamedTuple):
    """The customers and notes that go, with all that hangs on them. Sorted numbers."""

    customer_ids: tuple[int, ...]
    note_ids: tuple[int, ...]


class Counts(TypedDict):
    """How many rows a reach holds."""

    customer_rows: int
    notes: int
    facts: int
    promises: int
    responses: int
    letters: int


class Theirs(NamedTuple):
    """What names a customer, and what they said: sentences in every wording; `texts` are all, these included."""

    keys: tuple[str, ...]
    names: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    idempotency_keys: tuple[str, ...] = ()
    letter_ids: tuple[int, ...] = ()


def of_customer(log: Log, key: str) -> Reach | None:
    """The customer of this key, with every key merged into it or with it, and all their notes; None without one."""
    found = customers.find(log, checks.label(key, "customer key"))
    return None if found is None else of_customers(log, with_merged(log, [found]))


def require(log: Log, key: str) -> Reach:
    """The same; raises NotFound where there is no such customer."""
    return of_customers(log, with_merged(log, [customers.require(log, key)]))


def of_customers(log: Log, customer_ids: Iterable[int], note_ids: Iterable[int] = ()) -> Reach:
    """These customers and all their notes, and these notes of others."""
    chosen = tuple(sorted(set(customer_ids)))
    rows = log.rows(f"select id from notes where customer_id in {_THESE}", [json.dumps(chosen)])
    return Reach(chosen, tuple(sorted({row["id"] for row in rows}.union(note_ids))))


def with_merged(log: Log, customer_ids: Sequence[int]) -> list[int]:
    """These rows and all that were merged into them, however many steps away."""
    every = list(customer_ids)
    newest = every
    while newest:
        rows = log.rows(f"select id from customers where merged_into_id in {_THESE}", [json.dumps(newest)])
        newest = [row["id"] for row in rows if row["id"] not in every]
        every += newest
    return every


def of_uids(log: Log, uids: Iterable[str]) -> Reach:
    """The customers and notes of these uids that the log holds, and the other notes of those customers."""
    listed = json.dumps(list(uids))
    named = log.rows(f"select id from customers where uid in {_THESE}", [listed])
    notes = log.rows(f"select id from notes where uid in {_THESE}", [listed])
    return of_customers(log, [row["id"] for row in named], [row["id"] for row in notes])


def counts(log: Log, reach: Reach) -> Counts:
    """How much a reach holds."""
    notes, chosen = json.dumps(reach.note_ids), json.dumps(reach.customer_ids)
    hanging = [
        int(log.value(f"select count(*) from {table} where note_id in {_THESE}", [notes]))
        for table in ("promises", "responses", "letters")
    ]
    return Counts(
        customer_rows=len(reach.customer_ids),
        notes=len(reach.note_ids),
        facts=int(log.value(f"select count(*) from facts where customer_id in {_THESE}", [chosen])),
        promises=hanging[0],
        responses=hanging[1],
        letters=hanging[2],
    )


def uids(log: Log, reach: Reach) -> list[str]:
    """The uids of the customers and notes."""
    sql = f"select uid from customers where id in {_THESE} union all select uid from notes where id in {_THESE}"
    return [row["uid"] for row in log.rows(sql, [json.dumps(reach.customer_ids), json.dumps(reach.note_ids)])]


_SENTENCES = (
    "select verbatim from notes where id in {these}",
    "select verbatim from corrections where note_id in {these}",
)
_TEXTS_OF_NOTES = (
    *_SENTENCES,
    "select reading from notes where id in {these}",
    "select source_id from notes where id in {these}",
    "select why from corrections where note_id in {these}",
    "select what from promises where note_id in {these}",
    "select why from promise_events join promises on promises.id = promise_id where note_id in {these}",
    "select text from responses where note_id in {these}",
    "select source_id from responses where note_id in {these}",
    "select text from letters where note_id in {these}",
)
_TEXTS_OF_CUSTOMERS = (
    "select fact from facts where customer_id in {these}",
    *(
        f"select {column} from {table} where {key} in {{these}}"
        for table, key in (("customers", "id"), ("customer_versions", "customer_id"))
        for column in ("name", "segment", "type", "prefers")
    ),
)


def theirs(log: Log, reach: Reach) -> Theirs:
    """Every key, name and text that goes with a reach."""
    notes, chosen = json.dumps(reach.note_ids), json.dumps(reach.customer_ids)
    texts = [*_values(log, _TEXTS_OF_NOTES, notes), *_values(log, _TEXTS_OF_CUSTOMERS, chosen)]
    names = [f"select name from {table} where {key} in {{these}}" for table, key in
             (("customers", "id"), ("customer_versions", "customer_id"))]  # fmt: skip
    return Theirs(
        keys=tuple(_values(log, ["select key from customers where id in {these}"], chosen)),
        names=tuple(dict.fromkeys(_values(log, names, chosen))),
        sentences=tuple(_values(log, _SENTENCES, notes)),
        texts=tuple(texts),
        idempotency_keys=tuple(_values(log, ["select idempotency_key from notes where id in {these}"], notes)),
        letter_ids=tuple(
            row["id"] for row in log.rows(f"select id from letters where note_id in {_THESE} order by id", [notes])
        ),
    )


def _values(log: Log, statements: Iterable[str], listed: str) -> list[str]:
    rows = [row for sql in statements for row in log.rows(sql.format(these=_THESE), [listed])]
    return [str(row[0]) for row in rows if row[0]]


def looked_for(log: Log, gone: Theirs) -> Wanted:
    """What must not be found in any file: their texts and keys, and the words nobody else used.

    Called when the rows are gone, since a word that is still counted is somebody else's, too.
    """
    used = {word for text in (*gone.texts, *gone.keys) for word in plain_words(text)}
    used |= {folded(word) for word in used}
    left = {word for row in log.connection.execute("select word, root, folded from words") for word in row}
    return wanted(used - left, gone.texts, (*gone.keys, *gone.names, *gone.idempotency_keys))


# What others said, in any wording, and what was written about it. The index holds only how a note that stands is worded
# now.
_SAID_BY_OTHERS = """
select id, verbatim from notes
 where id not in (select note_id from wordings) or id in (select note_id from corrections)
union all select id, reading from notes where reading is not null
union all select note_id, verbatim from corrections
union all select note_id, why from corrections
union all select note_id, what from promises
union all select note_id, why from promise_events join promises on promises.id = promise_id where why is not null
union all select note_id, text from responses where text is not null
union all select note_id, text from letters"""
# Texts that hang on no note: what to call a row, and what to read there.
_WRITTEN_ELSEWHERE = (
    ("fact {}", "select id, fact from facts where customer_id not in {these}"),
    (
        "the description of customer number {}",
        """select id, coalesce(name, '') || ' ' || coalesce(segment, '') || ' ' || coalesce(type, '') || ' '
                  || coalesce(prefers, '') from customers where id not in {these}""",
    ),
    (
        "the theme number {}",
        "select id, name || ' ' || coalesce(title, '') || ' ' || coalesce(measure, '') from themes",
    ),
    (
        "an earlier title, measure or term of the theme number {}",
        """select distinct theme_id, coalesce(title, '') || ' ' || coalesce(measure, '') || ' ' || coalesce(terms, '')
             from theme_versions""",
    ),
    ("the file name of import {}", "select id, file || ' ' || source from imports"),
    (
        "the source of note {} and others that came with it",
        "select min(id), source from notes where source is not null group by source",
    ),
)


def named_by_others(log: Log, gone: Theirs, reach: Reach) -> list[int]:
    """The notes of others, with what hangs on them, in which a name or key of these customers stands."""
    phrases = _phrases(gone)
    if not phrases:
        return []
    query = "verbatim : (" + " OR ".join(f'"{phrase}"' for phrase in phrases) + ")"
    found = {row[0] for row in log.rows("select rowid from notes_fts where notes_fts match ?", [query])}
    found.update(row[0] for row in log.connection.execute(_SAID_BY_OTHERS) if _says(row[1], phrases))
    return sorted(found.difference(reach.note_ids))


def named_elsewhere(log: Log, gone: Theirs, reach: Reach) -> list[str]:
    """Other rows in which a name or key of these customers stands, by their numbers."""
    phrases, chosen = _phrases(gone), json.dumps(reach.customer_ids)
    return [
        place.format(row[0])
        for place, sql in _WRITTEN_ELSEWHERE
        for row in (log.rows(sql.format(these=_THESE), [chosen] if "{these}" in sql else ()) if phrases else ())
        if _says(row[1], phrases)
    ]


def _phrases(gone: Theirs) -> list[str]:
    """How a key or name may be written: in words, in one, with an s behind it."""
    found: dict[str, None] = {}
    for text in (*gone.names, *gone.keys) if gone.keys else ():
        words = [word.word for word in words_of(text)]
        if words:
            found.update(dict.fromkeys((" ".join(words), "".join(words), " ".join(words) + "s")))
    return [*found]


def _says(text: str, phrases: Iterable[str]) -> bool:
    said = f" {' '.join(plain_words(text))} "
    return any(f" {phrase} " in said for phrase in phrases)


def files_imported(log: Log, reach: Reach) -> list[str]:
    """The files from which notes of a reach were imported; one that was named after a customer by its import."""
    rows = log.rows(
        f"""select distinct imports.id, imports.file from notes join imports on imports.id = notes.import_id
             where notes.id in {_THESE} order by imports.file""",
        [json.dumps(reach.note_ids)],
    )
    return [f"of import {row['id']}" if row["file"] == NAMELESS else row["file"] for row in rows]


def forget_file_names(log: Log, gone: Theirs) -> int:
    """Takes the names of imported files and their sources out where they name these customers; returns of how many."""
    # A key of one or two characters is in the names of many files, and tells nobody who it was.
    phrases = [phrase for phrase in _phrases(gone) if len(phrase) >= _SHORTEST_TELLING]
    named = []
    for row in log.rows("select id, file, source from imports"):
        # A file's name comes as its disk spells it, which may be letter by letter.
        shown = [NAMELESS if _says(composed(name), phrases) else name for name in (row["file"], row["source"])]
        if shown != [row["file"], row["source"]]:
            named.append((*shown, row["id"]))
    log.connection.executemany("update imports set file = ?, source = ? where id = ?", named)
    return len(named)

"""Erasing: what belongs to a customer goes from the log for good, and a number is all that is left of it.

One transaction takes the rows. What deleting leaves behind in the files is removed after it and looked for in the raw
bytes; until that has succeeded the erasure is unverified, and calling again goes on with it.
"""

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from feedlog import when
from feedlog.errors import FeedlogError, Refused, WrongUsage
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.language.words import composed
from feedlog.operations import checks, leftovers, marks, reaching
from feedlog.operations.changes import record
from feedlog.operations.leftovers import Outside, Swept
from feedlog.operations.reaching import Counts, Reach, Theirs
from feedlog.operations.shapes import By
from feedlog.store import Log, scrubbing
from feedlog.store.failures import translated
from feedlog.store.ids import new_uid

_THESE = "(select value from json_each(?))"
_BATCH = 5000
_FEW_CUSTOMERS = 20


class Begun(NamedTuple):
    """When an erasure was begun, by whom and why."""

    started_at: str
    agent: str
    reason: str


class Erased(NamedTuple):
    """What one erasure took: its number, how much, what to look for in the files now, and what lies outside the log.

    `begun` is how it stands in the log; `renamed` counts imported files whose names were erased, and `unchecked` says
    that it was gone on with although nothing tells whether it was this customer's.
    """

    erasure_id: int
    counts: Counts
    wanted: scrubbing.Wanted
    swept: Swept
    named_by_others: list[int]
    files_imported: list[str]
    begun: Begun
    named_elsewhere: Sequence[str] = ()
    renamed: int = 0
    unchecked: bool = False


def erase(
    log: Log,
    reach: Callable[[Log], Reach],
    reason: str,
    by: By,
    outside: Outside,
    secret: bytes | None = None,
    *,
    uid: str | None = None,
) -> Erased:
    """Takes everything `reach` finds out of the log, the spool and the outbox, as one change.

    `reach` is asked inside the transaction, so that a note logged at this moment goes, too. With the `secret` beside
    the log, `resume` knows by the keys that went whose erasure it is. `uid` is that of one begun in another log. Raises
    WrongUsage for a reason that names the customer, since reasons stay. Afterwards the files must be scrubbed: see
    `scrub`.
    """
    why = checks.text(reason, "reason")
    with log.write():
        found = reach(log)
        gone = reaching.theirs(log, found)
        _refuse_naming(why, gone)
        renamed = reaching.forget_file_names(log, gone)
        files = reaching.files_imported(log, found)
        erasure_id, counts = _take(log, found, why, by, uid)
        sites_secret = marks.secret_of(log.path)
        if sites_secret:
            marks.keep(log, sites_secret, gone.keys, erasure_id)
        if secret:
            key_marks = json.dumps([_mark(secret, key) for key in ("", *gone.keys)])
            log.connection.execute("update erasures set key_marks = ? where id = ?", [key_marks, erasure_id])
        wanted = reaching.looked_for(log, gone)
        few = len(found.customer_ids) <= _FEW_CUSTOMERS  # who else named one of thousands, nobody will look up
        named = reaching.named_by_others(log, gone, found) if few else []
        elsewhere = reaching.named_elsewhere(log, gone, found) if few else []
        # Last, and under the write lock: nobody takes the spool in meanwhile, and a refusal above leaves it alone.
        swept = leftovers.sweep(log.path, outside, gone)
    begun = Begun(by.at, by.agent, why)
    return Erased(erasure_id, counts, wanted, swept, named, files, begun, elsewhere, renamed)


def apply(log: Log, uids: Iterable[str], by: By | None = None) -> int:
    """Makes an open log forget what was erased elsewhere: after a restore, or in a backup; returns how many rows went.

    Raises Refused where traces remain in its file. A log that knows none of the uids is left as it is.
    """
    listed = list(uids)
    with log.write():
        found = reaching.of_uids(log, listed)
        rows = len(found.customer_ids) + len(found.note_ids)
        if not rows and not unverified(log):
            return 0
        gone = reaching.theirs(log, found)
        if rows:
            who = by or By("feedlog", when.now())
            reaching.forget_file_names(log, gone)
            _take(log, found, "erased before; done again in a copy", who)
        wanted = reaching.looked_for(log, gone)
    scrub_or_refuse(log, wanted)
    verify(log, unverified(log), when.now())
    return rows


def scrub_or_refuse(log: Log, wanted: scrubbing.Wanted) -> None:
    """Does as `scrub`; raises Refused where traces remain."""
    trouble = scrub(log, wanted)
    if trouble:
        raise Refused(
            f"It is erased, but traces remain: {trouble}.", hint="End whoever reads it and run the same command again."
        )


def scrub(log: Log, wanted: scrubbing.Wanted) -> str | None:
    """Removes what deleting left in the log's files and looks for it in their bytes; a sentence where any remains."""
    try:
        with translated(log.path, writing=True):
            return scrubbing.scrub(log.connection, log.path, wanted)
    except FeedlogError as error:
        return error.message.rstrip(".")


def unverified(log: Log) -> list[int]:
    """The erasures whose traces may not all be gone: to be gone on with."""
    return [row["id"] for row in log.rows("select id from erasures where verified_at is null order by id")]


def verify(log: Log, erasure_ids: Sequence[int], at: str) -> None:
    """Writes down that no trace was left of these erasures in any file, and forgets whose they were."""
    with log.write() as connection:
        sql = f"update erasures set verified_at = ?, key_marks = null where id in {_THESE}"
        connection.execute(sql, [at, json.dumps(erasure_ids)])


def resume(log: Log, key: str, outside: Outside, secret: bytes | None = None) -> Erased | None:
    """What the erasures before this one left to be done, or None where they are all verified.

    What they said is not known any more: only the key can be looked for. That no trace is left follows from the file
    being written anew from its rows. Raises Refused where they are all known, by the `secret` beside the log, to be
    other customers'; `unchecked` where some cannot be told, such as a purge.
    """
    waiting = log.rows("select id, started_at, agent, reason, key_marks from erasures where verified_at is null")
    if not waiting:
        return None
    theirs = [row for row in waiting if secret and _mark(secret, key) in json.loads(row["key_marks"] or "[]")]
    # The mark of no key at all tells that it was this secret, which may have been lost and made anew.
    untold = [row for row in waiting if not secret or _mark(secret, "") not in json.loads(row["key_marks"] or "[]")]
    if not theirs and not untold:
        raise Refused(
            f"There is no customer {key!r}, and the erasure that left traces was another's.",
            hint="Name the customer whose erasure was not finished: see feedlog history --erasures",
        )
    [*_, chosen] = theirs or untold
    return _gone_on_with(log, chosen, key, outside)._replace(unchecked=not theirs)


def _gone_on_with(log: Log, row: sqlite3.Row, key: str, outside: Outside) -> Erased:
    total = log.row(
        """select customers as customer_rows, notes, facts, promises, responses, letters
              from erasures where id = ?""",
        [row["id"]],
    )
    gone = Theirs((key,))
    counted: Counts = dict(total or {})  # type: ignore[assignment]
    swept = leftovers.sweep(log.path, outside, gone)
    begun = Begun(row["started_at"], row["agent"], row["reason"])
    return Erased(row["id"], counted, reaching.looked_for(log, gone), swept, [], [], begun)


def _mark(secret: bytes, key: str) -> str:
    """Tells one key from another to whoever has the secret, and nothing to anybody else (HMAC-SHA-256, RFC 2104)."""
    return hmac.digest(secret, b"feedlog: whose erasure\0" + composed(key).casefold().encode(), hashlib.sha256).hex()


def _take(log: Log, reach: Reach, reason: str, by: By, uid: str | None = None) -> tuple[int, Counts]:
    """Deletes the rows of a reach inside the caller's `write`, from the outermost inwards, and records what went."""
    counted = reaching.counts(log, reach)
    erasure_id = log.insert(
        "erasures",
        uid=uid or new_uid(),
        started_at=by.at,
        agent=by.agent,
        reason=reason,
        customers=counted["customer_rows"],
        **{name: counted[name] for name in ("notes", "facts", "promises", "responses", "letters")},
    )
    log.connection.executemany(
        "insert or ignore into erased (uid, erasure_id) values (?, ?)",
        [(uid, erasure_id) for uid in reaching.uids(log, reach)],
    )
    _forget_travels(log, erasure_id, json.dumps(reach.customer_ids))
    _unindex(log, reach)
    _delete_notes(log, json.dumps(reach.note_ids))
    _delete_customers(log, json.dumps(reach.customer_ids))
    scrubbing.merge_indexes(log.connection)
    _record(log, reach, erasure_id, by)
    # The door that lets notes be deleted closes in the transaction that opened it.
    log.connection.execute("update erasures set finished_at = ? where id = ?", [by.at, erasure_id])
    return erasure_id, counted


def _unindex(log: Log, reach: Reach) -> None:
    index = Index(log.connection, Stems(log.languages))
    for start in range(0, len(reach.note_ids), _BATCH):
        part = json.dumps(reach.note_ids[start : start + _BATCH])
        rows = log.rows(f"select id, verbatim from current_notes where id in {_THESE}", [part])
        index.remove_many([(row["id"], row["verbatim"]) for row in rows])
    index.flush()


def _delete_notes(log: Log, note_ids: str) -> None:
    letters = f"select id from letters where note_id in {_THESE}"
    promises = f"select id from promises where note_id in {_THESE}"
    log.connection.execute(f"delete from letter_copies where letter_id in ({letters})", [note_ids])
    log.connection.execute(f"delete from promise_events where promise_id in ({promises})", [note_ids])
    for table in ("letters", "promises", "responses", "note_themes", "corrections"):
        log.connection.execute(f"delete from {table} where note_id in {_THESE}", [note_ids])
    log.connection.execute(f"delete from notes where id in {_THESE}", [note_ids])


def _delete_customers(log: Log, customer_ids: str) -> None:
    for table in ("facts", "customer_versions"):
        log.connection.execute(f"delete from {table} where customer_id in {_THESE}", [customer_ids])
    # In a backup a key may still be merged into one that goes, and have been parted from it since.
    log.connection.execute(
        f"update customers set merged_into_id = null where merged_into_id in {_THESE} and id not in {_THESE}",
        [customer_ids, customer_ids],
    )
    log.connection.execute(f"delete from customers where id in {_THESE}", [customer_ids])


def _forget_travels(log: Log, erasure_id: int, customer_ids: str) -> None:
    """What is known of these rows' way between sites: which of them are gone stands in `erased`."""
    gone = "(select uid from erased where erasure_id = ?)"
    for sql in (
        f"delete from receipts where uid in {gone}",
        f"delete from arrived where uid in {gone}",
        f"delete from parked where uid in {gone}",
    ):
        log.connection.execute(sql, [erasure_id])
    log.connection.execute(f"delete from arrived where customer_id in {_THESE}", [customer_ids])


def _record(log: Log, reach: Reach, erasure_id: int, by: By) -> None:
    """One change for the whole, and one for each note and customer: by these, publishing notices what is gone."""
    detail = {"erasure_id": erasure_id, "customers": len(reach.customer_ids), "notes": len(reach.note_ids)}
    whole = record(log, "log.erase", by, detail=detail)
    part = {"part_of": whole}
    for customer_id in reach.customer_ids:
        record(log, "customer.erase", by, customer_id=customer_id, detail=part)
    for note_id in reach.note_ids:
        record(log, "note.erase", by, note_id=note_id, detail=part)


def _refuse_naming(reason: str, gone: Theirs) -> None:
    said = reason.casefold()
    for named in (*gone.keys, *gone.names):
        if len(named) >= 3 and named.casefold() in said:
            raise WrongUsage(
                "The reason names the customer, and reasons are kept.", hint="Write why without saying who it was."
            )

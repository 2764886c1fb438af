"""Erasures that were begun in another log of the firm and are done in this one, too."""

import json
from typing import Any

from feedlog.operations import erasing, marks, merges_in, reaching
from feedlog.operations.erasing import Erased
from feedlog.operations.leftovers import Outside
from feedlog.operations.reaching import Reach
from feedlog.operations.shapes import By
from feedlog.store import Log


def is_done(log: Log, uid: str) -> bool:
    """Whether this log knows the erasure."""
    return log.row("select 1 from erasures where uid = ?", [uid]) is not None


def take_in(log: Log, uid: str, holds: dict[str, Any], now: str, outside: Outside) -> Erased | None:
    """Erases here what was erased there, also what was parked; None where that was done or nothing of them was here.

    Otherwise the files must be scrubbed afterwards, as after `erasing.erase`. A log that holds nothing of them
    remembers the erasure all the same, for what is still on its way. Raises KeyError, TypeError or ValueError for what
    is no erasure, OSError without the sites' secret.
    """
    taken, uids = [str(one) for one in holds["marks"]], [str(one) for one in holds["uids"]]
    by = By(str(holds["agent"]), now)
    secret = marks.secret_of(log.path)

    def reach(log: Log) -> Reach:
        named = reaching.of_uids(log, uids)
        theirs = marks.customers_with(log, secret, set(taken)) if secret else []
        # Not who is merged with them here: that may have been undone where it was said, and news of it be on its way.
        return reaching.of_customers(log, [*named.customer_ids, *theirs], named.note_ids)

    with log.write() as connection:
        if is_done(log, uid):
            return None
        erased = erasing.erase(log, reach, str(holds["reason"]), by, outside, uid=uid)
        marks.keep_marks(log, taken, erased.erasure_id)
        connection.executemany(
            "insert or ignore into erased (uid, erasure_id) values (?, ?)", [(one, erased.erasure_id) for one in uids]
        )
        unparked = connection.execute(
            """delete from parked where mark in (select value from json_each(?))
                  and not exists (select 1 from json_each(entry, '$.after') where value = ?)""",
            [json.dumps(taken), uid],
        ).rowcount
        if secret:
            merges_in.forget_merges(log, secret, set(taken))
        if not unparked and not erased.counts["customer_rows"] and not erased.counts["notes"]:
            erasing.verify(log, [erased.erasure_id], now)
            return None
    return erased

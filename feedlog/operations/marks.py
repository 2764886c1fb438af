"""Marks: a customer's key as the firm's logs know it of one another, and as nobody else can read it."""

import hashlib
import hmac
import os
from functools import lru_cache

from feedlog.operations.customers import PLAIN
from feedlog.store import Log

# Beside each log that belongs to the sites of a firm; the same in all of them.
SECRET_NAME = "sites.secret"
NOBODY = "-"
_HEXADECIMALS = 32


def secret_of(log_path: str) -> bytes | None:
    """The secret that marks are made with; None for a log that stands alone. Raises OSError where it is unreadable."""
    try:
        with open(os.path.join(os.path.dirname(log_path), SECRET_NAME), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


@lru_cache(maxsize=65_536)
def mark(secret: bytes, key: str) -> str:
    """The mark of a key, capitals alike as in `customers` (HMAC-SHA-256, RFC 2104): 32 hexadecimal digits."""
    told = b"feedlog: whose notes\0" + key.translate(PLAIN).encode("utf-8", "replace")
    return hmac.digest(secret, told, hashlib.sha256).hex()[:_HEXADECIMALS]


def of_erasures(log: Log) -> dict[str, list[str]]:
    """Every mark that an erasure took, with the uids of the erasures that did, in order."""
    found: dict[str, list[str]] = {}
    rows = log.rows(
        """select mark, erasures.uid from erased_customers join erasures on erasures.id = erasure_id
            order by mark, erasures.uid"""
    )
    for row in rows:
        found.setdefault(row["mark"], []).append(row["uid"])
    return found


def customers_with(log: Log, secret: bytes, wanted: set[str]) -> list[int]:
    """The numbers of the customers whose key has one of these marks."""
    rows = log.connection.execute("select id, key from customers") if wanted else ()
    return [row["id"] for row in rows if mark(secret, row["key"]) in wanted]


def keep(log: Log, secret: bytes, keys: tuple[str, ...], erasure_id: int) -> None:
    """Writes down, inside the caller's `write`, whose an erasure was."""
    keep_marks(log, [mark(secret, key) for key in keys], erasure_id)


def keep_marks(log: Log, marks: list[str], erasure_id: int) -> None:
    """The same, of marks that came from another log."""
    log.connection.executemany(
        "insert or ignore into erased_customers (mark, erasure_id) values (?, ?)", [(one, erasure_id) for one in marks]
    )

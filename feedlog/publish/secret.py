"""The secret behind the pseudonyms: a file beside the log, never inside it or the published file."""

import hashlib
import hmac
import os
import secrets
import time

from feedlog.errors import NotStored, Refused
from feedlog.store import sharing

BYTES = 32


def secret_beside(log_path: str) -> bytes:
    """The secret of this log, made at the first call. Losing it gives every customer a new pseudonym, no more: the next
    publishing notices by the `fingerprint` and writes all pages anew, so that no customer has two.

    Raises NotStored where it cannot be made, Refused where it cannot be read.
    """
    path = f"{log_path}.secret"
    try:
        with os.fdopen(sharing.new_file(path, log_path), "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    except OSError as error:
        raise NotStored(
            f"The secret for pseudonyms cannot be made at {path}: {error.strerror}.", hint="Publish as the log's owner."
        ) from error
    try:
        secret = _read(path)
    except OSError as error:
        raise Refused(
            f"The secret for pseudonyms cannot be read at {path}: {error.strerror}.", hint="Publish as the log's owner."
        ) from error
    if len(secret) < BYTES:
        raise Refused(
            f"The secret for pseudonyms at {path} is cut short.", hint="Restore it, or remove it and publish --rebuild."
        )
    return secret


def fingerprint(secret: bytes) -> str:
    """Tells one secret from another without giving anything of it away (HMAC-SHA-256, RFC 2104)."""
    return hmac.digest(secret, b"feedlog: which secret made these pseudonyms", hashlib.sha256).hex()[:16]


def _read(path: str) -> bytes:
    """The file's bytes; somebody who publishes for the first time at this moment gets half a second to write them."""
    for _ in range(10):
        with open(path, "rb") as file:
            secret = file.read()
        if len(secret) >= BYTES:
            break
        time.sleep(0.05)
    return secret

"""The secret behind the pseudonyms: a file beside the log, never inside it or the published file."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress

from feedlog.errors import NotStored, Refused
from feedlog.store import sharing
from feedlog.store.drafts import draft_beside, give_name

BYTES = 32


def secret_beside(log_path: str) -> bytes:
    """The secret of this log, made at the first call. Losing it gives every customer a new pseudonym, no more: the next
    publishing notices by the `fingerprint` and writes all pages anew, so that no customer has two.

    Raises NotStored where it cannot be made, Refused where it cannot be read.
    """
    path = f"{log_path}.secret"
    if not os.path.lexists(path):
        _make(path, log_path)
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


def _make(path: str, log_path: str) -> None:
    """A new secret, there whole or not at all: cut short by a full disk it would stop all publishing for good."""
    try:
        with draft_beside(path) as draft:
            with open(draft, "wb") as file:
                os.fchmod(file.fileno(), 0o660 if sharing.is_shared(log_path) else 0o600)
                file.write(secrets.token_bytes(BYTES))
            with suppress(Refused):  # somebody else publishes for the first time at this moment
                give_name(draft, path)
    except (NotStored, OSError) as error:
        why = error.message.rstrip(".") if isinstance(error, NotStored) else error.strerror
        raise NotStored(
            f"The secret for pseudonyms cannot be made at {path}: {why}.", hint="Publish as the log's owner."
        ) from error


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()

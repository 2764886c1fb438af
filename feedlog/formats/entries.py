"""What travels between sites: a row with all that hangs on it, as a JSON document of one line.

An entry is no difference but the whole: the newest one of a row holds everything the ones before it held. So it does
not matter how often or in which order they arrive, and one that was lost is missed only until the next.
"""

import json
from typing import Any, NamedTuple

KINDS = ("note", "customer", "theme", "erasure", "asked", "heard")
_FORM = "feedlog entry"


class Entry(NamedTuple):
    """A row that travels. `uid` is the row's; of two entries of one row the greater `version` is the newer.

    `mark` says whose it is without saying who (empty: nobody's), and `after` names the erasures of that customer which
    the sending log had applied. `schema` is that of the sender's feedlog, `holds` the row.
    """

    kind: str
    uid: str
    version: str
    site: str
    sender: str
    log: str
    schema: int
    sent_at: str
    mark: str
    after: list[str]
    holds: dict[str, Any]


class NoEntry(ValueError):
    """A message that is none; its text says why, as the end of a sentence."""


_SHAPES = (str, str, str, str, str, str, int, str, str, list, dict)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def written(entry: Entry) -> bytes:
    """An entry as it travels."""
    return _encode({"form": _FORM, **entry._asdict()}).encode("utf-8", "replace")


def read(message: bytes) -> Entry:
    """The entry of a message; raises NoEntry for anything else."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise NoEntry("it is no JSON") from error
    if not isinstance(found, dict) or found.get("form") != _FORM:
        raise NoEntry("it does not say that it is a feedlog entry")
    entry = Entry(*(found.get(field) for field in Entry._fields))  # type: ignore[arg-type]
    wrong = [
        field
        for field, value, shape in zip(Entry._fields, entry, _SHAPES, strict=True)
        if not isinstance(value, shape) or (shape is str and not value and field != "mark")
    ]
    if wrong:
        raise NoEntry(f"its {wrong[0]!r} is missing or has the wrong shape")
    if entry.kind not in KINDS:
        raise NoEntry("it is of a kind nobody knows")
    return entry

"""What travels between sites: a row with all that hangs on it, as a JSON document of one line.

An entry is no difference but the whole: the newest one of a row holds everything the ones before it held. So it does
not matter how often or in which order they arrive, and one that was lost is missed only until the next.
"""

import json
from typing import Any, NamedTuple

KINDS = ("note", "customer", "theme", "erasure", "asked", "heard")
_FORM = "feedlog entry"
_ANSWER = "feedlog answer"


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


class Answer(NamedTuple):
    """What a hub's copy says to one sender: the rows it holds (uid and version), and of those asked for the missing.

    `asked` is the uid of the question, `parked` counts what it cannot take in yet, `clock_off_seconds` is how far the
    sender's clock is ahead, `namesakes` how many other logs send under its name, `schema` that of the hub's feedlog.
    """

    sender: str
    receipts: list[list[str]]
    missing: list[str]
    asked: str
    parked: int
    clock_off_seconds: int
    namesakes: int
    schema: int
    answered_at: str


_ANSWER_SHAPES = (str, list, list, str, int, int, int, int, str)


def written(document: Entry | Answer) -> bytes:
    """An entry or answer as it travels."""
    form = _FORM if isinstance(document, Entry) else _ANSWER
    return _encode({"form": form, **document._asdict()}).encode("utf-8", "replace")


def read_answer(message: bytes) -> Answer:
    """The answer of a message; raises NoEntry for anything else."""
    try:
        found = json.loads(message)
        answer = Answer(*(found[field] for field in Answer._fields))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NoEntry("it is no answer") from error
    if found.get("form") != _ANSWER or not all(map(isinstance, answer, _ANSWER_SHAPES)):
        raise NoEntry("it is no answer")
    if any(len(row) != 2 for row in answer.receipts):
        raise NoEntry("its receipts are none")
    return answer


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

"""What becomes of ID and card numbers in what people type: masked, refused or kept, as the setting `pii` says.

`checks` brings every text and label into its stored form and asks here on the way, so that no operation can forget it.
What was found gathers until the command line tells it; numbers kept on purpose go into the record of the next change.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from feedlog.errors import Refused

if TYPE_CHECKING:
    from feedlog.language.idnumbers import Found

# Worth a closer look: eight digits close to one another, or a mail address. Most texts end here, and the rest of the
# rules are not even loaded.
_WORTH_A_LOOK = re.compile(r"\d(?:\D{0,4}\d){7}|@")
# For texts in the letters of Western Europe that is told in a tenth of the time by what is left of their bytes.
_NEITHER_DIGIT_NOR_AT = bytes(set(range(256)) - set(b"0123456789@"))
_ONE_AND_MANY = {
    "CPR": ("CPR number", "CPR numbers"),
    "card": ("card number", "card numbers"),
    "IBAN": ("IBAN", "IBANs"),
    "possible CPR": ("number that may be a CPR", "numbers that may be CPRs"),
    "e-mail address": ("e-mail address", "e-mail addresses"),
    "phone number": ("phone number", "phone numbers"),
}

Counts = dict[str, int]


class Masked(TypedDict):
    """How many numbers of a kind were masked."""

    kind: str
    count: int


class Report(NamedTuple):
    """What was found since the last report, for JSON and in sentences."""

    masked: list[Masked]
    told: list[str]
    warnings: list[str]


class Masking:
    """How one call meets the numbers it finds. `policy` says mask, reject or allow; it is asked when one is found."""

    def __init__(self, policy: Callable[[], str]) -> None:
        self.policy = policy
        self._masked: Counts = {}
        self._kept: Counts = {}
        self._unrecorded: Counts = {}
        self._noticed: Counts = {}
        self._keys: dict[str, Counts] = {}
        # Texts are checked more than once on their way; each is counted once, with what it is.
        self._seen: set[int] = set()

    def stored(self, text: str, what: str) -> str:
        """The text as it may be stored; raises Refused for a number where the policy is to reject."""
        found = looked_at(text)
        if not found:
            return text
        strong = [one for one in found if one.strong]
        policy = self.policy() if strong else "allow"
        if policy == "reject":
            first = strong[0]
            raise Refused(
                f"The {what} holds {_one(first.kind)}, from character {first.start + 1} to {first.end}.",
                hint="Write it without the number, or have it masked with FEEDLOG_PII=mask.",
            )
        known = hash((what, text)) in self._seen
        self._seen.add(hash((what, text)))
        if policy == "mask":
            text, found = _masked(text, found)
            self._seen.add(hash((what, text)))
        if not known:
            strong = [one for one in found if one.strong]
            for counts in (self._masked,) if policy == "mask" else (self._kept, self._unrecorded):
                _count(counts, strong)
            _count(self._noticed, [one for one in found if not one.strong])
        return text

    def next_row(self) -> None:
        """What comes now is another note's, so the same words count anew."""
        self._seen.clear()

    def notice_key(self, key: str, what: str = "customer key") -> None:
        """Remarks on a key that is an ID number. It stays: masked, all customers would be one, or all notes."""
        found = [one for one in looked_at(key) if one.strong]
        if found and hash((what, key)) not in self._seen:
            self._seen.add(hash((what, key)))
            _count(self._keys.setdefault(what, {}), found[:1])

    def to_record(self) -> Counts:
        """The numbers kept on purpose that no change has recorded yet."""
        kept, self._unrecorded = self._unrecorded, {}
        return kept

    def report(self) -> Report:
        """What nobody has been told yet."""
        masked: list[Masked] = [{"kind": kind, "count": count} for kind, count in self._masked.items()]
        told = [f"Masked: {in_words(self._masked)}."] if masked else []
        warnings = [f"Kept as asked, which is recorded: {in_words(self._kept)}."] if self._kept else []
        for what, counts in self._keys.items():
            warnings.append(f"{what.capitalize()}s are kept as they are, ID numbers too: {in_words(counts)}.")
        if self._noticed:
            warnings.append(f"Kept, for you to judge: {in_words(self._noticed)}.")
        self._masked, self._kept, self._noticed, self._keys = {}, {}, {}, {}
        return Report(masked, told, warnings)


_now = Masking(lambda: "mask")


def current() -> Masking:
    """The masking of this call; without a call, numbers are masked."""
    return _now


def begin(policy: Callable[[], str]) -> Masking:
    """A call begins: nothing found yet."""
    global _now
    _now = Masking(policy)
    return _now


@contextmanager
def under(policy: str) -> Iterator[Masking]:
    """Another policy for a while, with a report of its own."""
    global _now
    before, _now = _now, Masking(lambda: policy)
    try:
        yield _now
    finally:
        _now = before


def unnumbered(text: str) -> str:
    """A text that is only shown, such as why something was refused: never with a number in it, whatever the policy."""
    return _masked(text, looked_at(text))[0]


def looked_at(text: str) -> "list[Found]":
    """The numbers in a text."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if _has_few_digits(plain) or not _WORTH_A_LOOK.search(plain):
        return []
    from feedlog.language import idnumbers  # here: most texts hold no number

    return idnumbers.find(text)


def _has_few_digits(plain: str) -> bool:
    """Whether a text has fewer than eight digits and no mail address; False also where that takes a closer look."""
    try:
        left = plain.encode("latin-1").translate(None, _NEITHER_DIGIT_NOR_AT)
    except UnicodeEncodeError:
        return False
    return len(left) < 8 and b"@" not in left


def in_words(counts: Counts) -> str:
    """'1 CPR number, 2 card numbers'."""
    return ", ".join(f"{count} {_ONE_AND_MANY.get(kind, (kind, kind))[count > 1]}" for kind, count in counts.items())


def _one(kind: str) -> str:
    return f"{'an' if kind == 'IBAN' else 'a'} {_ONE_AND_MANY.get(kind, (kind, kind))[0]}"


def _masked(text: str, found: "list[Found]") -> "tuple[str, list[Found]]":
    if not any(one.strong for one in found):
        return text, found
    from feedlog.language import idnumbers

    return idnumbers.mask(text)


def _count(counts: Counts, found: "list[Found]") -> None:
    for one in found:
        counts[one.kind] = counts.get(one.kind, 0) + 1

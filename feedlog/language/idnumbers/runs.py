"""Reads runs of digits: which groups of them, as people write numbers, are a person's, a card's or a phone's."""

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from feedlog.language.idnumbers.valid import is_card, is_certain_cpr, is_cpr, is_fodselsnummer, is_personnummer

CPR, PERSONNUMMER, FODSELSNUMMER, CARD = "CPR", "personnummer", "fødselsnummer", "card"
POSSIBLE_CPR, PHONE = "possible CPR", "phone number"

_DASHES = "-\u2010\u2012-\u2015\u2212"
_RUN = re.compile(rf"[0-9]+(?:(?:\s[{_DASHES}+./]?\s?|[{_DASHES}+./]\s?)[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
_AMOUNT = re.compile(r"\s?(?:(?:kr|dkk|sek|nok|eur|stk|st)\b|€|%|,-|:-)|[.,][0-9]{1,2}(?![0-9])", re.I)

# Words are looked for as parts of what stands near, lower case: ten times as fast as a pattern of alternatives.
_ID_WORDS = (
    "cpr", "personn", "person-n", "person n", "person-id", "pers.n", "persnr", "pnr", "fnr", "født", "fødd", "född",
    "fødsels", "fødels", "födels", "samordning", "social security", "birth", " born",
)  # fmt: skip
# Right behind one of these a number may be parted anywhere, as it is dictated: 'cpr 01 01 90 12 34'.
_INTRODUCING = (
    "cpr", "personn", "person-n", "person n", "pers.n", "persnr", "pnr", "fnr", "fødselsn", "födelsen", "samordning",
)  # fmt: skip
_MOST_DIGITS = 12
_MARK = re.compile(rf"\[(?:{CPR.lower()}|{PERSONNUMMER}|{FODSELSNUMMER}|{CARD})\]")
_CARD_WORDS = ("kort", "card", "visa")
_PHONE_WORDS = ("tlf", "telefon", "phone", "mobil", "tel.", "ring", "call")
# The number is called something else right before it: 'ordrenr. 1012011234', '#1012011234'.
_OTHER_WORDS = ("ordre", "order", "faktura", "invoice", " ref", "ean", "gtin", "tracking", "#")
_NUMBER_WORDS = ("nr", "no", "num", "nummer", "numret", "number", "id")
_NUMBERED_WORDS = (
    *_OTHER_WORDS, "ordres", "orders", "bestilling", "bestillings", "beställning", "beställnings", "sags", "case",
    "sporing", "sporings", "pakke", "paket", "kolli", "kunde", "kund", "customer", "vare", "artikel", "article",
    "serie", "serial", "reference", "referense", "referens",
)  # fmt: skip

# How persons' numbers are written, as sizes of groups, by the size of the first.
_SHAPES: dict[int, tuple[tuple[int, ...], ...]] = {
    2: ((2, 2, 2, 4), (2, 2, 2, 5), (2, 2, 4, 4)),
    4: ((4, 2, 2, 4),),
    6: ((6, 4), (6, 5), (6, 3, 2)),
    8: ((8, 4),),
    10: ((10,),),
    11: ((11,),),
    12: ((12,),),
}


def numbers(plain: str) -> Iterator[tuple[str, int, int]]:
    """Every number in a text of plain digits: its kind, where it starts and ends."""
    lower = plain.lower()
    introduced = any(word in lower for word in _INTRODUCING)
    for match in _RUN.finditer(plain):
        if match.end() - match.start() < 8:
            continue
        spans = [one.span() for one in _GROUP.finditer(plain, match.start(), match.end())]
        sizes = [end - start for start, end in spans]
        at = 0
        while at < len(sizes):
            next_sizes = sizes[at : at + 7]
            dictated = _dictated(plain, spans[at : at + _MOST_DIGITS]) if introduced else None
            if dictated:
                kind, groups = dictated
                yield kind, spans[at][0], spans[at + groups - 1][1]
                at += groups
                continue
            if sum(next_sizes) < 8:  # not even a phone number
                at += 1
                continue
            kind, groups = _beginning(plain, spans[at : at + 7], next_sizes)
            if kind:
                yield kind, spans[at][0], spans[at + groups - 1][1]
            at += groups


def _beginning(plain: str, spans: list[tuple[int, int]], sizes: list[int]) -> tuple[str, int]:
    """What begins with the first of these groups and how many groups it takes; no kind and one where nothing does."""
    if sizes[0] > 19:
        return "", 1
    if sizes[0] >= 4:
        groups = _card(plain, spans, sizes)
        if groups:
            return CARD, groups
    for shape in _SHAPES.get(sizes[0], ()):
        if sizes[: len(shape)] == [*shape]:
            kind = _person(_Written(plain, spans[: len(shape)]))
            if kind:
                return kind, len(shape)
    groups = _phone(plain, spans, sizes) if sizes[0] > 1 or plain[max(0, spans[0][0] - 1) : spans[0][0]] == "+" else 0
    return (PHONE, groups) if groups else ("", 1)


def _dictated(plain: str, spans: list[tuple[int, int]]) -> tuple[str, int] | None:
    """The kind of a person's number in groups of whatever size right behind its name, and how many groups it takes."""
    totals = [*accumulate(end - start for start, end in spans)]
    for size in (12, 11, 10):
        groups = totals.index(size) + 1 if size in totals else 0
        if groups > 1:
            written = _Written(plain, spans[:groups])
            if written.is_introduced:
                kind = _person(written)
                if kind:
                    return kind, groups
    return None


class _Written:
    """One number as it is written: its groups of digits, what parts them, and what stands around."""

    def __init__(self, plain: str, spans: list[tuple[int, int]]) -> None:
        self._plain = plain
        self._start, self._end = spans[0][0], spans[-1][1]
        self._named: bool | None = None
        self.digits = "".join([plain[start:end] for start, end in spans])
        between = [plain[left[1] : right[0]] for left, right in pairwise(spans)]
        self.glue = [part.strip() or " " for part in between]

    def is_near(self, words: tuple[str, ...]) -> bool:
        """Whether such a word stands within thirty characters."""
        around = self._plain[max(0, self._start - 30) : self._end + 30].lower()
        if "[" in around:  # the mark of another number says nothing about this one
            around = _MARK.sub("", around)
        for word in words:  # noqa: SIM110  (half the time of any())
            if word in around:
                return True
        return False

    @property
    def is_introduced(self) -> bool:
        """Whether the word for a person's number stands within thirty characters before it."""
        before = _MARK.sub("", self._plain[max(0, self._start - 30) : self._start].lower())
        return any(word in before for word in _INTRODUCING)

    @property
    def is_named(self) -> bool:
        """Whether a word near by says that it is a person's number."""
        if self._named is None:
            self._named = self.is_near(_ID_WORDS)
        return self._named

    @property
    def is_named_otherwise(self) -> bool:
        """Whether the word right before says that it is an order's, an invoice's or a phone's."""
        before = self._plain[max(0, self._start - 30) : self._start].lower()
        if before.endswith(("#", "+")):
            return not self.is_named
        before = before.rstrip(" .:\n\t#")
        for number in _NUMBER_WORDS:
            if before.endswith(number) and before[: -len(number)].rstrip(" -").endswith(_NUMBERED_WORDS):
                return not self.is_named
        return before.endswith(_OTHER_WORDS) and not self.is_named

    @property
    def is_amount(self) -> bool:
        """Whether a currency or decimals follow."""
        return bool(_AMOUNT.match(self._plain, self._end))

    @property
    def stands_alone(self) -> bool:
        """Whether no letters and no decimals are joined to it."""
        before, after = self._plain[max(0, self._start - 2) : self._start], self._plain[self._end : self._end + 1]
        last = before[-1:]
        if last.isalpha() or after.isalpha() or last == "_" or after == "_":
            return False
        return last not in (".", ",") or not before[:1].isdigit()


def _person(written: _Written) -> str:
    """The kind of the person's number that is written so, or nothing."""
    digits, glue = written.digits, written.glue
    if not glue and not (written.stands_alone or written.is_named):
        return ""
    if glue[-1:] in ([], [" "]) and written.is_amount:
        return ""
    if len(digits) == 11:
        return FODSELSNUMMER if is_fodselsnummer(digits) else ""
    if len(glue) == 3 and not _is_date_and_number(written):
        return ""
    swedish, danish = is_personnummer(digits), is_cpr(digits)
    certain = danish and len(digits) == 10 and is_certain_cpr(digits)
    # Where it may be both, a check digit tells more than a date, and a plain day more than one with sixty added.
    if swedish and not certain and not (danish and digits[:2] < "61" <= digits[-6:-4]):
        return "" if written.is_named_otherwise and not (glue and danish) else PERSONNUMMER
    if not danish or (not glue and written.is_named_otherwise):
        return ""
    if glue or certain or swedish or written.is_named:
        return CPR
    return POSSIBLE_CPR if len(digits) == 10 else ""


def _is_date_and_number(written: _Written) -> bool:
    """Whether a date in groups is parted alike, and what follows is not an hour: '11.03.26 1430', '2026-03-11 1430'."""
    first, second, last = written.glue
    if first != second:
        return False
    return last != " " or (first == " " and len(written.digits) != 12) or written.is_named


def _card(plain: str, spans: list[tuple[int, int]], sizes: list[int]) -> int:
    """How many groups the longest card number takes that begins here, 0 for none."""
    longest = total = 0
    digits = ""
    for groups, (size, (start, end)) in enumerate(zip(sizes, spans, strict=True), start=1):
        total += size
        if total > 19:
            break
        digits += plain[start:end]
        if total >= 13 and is_card(digits) and _is_written_as_card(_Written(plain, spans[:groups])):
            longest = groups
        if size < 3:  # a group as short as that ends a card number
            break
    return longest


def _is_written_as_card(written: _Written) -> bool:
    if not written.stands_alone or "+" in written.glue or "/" in written.glue:
        return False
    # A barcode has thirteen digits, too, and the German ones begin like cards.
    barcode = len(written.digits) == 13 and not written.glue and _is_ean(written.digits)
    return not barcode or written.is_near(_CARD_WORDS)


def _is_ean(digits: str) -> bool:
    return (sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10 == 0


def _phone(plain: str, spans: list[tuple[int, int]], sizes: list[int]) -> int:
    """How many groups a phone number takes that begins here, 0 for none. Eight bare digits may be anything."""
    start = spans[0][0]
    totals = [*accumulate(sizes)]
    if plain[max(0, start - 1) : start] == "+" or (sizes[0] in (4, 12) and plain.startswith("00", start)):
        return max((groups for groups, total in enumerate(totals, start=1) if 9 <= total <= 14), default=0)
    if sizes[:4] == [2, 2, 2, 2]:
        return 4
    if plain[start] == "0" and len(sizes) > 2:
        return next((groups for groups, total in enumerate(totals, start=1) if groups > 2 and total in (9, 10)), 0)
    if sizes[0] != 8:
        return 0
    written = _Written(plain, spans[:1])
    return int(written.stands_alone and written.is_near(_PHONE_WORDS))

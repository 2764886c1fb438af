"""What is new in a mail: without the mails quoted in it, and without the signature.

Mails in Danish, Swedish, Norwegian, English and German. What is cut must be known by its form; where it is in doubt the
text stays, for a name too much costs less than a sentence too little.
"""

import re
from collections.abc import Sequence

# --- quoted mails ---------------------------------------------------------------------------------

# What programs write above a mail they quote: "Den 3. nov. 2026 kl. 10.12 skrev Bo Berg <bo@…>:", "On … wrote:".
# A sentence of the customer's own ("Den 3. november skrev jeg til jer:") has no name there, and no clock or address.
_WROTE = re.compile(
    r"\b(?:wrote|skrev|schrieb)\b(?:\s*:|\s+(?-i:[^\W\d_a-zæøåäöüé]|[\"'<(])[^?!]{0,160}:|\s+\S+@\S+\s*:)\s*$",
    re.IGNORECASE,
)
_WROTE_BY_ME = re.compile(r"\b(?:i|we|you|he|she|they) wrote:", re.IGNORECASE)
_CLOCK_OR_ADDRESS = re.compile(r"\b\d{1,2}[.:]\d{2}\b|\S@\S")
_LONGEST_ATTRIBUTION_LINES = 4
# A line longer than this is a paragraph: it neither announces a quote nor signs.
_LONGEST_MARK = 300

_DIVIDER = re.compile(
    r"\s*-{2,}\s*(?:original(?: message| besked|meddelelse)?|oprindelig (?:meddelelse|besked|mail)|videresendt .{3,12}"
    r"|ursprungligt meddelande|vidarebefordrat .{3,12}|original ?meddelande|opprinnelig (?:melding|e-post)"
    r"|videresendt melding|ursprüngliche nachricht|weitergeleitete nachricht|forwarded (?:message|by .*))\s*-{2,}\s*",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"\s*(?:begin forwarded message|start på videresendt (?:besked|meddelelse)|videresendt (?:besked|melding)"
    r"|vidarebefordrat (?:brev|meddelande)|anfang der weitergeleiteten nachricht)\s*:\s*",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[_=]{20,}\s*")

# The head of a mail as Outlook puts it above what it quotes. "Fra:" and "Til:" alone may be a journey.
_HEAD_LINE = re.compile(r"[\s*>]*(?P<name>[a-zæøåäöü]{2,10})\s*:\*?\s*\S", re.IGNORECASE)
_FROM = {"from", "fra", "från", "von"}
_WHEN = {"sent", "sendt", "skickat", "gesendet", "date", "dato", "datum"}
_ABOUT = {"subject", "emne", "ämne", "betreff"}
_HEAD_LINES = 8

_QUOTED = re.compile(r"\s{0,3}(?:>|\|\s)")


def newest(text: str, sender: str = "") -> str:
    """The words of a plain text mail that are new in it. `sender` is the writer's name, as it stands in From."""
    lines = _without_quotes(_lines(text))
    return "\n".join(_without_signature(_stripped(lines), sender)).strip()


def without_quoted_lines(text: str) -> str:
    """A text of a forum without the lines it quotes from others, marked by >."""
    return "\n".join(line for line in _lines(text) if not _QUOTED.match(line)).strip()


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").split("\n")]


def _without_quotes(lines: Sequence[str]) -> list[str]:
    """The lines that are the writer's own; answers written between quoted lines stay."""
    kept: list[str] = []
    place = 0
    while place < len(lines):
        if _QUOTED.match(lines[place]):
            place += 1
        elif above := _attribution(lines, place):
            place += above
            if not _quote_follows(lines, place):
                break
        elif _history_begins(lines, place):
            break
        else:
            kept.append(lines[place])
            place += 1
    return kept


def _attribution(lines: Sequence[str], place: int) -> int:
    """How many lines from here on say who wrote what is quoted below; 0 where none do. Long ones are wrapped."""
    if not lines[place].strip() or len(lines[place]) > _LONGEST_MARK:
        return 0
    for count in range(1, _LONGEST_ATTRIBUTION_LINES + 1):
        some = lines[place : place + count]
        if len(some) < count or not some[-1].strip():
            return 0
        joined = " ".join(line.strip() for line in some)
        if _WROTE.search(joined) and _CLOCK_OR_ADDRESS.search(joined) and not _WROTE_BY_ME.search(joined):
            # What stands before on the same line must not be a sentence of its own.
            return count if len(joined) < 300 and _starts_like_a_day(joined) else 0
    return 0


_DAY = re.compile(
    r"[\s*]*(?:on|den|d\.|am|på|le|le\.|kl\.?|at)?\s*(?:[a-zæøåäöü]{2,9}\.?,?\s+)?(?:den|d\.)?\s*\d|[^.!?]{0,80}<\S+@\S+>",
    re.IGNORECASE,
)


def _starts_like_a_day(line: str) -> bool:
    return bool(_DAY.match(line)) or bool(re.match(r"\s*(?:on|am)\s", line, re.IGNORECASE))


def _quote_follows(lines: Sequence[str], place: int) -> bool:
    return any(_QUOTED.match(line) for line in lines[place : place + 3] if line.strip())


def _history_begins(lines: Sequence[str], place: int) -> bool:
    """Whether everything from this line on is an earlier mail."""
    line = lines[place]
    if len(line) > _LONGEST_MARK:
        return False
    if _DIVIDER.fullmatch(line) or _FORWARDED.fullmatch(line):
        return True
    if _RULE.fullmatch(line):
        following = [number for number in range(place + 1, min(place + 4, len(lines))) if lines[number].strip()]
        return bool(following) and _head(lines, following[0])
    return _head(lines, place)


def _head(lines: Sequence[str], place: int) -> bool:
    """Whether the head of a mail stands here: who it is from, and when it was sent or what it is about."""
    first = _HEAD_LINE.match(lines[place])
    if not first or first["name"].lower() not in _FROM:
        return False
    names = {
        found["name"].lower()
        for line in lines[place + 1 : place + _HEAD_LINES]
        if (found := _HEAD_LINE.match(line)) is not None
    }
    return bool(names & _WHEN) or bool(names & _ABOUT)


# --- signatures -----------------------------------------------------------------------------------

_DASHES = re.compile(r"\s*(?:--|—|–)\s*")
_DEVICE = re.compile(
    r"\s*(?:sent from (?:my|outlook|yahoo|mail)|get outlook for|sendt fra (?:min|mit|outlook|yahoo|mail|proton|samsung)"
    r"|hent outlook|skickat från|skickades från|hämta outlook|skaffa outlook|få outlook|last ned outlook"
    r"|von meinem .* gesendet|gesendet (?:von|mit))\b.{0,80}",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(?:(?:med|de|mange|bedste|venlige?|kærlige?|glade|gode|solrige)\s+){0,4}(?:hilsen|hilsner)"
    r"(?:\s+(?:fra|herfra))?"
    r"|\s*(?:(?:med|de|många|bästa|vänliga?|varma|soliga|glada|hjärtliga)\s+){0,4}(?:hälsning(?:ar)?)(?:\s+från)?"
    r"|\s*vänligen|\s*(?:med\s+)?(?:beste?|vennlige?|mange|hjertelige?)\s+(?:hilsen|hilsner)"
    r"|\s*(?:d?b|m|m\.|k|v|bed)\.?\s?[vh]\.?\s?h?\.?|\s*mvh\.?|\s*dbh\.?|\s*vh\.?|\s*kh\.?"
    r"|\s*(?:(?:with|kind|kindest|best|warm|warmest|many)\s+){0,3}(?:regards|wishes|greetings)"
    r"|\s*yours(?: sincerely| faithfully| truly)?|\s*sincerely(?: yours)?|\s*cheers|\s*all the best|\s*best"
    r"|\s*(?:mit\s+)?(?:freundlichen|besten|vielen|herzlichen|liebe|viele)\s+grüßen?|\s*mfg",
    re.IGNORECASE,
)
# Thanks are words of the customer's, but what follows them may be a name all the same.
_THANKS = re.compile(
    r"\s*(?:(?:på forhånd|mange|tusind|tusen|stort|many|på förhand)\s+)?(?:tak|tack|takk|thanks|thank you)"
    r"(?:\s+(?:på förhand|på forhånd|så meget|in advance|for (?:hjælpen|jeres tid)|för hjälpen))?",
    re.IGNORECASE,
)
_NAME = r"[A-ZÆØÅÄÖÜÉ][\w.’'-]*"
_CAPITALISED = re.compile(rf"\s*{_NAME}(?:\s+(?:(?:af|von|van|de|der|og|och|&|/)\s+)?{_NAME}){{0,4}}\s*[,.]?")
_CONTACT = re.compile(
    r"@|www\.|https?://|\+\d|\d[\d ()./-]{5,}|\b(?:tlf|tel|telefon|mobil|mob|phone|cell|direkte|fax|cvr|org)\b",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"\s*(?:P\.?\s?S\.?|NB|OBS)\b", re.IGNORECASE)
_DISCLAIMER = re.compile(
    r"\W*(?:this (?:e-?mail|message)|denne (?:e-?mail|mail|meddelelse|besked)|detta (?:e-?mail|e-?post|meddelande)"
    r"|denna (?:e-?post|mail)|confidential|disclaimer|fortrolig|konfidentiell|tænk på miljøet|please consider)\b",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE_LINES = 14


def _without_signature(lines: list[str], sender: str) -> list[str]:
    if lines and _is_device(lines[-1]):
        lines = _stripped(lines[:-1])
    dashes = next((place for place, line in enumerate(lines) if _DASHES.fullmatch(line)), None)
    if dashes is not None:
        lines = lines[:dashes]
    for place in range(max(0, len(lines) - _LONGEST_SIGNATURE_LINES), len(lines)):
        cut = _cut_at(lines, place, sender)
        if cut is not None:
            return [*_stripped(lines[:cut]), *_postscript(lines[cut:])]
    return lines


def _stripped(lines: list[str]) -> list[str]:
    """The lines without blank ones at the end."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _cut_at(lines: list[str], place: int, sender: str) -> int | None:
    """Where the signature begins that is announced by this line; None where it announces none."""
    line = lines[place].strip().rstrip(",.!:;")
    below = [one for one in lines[place + 1 :] if one.strip()]
    if not line or len(line) > _LONGEST_MARK or not _all_contact(below, sender):
        return None
    if _CLOSING.fullmatch(line):
        return place
    closing = _CLOSING.match(line)
    if closing and closing.end() > 1 and _CAPITALISED.fullmatch(line[closing.end() :].lstrip(",. ")):
        return place
    if _THANKS.fullmatch(line) and below:
        return place + 1
    alone = place == 0 or not lines[place - 1].strip()
    return place if alone and place > 0 and _is_name_of(line, sender) else None


def _all_contact(lines: Sequence[str], sender: str) -> bool:
    """Whether lines hold nothing but who somebody is and how to reach them, up to a postscript or a disclaimer."""
    for line in lines:
        if _POSTSCRIPT.match(line) or _DISCLAIMER.match(line):
            return True
        if not (_is_contact(line) or _is_name_of(line.strip(), sender)):
            return False
    return True


def _is_device(line: str) -> bool:
    """Whether a line says which device or program sent the mail."""
    return len(line) <= _LONGEST_MARK and _DEVICE.fullmatch(line) is not None


def _is_contact(line: str) -> bool:
    if len(line) > _LONGEST_MARK:
        return False
    if _is_device(line):
        return True
    words = line.split()
    if _CONTACT.search(line):
        return len(words) <= 8
    titled = len(words) <= 5 and words[0][:1].isupper() and not line.rstrip().endswith((".", "!", "?"))
    return bool(_CAPITALISED.fullmatch(line)) or (titled and len(words) <= 2) or (titled and _is_place(line))


def _is_place(line: str) -> bool:
    """A street with its number, a town with its code, or a position: "Nørregade 12", "8000 Aarhus C"."""
    return bool(re.search(r"\b\d{1,5}\b", line)) or bool(re.search(r"\b(?:of|for|på|i|og|and|&)\b", line))


def _is_name_of(line: str, sender: str) -> bool:
    """Whether a line is the writer's name, or the first of their names."""
    name = line.strip(" ,.-").casefold()
    whole = sender.strip().casefold()
    return bool(name) and bool(whole) and (name == whole or name == whole.split()[0] or whole.startswith(f"{name} "))


def _postscript(lines: Sequence[str]) -> list[str]:
    place = next((place for place, line in enumerate(lines) if _POSTSCRIPT.match(line)), None)
    return [] if place is None else ["", *lines[place:]]

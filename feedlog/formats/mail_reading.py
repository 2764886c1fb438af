"""Reads one mail: who wrote it and when, and what is new in it.

What nobody wrote by hand is known by its headers and named: automatic answers, messages of undelivered mail,
newsletters, digests of lists.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from typing import NamedTuple

from feedlog.errors import WrongUsage
from feedlog.formats.mail_words import newest
from feedlog.formats.quoted import without_quotes
from feedlog.language.decoding import decode
from feedlog.vocabulary import LONGEST_LABEL_CHARACTERS

_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
# "Holm, Anna" is how address books of offices turn names.
_TURNED_NAME = re.compile(r"([^\W\d]\S*), ([^\W\d]\S*(?: [^\W\d]\S*){0,2})")
_AGAIN = re.compile(r"\s*(?:(?:re|sv|vs|fw|fwd|vb|aw|wg|antw|ang)\s*(?:\[\d+\])?\s*:)", re.IGNORECASE)
# With a colon behind it, or nothing: a customer may write about automatic answers, too.
_AUTOMATIC = re.compile(
    r"\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|autosvar|automatiskt? (?:svar|besvarelse)"
    r"|out of (?:the )?office(?: autoreply)?|frånvaro(?:meddelande|svar)|fravær(?:smelding|sbesked)"
    r"|ikke på kontoret|ej på kontoret|abwesenheits(?:notiz|meldung)|automatische antwort)\s*(?::|$)",
    re.IGNORECASE,
)
_UNDELIVERED = re.compile(
    r"\s*(?:undeliver(?:ed|able)|delivery (?:status notification|failure)|mail delivery|returned mail|failure notice"
    r"|kan ikke leveres|olevererbart|ikke leveret)",
    re.IGNORECASE,
)
_DIGEST = re.compile(r".*\bdigest\b.*\bvol\b", re.IGNORECASE)
_POSTMASTERS = ("mailer-daemon", "postmaster")


class Mail(NamedTuple):
    """What a mail holds for the log. `words` are what is new in it; `passed_over` says why it is not a customer's.

    `sent_at` is ISO with its offset, empty where the mail has no date that can be read; `id` is its Message-ID without
    brackets; `answers` are those of the mails it answers, the nearest first.
    """

    words: str
    address: str
    name: str
    sent_at: str
    id: str
    answers: tuple[str, ...]
    passed_over: str | None = None


def read(raw: bytes) -> Mail:
    """One mail as it was sent. Never refuses: what is broken in it is read as far as it goes."""
    message = message_from_bytes(raw)
    address, name = _sender(_header(message, "From"))
    answers = [*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))]
    subject = _header(message, "Subject").strip()
    passed_over = _passed_over(message, subject, address)
    words = "" if passed_over else newest(_body(message), name) or _subject_alone(subject)
    return Mail(
        words,
        address,
        name,
        _sent_at(message),
        next(iter(_ids(message, "Message-ID")), ""),
        tuple(dict.fromkeys(answers)),
        passed_over,
    )


def _header(message: Message, name: str) -> str:
    """A header as a person reads it: on one line, encoded words decoded, stray bytes as they were meant."""
    return next(_headers(message, name), "")


def _headers(message: Message, name: str) -> Iterator[str]:
    for known, value in message.raw_items():  # get() would replace bytes that no header should hold
        if known.lower() == name.lower():
            text = _mended(" ".join(str(value).split()))
            try:
                parts = decode_header(text) if "=?" in text else [(text, None)]
            except (MessageError, ValueError):
                parts = [(text, None)]
            yield "".join(part if isinstance(part, str) else _encoded_word(part, charset) for part, charset in parts)


def _encoded_word(part: bytes, charset: str | None) -> str:
    # What stands between encoded words is handed out in this spelling.
    return part.decode("raw-unicode-escape", "replace") if charset is None else _decoded(part, charset)


def _ids(message: Message, name: str) -> list[str]:
    """The Message-IDs of a header, without brackets; one that is too long to be a key is known by its digest."""
    text = _header(message, name)
    found = _MESSAGE_ID.findall(text) or text.split()
    return [one if len(one) <= LONGEST_LABEL_CHARACTERS else sha256(one.encode()).hexdigest() for one in found]


def _mended(text: str) -> str:
    """A text with bytes that no header should hold, as they were meant."""
    raw = text.encode("utf-8", "surrogateescape")
    return _decoded(raw, None)


def _decoded(raw: bytes, charset: str | None) -> str:
    """Bytes as text: UTF-8 where they are, else as declared, else as the rest of feedlog reads what it does not know.

    A charset is often declared wrongly, and hardly any other text is UTF-8 by chance.
    """
    declared = (charset or "").lower()
    try:
        if not declared.startswith(("iso-2022", "utf-16", "utf-7", "hz")):
            return raw.decode()
    except UnicodeDecodeError:
        pass
    # What calls itself Latin-1 or ASCII is Windows-1252 wherever the two differ.
    if declared and declared not in ("us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "unknown-8bit"):
        try:
            return raw.decode(declared)
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    try:
        return decode(raw).text
    except WrongUsage:  # NUL bytes
        return raw.replace(b"\0", b"").decode("cp1252", "replace")


def _sender(header: str) -> tuple[str, str]:
    """Address and name of who wrote; a name that only repeats the address is none."""
    name, address = next((pair for pair in getaddresses([header]) if "@" in pair[1]), ("", ""))
    name = " ".join(name.strip(" \"'").split())
    if turned := _TURNED_NAME.fullmatch(name):
        name = f"{turned[2]} {turned[1]}"
    return address, "" if "@" in name else name


def _sent_at(message: Message) -> str:
    """When it was written; where the date cannot be read, when the last server received it."""
    received = next(_headers(message, "Received"), "").rpartition(";")[2]
    for text in (_header(message, "Date"), received):
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        # A date with the offset -0000 says that it is UTC, and nothing about where it was written.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat(timespec="seconds")
    return ""


def _passed_over(message: Message, subject: str, address: str) -> str | None:
    """Why this is nobody's own words, as a sentence; None where it is a mail somebody wrote."""
    sent = {name: _header(message, name).strip().lower() for name in ("Auto-Submitted", "Precedence")}
    kind = message.get_content_type()
    from_nobody = _header(message, "Return-Path").strip() == "<>"
    if (
        kind == "multipart/report"
        or address.partition("@")[0].lower() in _POSTMASTERS
        or (from_nobody and _UNDELIVERED.match(subject))
    ):
        return "It says that a mail could not be delivered; nobody wrote it."
    if (
        sent["Auto-Submitted"] not in ("", "no")
        or sent["Precedence"] == "auto_reply"
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response"))
        or _AUTOMATIC.match(subject)
    ):
        return "It is an automatic answer; nobody wrote it."
    if kind == "multipart/digest" or _DIGEST.match(subject):
        return "It is a digest of a mailing list, not one person's mail."
    # A shared inbox that is a mailing list puts both on every customer's mail; a newsletter cannot be written to.
    if sent["Precedence"] in ("bulk", "junk") or ("List-Unsubscribe" in message and "List-Post" not in message):
        return "It is a newsletter or was sent in bulk."
    return None


def _body(message: Message) -> str:
    """The text of the mail: the plain one where it says anything, else what the HTML shows without its quotes."""
    plain = [text for part in _texts(message, "text/plain") if (text := _text(part)).strip()]
    if plain:
        return "\n".join(plain)
    from feedlog.formats.html import text_of  # here: most mails say it in plain text, too

    return "\n".join(text_of(without_quotes(_text(part))) for part in _texts(message, "text/html"))


def _texts(message: Message, kind: str) -> Iterator[Message]:
    """The parts of this kind that are the mail itself; not attachments, and not mails that are attached."""
    if message.get_content_type() == "message/rfc822" or message.get_content_disposition() == "attachment":
        return
    if message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _texts(part, kind)
    elif message.get_content_type() == kind:
        yield message


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    text = _decoded(raw, part.get_content_charset()) if isinstance(raw, bytes) else str(part.get_payload())
    if str(part.get_param("format", "")).lower() == "flowed":
        return _unflowed(text, joined=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _unflowed(text: str, *, joined: bool) -> str:
    """A text of format=flowed with its paragraphs on one line each (RFC 3676); quoted lines stay as they are."""
    lines: list[str] = []
    open_line = False
    for line in text.splitlines():
        own = not line.startswith(">")
        line = line[1:] if line.startswith(" ") else line
        flowed = own and line.endswith(" ") and line != "-- "
        if open_line and own and line != "-- ":
            lines[-1] += line[:-1] if joined and flowed else line
        else:
            lines.append(line[:-1] if joined and flowed else line)
        open_line = flowed
    return "\n".join(lines)


def _subject_alone(subject: str) -> str:
    """The subject where a mail says nothing else; that of an answer repeats what was said before."""
    return "" if _AGAIN.match(subject) else subject

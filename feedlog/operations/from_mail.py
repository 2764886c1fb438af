"""A mail piped in as a note: what is new in it, who wrote it and when."""

from typing import NamedTuple

from feedlog import when
from feedlog.errors import Refused, WrongUsage
from feedlog.formats.mail import is_mail
from feedlog.formats.mail_reading import read

# With its pictures a mail can be long; what is new in it is checked like any other text.
LONGEST_MAIL_BYTES = 64 * 1024 * 1024


class MailSaid(NamedTuple):
    """What a mail says for a note; what it does not say is None. `said_at` is a stored instant."""

    words: str
    customer: str | None
    name: str | None
    said_at: str | None
    key: str | None


def said_in(raw: bytes, *, now: str) -> MailSaid:
    """What a customer said in a mail; `now` is a stored instant, no mail was written after it.

    Raises WrongUsage for what is no mail, is too long or holds no words; Refused for what nobody wrote by hand.
    """
    if not raw.strip():
        raise WrongUsage("There is no mail.", hint="Pipe one in: feedlog add --from-mail < mail.eml")
    if len(raw) > LONGEST_MAIL_BYTES:
        raise WrongUsage(
            f"The mail is longer than {LONGEST_MAIL_BYTES // 1024 // 1024} MiB.", hint="Pipe it in without attachments."
        )
    raw = _without_separator(raw)
    if not is_mail(raw[:65536].decode("utf-8", "replace")):
        raise WrongUsage(
            "This is not a mail with its headers.", hint="For the text alone, leave --from-mail out: feedlog add < text"
        )
    mail = read(raw)
    if mail.passed_over:
        raise Refused(f"The mail is not logged. {mail.passed_over}", hint="To log it all the same, pipe its text in.")
    if not mail.words:
        raise WrongUsage(
            "There are no new words in this mail, only quotes, a signature or attachments.",
            hint="Write what the customer means yourself: feedlog add TEXT -c CUSTOMER",
        )
    sent = when.instant(mail.sent_at, now=when.local(now)) if mail.sent_at else None
    return MailSaid(
        mail.words,
        mail.address or None,
        (mail.name or None) if mail.address else None,
        # Senders' clocks are ahead now and then: a mail that has come was not written later.
        sent if sent and sent <= now else None,
        mail.id or None,
    )


def _without_separator(raw: bytes) -> bytes:
    """A mail without the line "From …" that mail programs put before one they pipe out."""
    raw = raw.lstrip(b"\r\n")
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw

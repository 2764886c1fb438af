# ruff: noqa: E501  (rows of exports and lines of mails stand as they are)
"""Mails and mailboxes."""

from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest

from feedlog.formats import look_at, mail
from feedlog.formats.mail import is_mail
from feedlog.formats.mail_reading import read
from feedlog.formats.records import Record
from tests.formats.desks import notes, problems, replies, silent

PLAIN = (
    "From: Anna Holm <anna@kunde.example>\nTo: hjaelp@firma.example\nSubject: Pakke\n"
    "Date: Tue, 03 Nov 2026 10:12:00 +0100\nMessage-ID: <a1@kunde.example>\n"
)


def written(headers: str, body: str | bytes, encoding: str = "utf-8") -> bytes:
    """A mail with these headers besides those every mail here has."""
    text = body if isinstance(body, bytes) else body.encode(encoding)
    return (PLAIN + headers + "\n").encode() + text


def brought(folder: Path, content: bytes, *, ours: Sequence[str] = (), name: str = "mails.mbox") -> list[Record]:
    """What a file of mails holds."""
    path = folder / name
    path.write_bytes(content)
    source = mail.with_ours(ours)
    return list(source.records({"mails": mail.tables(look_at(str(path)))}))


def test_one_mail(tmp_path: Path) -> None:
    """A mail is a note: its new words, who wrote it, when, and the Message-ID it is known by."""
    raw = written("", "Pakken kom aldrig.\n\nMvh\nAnna\n\n> Hej Anna\n")
    [record] = brought(tmp_path, raw, name="one.eml")
    assert record.fields == {
        "verbatim": "Pakken kom aldrig.",
        "customer": "anna@kunde.example",
        "name": "Anna Holm",
        "said_at": "2026-11-03T10:12:00+01:00",
        "channel": "email",
        "source_id": "a1@kunde.example",
    }


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("us-ascii", "utf-8"),
        ("utf-8", "cp1252"),
        ("no-such-charset", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("windows-1252", "cp1252"),
        ("macintosh", "mac-roman"),
        ("iso-8859-15", "iso-8859-15"),
    ],
)
def test_charsets(charset: str, encoding: str) -> None:
    """Words come in whole in whatever charset, also where another one is declared."""
    body = "Blåbærgrød på vej – “igen” 5 €" if encoding not in ("iso-8859-15", "mac-roman") else "Blåbærgrød på vej"
    raw = written(f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n", body, encoding)
    assert read(raw).words == body


@pytest.mark.parametrize("transfer", ["quoted-printable", "base64", "8bit"])
def test_transfer_encodings(transfer: str) -> None:
    """Quoted-printable and base64 are undone."""
    message = EmailMessage()
    message["From"] = "anna@kunde.example"
    message.set_content("Prisen på rødgrød er forkert.", cte=transfer)
    assert read(message.as_bytes()).words == "Prisen på rødgrød er forkert."


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("=?utf-8?B?w4VzYSDDlmJlcmc=?= <x@kund.example>", "Åsa Öberg"),
        ("=?iso-8859-1?Q?S=F8ren_Bj=E6lke?= <x@kund.example>", "Søren Bjælke"),
        ('"Holm, Anna" <x@kund.example>', "Anna Holm"),
        ('"x@kund.example" <x@kund.example>', ""),
        ("x@kund.example", ""),
        ("=?utf-8?B?broken?= <x@kund.example>", None),
    ],
)
def test_names_of_writers(header: str, name: str | None) -> None:
    """Encoded names are read, turned ones turned back; a name that repeats the address is none."""
    found = read(f"From: {header}\nSubject: x\n\nHej\n".encode())
    assert found.address == "x@kund.example"
    assert name is None or found.name == name


def test_stray_bytes_in_headers() -> None:
    """A name with bytes that no header should hold is read as it was meant."""
    assert read("From: Søren <s@kunde.example>\nTo: x\n\nHej".encode("cp1252")).name == "Søren"
    assert read("From: Søren <s@kunde.example>\nTo: x\n\nHej".encode()).name == "Søren"


def test_plain_text_before_html() -> None:
    """Where a mail says it twice the plain text counts; a mail in HTML alone is read as it is shown."""
    message = EmailMessage()
    message["From"] = "anna@kunde.example"
    message.set_content("Plain words")
    message.add_alternative("<p>Other words</p>", subtype="html")
    message.add_attachment("not mine", filename="x.txt")
    assert read(message.as_bytes()).words == "Plain words"


@pytest.mark.parametrize(
    "html",
    [
        "<div>Det virker ikke &amp; jeg er træt af det</div><div class='gmail_quote'><div>Den 3. nov skrev X:</div>"
        "<blockquote>Hej</blockquote></div>",
        "<html><head><style>p {color:red}</style></head><body><p>Det virker ikke &amp; jeg er træt af det</p>"
        "<div id='appendonsend'></div><hr><div id='divRplyFwdMsg'><b>Fra:</b> X</div><div>Hej</div></body></html>",
        "<p>Det virker ikke &amp; jeg er træt af det<o:p></o:p></p><div style='border:none;border-top:solid #E1E1E1 "
        "1.0pt'><p><b>Fra:</b> X<br><b>Sendt:</b> 3. november</p></div><p>Hej</p>",
        "<p>Det virker ikke &amp; jeg er træt af det</p><blockquote type='cite'><div>Hej<div>x</div></div></blockquote>",
        "<div>Det virker ikke &amp; jeg er træt af det</div><div><b>Fra:</b> X</div><div><b>Sendt:</b> 3. november 2026"
        "</div><div><b>Til:</b> Anna</div><div><b>Emne:</b> SV: Login</div><div>Hej</div>",
        "<div>Det virker ikke &amp; jeg er træt af det<div class='gmail_signature'>Anna<br>Tlf 1</div>",
    ],
)
def test_quotes_in_html(html: str) -> None:
    """The quotes of Gmail, Outlook and Apple Mail are cut from HTML, also where tags are left open."""
    raw = written("Content-Type: text/html; charset=utf-8\n", html)
    assert read(raw).words == "Det virker ikke & jeg er træt af det"


def test_flowed_lines() -> None:
    """A paragraph of format=flowed is one line again; the quoted lines in it stay quotes."""
    raw = written(
        "Content-Type: text/plain; charset=utf-8; format=flowed\n",
        "It broke on \nMonday and again \non Friday.\n\n> and \n> this\n",
    )
    assert read(raw).words == "It broke on Monday and again on Friday."


def test_subject_counts_where_there_is_nothing_else() -> None:
    """The subject is the words of an empty mail, but not of an answer, whose subject repeats an older one."""
    assert read(b"From: a@b.example\nSubject: Where is my parcel?\n\n").words == "Where is my parcel?"
    assert read(b"From: a@b.example\nSubject: SV: Where is my parcel?\n\n> Hi\n").words == ""
    assert read(b"From: a@b.example\nSubject: Parcel\n\nIt is late\n").words == "It is late"


@pytest.mark.parametrize(
    ("date", "stored"),
    [
        ("Tue, 3 Nov 2026 10:12:00 +0100", "2026-11-03T10:12:00+01:00"),
        ("3 Nov 2026 10:12 GMT", "2026-11-03T10:12:00+00:00"),
        ("Tue, 3 Nov 2026 10:12:00 -0000", "2026-11-03T10:12:00+00:00"),
        ("yesterday", ""),
        ("Tue, 99 Nov 2026 10:12:00 +0100", ""),
    ],
)
def test_dates(date: str, stored: str) -> None:
    """A date keeps its zone; one that cannot be read is none."""
    assert read(f"From: a@b.example\nDate: {date}\n\nHej\n".encode()).sent_at == stored


def test_date_of_the_last_server() -> None:
    """Without a date of its own a mail was sent when the last server received it."""
    raw = b"Received: from x by y; Tue, 3 Nov 2026 09:00:00 +0000\nFrom: a@b.example\n\nHej\n"
    assert read(raw).sent_at == "2026-11-03T09:00:00+00:00"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ("Auto-Submitted: auto-replied\n", "It is an automatic answer; nobody wrote it."),
        ("X-Autoreply: yes\n", "It is an automatic answer; nobody wrote it."),
        ("Precedence: bulk\n", "It is a newsletter or was sent in bulk."),
        ("List-Unsubscribe: <mailto:x@y.example>\n", "It is a newsletter or was sent in bulk."),
        (
            "Content-Type: multipart/report; boundary=b\n",
            "It says that a mail could not be delivered; nobody wrote it.",
        ),
        ("Content-Type: multipart/digest; boundary=b\n", "It is a digest of a mailing list, not one person's mail."),
    ],
)
def test_what_nobody_wrote(tmp_path: Path, headers: str, why: str) -> None:
    """Automatic answers, bounces, newsletters and digests are left out, and said by their line."""
    raw = written(headers, "Jeg er på ferie.\n")
    assert problems(brought(tmp_path, raw, name="one.eml")) == [("one.eml", 1, why)]


@pytest.mark.parametrize(
    "subject", ["Automatic reply: Pakke", "Autosvar: Pakke", "Automatiskt svar: x", "Out of office"]
)
def test_automatic_answers_by_their_subject(subject: str) -> None:
    """Automatic answers that do not say so in their headers are known by their subject."""
    assert read(f"From: a@b.example\nSubject: {subject}\n\nHej\n".encode()).passed_over is not None


def test_a_complaint_about_automatic_answers() -> None:
    """A customer who writes about automatic answers is heard."""
    assert read(b"From: a@b.example\nSubject: Autosvar hele tiden\n\nHej\n").words == "Hej"


def test_shared_inbox_is_no_newsletter() -> None:
    """A customer's mail to a shared inbox that is a mailing list is the customer's mail."""
    raw = written("Precedence: list\nList-Post: <mailto:x@y.example>\nList-Unsubscribe: <mailto:x@y.example>\n", "Hej")
    assert read(raw).words == "Hej"


MAILBOX = b"""From anna@kunde.example Tue Nov  3 10:12:00 2026
From: Anna Holm <anna@kunde.example>
Subject: Pakke
Date: Tue, 3 Nov 2026 10:12:00 +0100
Message-ID: <a1@kunde.example>

Pakken kom aldrig.
>From Monday on I waited.

From where I stand it is lost.

From mette@firma.example Tue Nov  3 11:00:00 2026
From: Mette Lund <mette@firma.example>
Date: Tue, 3 Nov 2026 11:00:00 +0100
Message-ID: <m1@firma.example>
In-Reply-To: <a1@kunde.example>

Vi sender en ny.

From jens@firma.example Tue Nov  3 12:00:00 2026
From: Jens <jens@firma.example>
Date: Tue, 3 Nov 2026 12:00:00 +0100
Message-ID: <j1@firma.example>
In-Reply-To: <m1@firma.example>
References: <a1@kunde.example> <m1@firma.example>

Den er sendt.

From mette@firma.example Tue Nov  3 13:00:00 2026
From: Mette Lund <mette@firma.example>
Message-ID: <m2@firma.example>
Subject: Tilbud

Vi har et tilbud.
"""


def test_mailbox(tmp_path: Path) -> None:
    """Mails of a mailbox are told apart by their From line alone, and named by the line they begin on."""
    found = brought(tmp_path, MAILBOX)
    assert [record.line for record in found] == [1, 12, 20, 29]
    assert notes(found)["a1@kunde.example"]["verbatim"] == (
        "Pakken kom aldrig.\nFrom Monday on I waited.\n\nFrom where I stand it is lost."
    )


def test_our_answers_are_replies(tmp_path: Path) -> None:
    """Mails from our addresses answer the customer's mail, also through a colleague's; new ones of ours are no words."""
    found = brought(tmp_path, MAILBOX, ours=["@Firma.example"])
    assert list(notes(found)) == ["a1@kunde.example"]
    assert replies(found) == {
        "m1@firma.example": ("a1@kunde.example", "Mette Lund", "Vi sender en ny."),
        "j1@firma.example": ("a1@kunde.example", "Jens", "Den er sendt."),
    }
    assert silent(found) == [("mails.mbox", 29)]


def test_mailbox_with_windows_line_ends(tmp_path: Path) -> None:
    """Line ends do not change what a mailbox says."""
    found = brought(tmp_path, MAILBOX.replace(b"\n", b"\r\n"))
    assert [record.fields["verbatim"] for record in found] == [
        record.fields["verbatim"] for record in brought(tmp_path, MAILBOX)
    ]


def test_mail_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail too long for memory costs only itself."""
    monkeypatch.setattr(mail, "LONGEST_MAIL_BYTES", 200)
    found = brought(tmp_path, MAILBOX.replace(b"Vi sender en ny.", b"x" * 300))
    assert [record.line for record in found if record.problem] == [12]
    assert len(found) == 4


def test_what_a_mail_looks_like() -> None:
    """A mail begins with headers of a mail, a mailbox with its From line; text and tables are neither."""
    assert is_mail(MAILBOX.decode())
    assert is_mail(PLAIN + "\nHej")
    assert is_mail("From anna@kunde.example\nFrom: x\n")
    for start in ("id,text\n1,Hej\n", "From now on: it works\n\n", "Hej: du\nder: x\n", "{}", "", "From: x\nhej\n"):
        assert not is_mail(start)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\n", b"From", b"\xff\xfe\x00", b"Content-Type: multipart/mixed\n\nx", b"From: <<<>>>\nDate: \n\n", b":\n:\n",
     b"From: a@b.example\nContent-Type: text/plain; charset=\"\n\nHej", b"Content-Transfer-Encoding: base64\n\n%%%%",
     b"Content-Type: text/plain; charset=utf-16\n\nHej", b"Content-Type: text/html\n\n<<p <b class=\"x"],
)  # fmt: skip
def test_broken_mails_are_read_as_far_as_they_go(raw: bytes) -> None:
    """No mail, however broken, makes reading fail."""
    read(raw)


def test_separators_made_to_be_slow(tmp_path: Path) -> None:
    """A long line that begins like a mailbox's separator is what somebody wrote."""
    body = b"Hej\n\nFrom x " + b"1:11 " * 60_000 + b"\n"
    [found] = brought(tmp_path, written("", body))
    assert found.fields["verbatim"].startswith("Hej\n\nFrom x 1:11")

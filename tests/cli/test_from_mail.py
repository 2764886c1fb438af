# ruff: noqa: E501  (rows of exports and lines of mails stand as they are)
"""feedlog add --from-mail: a mail piped in from a mail program is a note."""

from collections.abc import Callable
from typing import Any

import pytest

from feedlog import when

Invoke = Callable[..., Any]

MAIL = """\
From: =?utf-8?B?w4VzYSDDlmJlcmc=?= <asa@kund.example>
To: hjalp@firma.example
Subject: Sv: Paket
Date: Tue, 03 Nov 2026 10:12:00 +0100
Message-ID: <a1@kund.example>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Paketet kom aldrig fram.

Med vänliga hälsningar
Åsa Öberg

Den tis 3 nov. 2026 kl 10:12 skrev Kundtjänst <hjalp@firma.example>:
> Hej Åsa
""".encode()


def test_mail_is_a_note(invoke: Invoke) -> None:
    """The new words, the writer's mail and name, the day and the channel come out of the mail; a repeat is harmless."""
    done = invoke("add", "--from-mail", "--json", stdin=MAIL)
    spoken = when.spoken("2026-11-03T09:12:00Z", now=when.clock())
    assert (done.status, done.err) == (0, f"said {spoken}\n")
    note = done.json
    assert note["verbatim"] == "Paketet kom aldrig fram."
    assert note["customer"] == {"key": "asa@kund.example", "name": "Åsa Öberg"}
    assert (note["said_at"], note["channel"], note["new"]) == ("2026-11-03T09:12:00Z", "email", True)
    again = invoke("add", "--from-mail", "--json", stdin=MAIL)
    assert (again.status, again.json["id"], again.json["new"]) == (0, note["id"], False)


def test_options_win(invoke: Invoke) -> None:
    """What is given as an option counts, not what the mail says; a name goes with the key it was written with."""
    note = invoke("add", "--from-mail", "-c", "K-7", "--said-at", "2026-11-04 12:00", "--channel", "letter", "--key", "k",
                  "-t", "leverans", "--json", stdin=MAIL).json  # fmt: skip
    assert note["customer"] == {"key": "K-7", "name": None}
    assert (note["said_at"], note["channel"], note["themes"]) == ("2026-11-04T11:00:00Z", "letter", ["leverans"])


def test_mail_as_programs_pipe_it(invoke: Invoke) -> None:
    """The From line mail programs put before a mail they pipe out is no part of it."""
    note = invoke("add", "--from-mail", "--json", stdin=b"From asa@kund.example Tue Nov  3 10:12:00 2026\n" + MAIL).json
    assert note["verbatim"] == "Paketet kom aldrig fram."


def test_clock_that_is_ahead(invoke: Invoke) -> None:
    """A mail dated in the future was written when it came."""
    done = invoke("add", "--from-mail", "--json", stdin=MAIL.replace(b"2026 10:12:00", b"2199 10:12:00"))
    assert (done.status, done.err) == (0, "")
    assert done.json["said_at"] == done.json["logged_at"]


@pytest.mark.parametrize(
    ("stdin", "message", "hint"),
    [
        (b"", "There is no mail.", "Pipe one in: feedlog add --from-mail < mail.eml"),
        (
            b"Pakken kom aldrig.\n",
            "This is not a mail with its headers.",
            "For the text alone, leave --from-mail out: feedlog add < text",
        ),
        (
            b"From: a@b.example\nSubject: Re: Hi\n\n> Hi\n\n-- \nAnna\n",
            "There are no new words in this mail, only quotes, a signature or attachments.",
            "Write what the customer means yourself: feedlog add TEXT -c CUSTOMER",
        ),
    ],
)
def test_no_words(invoke: Invoke, stdin: bytes, message: str, hint: str) -> None:
    """What is no mail, and a mail without words, is wrong usage: a sentence and what to do."""
    done = invoke("add", "--from-mail", stdin=stdin)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"feedlog: {message}\n{hint}\n"


def test_text_and_mail(invoke: Invoke) -> None:
    """A text beside a mail is wrong usage."""
    done = invoke("add", "Hej", "--from-mail", stdin=MAIL)
    assert (done.status, done.err) == (
        2,
        "feedlog: There is both a text and a mail.\nLeave the text or --from-mail out.\n",
    )


def test_automatic_answer(invoke: Invoke) -> None:
    """An automatic answer is refused and named."""
    done = invoke("add", "--from-mail", stdin=b"Auto-Submitted: auto-replied\n" + MAIL)
    assert done.status == 1
    assert done.err == (
        "feedlog: The mail is not logged. It is an automatic answer; nobody wrote it.\n"
        "To log it all the same, pipe its text in.\n"
    )


def test_identity_numbers_are_masked(invoke: Invoke) -> None:
    """What a mail says goes through the same checks as a typed text."""
    body = b"Mit nummer er 070761-4285 og jeg venter."
    note = invoke("add", "--from-mail", "--json", stdin=b"From: a@b.example\nSubject: x\n\n" + body).json
    assert "4285" not in note["verbatim"]


def test_log_that_cannot_be_written(invoke: Invoke, tmp_path: Any) -> None:
    """The words of a mail are safe where the log cannot be written."""
    (tmp_path / "log").write_text("not a folder")
    done = invoke("add", "--from-mail", stdin=MAIL)
    assert done.status == 75
    assert "Your text is safe in" in done.err

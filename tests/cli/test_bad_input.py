"""Bad input: one sentence why, one what to do, the right exit status, nothing half-done, no traceback."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.store import log as door
from feedlog.store import open_for_writing

Invoke = Callable[..., Any]

WHEN = 'Write for example 2026-03-13, "yesterday 15:30", "3 days ago", "in 2 weeks" or "friday".'
CHANNELS = "'phone', 'email', 'chat', 'visit', 'letter', 'social', 'forum', 'other'"
ONE_LINE = "Write it on one line."

REFUSED: list[tuple[tuple[str, ...], int, str, str]] = [
    (("add", ""), 2, "The text is empty.", "Write at least a word."),
    (("add", " \n "), 2, "The text is empty.", "Write at least a word."),
    (("add", "x", "--channel", "pigeon"), 2,
     f"Invalid value for '--channel': 'pigeon' is not one of {CHANNELS}.", "See: feedlog add --help"),
    (("add", "x", "--kind", "rant"), 2,
     "Invalid value for '--kind': 'rant' is not one of 'complaint', 'compliment', 'suggestion', 'question'.",
     "See: feedlog add --help"),
    (("add", "x", "--satisfaction", "101"), 2,
     "Invalid value for '--satisfaction': 101 is not in the range 0<=x<=100.", "See: feedlog add --help"),
    (("add", "x", "--said-at", "blue moon"), 2, '"blue moon" is not a day or time feedlog understands.', WHEN),
    (("add", "x", "--said-at", ""), 2, "No day or time was given.", WHEN),
    (("add", "x", "--said-at", "2199-01-01 10:00"), 2,
     "Tuesday 1 January 2199, 10:00 is still to come.", "--said-at is when the customer said it."),
    (("add", "x", "--promise", "ring", "--due", "2025-01-06"), 2,
     "Monday 6 January 2025 is past.", "--due is a day still to come."),
    (("add", "x", "--promise", "ring", "--due", "blue moon"), 2,
     '"blue moon" is not a day or time feedlog understands.', WHEN),
    (("add", "x", "--promise", "ring"), 2, "A promise has a text and a due day.", "Give both --promise and --due."),
    (("add", "x", "--due", "friday"), 2, "A promise has a text and a due day.", "Give both --promise and --due."),
    (("add", "x", "-c", "K\n1"), 2, "The customer key holds a line break or another control character.", ONE_LINE),
    (("add", "x", "-c", ""), 2, "The customer key is empty.", "Leave the customer key out, or write one."),
    (("add", "x", "--name", "Anna"), 2,
     "A name needs a customer key beside it.", "Add -c with the customer's number, phone or mail."),
    (("add", "x", "--agent", "a\nb"), 2, "The agent holds a line break or another control character.", ONE_LINE),
    (("add", "x", "--on-behalf-of", "a\nb"), 2,
     "The colleague's name holds a line break or another control character.", ONE_LINE),
    (("add", "x", "--on-behalf-of", ""), 2,
     "The colleague's name is empty.", "Leave the colleague's name out, or write one."),
    (("add", "x", "--key", ""), 2, "The idempotency key is empty.", "Leave the idempotency key out, or write one."),
    (("add", "one", "two"), 2, "Got unexpected extra argument (two)", "See: feedlog add --help"),
    (("add", "x", "--colour", "red"), 2, "No such option '--colour'.", "See: feedlog add --help"),
    (("show", "99"), 1, "There is no note 99.", "See the newest with: feedlog list"),
    (("show", "9" * 30), 1, f"There is no note {'9' * 30}.", "See the newest with: feedlog list"),
    (("show", "0"), 2, "Invalid value for 'ID': 0 is not in the range x>=1.", "See: feedlog show --help"),
    (("show", "one"), 2, "Invalid value for 'ID': 'one' is not a valid number.", "See: feedlog show --help"),
    (("show",), 2, "Missing argument 'ID'.", "See: feedlog show --help"),
    (("similar", "99"), 1, "There is no note 99.", "See the newest with: feedlog list"),
    (("add", "\u200b\u2060"), 2, "The text is empty.", "Write at least a word."),
    (("add", "x", "-c", "\u200b"), 2, "The customer key is empty.", "Leave the customer key out, or write one."),
    (("similar", "--text", ""), 2, "The text is empty.", "Write at least a word."),
    (("similar",), 2, "Give a note's number or --text, one of the two.", "For example: feedlog similar 318"),
    (("similar", "1", "--text", "x"), 2,
     "Give a note's number or --text, one of the two.", "For example: feedlog similar 318"),
    (("tag", "99", "-t", "pris"), 1, "There is no note 99.", "See the newest with: feedlog list"),
    (("tag", "1", "9" * 30, "-t", "pris"), 1, f"There is no note {'9' * 30}.", "See the newest with: feedlog list"),
    (("tag", "1"), 2, "Which theme?", "Name it with -t."),
    (("tag", "1", "-t", "zebra", "--remove"), 1,
     "There is no theme 'zebra'.", "See the themes on the note with `feedlog show`."),
    (("correct", "99", "x", "--why", "y"), 1, "There is no note 99.", "See the newest with: feedlog list"),
    (("correct", "1", "x"), 2, "Missing option '--why'.", "See: feedlog correct --help"),
    (("correct", "1", "x", "--why", " "), 2, "The reason is empty.", "Write at least a word."),
    (("correct", "1", "", "--why", "y"), 2, "The text is empty.", "Write at least a word."),
    (("correct", "1", "Pakken kom", "--why", "y"), 1, "Note 1 is worded so already.", "See it with: feedlog show 1"),
    (("undo", "--agent", "jens"), 1,
     "There is nothing of jens's to take back.", "Each agent takes back their own: see --agent."),
    (("search", "!!!", "---"), 2, "There is no word to look for.",
     "Write at least one word with letters or digits; -word alone only leaves notes out."),
    (("search", "--", "-pakken"), 2, "There is no word to look for.",
     "Write at least one word with letters or digits; -word alone only leaves notes out."),
    (("search",), 2, "Missing argument 'WORDS...'.", "See: feedlog search --help"),
    (("list", "-c", "K-9"), 1, "There is no customer 'K-9'.", "Tab completes keys; check the spelling."),
    (("list", "-c", ""), 2, "The customer key is empty.", "Leave the customer key out, or write one."),
    (("list", "-t", "zebra"), 1, "There is no theme 'zebra'.", "Tab completes themes; check the spelling."),
    (("list", "--since", "blue moon"), 2, '"blue moon" is not a day or time feedlog understands.', WHEN),
    (("list", "--until", ""), 2, "No day or time was given.", WHEN),
    (("list", "--limit", "0"), 2,
     "Invalid value for '--limit' / '-n': 0 is not in the range 1<=x<=1000000000.", "See: feedlog list --help"),
    (("list", "--limit", "9" * 30), 2,
     f"Invalid value for '--limit' / '-n': {'9' * 30} is not in the range 1<=x<=1000000000.",
     "See: feedlog list --help"),
    (("reindex", "--languages", "tlh"), 2, "There is no language 'tlh'.", "It is one of: da, sv, nb, en, de."),
    (("reindex", "--languages", ""), 2, "No language was named.", "Languages are: da, sv, nb, en, de."),
    (("completion", "tcsh"), 2,
     "Invalid value for '{bash|zsh|fish}': 'tcsh' is not one of 'bash', 'zsh', 'fish'.",
     "See: feedlog completion --help"),
    (("lits",), 2, "There is no command 'lits'. Did you mean 'list'?", "See: feedlog --help"),
    (("giraffe",), 2, "There is no command 'giraffe'.", "See: feedlog --help"),
    (("--colour",), 2, "No such option '--colour'.", "See: feedlog --help"),
    (("--db",), 2, "Option '--db' requires an argument.", "See: feedlog --help"),
]  # fmt: skip


def everything(log_path: Path) -> list[str]:
    """All that stands in a log, as SQL."""
    connection = sqlite3.connect(log_path)
    lines = list(connection.iterdump())
    connection.close()
    return lines


@pytest.mark.parametrize(
    ("words", "status", "message", "hint"), REFUSED, ids=[" ".join(one[0])[:40] for one in REFUSED]
)
def test_refused(invoke: Invoke, log_path: Path, words: tuple[str, ...], status: int, message: str, hint: str) -> None:
    """What is off is said in one sentence, what to do in another, and the log is as it was."""
    invoke("add", "Pakken kom", "-c", "K-1", "-t", "levering")
    before = everything(log_path)
    done = invoke(*words)
    assert (done.status, done.out) == (status, "")
    assert done.err.splitlines()[-2:] == [f"feedlog: {message}", hint]
    assert everything(log_path) == before


@pytest.mark.parametrize(
    "words", [one[0] for one in REFUSED if one[0][:1] == ("add",)], ids=lambda words: " ".join(words)[:40]
)
def test_refused_first_sentence_makes_no_log(invoke: Invoke, log_path: Path, words: tuple[str, ...]) -> None:
    """A first call that is refused leaves neither log nor spool."""
    assert invoke(*words).status == 2
    assert not log_path.parent.exists()


STREAMS = [
    (b"", "The text is empty.", "Write at least a word."),
    (b" \r\n", "The text is empty.", "Write at least a word."),
    (b"\xef\xbb\xbf", "The text is empty.", "Write at least a word."),
    (b"a\0b", "The text holds NUL bytes: it looks like UTF-16 without a byte order mark, or it is not text.",
     "Save it as UTF-8 and try again."),
    ("Rødgrød".encode("utf-16-le"),
     "The text holds NUL bytes: it looks like UTF-16 without a byte order mark, or it is not text.",
     "Save it as UTF-8 and try again."),
    (b"\xff\xfea\0\0\0", "The text holds NUL characters, so it is probably not text in UTF-8.",
     "Save it as UTF-8 and try again."),
    (b"x" * 2_000_000, "The text is longer than 1024 KiB.", "Log what the customer said, not a whole file."),
    (b"x" * 9_000_000, "The text is longer than 1024 KiB.", "Log what the customer said, not a whole file."),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "message", "hint"), STREAMS, ids=range(len(STREAMS)))
def test_refused_stream(invoke: Invoke, log_path: Path, raw: bytes, message: str, hint: str) -> None:
    """What is piped in and is no sentence is refused, never cut short and never stored."""
    assert invoke("add", stdin=raw) == (2, "", f"feedlog: {message}\n{hint}\n")
    assert not log_path.exists()


def test_longest_text(invoke: Invoke) -> None:
    """A text of exactly one mebibyte is taken whole."""
    assert len(invoke("add", "--json", stdin=b"ab " * 349_525 + b"x").json["verbatim"]) == 1_048_576


RATES = ["0", "0-10", "10-4", "4-101", "four", "4-", "-4", "4-10-12", "nan"]


@pytest.mark.parametrize("rate", RATES)
def test_refused_complaint_rate(invoke: Invoke, rate: str) -> None:
    """A complaint rate that is no range of percentages is refused where it is used."""
    invoke("add", "x", "-t", "y")
    done = invoke("theme", "list", FEEDLOG_COMPLAINT_RATE=rate)
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        f"feedlog: The setting complaint_rate is {rate!r} (FEEDLOG_COMPLAINT_RATE).\n"
        "It is a range of percentages, the lower one first, such as 4-10.\n"
    )


@pytest.mark.parametrize(
    ("rate", "stored"), [("5", "5"), ("2.5 - 4", "2.5-4"), ("4 % to 10 %", "4-10"), ("4–10", "4-10"), ("7-7", "7")]
)
def test_complaint_rate(invoke: Invoke, rate: str, stored: str) -> None:
    """A complaint rate is taken as people write it."""
    settings = invoke("config", "--json", FEEDLOG_COMPLAINT_RATE=rate).json["settings"]
    assert [one["value"] for one in settings if one["name"] == "complaint_rate"] == [stored]


SETTINGS = [
    ({"FEEDLOG_CHANNEL": "pigeon"}, 2, "The setting channel is 'pigeon' (FEEDLOG_CHANNEL).",
     "It is one of: phone, email, chat, visit, letter, social, forum, other."),
    ({"FEEDLOG_WHO_ELSE": "maybe"}, 2, "The setting who_else is 'maybe' (FEEDLOG_WHO_ELSE).",
     "It is one of: on, off."),
    ({"FEEDLOG_AGENT": b"J\xf8rgen"}, 2, "The agent holds characters that were damaged on the way.",
     "Write it in UTF-8."),
    ({"FEEDLOG_AGENT": " "}, 2, "The agent is empty.", "Leave the agent out, or write one."),
]  # fmt: skip


@pytest.mark.parametrize(("variables", "status", "message", "hint"), SETTINGS, ids=[str(one[0]) for one in SETTINGS])
def test_refused_setting(
    run: Invoke, log_path: Path, variables: dict[str, Any], status: int, message: str, hint: str
) -> None:
    """A setting that cannot be is named with where it comes from."""
    assert run("add", "x", **variables) == (status, "", f"feedlog: {message}\n{hint}\n")
    assert not log_path.exists()


CONFIG_FILES = [
    ('agnet = "mette"', "has a setting we do not know: agnet.",
     "Settings are: db, agent, channel, who_else, spool, languages, complaint_rate, page_language, country,"
     " business_hours, goodwill_limit, goodwill_decider, outbox, pii."),
    ("agent = ", "cannot be read: Invalid value (at end of document).", "Mend the line or remove the file."),
    ("agent = \udcff", "cannot be read: 'utf-8' codec can't decode byte 0xff in position 8: invalid start byte.",
     "Mend the line or remove the file."),
    (None, "cannot be opened: Is a directory.", "Check who may read it."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "hint"), CONFIG_FILES, ids=[str(one[1]) for one in CONFIG_FILES])
def test_refused_config_file(run: Invoke, tmp_path: Path, text: str | None, message: str, hint: str) -> None:
    """A config file that cannot be read is named, and nothing is done."""
    path = tmp_path / "config.toml"
    if text is None:
        path.mkdir()
    else:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    done = run("add", "x", FEEDLOG_CONFIG=str(path))
    assert done == (1, "", f"feedlog: The config file {path} {message}\n{hint}\n")


# --- files that are no log --------------------------------------------------------------------------------------


def foreign(path: Path) -> str:
    connection = sqlite3.connect(path)
    connection.execute("create table birds (name text)")
    connection.close()
    return f"The file is a database of something else, not a feedlog log: {path}."


def newer(path: Path) -> str:
    with open_for_writing(str(path), ("da",)) as log:
        version = log.value("pragma user_version")
        log.connection.execute("pragma user_version = 99")
    return f"The log was written by a newer feedlog (schema 99, this one knows {version}): {path}."


def text(path: Path) -> str:
    path.write_text("Dear diary, " * 100)
    return f"The file is not a SQLite database: {path}."


def folder(path: Path) -> str:
    path.mkdir()
    return f"This is a folder, not a log: {path}."


CALLS = [("list",), ("show", "1"), ("search", "x"), ("similar", "1"), ("tag", "1", "-t", "x"), ("undo",),
         ("correct", "1", "x", "--why", "y"), ("reindex",), ("publish",), ("add", "x")]  # fmt: skip


@pytest.mark.parametrize("kind", [foreign, newer, text, folder], ids=lambda kind: kind.__name__)
def test_file_that_is_no_log(invoke: Invoke, tmp_path: Path, kind: Callable[[Path], str]) -> None:
    """Every command refuses a file that is not a log this feedlog reads, and leaves it as it is."""
    path = tmp_path / "other.db"
    message = kind(path)
    before = path.read_bytes() if path.is_file() else None
    for words in CALLS:
        done = invoke("--db", str(path), *words)
        assert (done.status, done.out) == (75 if words[0] == "add" else 1, ""), words
        assert done.err.startswith(f"feedlog: {message}"), words
        assert done.err.count("\n") == 2, words
    assert (path.read_bytes() if path.is_file() else None) == before


def test_log_below_a_file(invoke: Invoke, tmp_path: Path) -> None:
    """A log that cannot be made is refused with the reason, and the text is kept."""
    (tmp_path / "file").touch()
    done = invoke("--db", str(tmp_path / "file" / "feedlog.db"), "add", "Pakken kom")
    assert done.status == 75
    assert done.err.startswith(
        f"feedlog: The log cannot be made in {tmp_path}/file: File exists. Your text is safe in "
    )
    assert "Choose a folder you may write to with --db or FEEDLOG_DB." in done.err


def test_log_that_is_busy_for_too_long(
    invoke: Invoke, log_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who never gets their turn is told, and keeps what they typed: a note in the spool, a correction on the screen."""
    invoke("add", "Pakken kom", "-t", "levering")
    monkeypatch.setattr(door, "BUSY_SECONDS", 0.02)
    why = f"feedlog: Somebody else has been writing to the log for too long: {log_path}."
    with open_for_writing(str(log_path), ()) as other:
        other.connection.execute("begin immediate")
        for words in (("tag", "1", "-t", "x"), ("undo",), ("reindex",)):
            done = invoke(*words)
            assert (done.status, done.out) == (75, "")
            assert done.err.endswith(f"{why}\nTry again in a moment.\n")
        done = invoke("correct", "1", "Posen kom", "--why", "misheard")
        assert (done.status, done.out, done.err) == (75, "", f"Posen kom\n{why}\nTry again in a moment.\n")
        done = invoke("add", "Skoene trykker")
        [path] = (tmp_path / "spool").iterdir()
        assert (done.status, done.out) == (75, "")
        assert done.err == (
            f"{why} Your text is safe in {path}.\nTry again in a moment. Then `feedlog recover` takes it in.\n"
        )
        assert invoke("list").out.count("Pakken kom") == 1
    assert invoke("recover").out == "#2\n"

"""feedlog promise, feedlog due, and add --promise: what an agent types and sees."""

import os
import pty
import re
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedlog import when
from feedlog.operations import promises, promising
from feedlog.store import Log, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES
from feedlog.when import workdays
from tests.conftest import ZONE

Invoke = Callable[..., Any]

HINT = 'Write for example 2026-03-13, "yesterday 15:30", "3 days ago", "in 2 weeks" or "friday".'


def today() -> date:
    """In the office, which may have a later day than the machine."""
    return when.clock().astimezone(ZoneInfo(ZONE)).date()


def day_from(weekday: int, since: date) -> str:
    """The first day of that weekday, Monday being 0, that is no Danish holiday."""
    day = since + timedelta(days=(weekday - since.weekday()) % 7)
    while workdays.holiday(day.isoformat(), "DK"):
        day += timedelta(days=7)
    return day.isoformat()


def spoken(day: str) -> str:
    return when.spoken(day, now=when.clock())


WEDNESDAY, SATURDAY = (day_from(weekday, today() + timedelta(weeks=1)) for weekday in (2, 5))
# A promise moved to it is moved on, whatever day it is.
THURSDAY = day_from(3, date.fromisoformat(WEDNESDAY))
# Later than these, so that it stands last in what is due.
CHRISTMAS = next(
    day for year in (0, 1) if (day := date(today().year + year, 12, 25)) > today() + timedelta(weeks=5)
).isoformat()


@pytest.fixture
def anna(invoke: Invoke) -> None:
    """Anna has complained and was promised a call."""
    invoke("add", "Pakken kom tre uger for sent, og ingen ringede", "-c", "K-1042", "--name", "Anna Holm")
    assert invoke("promise", "add", "1", "call back", "--due", WEDNESDAY).status == 0


def shift(log_path: Any, days: int) -> None:
    """Lets a promise be older than it is, for what is overdue cannot be typed."""
    past = (today() - timedelta(days=days)).isoformat()
    log: Log
    with open_for_writing(str(log_path), DEFAULT_LANGUAGES) as log, log.write():
        log.connection.execute("update promises set due_on = ? where id = 1", [past])
        log.connection.execute("update promise_events set due_on = ? where promise_id = 1", [past])


def test_add(invoke: Invoke, anna: None) -> None:
    """The answer is the promise's number, its day, what, who, and the customer's own sentence."""
    done = invoke("promise", "add", "#1", "send a card", "--due", THURSDAY, "--owner", "jens")
    weekday, rest = spoken(THURSDAY).split(" ", 1)
    assert done.err == f"due {spoken(THURSDAY)}\n"
    first, second = done.out.splitlines()
    assert re.fullmatch(rf"2  {weekday[:3]} {rest} +send a card", first)
    assert re.fullmatch(r"   Anna Holm · jens +“Pakken kom tre uger for sent, og ingen ringede”  #1", second)
    life = invoke("promise", "show", "2", "--json").json
    assert list(life) == [
        "id", "note_id", "customer", "what", "owner", "promised_by", "promised_at", "due_on", "outcome", "ended_at",
        "moved", "counts_on", "in_time", "verbatim", "events",
    ]  # fmt: skip
    assert (life["promised_by"], life["owner"], life["due_on"]) == ("mette", "jens", THURSDAY)


def test_text_from_a_pipe(invoke: Invoke, anna: None) -> None:
    """Without a text the promise is read from a pipe."""
    done = invoke("promise", "add", "1", "--due", WEDNESDAY, "--json", stdin="ring på torsdag".encode())
    assert done.json["what"] == "ring på torsdag"


def test_a_life(invoke: Invoke, anna: None) -> None:
    """A promise's page tells its whole life, also what was taken back; undo walks back through it."""
    done = invoke("promise", "move", "1", "--due", THURSDAY, "--why", "the carrier\nis late", "--told")
    assert done.status == 0
    assert invoke("promise", "hand", "--from", "mette", "--to", "jens").out.startswith(
        "1 promise of mette's is jens's now.\n1 "
    )
    assert invoke("promise", "keep", "1", "--agent", "jens").out.startswith("1  kept today")
    assert invoke("undo", "--agent", "jens").out == "Took back the keeping of promise 1.\n"
    page = invoke("promise", "show", "1").out
    assert re.match(
        r"call back\nstate     open, due .*\nowner     jens, promised by mette\ncustomer  Anna Holm \(K-1042\)\n", page
    )
    assert "note      #1  “Pakken kom tre uger for sent, og ingen ringede”\n" in page
    steps = [line.split("   ", 1)[1] for line in page.split("\n\n")[1].splitlines()]
    assert steps[:3] == [
        f"mette promised it by {spoken(WEDNESDAY)}",
        f"mette moved it to {spoken(THURSDAY)}: the carrier is late · the customer was told",
        "mette handed it to jens",
    ]
    assert re.fullmatch(r"jens kept it · taken back .+", steps[3])
    for what in ("the hand-over of 1 promise from mette to jens", "the moving of promise 1", "promise 1"):
        assert invoke("undo").out == f"Took back {what}.\n"
    assert invoke("promise", "show", "1").err.startswith("feedlog: Promise 1 was taken back.")


def test_break(invoke: Invoke, anna: None) -> None:
    """A broken promise is listed as broken, and shown so with its note."""
    assert invoke("promise", "break", "1", "--why", "sold out", "--not-told").out.startswith("1  broken today")
    [broken] = invoke("promise", "list", "--outcome", "broken", "--json").json
    assert (broken["outcome"], broken["events"][-1]["customer_told"]) == ("broken", False)
    assert " · mette · broken · promise 1\n" in invoke("show", "1").out
    assert invoke("show", "1", "--json").json["promises"][0]["events"][-1]["why"] == "sold out"
    assert invoke("promise", "list", "--outcome", "open").err == "No such promises.\n"


REFUSED: list[tuple[tuple[str, ...], int, str, str]] = [
    (("add", "1", "x", "--due", "2025-01-06"), 2, "Monday 6 January 2025 is past.", "--due is a day still to come."),
    (("add", "1", "x", "--due", "29 February 2027"), 2, '"29 February 2027": there is no such day or time.', HINT),
    (("add", "1", "x", "--due", "blue moon"), 2, '"blue moon" is not a day or time feedlog understands.', HINT),
    (("add", "1", "x"), 2, "Missing option '--due'.", "See: feedlog promise add --help"),
    (("add", "1", " ", "--due", WEDNESDAY), 2, "The promise is empty.", "Write at least a word."),
    (("add", "99", "x", "--due", WEDNESDAY), 1, "There is no note 99.", "See the newest with: feedlog list"),
    (("add", "2", "x", "--due", WEDNESDAY), 1, "Note 2 was taken back.", "See the newest with: feedlog list"),
    (("add", "1", "x", "--due", WEDNESDAY, "--next-workday", "--any-day"), 2,
     "A day cannot be moved and kept.", "Give --next-workday or --any-day, not both."),
    (("keep", "2"), 1, "Promise 2 was kept already, on TODAY.", "See its life with: feedlog promise show 2"),
    (("break", "2", "--why", "x", "--told"), 1,
     "Promise 2 was kept already, on TODAY.", "See its life with: feedlog promise show 2"),
    (("break", "2"), 1, "Promise 2 was kept already, on TODAY.", "See its life with: feedlog promise show 2"),
    (("move", "2", "--due", "in 9 days", "--any-day", "--why", "x", "--told"), 1,
     "Promise 2 was kept already, on TODAY.", "See its life with: feedlog promise show 2"),
    (("move", "1", "--due", WEDNESDAY), 1, "Promise 1 is due WEDNESDAY already.",
     "Name another day with --due."),
    (("move", "1", "--due", "2025-01-06", "--why", "x", "--told"), 2,
     "Monday 6 January 2025 is past.", "--due is a day still to come."),
    (("move", "1", "--due", THURSDAY), 2, "A promise is not moved without a reason.", "Say it with --why."),
    (("move", "1", "--due", THURSDAY, "--why", "x"), 2,
     "A promise is not moved without saying whether the customer knows.", "Add --told or --not-told."),
    (("move", "1", "--due", THURSDAY, "--why", "", "--told"), 2, "The reason is empty.", "Write at least a word."),
    (("break", "1", "--told"), 2, "A promise is not broken without a reason.", "Say it with --why."),
    (("break", "1", "--why", "x"), 2,
     "A promise is not broken without saying whether the customer knows.", "Add --told or --not-told."),
    (("hand", "--from", "liv", "--to", "jens"), 1,
     "There is no open promise of liv's.", "See whose there are with: feedlog due"),
    (("keep", "99"), 1, "There is no promise 99.", "See the open ones with: feedlog due"),
    (("show", "9" * 30), 1, f"There is no promise {'9' * 30}.", "See the open ones with: feedlog due"),
    (("rate", "--since", "yesterday", "--until", "2020-01-01"), 2,
     "The period ends before it begins.", "--since is the earlier one."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "status", "message", "hint"),
    REFUSED,
    ids=[re.sub(r"\d{4}-\d\d-\d\d", "DAY", " ".join(one[0]))[:40] for one in REFUSED],
)
def test_refused(invoke: Invoke, anna: None, words: tuple[str, ...], status: int, message: str, hint: str) -> None:
    """A refusal says why and what to do, with the right status, and changes nothing."""
    invoke("promise", "add", "1", "send a card", "--due", WEDNESDAY)
    invoke("promise", "keep", "2")
    invoke("add", "En anden", "--agent", "jens")
    invoke("undo", "--agent", "jens")
    before = invoke("promise", "list", "--json").out
    done = invoke("promise", *words)
    talk = [line for line in done.err.splitlines() if not re.match("(due|since|until) ", line)]
    message = message.replace("TODAY", when.date_text(today().isoformat(), now=when.clock()))
    message = message.replace("WEDNESDAY", spoken(WEDNESDAY))
    assert (done.status, done.out, talk) == (status, "", [f"feedlog: {message}", hint])
    assert invoke("promise", "list", "--json").out == before


# --- days nobody works on -------------------------------------------------------------------------------------

ADD = ("promise", "add", "1", "send a card", "--due")
NOTE = ("add", "Hallo?", "--promise", "send a card", "--due")


@pytest.mark.parametrize("words", [ADD, NOTE, ("promise", "move", "1", "--why", "x", "--told", "--due")],
                         ids=["promise add", "add", "promise move"])  # fmt: skip
def test_public_holiday(invoke: Invoke, anna: None, words: tuple[str, ...]) -> None:
    """Without a terminal a public holiday is refused with its name, and with both ways out."""
    after = workdays.next_workday(CHRISTMAS, "DK")
    done = invoke(*words, CHRISTMAS)
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        f"feedlog: {spoken(CHRISTMAS)} is a public holiday (Christmas Day, DK).\n"
        f"--next-workday makes it {spoken(after)}; --any-day keeps it.\n"
    )
    assert len(invoke("due", "--json").json) == len(invoke("list", "--json").json) == 1
    moved = invoke(*words, CHRISTMAS, "--next-workday")
    assert (moved.status, moved.err) == (0, f"due {spoken(after)}\n")
    assert invoke("due", "--json").json[-1]["due_on"] == after
    kept = invoke(*words, CHRISTMAS, "--any-day")
    assert (kept.status, kept.err) == (0, f"due {spoken(CHRISTMAS)}\n")


def test_country(invoke: Invoke, anna: None) -> None:
    """Whose holidays count is the setting country."""
    coming = (date(today().year + years, 10, 3) for years in (1, 2, 3))
    day = next(day.isoformat() for day in coming if day.weekday() < 5)
    assert "(German Unity Day, DE)" in invoke(*ADD, day, FEEDLOG_COUNTRY="DE").err
    assert invoke(*ADD, day, "--any-day", FEEDLOG_COUNTRY="SE").status == 0
    done = invoke(*ADD, day, FEEDLOG_COUNTRY="XX")
    assert (done.status, done.err.split("\n")[0]) == (2, "feedlog: The setting country is 'XX' (FEEDLOG_COUNTRY).")


def test_weekend(invoke: Invoke, anna: None) -> None:
    """A weekend day is taken, with a remark; --next-workday moves it, --any-day leaves the remark out."""
    monday = workdays.next_workday(SATURDAY, "DK")
    done = invoke(*ADD, SATURDAY)
    assert done.status == 0
    assert done.err == f"due {spoken(SATURDAY)}\nThat is a Saturday; with --next-workday it is {spoken(monday)}.\n"
    assert invoke("promise", "show", "2", "--json").json["due_on"] == SATURDAY
    assert invoke(*ADD, SATURDAY, "--next-workday").err == f"due {spoken(monday)}\n"
    assert invoke(*ADD, SATURDAY, "--any-day").err == f"due {spoken(SATURDAY)}\n"


def test_settled_before_the_text_is_asked_for(invoke: Invoke) -> None:
    """A slip in the day costs no typed sentence: it is refused before anything is read."""
    for words in (("--due", CHRISTMAS), ("--due", WEDNESDAY, "--any-day", "--next-workday")):
        done = invoke("add", "--promise", "x", *words, stdin=b"Pakken kom")
        assert done.status in (1, 2) and "Pakken" not in done.err
    done = invoke("add", "x", "--any-day")
    assert (done.status, done.err) == (
        2, "feedlog: There is no due day to settle.\n--next-workday and --any-day go with --due.\n",
    )  # fmt: skip


# --- what is due --------------------------------------------------------------------------------------------------


def test_due(invoke: Invoke, anna: None, log_path: Any) -> None:
    """Overdue ones lead and say by how much; every line fits 80 columns; the sentence stands with each."""
    invoke("promise", "add", "1", "send a card " * 9, "--due", "today", "--any-day", "--owner", "jens")
    invoke("promise", "add", "1", "a letter", "--due", "tomorrow", "--any-day")
    shift(log_path, 3)
    lines = invoke("due").out.splitlines()
    assert len(lines) == 6
    assert all(len(line) <= 80 for line in lines)
    assert re.match(r"1  \w{3} \d+ \w+( \d{4})? · 3 days late  call back$", lines[0])
    assert re.match(r"2  \w{3} \d+ \w+( \d{4})? · today +send a card send a card send.*…$", lines[2])
    assert re.match(r"3  \w{3} \d+ \w+( \d{4})? · tomorrow +a letter$", lines[4])
    assert [line.split("“")[1][:10] for line in lines[1::2]] == ["Pakken kom"] * 3
    assert [one["days_left"] for one in invoke("due", "--json").json] == [-3, 0, 1]
    assert [one["id"] for one in invoke("due", "--within", "0", "--json").json] == [1, 2]
    assert [one["id"] for one in invoke("due", "--owner", "jens", "--json").json] == [2]
    cut = invoke("due", "-n", "1")
    assert (len(cut.out.splitlines()), cut.err) == (2, "There are more; see them with --limit.\n")
    script = invoke("due", "-n", "1", "--json")  # what a script does not see is said to it as well
    assert (len(script.json), script.err) == (1, "There are more; see them with --limit.\n")


def test_how_late_is_never_cut_off(invoke: Invoke, anna: None, log_path: Any) -> None:
    """How late a promise is stands whole, also where its day has a long name and lies in another year."""
    late = (today() - date(2025, 9, 30)).days
    shift(log_path, late)
    first, second = invoke("due").out.splitlines()
    assert first == f"1  Tue 30 September 2025 · {late} days late  call back"
    assert "“Pakken kom" in second and len(second) <= 80
    assert all(len(line) <= 40 for line in invoke("due", COLUMNS="40").out.splitlines())


def test_kept_before_it_was_written_down(invoke: Invoke, anna: None) -> None:
    """The time a promise was kept may be said, is said back, and is not one to come."""
    done = invoke("promise", "keep", "1", "--at", "tomorrow")
    assert (done.status, done.out) == (2, "")
    assert done.err.endswith("is still to come.\n--at is when it was done.\n")
    done = invoke("promise", "keep", "1", "--at", "now")
    assert (done.status, done.err[:5]) == (0, "kept ")
    assert done.out.startswith("1  kept today")


def test_due_as_json(invoke: Invoke, anna: None) -> None:
    """The fields have the names that are promised."""
    [due] = invoke("due", "--json").json
    assert due == {
        "id": 1, "note_id": 1, "customer": {"key": "K-1042", "name": "Anna Holm"}, "what": "call back",
        "owner": "mette", "due_on": WEDNESDAY, "days_left": (date.fromisoformat(WEDNESDAY) - today()).days,
        "verbatim": "Pakken kom tre uger for sent, og ingen ringede",
    }  # fmt: skip
    assert list(due) == ["id", "note_id", "customer", "what", "owner", "due_on", "days_left", "verbatim"]


def test_nothing_due(invoke: Invoke) -> None:
    """Nothing due is an answer, with status 0."""
    invoke("add", "Hej")
    assert invoke("due") == (0, "", "Nothing is due.\n")
    assert invoke("due", "--json").json == []


def test_rate(invoke: Invoke, anna: None, log_path: Any) -> None:
    """The rate says how many were kept in time, and warns of small numbers."""
    assert invoke("promise", "rate").out == "No promise of that time is over, or past its day.\n"
    invoke("promise", "add", "1", "a letter", "--due", "today", "--any-day", "--owner", "jens")
    invoke("promise", "keep", "2")
    shift(log_path, 3)
    assert invoke("promise", "rate").out == (
        "1 of 2 promises kept in time, 50 %, too few to go by.\n"
        "0 kept late · 0 broken · 1 open past the day · 0 moved\n"
    )  # fmt: skip
    assert list(invoke("promise", "rate", "--since", "2 days ago", "--json").json) == [
        "since", "until", "of", "counted", "kept_in_time", "kept_late", "broken", "still_open", "moved", "share", "few",
    ]  # fmt: skip
    head, jens, mette = invoke("promise", "rate", "--by", "owner").out.splitlines()
    assert head.split() == ["owner", "promises", "in", "time", "share", "late", "broken", "open", "moved"]
    assert jens.split() == ["jens", "1", "1", "100", "%", "0", "0", "0", "0", "few"]
    assert mette.split() == ["mette", "1", "0", "0", "%", "0", "0", "1", "0", "few"]
    assert len(invoke("promise", "rate", "--by", "month", "--json").json) in (1, 2)


# --- on a terminal --------------------------------------------------------------------------------------------------


def on_a_terminal(environment: dict[str, str], words: tuple[str, ...], answers: list[str]) -> tuple[int, str]:
    """Types each answer once something was asked; gives the status and everything that was shown."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "feedlog", *words],
        env={**environment, "TERM": "dumb"}, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    shown, waiting, until = "", list(answers), time.monotonic() + 30
    while time.monotonic() < until:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                shown += os.read(ours, 4096).decode("utf-8", "replace")
            except OSError:  # the terminal is gone with its program
                break
        if waiting and re.search(r"(\? |: |> )$", shown):
            os.write(ours, waiting.pop(0).encode("utf-8", "surrogateescape") + b"\n")
            shown += "\n"
    os.close(ours)
    return child.wait(timeout=30), shown.replace("\r", "")


@pytest.mark.parametrize(
    ("answer", "status", "due_on"),
    [
        ("", 0, workdays.next_workday(CHRISTMAS, "DK")),
        ("move", 0, workdays.next_workday(CHRISTMAS, "DK")),
        ("keep", 0, CHRISTMAS),
        ("stop", 130, None),
    ],
    ids=["return", "move", "keep", "stop"],
)
def test_holiday_on_a_terminal(
    invoke: Invoke, anna: None, environment: dict[str, str], answer: str, status: int, due_on: str | None
) -> None:
    """A person is asked whether to move off a holiday, to keep it, or to stop."""
    left, shown = on_a_terminal(environment, (*ADD, CHRISTMAS), [answer])
    assert left == status
    assert f"{spoken(CHRISTMAS)} is a public holiday (Christmas Day, DK).\n" in shown
    assert "keep it, or stop? (move, keep, stop) [move]: " in shown
    assert [one["due_on"] for one in invoke("due", "--json").json[1:]] == ([due_on] if due_on else [])


def test_asked_on_a_terminal(invoke: Invoke, anna: None, environment: dict[str, str]) -> None:
    """A person who moves a promise is asked why, and whether the customer was told."""
    left, shown = on_a_terminal(environment, ("promise", "move", "1", "--due", THURSDAY), ["the carrier is late", "y"])
    assert left == 0, shown
    assert "Why? " in shown and "Was the customer told? [y/N]: " in shown
    event = invoke("promise", "show", "1", "--json").json["events"][-1]
    assert (event["why"], event["customer_told"], event["due_on"]) == ("the carrier is late", True, THURSDAY)


def test_text_typed_after_the_holiday(invoke: Invoke, anna: None, environment: dict[str, str]) -> None:
    """Who was asked about a holiday is asked for the promise as well, and both answers count."""
    left, shown = on_a_terminal(environment, ("promise", "add", "1", "--due", CHRISTMAS), ["keep", "send roses"])
    assert left == 0, shown
    last = invoke("due", "--json").json[-1]
    assert (last["what"], last["due_on"]) == ("send roses", CHRISTMAS)


def test_reason_typed_in_another_encoding(invoke: Invoke, anna: None, environment: dict[str, str]) -> None:
    """A reason typed on a terminal that does not send UTF-8 is read as Windows-1252."""
    answers = [b"f\xe6rgen er forsinket".decode("utf-8", "surrogateescape"), "y"]
    left, shown = on_a_terminal(environment, ("promise", "move", "1", "--due", THURSDAY), answers)
    assert left == 0, shown
    assert invoke("promise", "show", "1", "--json").json["events"][-1]["why"] == "færgen er forsinket"


def test_what_was_typed_is_not_lost(invoke: Invoke, anna: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the log cannot be written, the promise or the reason that was typed is said back, and nothing is done."""
    before = invoke("promise", "show", "1", "--json").out
    for words in (
        ("add", "1", "send roses", "--due", THURSDAY),
        ("move", "1", "--due", THURSDAY, "--why", "send roses", "--told"),
        ("break", "1", "--why", "send roses", "--told"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(promises, "record", full_disk)
            patch.setattr(promising, "record", full_disk)
            done = invoke("promise", *words)
        assert (done.status, done.out) == (75, "")
        assert "send roses\n" in done.err and "Traceback" not in done.err
    assert invoke("promise", "show", "1", "--json").out == before
    assert len(invoke("due", "--json").json) == 1


def full_disk(*_: Any, **__: Any) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def test_holidays_are_not_loaded_without_a_day(environment: dict[str, str]) -> None:
    """Loading the holidays of a country takes as long as logging a note: only a due day is worth it."""
    script = "import sys; from feedlog.cli import group\n"
    script += "try: group.main(sys.argv[1:], standalone_mode=False)\nfinally: print('holidays' in sys.modules)"
    for words, loaded in ((("add", "x"), "False"), (("due",), "False"), ((*NOTE, WEDNESDAY), "True")):
        done = subprocess.run([sys.executable, "-c", script, *words], env=environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=True)  # fmt: skip
        assert done.stdout.splitlines()[-1] == loaded

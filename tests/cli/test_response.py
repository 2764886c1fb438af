"""feedlog response, and where the other commands show what was done."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Invoke = Callable[..., Any]

TODAY = r"\w+ \d+ \w+, \d\d:\d\d"


@pytest.fixture(autouse=True)
def said(invoke: Invoke) -> None:
    """Two notes, the first of Anna's from Monday 2 March 2026."""
    invoke(
        "add", "Pakken kom for sent", "-c", "K-1", "--name", "Anna", "-t", "levering", "--kind", "complaint",
        "--said-at", "2026-03-02 09:00", "--channel", "phone",
    )  # fmt: skip
    invoke("add", "Tak", "--kind", "compliment", "--said-at", "2026-03-03 16:00")


def test_add(invoke: Invoke) -> None:
    """A step is logged in one line and printed as it was understood."""
    done = invoke("response", "add", "#1", "--kind", "apologised", "--text", "for ventetiden", "--agent", "jens")
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(rf"1  apologised · {TODAY} · jens · “for ventetiden” · note #1\n", done.out)
    done = invoke(
        "response", "add", "1", "--kind", "told", "--at", "2026-03-05 12:00", "--on-behalf-of", "bo", "--json"
    )
    assert done.json == {
        "id": 2, "note_id": 1, "kind": "told", "responded_at": "2026-03-05T11:00:00Z", "agent": "bo", "text": None,
        "amount": None, "currency": None, "warnings": [],
    }  # fmt: skip
    assert re.fullmatch(r"Thursday 5 March( 2026)?, 12:00\n", done.err)


@pytest.mark.parametrize(
    ("amount", "number", "shown"), [("200", 200, "200 DKK"), ("200.50", 200.5, "200.50 DKK"), ("1000,50", 1000.5, "")]
)
def test_goodwill(invoke: Invoke, amount: str, number: float, shown: str) -> None:
    """Goodwill is an amount and its currency, shown as a number."""
    give = ("response", "add", "1", "--kind", "compensated", "--amount", amount, "--currency", "dkk")
    done = invoke(*give, "--json")
    assert (done.json["amount"], done.json["currency"]) == (number, "DKK")
    assert f" · {shown}" in invoke(*give).out


HOW = "Write the number alone, such as 200, 200.50 or 1000,50, and the currency beside it: --currency DKK."
REFUSED = [
    (("--amount", "1.000,50 kr", "--currency", "DKK"), 2, "The amount '1.000,50 kr' cannot be read.", HOW),
    (("--amount", "1.000,50 kr"), 2, "The amount '1.000,50 kr' cannot be read.", HOW),
    (("--amount", "-5", "--currency", "DKK"), 2, "The amount '-5' is negative.",
     "Write what the customer was given: 200."),
    (("--amount", "0", "--currency", "DKK"), 2, "The amount is zero.", "Leave it out where no money was given."),
    (("--amount", "200"), 2, "The amount has no currency.", "Say which beside it: --currency DKK"),
    (("--amount", "200", "--currency", "kr"), 2, "The currency 'kr' is not three letters.",
     "Write its code: DKK, SEK, EUR."),
    (("--amount", "200", "--currency", "DKK", "--kind", "told"), 2,
     "Only goodwill has an amount, and told is not goodwill.",
     "Log what was given as a step of its own: --kind compensated"),
    (("--text", ""), 2, "The text is empty.", "Write at least a word."),
    (("--at", "2100-01-01"), 2, "Friday 1 January 2100, 12:00 is still to come.",
     "Log a step when it is taken; what will be is a promise."),
]  # fmt: skip


@pytest.mark.parametrize(("words", "status", "message", "hint"), REFUSED, ids=[" ".join(one[0]) for one in REFUSED])
def test_refused(invoke: Invoke, words: tuple[str, ...], status: int, message: str, hint: str) -> None:
    """What is off is refused with a sentence that says how to write it, and nothing is stored."""
    done = invoke("response", "add", "1", "--kind", "compensated", *words)
    assert (done.status, done.out) == (status, "")
    assert done.err.endswith(f"feedlog: {message}\n{hint}\n")
    assert invoke("response", "list", "--json").json == []


def test_wrong_words(invoke: Invoke) -> None:
    """A step there is not, a note there is not and a missing step are refused."""
    assert invoke("response", "add", "1").status == 2
    assert "is not one of 'acknowledged', 'apologised'" in invoke("response", "add", "1", "--kind", "sorry").err
    done = invoke("response", "add", "9", "--kind", "told")
    assert (done.status, done.err) == (1, "feedlog: There is no note 9.\nSee the newest with: feedlog list\n")
    done = invoke("response", "remove", "9")
    assert (done.status, done.err) == (
        1, "feedlog: There is no response 9.\nSee them with: feedlog response list\n",
    )  # fmt: skip


def test_piped_text(invoke: Invoke) -> None:
    """A text may be piped; where it cannot be stored it is printed back."""
    words = ("response", "add", "1", "--kind", "investigated", "--text", "-")
    assert invoke(*words, "--json", stdin="lå i bilen".encode()).json["text"] == "lå i bilen"
    done = invoke("response", "add", "9", "--kind", "told", "--text", "-", stdin=b"vi har rettet det")
    assert (done.status, done.err.splitlines()[0]) == (1, "vi har rettet det")
    done = invoke(
        "response", "add", "1", "--kind", "compensated", "--text", "-", "--amount", "5 kr", stdin=b"for ventetiden"
    )
    assert (done.status, done.err.splitlines()[0]) == (2, "for ventetiden")


def test_numbers_are_masked(invoke: Invoke) -> None:
    """An ID number in what was done is masked like any other, also where the text is only printed back."""
    text = b"kort 4111 1111 1111 1111"
    words = ("response", "add", "1", "--kind", "explained", "--text", "-")
    assert "1111" not in invoke(*words, "--json", stdin=text).json["text"]
    refused = invoke("response", "add", "9", "--kind", "told", "--text", "-", stdin=text)
    assert refused.status == 1 and "1111 1111" not in refused.err


def test_text_that_cannot_be_stored(
    invoke: Invoke, log_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A text typed is printed back where the log cannot be written."""
    import sqlite3

    monkeypatch.setattr("feedlog.store.log.BUSY_SECONDS", 0.1)
    other = sqlite3.connect(log_path, isolation_level=None)
    other.execute("begin immediate")
    done = invoke("response", "add", "1", "--kind", "told", "--text", "vi har rettet det")
    other.close()
    assert (done.status, done.out) == (75, "")
    assert "vi har rettet det\n" in done.err


def test_what_is_said_while_giving(invoke: Invoke) -> None:
    """A second apology, a second gift and one beyond the limit are said, not refused."""
    sorry = ("response", "add", "1", "--kind", "apologised")
    give = ("response", "add", "1", "--kind", "compensated", "--amount", "300", "--currency", "DKK")
    invoke(*sorry)
    done = invoke(*sorry)
    assert done.status == 0
    assert re.fullmatch(r"The second apology to this customer for levering \(first \d+ \w+, mette\)\.\n", done.err)
    limit = {"FEEDLOG_GOODWILL_LIMIT": "500 DKK", "FEEDLOG_GOODWILL_DECIDER": "liv"}
    assert invoke(*give, **limit).err == ""
    again, beyond = invoke(*give, **limit).err.splitlines()
    assert re.fullmatch(r"The second goodwill to this customer: 300 DKK before, latest \d+ \w+ \(mette\)\.", again)
    assert beyond == "500 DKK is what an agent gives alone; liv decides beyond it. Together it is 600 DKK here."
    assert invoke(*give, "--json", **limit).json["warnings"][1].startswith("500 DKK is what an agent gives alone;")


def test_remove_and_undo(invoke: Invoke) -> None:
    """A step logged by mistake is taken off, by its number or by undo, and can be put back."""
    invoke("response", "add", "1", "--kind", "told")
    assert invoke("response", "remove", "1").out == "Removed told from note 1.\n"
    assert invoke("response", "list").err == "No responses.\n"
    assert invoke("undo").out == "Took back the removal of the response 'told' from note 1.\n"
    assert [one["kind"] for one in invoke("response", "list", "--json").json] == ["told"]
    assert invoke("undo").out == "Took back the response 'told' on note 1.\n"
    assert invoke("response", "list", "--json").json == []


def test_list(invoke: Invoke) -> None:
    """Steps stand in columns, newest first, with the customer and what was said; filters choose among them."""
    invoke("response", "add", "1", "--kind", "solved", "--at", "2026-03-02 10:00", "--text", "ny pakke sendt")
    invoke("response", "add", "2", "--kind", "thanked", "--at", "2026-03-04 10:00", "--agent", "jens")
    shown = [re.split(r"  +", line) for line in invoke("response", "list").out.splitlines()]
    assert [(line[0], line[2], line[3]) for line in shown] == [("2", "thanked", "jens"), ("1", "solved", "mette")]
    assert shown[1][4:] == ["#1", "Anna", "“ny pakke sendt”"]
    for words in (("--step", "solved"), ("-c", "K-1"), ("--kind", "complaint"), ("--until", "2026-03-03")):
        assert [one["id"] for one in invoke("response", "list", *words, "--json").json] == [1]
    assert [one["id"] for one in invoke("response", "list", "--agent", "jens", "--json").json] == [2]


def test_goodwill_ledger(invoke: Invoke) -> None:
    """What was given is shown in all, by customer and by theme."""
    assert invoke("response", "goodwill").err == "No goodwill was given.\n"
    give = ("response", "add", "1", "--kind", "compensated", "--at", "2026-03-04 10:00")
    invoke(*give, "--amount", "200", "--currency", "DKK")
    invoke(*give, "--amount", "150,50", "--currency", "DKK")
    invoke(*give, "--text", "a free month")
    lines = [re.split(r"  +", line) for line in invoke("response", "goodwill").out.splitlines()]
    day = lines[3][3]
    assert lines == [
        ["350.50 DKK in 2 gifts, 1 gift without money"],
        [""],
        ["customer", "given", "times", "latest"],
        ["Anna (K-1)", "350.50 DKK", "2", day],
        ["Anna (K-1)", "not money", "1", day],
        [""],
        ["theme", "given", "times", "latest"],
        ["levering", "350.50 DKK", "2", day],
        ["levering", "not money", "1", day],
    ]
    assert invoke("response", "goodwill", "--json").json["in_all"][0]["amount"] == 350.5
    assert "given      350.50 DKK in 2 gifts, 1 gift without money\n" in invoke("theme", "show", "levering").out
    assert invoke("theme", "show", "levering", "--json").json["goodwill"][0]["amount"] == 350.5


def test_clock(invoke: Invoke) -> None:
    """The clock counts business hours of the settings, by channel and in all."""
    invoke("response", "add", "1", "--kind", "acknowledged", "--at", "2026-03-03 10:00")
    lines = [re.split(r"  +", line) for line in invoke("response", "clock").out.splitlines()]
    assert lines[0] == ["channel", "answered", "half within", "waiting", "half of them for"]
    assert lines[1][:2] == ["phone", "1"] and lines[1][2] == "9 h, few"
    assert lines[2][:2] == ["not said", "0"] and lines[2][3].endswith(" days")
    assert [line[0] for line in lines] == ["channel", "phone", "not said", "in all"]
    found = invoke("response", "clock", "--channel", "phone", "--json", FEEDLOG_BUSINESS_HOURS="mon-fri 10-12").json
    assert (found["answered"], found["median_minutes"], found["few"]) == (1, 120, True)
    assert re.fullmatch(
        r"#1  answered after 9 h · Tuesday 3 March( 2026)?, 10:00 · mette\n", invoke("response", "clock", "1").out
    )
    assert re.fullmatch(r"#2  waits \d+ days, nobody has answered\n", invoke("response", "clock", "2").out)
    assert invoke("response", "clock", "1", "--json").json["minutes"] == 540
    assert invoke("response", "clock", "--channel", "chat").err == "No notes.\n"
    done = invoke("response", "clock", "1", "-c", "K-1")
    assert (done.status, done.err) == (
        2, "feedlog: One note needs no filters.\nGive a note's number, or filters.\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value", "message", "hint"),
    [
        ("BUSINESS_HOURS", "mon-fri 17-9", "(FEEDLOG_BUSINESS_HOURS): '17-9' is no span within one day.",
         "It is days with clock times, such as 'mon-fri 09:00-17:00, sat 10:00-14:00'."),
        ("COUNTRY", "XX", "(FEEDLOG_COUNTRY).", "It is one of: DK, SE, NO, DE."),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(invoke: Invoke, variable: str, value: str, message: str, hint: str) -> None:
    """A setting that cannot be read is named with its value and origin."""
    done = invoke("response", "clock", **{f"FEEDLOG_{variable}": value})
    assert (done.status, done.err) == (
        2, f"feedlog: The setting {variable.lower()} is {value!r} {message}\n{hint}\n",
    )  # fmt: skip


@pytest.mark.parametrize("value", ["500", "500 kr", "1.000,50 DKK", "-5 DKK", "mette"])
def test_limit_that_cannot_be(invoke: Invoke, value: str) -> None:
    """A limit that cannot be read is named with its value and origin, and nothing is stored."""
    done = invoke("response", "add", "1", "--kind", "told", FEEDLOG_GOODWILL_LIMIT=value)
    assert (done.status, done.err) == (
        2,
        f"feedlog: The setting goodwill_limit is {value!r} (FEEDLOG_GOODWILL_LIMIT).\n"
        "It is an amount and the three letters of its currency, such as 500 DKK.\n",
    )
    assert invoke("response", "list", "--json").json == []


# --- where the other commands show it ---------------------------------------------------------------------------


def test_unanswered(invoke: Invoke) -> None:
    """The list of those who wait says how long, and who sees to it."""
    invoke("theme", "set", "levering", "--owner", "bo")
    lines = invoke("list", "--unanswered").out.splitlines()
    assert re.fullmatch(r"#1  2 March( 2026)?  “Pakken kom for sent”   Anna · phone · waits \d+ days · bo", lines[0])
    assert re.fullmatch(r"#2  3 March( 2026)?  “Tak”   waits \d+ days · nobody’s", lines[1])
    [one] = invoke("list", "--unanswered", "--kind", "complaint", "--json").json
    assert (one["id"], one["owner"], one["waiting_minutes"] > 10_000, one["verbatim"]) == (
        1, "bo", True, "Pakken kom for sent",
    )  # fmt: skip
    assert invoke("list", "--unanswered", "-n", "1").err == "More may wait: a larger --limit shows them.\n"
    for note in ("1", "2"):
        invoke("response", "add", note, "--kind", "acknowledged")
    done = invoke("list", "--unanswered")
    assert (done.status, done.out, done.err) == (0, "", "Nobody waits for an answer.\n")
    assert invoke("list", "--unanswered", "--json").json == []


def test_show(invoke: Invoke) -> None:
    """A note shows what was done, with amounts and days, and whether its loop is closed."""
    assert "loop      open: nobody has answered\n" in invoke("show", "1").out
    words = ("response", "add", "1", "--at", "2026-03-12 10:00", "--agent", "jens")
    invoke(*words, "--kind", "compensated", "--amount", "200", "--currency", "DKK", "--text", "for ventetiden")
    shown = invoke("show", "1").out
    assert re.search(
        r"\ndone      compensated · 200 DKK · Thursday 12 March( 2026)?, 10:00 · jens · “for ventetiden”\n", shown
    )
    assert re.search(r"\nloop      open: the customer was not told since the last step, 12 March( 2026)?\n", shown)
    invoke(*words, "--kind", "told")
    assert re.search(r"\nloop      closed 12 March( 2026)?\n", invoke("show", "1").out)
    document = invoke("show", "1", "--json").json
    assert [one["kind"] for one in document["responses"]] == ["compensated", "told"]
    assert document["loop"] == {"closed_at": "2026-03-12T09:00:00Z", "missing": None, "since": None}


def test_who_should_be_told(invoke: Invoke) -> None:
    """A theme that is fixed lists who should be told, the first five with the line to run."""
    for number in range(2, 8):
        invoke("add", "Hvor er den", "-c", f"K-{number}", "-t", "levering", "--said-at", "2026-03-04 09:00")
    assert "told" not in invoke("theme", "show", "levering").out
    lines = invoke("theme", "set", "levering", "--fixed", "2026-03-05").out.splitlines()
    assert lines[-12] == "7 customers should now be told:"
    assert re.fullmatch(r"#8  4 March( 2026)?  K-7  “Hvor er den”", lines[-11])
    assert lines[-10] == "    feedlog letter write 8 --kind told"
    assert lines[-1] == "and 2 more: feedlog theme show levering --json"
    assert invoke("theme", "show", "levering").out.splitlines()[-12:] == lines[-12:]
    invoke("response", "add", "8", "--kind", "told")
    left = invoke("theme", "show", "levering", "--json").json["to_tell"]
    assert [one["note_id"] for one in left] == [7, 6, 5, 4, 3, 1]
    assert left[-1]["customer"] == {"key": "K-1", "name": "Anna"}
    invoke("add", "Igen", "-c", "K-1", "-t", "levering")
    assert "6 customers should now be told, though it came back: look first:" in invoke("theme", "show", "levering").out
    assert invoke("theme", "set", "levering", "--fixed", "").out.splitlines()[-1] == "levering"

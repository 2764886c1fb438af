"""feedlog theme, and feedlog similar --tag: what an owner of the codebook types and sees."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Invoke = Callable[..., Any]


@pytest.fixture
def shop(invoke: Invoke) -> None:
    """Three who say the same of late parcels, one who says otherwise, one who praises."""
    for customer, text in (
        ("K-1", "Pakken kom tre uger for sent"),
        ("K-2", "Min pakke kom to uger for sent"),
        ("K-3", "Pakken kom alt for sent igen"),
    ):
        assert invoke("add", text, "-c", customer, "--kind", "complaint", "--channel", "phone").status == 0
    invoke("add", "Butikken lugter af maling", "-c", "K-4", "-t", "butik")
    invoke("add", "Tak for hurtig levering", "-c", "K-5", "-t", "levering", "--kind", "compliment")


def test_list(invoke: Invoke, shop: None) -> None:
    """Each theme is a line in columns under a heading, and the period is said beside it."""
    invoke("tag", "1", "2", "3", "-t", "levering")
    invoke("theme", "set", "levering", "--owner", "jens", "--fixed", "yesterday")
    done = invoke("theme", "list")
    [head, first, second] = done.out.splitlines()
    assert head.split() == ["theme", "notes", "customers", "last", "now", "before", "change"]
    assert re.fullmatch(r"levering +4 +4  today +4 +0  few +came back, 4 since \d+ \w+( \d{4})? · jens", first)
    assert re.fullmatch(r"butik +1 +1  today +1 +0  few", second)
    assert re.fullmatch(r"\d.* to \d.*, against the same time before, from \d.*\.\n", done.err)
    assert len(invoke("theme", "list", "-n", "1").out.splitlines()) == 2


def test_list_as_json(invoke: Invoke, shop: None) -> None:
    """The fields have the names that are promised."""
    [first, _] = invoke("theme", "list", "--json").json
    assert list(first) == [
        "name", "title", "owner", "measure", "fixed_on", "came_back", "notes", "customers", "first_said_at",
        "last_said_at", "this_period", "previous_period", "change", "silent",
    ]  # fmt: skip
    assert list(first["change"]) == ["low", "high", "few"]
    assert list(first["silent"]) == ["low", "high", "assumption"]


def test_list_of_a_period(invoke: Invoke, shop: None) -> None:
    """Another period is compared when asked for, and one without a length is refused."""
    invoke("add", "Levering to dage for sent", "-t", "levering", "--said-at", "2026-01-10")
    [levering] = [
        theme
        for theme in invoke("theme", "list", "--since", "2026-01-05", "--until", "2026-01-11", "--json").json
        if theme["name"] == "levering"
    ]
    assert (levering["this_period"], levering["previous_period"], levering["notes"]) == (1, 0, 2)
    done = invoke("theme", "list", "--since", "2026-01-05", "--until", "2026-01-04")
    assert (done.status, done.err) == (
        2, "feedlog: The period ends before it begins.\n--since is the earlier one, and lies in the past.\n",
    )  # fmt: skip


def test_empty_list_is_an_answer(invoke: Invoke) -> None:
    """A log without themes has an empty list, and is told how one comes about."""
    invoke("add", "Hej")
    assert invoke("theme", "list").out == ""
    assert invoke("theme", "list").err.endswith("No themes yet. Put one on a note with: feedlog tag ID -t NAME\n")
    assert invoke("theme", "list", "--json").json == []


def test_show(invoke: Invoke, shop: None) -> None:
    """A theme's page keeps what was counted apart from what is estimated, and prints the assumption."""
    invoke("tag", "1", "2", "3", "-t", "levering")
    done = invoke("theme", "show", "levering", "-n", "2", FEEDLOG_COMPLAINT_RATE="5")
    lines = done.out.splitlines()
    assert lines[0] == "levering"
    assert re.fullmatch(r"said       4 notes by 4 known customers, first .*, latest today", lines[1])
    assert re.fullmatch(r"lately     4 since .*, 0 before it: too few to compare", lines[2])
    assert lines[3:6] == [
        "came by    phone 3, not said 1",
        "logged by  mette 4",
        "silent     an estimate: If 5 in a hundred complain, the 3 who did stand for 60 customers.",
    ]
    assert [line.split()[0] for line in lines[7:]] == ["#5", "#3"]


def test_rising_in_words(invoke: Invoke, shop: None) -> None:
    """A rise is told as a range."""
    for _ in range(9):
        invoke("add", "Lang kø", "-t", "kø")
    shown = invoke("theme", "show", "kø").out
    assert re.search(r"lately     9 since .*, 0 before it: over 2\.3 times as often, with 95 % confidence\n", shown)


def test_set(invoke: Invoke, shop: None) -> None:
    """What is set is shown, the day as it was understood; undo takes it back."""
    done = invoke(
        "theme", "set", "levering", "--title", "Levering", "--owner", "jens", "--measure", "ny vognmand",
        "--fixed", "i går", "--our-word", "levering", "--their-word", "pakke",
    )  # fmt: skip
    assert re.fullmatch(r"fixed \w+ \d+ \w+( \d{4})?\n", done.err)
    assert re.fullmatch(
        r"levering · Levering\nowner      jens\nmeasure    ny vognmand\n"
        r"fixed      since .*, and it came back: 1 note since\nwe say     levering; they say pakke\n",
        done.out,
    )
    assert invoke("theme", "set", "levering", "--owner", "", "--json").json["owner"] is None
    assert invoke("undo").out == "Took back the owner of the theme 'levering'.\n"
    assert invoke("theme", "show", "levering", "--json").json["owner"] == "jens"


REFUSED = [
    (("set", "leverng", "--owner", "x"), 1, "There is no theme 'leverng'.", "Did you mean 'levering'?"),
    (("show", "zebra"), 1, "There is no theme 'zebra'.", "See them all with: feedlog theme list"),
    (("set", "levering"), 2, "Nothing is said about the theme.", "See what can be: feedlog theme set --help"),
    (("set", "levering", "--our-word", "x"), 2, "A term is a word of ours and one of theirs.",
     "Give both --our-word and --their-word."),
    (("set", "levering", "--fixed", "2100-01-01"), 2, "Friday 1 January 2100 is still to come.",
     "--fixed is the day since when it has been mended."),
    (("merge", "levering", "levering"), 1, "A theme cannot be merged into itself.",
     "Name two themes; see them with: feedlog theme list"),
    (("split", "levering", "ny", "1"), 1, "Note 1 does not have the theme 'levering'.",
     "See its themes: feedlog show 1"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "status", "message", "hint"), REFUSED, ids=[" ".join(one[0]) for one in REFUSED])
def test_refused(invoke: Invoke, shop: None, words: tuple[str, ...], status: int, message: str, hint: str) -> None:
    """A refusal says why and what to do, and sets nothing."""
    done = invoke("theme", *words)
    talk = [line for line in done.err.splitlines() if not line.startswith("fixed ")]
    assert (done.status, done.out, talk) == (status, "", [f"feedlog: {message}", hint])
    assert sorted(theme["name"] for theme in invoke("theme", "list", "--json").json) == ["butik", "levering"]


def test_fixed_without_a_day(invoke: Invoke, shop: None) -> None:
    """What is marked fixed and no day named is fixed today; an option may follow."""
    done = invoke("theme", "set", "levering", "--fixed", "--owner", "jens", "--json")
    today = invoke("theme", "set", "butik", "--fixed", "today", "--json").json["fixed_on"]
    assert (done.status, done.json["fixed_on"], done.json["owner"]) == (0, today, "jens")
    assert invoke("theme", "set", "levering", "--fixed").status == 0


def test_fixed_in_words_lies_in_the_past(invoke: Invoke, shop: None) -> None:
    """A weekday means the last one, for what is fixed is past."""
    assert invoke("theme", "set", "levering", "--fixed", "monday").status == 0


def test_merge_and_split(invoke: Invoke, shop: None) -> None:
    """Two themes become one and one two, under the old name too, and undo parts and joins them again."""
    assert invoke("theme", "merge", "butik", "levering").out == "butik is levering now, with its 1 note.\n"
    shown = invoke("theme", "show", "Butik")
    assert shown.err == "Butik is merged into levering.\n"
    assert "merged     butik\n" in shown.out
    assert [note["id"] for note in invoke("list", "-t", "butik", "--json").json] == [5, 4]
    assert invoke("tag", "1", "-t", "butik", "--json").json[0]["themes"] == ["levering"]
    split = invoke("theme", "split", "levering", "lugt", "4", "--json")
    assert split.json == {"from": "levering", "into": "lugt", "notes": 1}
    assert invoke("undo").out == "Took back the moving of 1 note from 'levering' to 'lugt'.\n"
    assert invoke("theme", "split", "levering", "lugt", "4").out == "1 note moved from levering to lugt.\n"
    for _ in range(3):
        undone = invoke("undo")
    assert undone.out == "Took back the merging of 'butik' into 'levering'.\n"
    assert invoke("theme", "merge", "butik", "levering", "--json").json == {
        "from": "butik", "into": "levering", "notes": 1,
    }  # fmt: skip


def test_suggest(invoke: Invoke, shop: None) -> None:
    """A group comes with its words, an example and the line to type; the line works."""
    done = invoke("theme", "suggest")
    assert done.err == "Compared 3 notes without a theme.\n"
    [_, head, example, line] = done.out.splitlines()
    assert re.fullmatch(r"3 notes from 3 customers: .*\bsent\b.*", head)
    assert re.fullmatch(r"  “.* for sent.*”", example)
    assert line == "  feedlog tag 1 2 3 -t NAME"
    assert invoke(*line.replace("NAME", "sen").split()[1:]).status == 0
    assert invoke("theme", "suggest").err == "There are no notes without a theme.\n"
    within = invoke("theme", "suggest", "-t", "sen")
    assert "  feedlog theme split sen NAME 1 2 3\n" in within.out
    [group] = invoke("theme", "suggest", "-t", "sen", "--json").json["groups"]
    assert list(group) == ["notes", "customers", "words", "example", "note_ids"]


def test_suggest_nothing(invoke: Invoke, shop: None) -> None:
    """Where nothing groups, it is said how much was compared and that more can be."""
    invoke("add", "Appen går ned")
    done = invoke("theme", "suggest", "--notes", "3")
    assert done.out == ""
    assert done.err == (
        "Compared the newest 3 of 4 notes without a theme.\n"
        "No three of them say the same. A larger --notes looks further back.\n"
    )


# --- feedlog similar --tag -------------------------------------------------------------------------------------


def test_similar_tags_although_nobody_reads_on(invoke: Invoke, shop: None, environment: dict[str, str]) -> None:
    """What was asked for with --yes is done before the first line is printed, so `| head` does not keep it back."""
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "feedlog", "similar", "1", "--tag", "sen levering", "--yes"]
    done = subprocess.run(words, env=environment, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert "sen levering" in invoke("show", "1", "--json").json["themes"]


def test_similar_shows_before_it_tags(invoke: Invoke, shop: None) -> None:
    """Away from a terminal nothing is tagged without --yes: it is shown and said how."""
    done = invoke("similar", "1", "--tag", "Sen levering")
    assert done.out.startswith("Said by 2 known customers in 2 notes since ")
    assert done.err.endswith(
        "Nothing was tagged. With --yes this puts 'sen levering' on this note and the 2 like it.\n"
    )
    assert invoke("show", "1", "--json").json["themes"] == []
    assert invoke("similar", "1", "--tag", "sen", "--json").json["tagged"] == []


def test_similar_tags_together(invoke: Invoke, shop: None) -> None:
    """With --yes the note and those much like it get the theme as one change."""
    invoke("tag", "2", "-t", "sen")
    done = invoke("similar", "1", "--tag", "sen", "--yes")
    assert done.out.splitlines()[-1] == "2 notes now with the theme sen."
    assert sorted(note["id"] for note in invoke("list", "-t", "sen", "--json").json) == [1, 2, 3]
    assert invoke("undo").out == "Took back the theme 'sen' on 2 notes.\n"
    assert [note["id"] for note in invoke("list", "-t", "sen", "--json").json] == [2]
    answer = invoke("similar", "1", "--tag", "sen", "--yes", "--json").json
    assert (answer["notes"], sorted(answer["tagged"])) == (2, [1, 3])


def test_similar_tags_what_it_shows(invoke: Invoke, shop: None) -> None:
    """Only notes that were shown are tagged, and it is said when there are more."""
    done = invoke("similar", "1", "--tag", "sen", "--yes", "-n", "1")
    assert "2 are much like it, 1 are shown. A larger -n takes more.\n" in done.err
    assert done.out.splitlines()[-1] == "2 notes now with the theme sen."


def test_similar_without_likes(invoke: Invoke, shop: None) -> None:
    """Where nobody else said it the theme goes on the note alone; a text that is not logged cannot bear one."""
    done = invoke("similar", "4", "--tag", "sen")
    assert "With --yes this puts 'sen' on this note alone.\n" in done.err
    refused = invoke("similar", "--text", "pakken kom for sent", "--tag", "sen")
    assert (refused.status, refused.err) == (
        2, "feedlog: A theme is put on notes that are logged.\nGive a note's number instead of --text.\n",
    )  # fmt: skip


@pytest.mark.parametrize(("answer", "tagged"), [(b"y\n", 3), (b"n\n", 0)])
def test_similar_asks_on_a_terminal(
    invoke: Invoke, shop: None, environment: dict[str, str], answer: bytes, tagged: int
) -> None:
    """On a terminal it asks once the notes are shown, and does as it is told."""
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    done = subprocess.run(
        [sys.executable, "-m", "feedlog", "similar", "1", "--tag", "sen"],
        env=environment, stdin=theirs, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    os.close(theirs)
    os.close(ours)
    assert "Put 'sen' on this note and the 2 like it? [y/N]" in done.stderr.decode()
    assert done.returncode == (0 if tagged else 130)
    assert len(invoke("list", "--json").json) == 5
    assert len([note for note in invoke("list", "--json").json if "sen" in note["themes"]]) == tagged

"""The daily commands from the keyboard: run one, see this, run the next."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from feedlog import when
from feedlog.operations.shapes import FoundNote, Note, Similar, SimilarNote

Invoke = Callable[..., Any]


@pytest.fixture
def shop(invoke: Invoke) -> Invoke:
    """A shop that has logged three sentences."""
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1", "--name", "Anna Holm", "-t", "levering", "--channel",
           "phone", "--kind", "complaint", "--said-at", "2026-03-02 09:30")  # fmt: skip
    invoke("add", "Min pakke er forsinket", "-c", "K-2", "--channel", "email", "--said-at", "2026-03-03 10:00")
    invoke("add", "Skoene trykker", "--agent", "jens", "--said-at", "2026-03-04 11:00")
    return invoke


def day(on: str) -> str:
    """A day as lists write it today: with its year once that is over."""
    return when.date_text(on, now=when.clock())


def spoken(stored: str) -> str:
    """The same with the weekday, and the clock time of an instant."""
    return when.spoken(stored, now=when.clock())


def test_list(shop: Invoke) -> None:
    """The newest notes stand first, in columns: number, day, words, who and how."""
    assert shop("list").out.splitlines() == [
        f"#3  {day('2026-03-04')}  “Skoene trykker”",
        f"#2  {day('2026-03-03')}  “Min pakke er forsinket”   K-2 · email",
        f"#1  {day('2026-03-02')}  “Pakken kom tre uger for sent”   Anna Holm · phone",
    ]
    assert list(shop("list", "--json").json[0]) == list(Note.__annotations__)


def test_empty_list_is_an_answer(shop: Invoke) -> None:
    """Where nothing passes the filters, that is said beside an empty answer, and the exit status is 0."""
    assert shop("list", "--agent", "nobody") == (0, "", "No notes.\n")
    assert shop("list", "--agent", "nobody", "--json") == (0, "[]\n", "")
    assert shop("search", "zebra") == (0, "", "No note has these words.\n")
    assert shop("search", "zebra", "--json") == (0, "[]\n", "")


def test_days_are_echoed(shop: Invoke) -> None:
    """How a day in a filter was understood is said beside the answer; a day counts whole."""
    done = shop("list", "--since", "2026-03-03", "--until", "2026-03-03")
    assert done.out == f"#2  {day('2026-03-03')}  “Min pakke er forsinket”   K-2 · email\n"
    assert done.err.splitlines() == [f"since {spoken('2026-03-03')}", f"until {spoken('2026-03-03')}"]


def test_show(shop: Invoke) -> None:
    """One note is shown with everything that hangs on it."""
    shop("correct", "1", "Pakken kom to uger for sent", "--why", "misheard")
    note = shop("show", "1", "--json").json
    assert shop("show", "1").out.splitlines() == [
        "#1  Anna Holm (K-1) · phone · levering · complaint",
        "",
        "  “Pakken kom to uger for sent”",
        "",
        f"said      {spoken('2026-03-02T08:30:00Z')}",
        f"logged    {spoken(note['logged_at'])}, by mette",
        "loop      open: nobody has answered",
        "was       “Pakken kom tre uger for sent”, corrected today by mette: misheard",
    ]
    document = shop("show", "1", "--json").json
    assert list(document) == [*Note.__annotations__, "wordings", "promises", "responses", "letters", "loop"]
    assert [wording["why"] for wording in document["wordings"]] == [None, "misheard"]


def test_search(shop: Invoke) -> None:
    """A search says how each note matched; in JSON also where."""
    done = shop("search", "pakken")
    assert [line.split("  ")[0] for line in done.out.splitlines()] == ["#1", "#2"] and done.err == ""
    found = shop("search", "pakken", "--json").json
    assert list(found[0]) == list(FoundNote.__annotations__)
    assert shop("search", "pakken", "-uger", "--json").json[0]["id"] == 2
    assert shop("search", "--", "pakken", "-uger").out.startswith("#2")


def test_similar(shop: Invoke) -> None:
    """Who else said this is counted over what is strongly alike, and shown with the words shared."""
    shop("add", "Pakken kom to uger for sent", "-c", "K-3")
    done = shop("similar", "4")
    said = day("2026-03-02")
    assert done.out.splitlines()[0] == f"Said by 1 known customer in 1 note since {said}, the latest {said}:"
    assert done.out.splitlines()[1].startswith(f"#1  {said}  “Pakken kom tre uger f")
    answer = shop("similar", "4", "--json").json
    assert list(answer) == list(Similar.__annotations__)
    assert list(answer["results"][0]) == list(SimilarNote.__annotations__)
    assert shop("similar", "--text", "zebra") == (0, "", "Nobody else has said this, as far as the words tell.\n")


def test_tag(shop: Invoke) -> None:
    """Themes go on and off, and the notes are shown as they are then."""
    assert shop("tag", "2", "3", "-t", "Post").out == "#2  K-2 · email · post\n#3 · post\n"
    assert shop("tag", "3", "-t", "post", "--remove", "--json").json[0]["themes"] == []
    assert shop("tag", "3", "-t", "leverng").err == "The theme 'leverng' is new. Did you mean 'levering'?\n"


def test_correct(shop: Invoke) -> None:
    """A correction shows both wordings."""
    assert shop("correct", "3", "Skoen trykker", "--why", "misheard").out == (
        "#3\nwas  “Skoene trykker”\nnow  “Skoen trykker”\n"
    )
    done = shop("correct", "3", "--why", "misheard", "--json", stdin=b"Skoen klemmer")
    assert done.err == "Now: “Skoen trykker”\n"
    assert done.json["verbatim"] == "Skoen klemmer"
    assert list(done.json) == [*Note.__annotations__, "wordings"]


def test_undo(shop: Invoke) -> None:
    """Undo shows what it takes back, and each takes back their own."""
    done = shop("undo")
    assert done.out == "Took back note 2.\n"
    assert done.err.splitlines()[1] == "“Min pakke er forsinket”"
    assert shop("undo", "--agent", "jens", "--json").json == {"undone": "note.add", "what": "note 3", "note_id": 3}
    assert shop("list", "--json").json[0]["id"] == 1
    assert shop("show", "2").err == "feedlog: Note 2 was taken back.\nSee the newest with: feedlog list\n"


def test_key_of_a_note_taken_back(shop: Invoke) -> None:
    """A script that repeats a note somebody took back is told so."""
    shop("add", "Igen", "--key", "call 7")
    shop("undo")
    done = shop("add", "Igen", "--key", "call 7")
    assert (done.status, done.err.splitlines()[0]) == (1, "feedlog: Note 4 was taken back.")


def test_doctor(shop: Invoke, log_path: Path) -> None:
    """The doctor's exit status says whether all is well."""
    done = shop("doctor")
    assert done.status == 0
    assert all(line.startswith("well  ") for line in done.out.splitlines())
    log_path.chmod(0o644)
    done = shop("doctor")
    assert done.status == 1
    assert f"ILL   private        everybody on this machine can read it: run chmod o-rwx {log_path}" in done.out
    answer = shop("doctor", "--json")
    assert (answer.status, answer.json["ok"]) == (1, False)
    assert {tuple(check) for check in answer.json["checks"]} == {("name", "ok", "detail")}


@pytest.mark.parametrize(
    ("injury", "why"),
    [
        ("pragma user_version = 99", "The log was written by a newer feedlog (schema 99, this one knows 2): "),
        ("pragma application_id = 1", "The file is a database of something else, not a feedlog log: "),
        ("damage", "The log is damaged: "),
    ],
)
def test_doctor_and_a_log_that_cannot_be_opened(shop: Invoke, log_path: Path, injury: str, why: str) -> None:
    """A log that cannot be opened is a finding like any other: said in the same form, with what to do."""
    if injury == "damage":
        with log_path.open("r+b") as file:
            file.seek(100)
            file.write(b"\xff" * 50)
    else:
        with closing(sqlite3.connect(log_path)) as opened:
            opened.execute(injury)
    answer = shop("doctor", "--json")
    assert (answer.status, answer.err, answer.json["ok"]) == (1, "", False)
    first, *rest = answer.json["checks"]
    assert (first["name"], first["ok"], first["detail"].startswith(why)) == ("file", False, True)
    assert "feedlog doctor" not in first["detail"]
    assert [check["name"] for check in rest if check["ok"]] == ["place", "private", "spool"]
    assert shop("doctor").out.startswith(f"ILL   file           {why}")


def test_path(invoke: Invoke, log_path: Path, tmp_path: Path) -> None:
    """The log's place is printed whether it is there or not, and --db comes first."""
    assert invoke("path").out == f"{log_path}\n"
    assert invoke("path", "--json").json == {"path": str(log_path), "exists": False}
    assert invoke("--db", "~/other.db", "path").out == f"{tmp_path / 'home' / 'other.db'}\n"


ORIGINS = [
    ((), {}, {}, "login", "default"),
    ((), {}, {"agent": "liv"}, "liv", "config.toml"),
    ((), {"FEEDLOG_AGENT": "jens"}, {"agent": "liv"}, "jens", "FEEDLOG_AGENT"),
]


@pytest.mark.parametrize(("words", "variables", "file", "value", "origin"), ORIGINS, ids=[case[4] for case in ORIGINS])
def test_config(
    run: Invoke, environment: dict[str, str], words: tuple[str, ...], variables: dict[str, str], file: dict[str, str],
    value: str, origin: str,
) -> None:  # fmt: skip
    """Each setting is shown with where its value came from: environment before config file before default."""
    for name in ("FEEDLOG_AGENT", "FEEDLOG_DB", "FEEDLOG_SPOOL"):
        environment.pop(name, None)
    folder = Path(environment["HOME"], ".config", "feedlog")
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("".join(f'{name} = "{what}"\n' for name, what in file.items()))
    answer = run("config", "--json", LOGNAME="login", **variables).json
    assert answer["config_file"] == str(folder / "config.toml")
    settings = {one["name"]: one for one in answer["settings"]}
    assert settings["agent"]["value"] == value
    assert os.path.basename(settings["agent"]["origin"]) == origin
    assert settings["db"]["value"] == os.path.join(environment["HOME"], ".local/share/feedlog/feedlog.db")
    assert settings["spool"]["value"] == os.path.join(environment["HOME"], ".local/state/feedlog/spool")


def test_settings_of_the_config_file(run: Invoke, environment: dict[str, str], tmp_path: Path) -> None:
    """A channel and an agent from the config file stand on every note that names none."""
    path = tmp_path / "own.toml"
    path.write_text('agent = "liv"\nchannel = "phone"\nwho_else = false\nlanguages = ["da", "en"]\n')
    environment.pop("FEEDLOG_AGENT")
    first = run("add", "Pakken kom", "--json", FEEDLOG_CONFIG=str(path)).json
    assert (first["agent"], first["channel"]) == ("liv", "phone")
    second = run("add", "Pakken kom", "--channel", "visit", "--agent", "bo", "--json", FEEDLOG_CONFIG=str(path)).json
    assert (second["agent"], second["channel"], second["who_else"]["notes"]) == ("bo", "visit", 0)
    assert run("reindex", FEEDLOG_CONFIG=str(path)).out == "2 notes indexed in da en.\n"


def test_one_note_is_one(invoke: Invoke, log_path: Path) -> None:
    """What counts notes says "1 note" of one."""
    invoke("add", "Pakken kom")
    assert invoke("publish").out.startswith(f"1 note written, 1 in {log_path.parent}")
    assert invoke("reindex").out.startswith("1 note indexed in ")


def test_same_program_by_either_name(run: Invoke, environment: dict[str, str]) -> None:
    """`python -m feedlog` prints what `feedlog` prints."""
    assert run("--help").out.startswith("Usage: feedlog [OPTIONS] COMMAND [ARGS]...")


def test_similar_to_what_is_piped_in(invoke: Invoke) -> None:
    """A text too long for an argument is compared from a pipe."""
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1")
    invoke("add", "Tak for kaffen")
    for words in (("--text", "-"), ()):
        assert "Pakken kom" in invoke("similar", *words, stdin=b"pakken kom alt for sent igen").out


def test_word_that_must_not_be_there(shop: Invoke) -> None:
    """`-word` leaves notes out wherever it stands, also where its letters are those of options."""
    everything = shop("search", "pakke", "--json").json
    assert everything
    unwanted = next(word for word in everything[0]["verbatim"].lower().split() if word.isalpha() and len(word) > 1)
    for words in (("pakke", f"-{unwanted}"), (f"-{unwanted}", "pakke", "-n", "5"), ("pakke", "--", f"-{unwanted}")):
        left = [note["id"] for note in shop("search", "--json", *words).json]
        assert everything[0]["id"] not in left


def test_number_as_it_is_printed(shop: Invoke) -> None:
    """A note's number is taken with the # it is printed with."""
    assert shop("show", "#1") == shop("show", "1")
    assert shop("show", "#x").status == 2


def test_until_names_the_last_day_that_counts(shop: Invoke) -> None:
    """A day that is an end counts whole, and is what is said back."""
    assert shop("list", "--since", "2026-03-01", "--until", "2026-03-05").err.splitlines()[:2] == [
        f"since {spoken('2026-03-01')}",
        f"until {spoken('2026-03-05')}",
    ]

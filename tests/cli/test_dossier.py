"""feedlog dossier: for reading, as JSON, into a private file."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Invoke = Callable[..., Any]


@pytest.fixture(autouse=True)
def _said(invoke: Invoke) -> None:
    """Something a customer said."""
    invoke("add", "Pakken kom\naldrig", "-c", "K-1042", "--name", "Anna Holm", "-t", "levering", "--reading", "træt")
    invoke("correct", "1", "Posen kom aldrig", "--why", "misheard")


def test_for_reading(invoke: Invoke) -> None:
    """Who they are, what they said in every wording, and who did what, in that order."""
    done = invoke("dossier", "k-1042")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("What we hold of K-1042, ")
    parts = ("Anna Holm", "“Pakken kom\naldrig”", "træt", "Posen kom aldrig", "Who did what:", "logged note 1")
    places = [done.out.index(part) for part in parts]
    assert places == sorted(places)


def test_json(invoke: Invoke) -> None:
    """The same with every field."""
    document = invoke("dossier", "K-1042", "--json").json
    assert document["keys"] == ["K-1042"]
    assert document["notes"][0]["corrections"][0]["verbatim"] == "Posen kom aldrig"


@pytest.mark.parametrize(
    ("name", "words", "as_json"), [("d.txt", (), False), ("d.json", (), True), ("d", ("--json",), True)]
)
def test_into_a_file(invoke: Invoke, tmp_path: Path, name: str, words: tuple[str, ...], as_json: bool) -> None:
    """A file is readable by its owner alone, and in the form its name or --json says."""
    file = tmp_path / name
    done = invoke("dossier", "K-1042", "-o", str(file), *words)
    assert (done.status, done.out) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text("utf-8")
    assert (json.loads(text)["keys"] == ["K-1042"]) if as_json else text.startswith("What we hold of K-1042")


def test_no_file_is_replaced(invoke: Invoke, tmp_path: Path) -> None:
    """A file that is there stays, and nothing is recorded."""
    file = tmp_path / "d.txt"
    file.write_text("mine")
    done = invoke("dossier", "K-1042", "-o", str(file))
    assert (done.status, done.err) == (
        1,
        f"feedlog: There is a file already: {file}.\nName another, or remove that one.\n",
    )
    assert file.read_text() == "mine"
    assert "dossier" not in invoke("history", "-c", "K-1042").out


def test_refused(invoke: Invoke, tmp_path: Path) -> None:
    """An unknown customer and a folder there is not are said."""
    assert invoke("dossier", "K-9").err.startswith("feedlog: There is no customer 'K-9'.\n")
    done = invoke("dossier", "K-1042", "-o", str(tmp_path / "none" / "d.txt"))
    assert (done.status, done.err.splitlines()[1]) == (1, "Name a file in a folder of yours.")

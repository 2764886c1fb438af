"""Templates: ours in four languages, and a firm's own in their place."""

from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import Refused
from feedlog.letters import LANGUAGES
from feedlog.letters.pages import places
from feedlog.letters.templates import VARIABLES, explained, fill, find
from feedlog.vocabulary import KINDS, LETTER_KINDS

EVERY = [(language, kind) for language in LANGUAGES for kind in LETTER_KINDS]


def values(**given: Any) -> dict[str, Any]:
    """Everything a template may ask for, empty unless given."""
    empty: dict[str, Any] = {
        "name": "Anna Holm", "agent": "Mette", "note_kind": "", "channel": "", "said": "Du sagde:",
        "quoted": "    »Ja«", "apology": False, "promises": [], "kept": [], "measures": [], "terms": [],
    }  # fmt: skip
    assert empty.keys() == VARIABLES.keys()
    return {**empty, **given}


FULL = {
    "promises": [
        {"what": "ring", "by": "senest i dag", "owner": "Bo", "own": False},
        {"what": "skriv", "by": "senest i morgen", "owner": "Mette", "own": True},
    ],
    "kept": [{"what": "sendt", "on": "i går"}],
    "measures": [{"what": "ny vognmand", "since": "i går"}, {"what": "nye kasser", "since": None}],
    "terms": [{"ours": "a", "theirs": "b"}],
}


def own(folder: Path, text: str | bytes, kind: str = "thanks") -> Path:
    path = folder / "da" / f"{kind}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("note_kind", [*KINDS, ""])
@pytest.mark.parametrize("apology", [True, False])
@pytest.mark.parametrize(("language", "kind"), EVERY)
def test_ours(tmp_path: Path, language: str, kind: str, note_kind: str, apology: bool) -> None:
    """Each of ours greets by name, quotes the words and is signed, with much to say and with little."""
    for given in (FULL, {}):
        text = fill(str(tmp_path), language, kind, values(note_kind=note_kind, apology=apology, **given))
        paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
        assert "Anna Holm" in paragraphs[0]
        assert "»Ja«" in paragraphs
        assert paragraphs[-1] == "Mette"
        assert len(places(text, [])) >= 1, "nothing is left to be made personal"
        assert ("{" in text, "None" in text, "%" in text) == (False, False, False)


MENDED = {
    "da": ("Det har vi gjort:", "Det er vi i gang med:", "Det bliver vi ved med:"),
    "sv": ("Det här har vi gjort:", "Det här håller vi på med:", "Det här fortsätter vi med:"),
    "nb": ("Dette har vi gjort:", "Dette er vi i gang med:", "Dette fortsetter vi med:"),
    "en": ("This is what we have done:", "This is what we are working on:", "This is what we will keep doing:"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_is_mended_is_told_as_done(tmp_path: Path, language: str) -> None:
    """A measure counts as done once there is a day since when; praise is answered by going on with it."""
    done, working, going_on = MENDED[language]
    new, old = FULL["measures"]

    def written(kind: str, *measures: Any, note_kind: str = "complaint") -> str:
        return fill(str(tmp_path), language, kind, values(measures=list(measures), note_kind=note_kind))

    both = written("told", new, old)
    assert both.index(done) < both.index("ny vognmand") < both.index(working) < both.index("nye kasser")
    assert (working in written("told", new), done in written("told", old)) == (False, False)
    assert len(places(written("told", old), [])) == len(places(written("told"), [])) == 2
    assert going_on in written("thanks", new, note_kind="compliment")
    assert going_on not in written("thanks", new, note_kind="suggestion")


@pytest.mark.parametrize(("language", "kind"), EVERY)
def test_sorry_once(tmp_path: Path, language: str, kind: str) -> None:
    """A letter says sorry once where it is due, and not at all where it was said."""
    sorry = {"da": "beklager, at", "sv": "ber om ursäkt för att", "nb": "beklager at", "en": "am sorry that"}[language]
    due = fill(str(tmp_path), language, kind, values(note_kind="complaint", apology=True, **FULL))
    assert due.count(sorry) == 1
    assert sorry not in fill(str(tmp_path), language, kind, values(note_kind="complaint", **FULL))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_agreed(tmp_path: Path, language: str) -> None:
    """An agreement names every promise with its day and who sees to it; without one it asks for them."""
    text = fill(str(tmp_path), language, "agreement", values(**FULL))
    assert "ring: senest i dag. Bo " in text
    assert "skriv: senest i morgen. " in text
    bare = fill(str(tmp_path), language, "agreement", values())
    assert len(places(bare, [])) == len(places(text, [])) + 2  # what was agreed, and what is done about it


@pytest.mark.parametrize(("language", "kind"), EVERY)
def test_explained(tmp_path: Path, language: str, kind: str) -> None:
    """What is printed says what a template may ask for, and works as it is when a firm takes it over."""
    text = explained(find(str(tmp_path), language, kind))
    assert all(f"   {name} " in text for name in VARIABLES)
    path = tmp_path / language / f"{kind}.txt"
    ours = fill(str(tmp_path), language, kind, values(**FULL)).split()
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    assert find(str(tmp_path), language, kind).own
    assert explained(find(str(tmp_path), language, kind)) == text
    assert fill(str(tmp_path), language, kind, values(**FULL)).split() == ours


def test_a_firms_own_replaces_ours(tmp_path: Path) -> None:
    """A template in the firm's folder is used, with a byte-order mark and Windows line ends, too."""
    own(tmp_path, "\ufeffHej {{ name }}\r\n{{ quoted }}")
    assert fill(str(tmp_path), "da", "thanks", values()) == "Hej Anna Holm\n    »Ja«"
    assert fill(str(tmp_path), "sv", "thanks", values()).startswith("Hej Anna Holm!")


def test_a_firm_may_share_parts(tmp_path: Path) -> None:
    """A template may include another of its folder; what is wrong there is said of that one."""
    own(tmp_path, "Hilsen {{ agent }}", "hilsen")
    own(tmp_path, 'Hej\n{% include "hilsen.txt" %}')
    assert fill(str(tmp_path), "da", "thanks", values()) == "Hej\nHilsen Mette"
    shared = own(tmp_path, "Hilsen\n{{ agen }}", "hilsen")
    with pytest.raises(Refused, match=f"^The template {shared}, line 2: 'agen' is undefined.$"):
        fill(str(tmp_path), "da", "thanks", values())


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("Hej\n{% if name %}\nx", 3, "Unexpected end of template"),
        ("Hej\n\n{{ name", 3, "unexpected end of template"),
        ("{{ naem }}", 1, "there is no 'naem'"),
        ("Hej\n{% if false %}{{ naem }}{% endif %}", 2, "there is no 'naem'"),
        ("Hej\n{{ promises[0].what }}", 2, "has no element 0"),
        ("Hej\n\n\n{{ name / 2 }}", 4, "unsupported operand"),
        ("{{ name.__class__.__mro__ }}", 1, "access to attribute '__class__' of 'str' object is unsafe"),
        ('Hej\n{% include "../../secret.txt" %}', 2, "../../secret.txt"),
        ("{% for n in range(10000000) %}x{% endfor %}", 1, "Range too big"),
        ("Hej\n{{ name|shout }}", 2, "No filter named 'shout'"),
    ],
)
def test_wrong_template(tmp_path: Path, text: str, line: int, why: str) -> None:
    """A template that is wrong is named with its line and the reason, whatever is wrong about it."""
    path = own(tmp_path, text)
    with pytest.raises(Refused) as refused:
        fill(str(tmp_path), "da", "thanks", values())
    assert refused.value.message.startswith(f"The template {path}, line {line}: ")
    assert why in refused.value.message
    assert refused.value.hint


def test_unreadable_template(tmp_path: Path) -> None:
    """A file that is no text, or a folder in its place, is said."""
    path = own(tmp_path, b"Hej \xe5\xff")
    with pytest.raises(Refused, match=f"^The template {path} is not in UTF-8.$"):
        fill(str(tmp_path), "da", "thanks", values())
    path.unlink()
    path.mkdir()
    with pytest.raises(Refused, match=f"^The template {path} cannot be read: Is a directory.$"):
        fill(str(tmp_path), "da", "thanks", values())


def test_values_are_not_templates(tmp_path: Path) -> None:
    """What a customer wrote is never run."""
    text = fill(str(tmp_path), "da", "thanks", values(quoted="    »{{ 7*7 }} {% if %}«"))
    assert "»{{ 7*7 }} {% if %}«" in text

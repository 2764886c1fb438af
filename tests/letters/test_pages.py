"""Reading paragraphs, quotations, points and places to fill out of a letter's text."""

import pytest

from feedlog.letters.pages import Part, Place, parts, places, plain, without_quotations, wrapped


def said(part: Part) -> list[str]:
    return ["".join(run.text for run in line) for line in part.lines]


LETTER = """Kære Anna

Du sagde:

    »Pakken kom for sent«

Det har vi aftalt:

– ring: senest fredag den 13. marts 2026. Mette sørger for det, og hun
  ringer selv.
– send en ny

[[En linje]] og mere.

Venlig hilsen

Mette"""


def test_parts() -> None:
    """Blank lines part paragraphs, an indented one is a quotation, a dash begins a point."""
    found = parts(LETTER, [])
    assert [part.kind for part in found] == [
        "paragraph", "paragraph", "quote", "paragraph", "point", "point", "paragraph", "paragraph", "paragraph",
    ]  # fmt: skip
    assert said(found[2]) == ["»Pakken kom for sent«"]
    assert said(found[4]) == ["ring: senest fredag den 13. marts 2026. Mette sørger for det, og hun ringer selv."]
    assert [(run.text, run.marked) for run in found[6].lines[0]] == [("[[En linje]]", True), (" og mere.", False)]


@pytest.mark.parametrize("width", [60, 200, 3000])
def test_wrapping_is_undone(width: int) -> None:
    """What was wrapped for reading is one line again on the page, however long."""
    line = ("ord og mere " * width)[:width].strip()
    assert said(parts(wrapped(line), [])[0]) == [line]


def test_meant_line_breaks_stay() -> None:
    """A line break where the next word would have fitted was meant."""
    assert said(parts("Venlig hilsen\nMette Holm", [])[0]) == ["Venlig hilsen", "Mette Holm"]
    never_wrapped = f"{'langt ord ' * 12}\nVenlig hilsen"
    assert said(parts(never_wrapped, [])[0])[-1] == "Venlig hilsen"


def test_wrapped_lines_are_short() -> None:
    """Lines have at most 72 characters, unless a word is longer by itself; a list is held together."""
    text = wrapped("    " + "ord " * 60 + "\n\n" + "x" * 300 + "\n\n– " + "punkt " * 30 + "\n\n– to\n\n\n\nSlut")
    assert all(len(line) <= 72 for line in text.splitlines() if "xxx" not in line)
    assert all(line.startswith("    ") for line in text.split("\n\n")[0].splitlines())
    assert text.endswith("\n– to\n\nSlut")


def test_a_dash_within_a_paragraph_is_no_point() -> None:
    """Wrapping may bring a dash to the beginning of a line."""
    [part] = parts("Vi ringer i morgen, og så sender vi den nye lampe samme dag, hvis du vil\n– og det tror vi", [])
    assert part.kind == "paragraph"


def test_places() -> None:
    """Each place is named with its line; one that was left open is one, too; one may go over lines."""
    text = "Kære [[navn]]\n\nDet [[vi\ngør]] og [[her"
    assert places(text, []) == [Place(1, "[[navn]]"), Place(3, "[[vi\ngør]]"), Place(4, "[[")]
    assert places(LETTER, []) == [Place(13, "[[En linje]]")]


def test_brackets_of_the_customer_are_no_place() -> None:
    """What the customer typed is nothing to fill, quoted apart or within a sentence; what we add there is."""
    own = ["se [[afsnit 2]] og [[ her"]
    assert places("Du skrev:\n\n    »se [[afsnit 2]] og [[ her«", own) == []
    assert places("Du skrev »se [[afsnit\n2]] og [[ her«, sagde du.", own) == []
    assert places("    »se [[afsnit 2]]«", own) == []
    assert places("    »se [[noget andet]]«", own) == [Place(1, "[[noget andet]]")]
    assert places("    [[hvad de sagde]]", []) == [Place(1, "[[hvad de sagde]]")]
    assert places("Jeg beklager [[ her", own) == [Place(1, "[[")]


def test_quotation_of_several_paragraphs() -> None:
    """A quotation with blank lines in it is one quotation of several paragraphs."""
    [part] = parts("    »En.\n\n    To.«", [])
    assert said(part) == ["»En.", "", "To.«"]


def test_plain() -> None:
    """What no page can show goes; line ends of every kind become line feeds, and tabs blanks."""
    assert plain("\n\nA\r\nB\rC\x85D\u2028E\x1b[31m\x0c\ufdd0\ufffe\tx  \n\n") == "A\nB\nC\nD\nE[31m   x"


def test_without_quotations() -> None:
    """What we say ourselves is left."""
    assert "Pakken" not in without_quotations(LETTER)
    assert "Venlig hilsen" in without_quotations(LETTER)


def test_nothing_turns_the_direction_of_writing() -> None:
    """A customer's bidirectional controls are left out of a letter: they would turn our words behind the quotation."""
    assert plain("Du sagde:\n\n    »regning \u202egnp.exe\u2066 betalt«\n\nTak") == (
        "Du sagde:\n\n    »regning gnp.exe betalt«\n\nTak"
    )

"""The codebook: what is said of a theme, themes that are one, a theme that is two; and all of it taken back."""

from collections.abc import Callable
from typing import Any

import pytest

from feedlog.errors import FeedlogError, NotFound, Refused, WrongUsage
from feedlog.operations import codebook, notes, themes, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]
JENS = By("jens", "2026-11-19T09:00:00Z")


def undo(log: Log, by: By) -> str:
    change = undoing.last(log, by.agent)
    undoing.undo(log, change, by)
    return change.what


def under(log: Log, name: str) -> list[int]:
    """The notes that a filter by this theme finds."""
    return sorted(note["id"] for note in notes.listing(log, Filters(themes=(name,)), limit=50))


def said_of(log: Log, name: str) -> dict[str, Any]:
    row = log.row("select title, owner, measure, fixed_on from themes where name = ?", [name])
    assert row is not None
    return {field: value for field, value in dict(row).items() if value is not None}


def terms(log: Log) -> list[tuple[str, str]]:
    return [tuple(row) for row in log.rows("select our_word, their_word from theme_terms order by id")]


def refusal(kind: type[FeedlogError], call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(kind) as refused:
        call()
    return refused.value.message, refused.value.hint


# --- what is said of a theme -----------------------------------------------------------------------------------


def test_said_changed_and_cleared(log: Log, by: By, say: Say) -> None:
    """A theme gets a title, an owner, a measure and a day of mending; an empty text clears one and leaves the rest."""
    say("a", themes=("levering",))
    given = {"title": "Levering", "owner": "mette", "measure": "ny vognmand\ni Aarhus", "fixed_on": "2026-11-18"}
    assert codebook.describe(log, " LEVERING ", by, **given) == "levering"
    assert said_of(log, "levering") == given
    codebook.describe(log, "levering", by, owner=" ", title="Levering til døren")
    assert "owner" not in said_of(log, "levering") and said_of(log, "levering")["title"] == "Levering til døren"


def test_same_again_is_no_change(log: Log, by: By, say: Say) -> None:
    """Saying what is said already leaves no change in the record."""
    say("a", themes=("levering",))
    for _ in range(2):
        codebook.describe(log, "levering", by, owner="mette", term=("pakke", "forsendelse"))
    assert log.value("select count(*) from changes where action = 'theme.set'") == 1


def test_set_taken_back(log: Log, by: By, say: Say) -> None:
    """Undo gives every field and term the value it had, one call at a time, and names what it takes back."""
    say("a", themes=("levering",))
    codebook.describe(log, "levering", by, owner="mette", title="Levering")
    codebook.describe(log, "levering", by, owner="", fixed_on="2026-11-01", term=("pakke", "forsendelse"))
    assert undo(log, by) == "the owner, day it was fixed and terms of the theme 'levering'"
    assert said_of(log, "levering") == {"owner": "mette", "title": "Levering"}
    assert terms(log) == []
    assert undo(log, by) == "the title and owner of the theme 'levering'"
    assert said_of(log, "levering") == {}


def test_field_set_again_since(log: Log, by: By, say: Say) -> None:
    """What a colleague has set since is not overwritten by undoing; another field of theirs is no hindrance."""
    say("a", themes=("sen levering",))
    codebook.describe(log, "sen levering", by, owner="mette")
    codebook.describe(log, "sen levering", JENS, title="Sen")
    codebook.describe(log, "sen levering", JENS, owner="jens")
    assert refusal(Refused, lambda: undo(log, by)) == (
        "The owner of 'sen levering' was set again since.",
        "See it, and set it once more: feedlog theme show 'sen levering'",
    )
    undo(log, JENS)
    undo(log, by)
    assert said_of(log, "sen levering") == {"title": "Sen"}


def test_texts_stand_where_they_can_be_taken_out(log: Log, by: By, say: Say) -> None:
    """The record of changes names what was set of a theme and never says it; undo finds the texts elsewhere."""
    say("a", themes=("kort",))
    texts = {"title": "Zyzzyva om kort", "owner": "quixotine", "measure": "Vexillum ringes op"}
    codebook.describe(log, "kort", by, fixed_on="2026-11-01", **texts, term=("multi-trip pass", "klippekort"))
    codebook.describe(log, "kort", by, title="", owner="", measure="", term=("multi-trip pass", ""))
    details = [row["detail"] for row in log.rows("select detail from changes where action = 'theme.set' order by id")]
    assert details == [
        '{"fields": ["fixed_on", "title", "owner", "measure"], "added": 1, "removed": 0}',
        '{"fields": ["title", "owner", "measure"], "added": 0, "removed": 1}',
    ]
    assert undo(log, by) == "the title, owner, measure and terms of the theme 'kort'"
    assert said_of(log, "kort") == {**texts, "fixed_on": "2026-11-01"}
    assert terms(log) == [("multi-trip pass", "klippekort")]
    undo(log, by)
    assert (said_of(log, "kort"), terms(log)) == ({}, [])


def test_an_earlier_text_taken_out_stays_out(log: Log, by: By, say: Say) -> None:
    """What somebody took out of the earlier texts does not come back by undoing."""
    say("a", themes=("kort",))
    for measure in ("ring til Ingeborg Bachmann", "ring"):
        codebook.describe(log, "kort", by, measure=measure)
    log.connection.execute("update theme_versions set measure = null")
    undo(log, by)
    assert said_of(log, "kort") == {}
    assert not any("Bachmann" in line for line in log.connection.iterdump())


def test_terms(log: Log, by: By, say: Say) -> None:
    """Several words of theirs stand beside one of ours; an empty one takes them away, and undo brings them back."""
    say("a", themes=("kort",))
    for theirs in ("klippekort", "titurskort"):
        codebook.describe(log, "kort", by, term=("multi-trip pass", theirs))
    assert terms(log) == [("multi-trip pass", "klippekort"), ("multi-trip pass", "titurskort")]
    codebook.describe(log, "kort", by, term=("multi-trip pass", ""))
    assert terms(log) == []
    assert refusal(NotFound, lambda: codebook.describe(log, "kort", by, term=("pass", ""))) == (
        "The theme 'kort' has no term beside 'pass'.",
        "See its terms: feedlog theme show kort",
    )
    assert undo(log, by) == "the terms of the theme 'kort'"
    assert len(terms(log)) == 2


def test_unknown_theme_is_not_made(log: Log, by: By, say: Say) -> None:
    """Nothing makes a theme but putting it on a note: a slip of the pen is refused, with the name that was meant."""
    say("a", themes=("levering",))
    for name, hint in (("leverng", "Did you mean 'levering'?"), ("zebra", "See them all with: feedlog theme list")):
        for call in (
            lambda name=name: codebook.describe(log, name, by, owner="x"),
            lambda name=name: codebook.merge(log, name, "levering", by),
            lambda name=name: codebook.merge(log, "levering", name, by),
            lambda name=name: codebook.split(log, name, "ny", [1], by),
        ):
            assert refusal(NotFound, call) == (f"There is no theme {name!r}.", hint)
    assert themes.names(log) == ["levering"]


def test_refused_fields(log: Log, by: By, say: Say) -> None:
    """A day to come, a title of two lines and an empty word of ours are refused, and nothing is set."""
    say("a", themes=("levering",))
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"fixed_on": "2026-11-19"}, "Thursday 19 November is still to come.",
         "--fixed is the day since when it has been mended."),
        ({"title": "a\nb"}, "The title holds a line break or another control character.", "Write it on one line."),
        ({"owner": "x" * 201}, "The owner is longer than 200 characters.", "Shorten it."),
        ({"term": (" ", "x")}, "The term of ours is empty.", "Leave the term of ours out, or write one."),
    ]  # fmt: skip
    for given, message, hint in cases:
        assert refusal(WrongUsage, lambda given=given: codebook.describe(log, "levering", by, **given)) == (
            message,
            hint,
        )
    assert said_of(log, "levering") == {}


# --- themes that are one ---------------------------------------------------------------------------------------


def test_merged_notes_appear_under_the_other(log: Log, by: By, say: Say) -> None:
    """After a merge the notes of both are found, shown and completed under one name, and the old name means it."""
    one, two, both = say("a", themes=("sen",)), say("b", themes=("levering",)), say("c", themes=("sen", "levering"))
    assert codebook.merge(log, "Sen", "levering", by) == ("sen", "levering", 2)
    assert under(log, "levering") == under(log, "sen") == [one, two, both]
    assert [notes.get(log, number)["themes"] for number in (one, two, both)] == [["levering"]] * 3
    assert themes.names(log) == ["levering"]
    late = say("d", themes=("sen",))
    themes.tag(log, [late], ["levering"], by)
    assert notes.get(log, late)["themes"] == ["levering"]


def test_tag_twice_under_two_names_is_once(log: Log, by: By, say: Say) -> None:
    """A note that bears a merged theme has the other already; taking that off takes both, and undo restores both."""
    number = say("a", themes=("sen", "levering"))
    codebook.merge(log, "sen", "levering", by)
    other = say("b", themes=("sen",))
    before = log.value("select count(*) from changes")
    themes.tag(log, [number, other], ["levering"], by)
    assert log.value("select count(*) from changes") == before
    themes.untag(log, [number], ["sen"], by)
    assert notes.get(log, number)["themes"] == []
    assert undo(log, by) == f"the removal of the theme 'levering' from note {number}"
    undo(log, by)  # the other note
    assert undo(log, by) == "the merging of 'sen' into 'levering'"
    assert notes.get(log, number)["themes"] == ["levering", "sen"]


def test_merge_taken_back(log: Log, by: By, say: Say) -> None:
    """Undoing a merge gives each theme its own notes again."""
    one, two = say("a", themes=("sen",)), say("b", themes=("levering",))
    codebook.merge(log, "sen", "levering", by)
    assert undo(log, by) == "the merging of 'sen' into 'levering'"
    assert (under(log, "sen"), under(log, "levering")) == ([one], [two])
    assert codebook.merge(log, "levering", "sen", by) == ("levering", "sen", 1)
    assert under(log, "levering") == [one, two]


def test_chain_of_merges(log: Log, by: By, say: Say) -> None:
    """What was merged moves on with the theme it was merged into, and either merge can be taken back, in any order."""
    a, b, c = (say(name, themes=(name,)) for name in "abc")
    codebook.merge(log, "a", "b", JENS)
    assert codebook.merge(log, "b", "c", by) == ("b", "c", 2)
    assert under(log, "a") == under(log, "b") == under(log, "c") == [a, b, c]
    undo(log, JENS)
    assert (under(log, "a"), under(log, "b"), under(log, "c")) == ([a], [b, c], [b, c])
    codebook.merge(log, "a", "c", JENS)
    undo(log, by)
    assert (under(log, "a"), under(log, "b"), under(log, "c")) == ([a, c], [b], [a, c])


def test_later_merge_taken_back_first(log: Log, by: By, say: Say) -> None:
    """Where only the later merge is undone, the earlier one stands as it was made."""
    a, b, c = (say(name, themes=(name,)) for name in "abc")
    codebook.merge(log, "a", "b", JENS)
    codebook.merge(log, "b", "c", by)
    undo(log, by)
    assert (under(log, "a"), under(log, "b"), under(log, "c")) == ([a, b], [a, b], [c])
    assert themes.find(log, "a") == themes.find(log, "b")


def test_refused_merges(log: Log, by: By, say: Say) -> None:
    """A theme is not merged into itself, nor into what it is already, nor from under another one."""
    for name in ("sen", "sen levering", "pris"):
        say(name, themes=(name,))
    cannot = "Name two themes; see them with: feedlog theme list"
    assert refusal(Refused, lambda: codebook.merge(log, "sen", "SEN", by)) == (
        "A theme cannot be merged into itself.", cannot,
    )  # fmt: skip
    codebook.merge(log, "sen", "sen levering", by)
    for one, other in (("sen", "sen levering"), ("sen levering", "sen")):
        assert refusal(Refused, lambda one=one, other=other: codebook.merge(log, one, other, by)) == (
            f"{one!r} and {other!r} are one theme already.", cannot,
        )  # fmt: skip
    assert refusal(Refused, lambda: codebook.merge(log, "sen", "pris", by)) == (
        "The theme 'sen' is merged into 'sen levering'.",
        "Merge that one: feedlog theme merge 'sen levering' pris",
    )


# --- a theme that is two ---------------------------------------------------------------------------------------


def test_split_and_taken_back(log: Log, by: By, say: Say) -> None:
    """Some notes move to a new theme as one change, and move back as one."""
    one, two, three = (say(text, themes=("levering",)) for text in "abc")
    assert codebook.split(log, "levering", " Skadet ", [one, three, one], by) == ("levering", "skadet", 2)
    assert (under(log, "levering"), under(log, "skadet")) == ([two], [one, three])
    assert undo(log, by) == "the moving of 2 notes from 'levering' to 'skadet'"
    assert (under(log, "levering"), under(log, "skadet")) == ([one, two, three], [])
    assert undo(log, by) == f"note {three}"


def test_split_of_merged_and_twice_tagged(log: Log, by: By, say: Say) -> None:
    """A note that bore the theme by an old name, or bore the new one already, comes back exactly as it was."""
    one, two = say("a", themes=("sen",)), say("b", themes=("levering", "skadet"))
    codebook.merge(log, "sen", "levering", by)
    codebook.split(log, "levering", "skadet", [one, two], by)
    assert (under(log, "levering"), under(log, "skadet")) == ([], [one, two])
    undo(log, by)
    assert (under(log, "levering"), under(log, "skadet")) == ([one, two], [two])
    undo(log, by)
    assert (under(log, "sen"), under(log, "levering")) == ([one], [two])


def test_refused_splits(log: Log, by: By, say: Say) -> None:
    """All notes move or none: a note that is not there or lacks the theme stops it, and so does the same name."""
    one, two = say("a", themes=("levering",)), say("b")
    assert refusal(NotFound, lambda: codebook.split(log, "levering", "ny", [one, 9], by)) == (
        "There is no note 9.", "See the newest with: feedlog list",
    )  # fmt: skip
    assert refusal(NotFound, lambda: codebook.split(log, "levering", "ny", [one, two], by)) == (
        "Note 2 does not have the theme 'levering'.", "See its themes: feedlog show 2",
    )  # fmt: skip
    assert refusal(Refused, lambda: codebook.split(log, "levering", "Levering", [one], by)) == (
        "A theme cannot be split from itself.", "Give the notes a theme of another name.",
    )  # fmt: skip
    say("c", themes=("sen",))
    codebook.merge(log, "sen", "levering", by)
    assert refusal(Refused, lambda: codebook.split(log, "levering", "sen", [one], by))[0] == (
        "'sen' and 'levering' are one theme."
    )
    assert themes.names(log) == ["levering"]
    assert one in under(log, "levering")


def test_colleague_who_moved_a_note_and_took_it_back(log: Log, by: By, say: Say) -> None:
    """A note can be taken back once a colleague's split that moved it was taken back."""
    one = say("a", themes=("levering",))
    codebook.split(log, "levering", "ny", [one], JENS)
    with pytest.raises(Refused, match="A colleague has worked on note 1 since"):
        undo(log, by)
    undo(log, JENS)
    assert undo(log, by) == "note 1"


# --- one theme on several notes --------------------------------------------------------------------------------


def test_tagged_together(log: Log, by: By, say: Say) -> None:
    """A theme put on several notes at once is one change: those that had it are left out and keep it on undo."""
    one, two, three = say("a"), say("b", themes=("pris",)), say("c")
    assert themes.tag_together(log, [one, two, three], "Pris", by) == ([one, three], [])
    assert under(log, "pris") == [one, two, three]
    themes.untag(log, [three], ["pris"], JENS)
    assert undo(log, by) == "the theme 'pris' on 2 notes"
    assert under(log, "pris") == [two]
    assert themes.tag_together(log, [two], "pris", by) == ([], [])
    assert themes.tag_together(log, [one], "prisen", by) == (
        [one], ["The theme 'prisen' is new. Did you mean 'pris'?"],
    )  # fmt: skip
    with pytest.raises(NotFound, match="There is no note 9"):
        themes.tag_together(log, [one, 9], "post", by)
    assert "post" not in themes.names(log)

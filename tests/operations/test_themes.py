"""Themes, put on notes and taken off again."""

from collections.abc import Callable

import pytest

from feedlog.errors import NotFound, WrongUsage
from feedlog.operations import notes, themes
from feedlog.operations.shapes import By
from feedlog.store import Log


def themes_of(log: Log, number: int) -> list[str]:
    return notes.get(log, number)["themes"]


def test_put_on_and_taken_off(log: Log, by: By, say: Callable[..., int]) -> None:
    """Themes go on several notes at once and come off again, and the record has a row for each."""
    one, two = say("a"), say("b")
    assert themes.tag(log, [one, two], [" Levering", "pris"], by) == []
    assert themes_of(log, one) == themes_of(log, two) == ["levering", "pris"]
    themes.untag(log, [one], ["LEVERING"], by)
    assert (themes_of(log, one), themes_of(log, two)) == (["pris"], ["levering", "pris"])
    actions = [row["action"] for row in log.rows("select action from changes where theme_id is not null order by id")]
    assert actions == ["theme.tag"] * 4 + ["theme.untag"]


def test_twice_is_once(log: Log, by: By, say: Callable[..., int]) -> None:
    """A theme that is on already is not put on again, and no change is recorded."""
    number = say("a")
    themes.tag(log, [number, number], ["levering"], by)
    themes.tag(log, [number], ["levering"], by)
    assert log.value("select count(*) from changes where action = 'theme.tag'") == 1


def test_all_or_none(log: Log, by: By, say: Callable[..., int]) -> None:
    """When one of the notes is not there, none gets the theme and none loses it."""
    number = say("a", themes=("pris",))
    for call in (
        lambda: themes.tag(log, [number, 7], ["levering"], by),
        lambda: themes.untag(log, [number, 7], ["pris"], by),
    ):
        with pytest.raises(NotFound) as missing:
            call()
        assert (missing.value.message, missing.value.hint) == (
            "There is no note 7.",
            "See the newest with: feedlog list",
        )
    assert themes_of(log, number) == ["pris"]
    assert themes.names(log) == ["pris"]
    with pytest.raises(NotFound):
        themes.untag(log, [number], ["pris", "levering"], by)
    assert themes_of(log, number) == ["pris"]


def test_theme_that_is_not_there(log: Log, by: By, say: Callable[..., int]) -> None:
    """Taking off a theme that is unknown, or not on the note, is refused in words."""
    one, two = say("a", themes=("levering",)), say("b")
    for numbers, name, message, hint in (
        ([two], "levering", "Note 2 does not have the theme 'levering'.", "See its themes: feedlog show 2"),
        ([one], "leverng", "There is no theme 'leverng'.", "The theme 'leverng' is new. Did you mean 'levering'?"),
        ([one], "zebra", "There is no theme 'zebra'.", "See the themes on the note with `feedlog show`."),
    ):
        with pytest.raises(NotFound) as missing:
            themes.untag(log, numbers, [name], by)
        assert (missing.value.message, missing.value.hint) == (message, hint)
    with pytest.raises(WrongUsage, match="The theme is empty"):
        themes.tag(log, [one], [" "], by)


def test_misspelt_theme_is_asked_about_once(log: Log, by: By, say: Callable[..., int]) -> None:
    """A new theme close to a known one brings a question, the next time it is known."""
    number = say("a", themes=("levering",))
    assert themes.tag(log, [number], ["leverng"], by) == ["The theme 'leverng' is new. Did you mean 'levering'?"]
    assert themes.tag(log, [say("b")], ["leverng"], by) == []


def test_names_in_use(log: Log, by: By, say: Callable[..., int]) -> None:
    """Completion knows each theme and touchpoint once, in alphabetical order, merged ones not."""
    say("a", themes=("pris", "ånd"), touchpoint="store")
    say("b", themes=("pris", "post"), touchpoint="delivery")
    say("c", touchpoint="store")
    assert themes.names(log) == ["post", "pris", "ånd"]
    assert themes.names(log, "p") == ["post", "pris"]
    assert themes.touchpoints(log) == ["delivery", "store"]
    assert themes.touchpoints(log, "st") == ["store"]
    log.connection.execute(
        "update themes set merged_into_id = (select id from themes where name = 'pris') where name = 'post'"
    )
    assert themes.names(log) == ["pris", "ånd"]
    assert themes.find(log, "post") == themes.find(log, "pris")


def test_empty_log_has_no_names(log: Log) -> None:
    """In a log nobody has written to there is nothing to complete and nothing to mean."""
    assert themes.names(log) == themes.touchpoints(log) == []
    assert themes.did_you_mean(log, "levering", "theme") is None

"""How each language says days, how somebody reached us, and who signs."""

import pytest

from feedlog.letters import LANGUAGES, wording
from feedlog.vocabulary import CHANNELS


@pytest.mark.parametrize(
    ("language", "by", "date"),
    [
        ("da", "senest fredag den 13. marts 2026", "13. marts 2026"),
        ("sv", "senast fredagen den 13 mars 2026", "13 mars 2026"),
        ("nb", "senest fredag 13. mars 2026", "13. mars 2026"),
        ("en", "by Friday 13 March 2026", "13 March 2026"),
    ],
)
def test_days(language: str, by: str, date: str) -> None:
    """A due day stands in the form of its language."""
    assert wording.by_day(language, "2026-03-13", today="2026-03-13") == by
    assert wording.date_text(language, "2026-03-13") == date


@pytest.mark.parametrize("language", LANGUAGES)
def test_past_day_is_a_place(language: str) -> None:
    """Nothing is promised by a day that is past: the agent is asked for a new one."""
    told = wording.by_day(language, "2026-03-13", today="2026-03-14")
    assert told.startswith("[[")
    assert told.endswith("]]")
    assert "2026" in told


@pytest.mark.parametrize("channel", [*CHANNELS, None])
@pytest.mark.parametrize("language", LANGUAGES)
def test_said(language: str, channel: str | None) -> None:
    """Every channel has a sentence of its own that names the day and leads to the words."""
    told = wording.said(language, channel, "2026-03-06T09:00:00Z")
    assert told[0].isupper()
    assert told.endswith(":")
    assert "6" in told
    assert "{" not in told


def test_said_on_the_local_day() -> None:
    """The day is the office's, not Greenwich's."""
    assert wording.said("da", "phone", "2026-03-05T23:30:00Z") == (
        "Da du ringede til os fredag den 6. marts 2026, sagde du:"
    )
    assert wording.said("sv", None, "2026-03-05T23:30:00Z") == "Fredagen den 6 mars 2026 berättade du för oss:"


def test_quotation_marks() -> None:
    """Each language has its own quotation marks, and every line of the words is indented."""
    quoted = {language: wording.quoted(language, "Ja\n\nNej") for language in LANGUAGES}
    assert quoted == {
        "da": "    »Ja\n\n    Nej«",
        "sv": "    ”Ja\n\n    Nej”",
        "nb": "    «Ja\n\n    Nej»",
        "en": "    “Ja\n\n    Nej”",
    }


@pytest.mark.parametrize(
    ("agent", "name"),
    [("mette", "Mette"), ("mette holm", "Mette Holm"), ("Mette af Holm", "Mette af Holm"), ("mho2", "mho2"),
     ("åsa-lena", "Åsa-Lena"), ("mette@example.com", "mette@example.com")],
)  # fmt: skip
def test_signed(agent: str, name: str) -> None:
    """A login name in small letters is signed as a name; anything else as it is."""
    assert wording.signed(agent) == name

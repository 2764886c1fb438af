"""Workdays of four countries: days everybody there knows to be free, and days that look it and are not."""

import pytest

from feedlog.errors import WrongUsage
from feedlog.vocabulary import COUNTRIES
from feedlog.when import workdays

HOLIDAYS = [
    ("2026-04-02", "DK", "Maundy Thursday"),
    ("2026-04-02", "NO", "Maundy Thursday"),
    ("2026-04-06", "DK", "Easter Monday"),
    ("2027-03-29", "SE", "Easter Monday"),
    ("2026-04-06", "NO", "Easter Monday"),
    ("2026-04-06", "DE", "Easter Monday"),
    ("2026-05-25", "DK", "Pentecost Monday"),
    ("2026-05-14", "SE", "Ascension Day"),
    ("2026-06-20", "SE", "Midsummer Day"),
    ("2027-06-26", "SE", "Midsummer Day"),
    ("2028-06-06", "SE", "National Day"),
    ("2028-05-17", "NO", "Constitution Day"),
    ("2027-05-17", "NO", "Constitution Day and Pentecost Monday"),
    ("2029-10-03", "DE", "German Unity Day"),
    ("2023-05-05", "DK", "Great Prayer Day"),
    ("2026-12-25", "DK", "Christmas Day"),
    ("2026-12-25", "DE", "Christmas Day"),
]
NOT_ALL_OF_IT = [
    ("2024-04-26", "DK"),  # store bededag, abolished from 2024
    ("2026-06-05", "DK"),  # grundlovsdag
    ("2026-04-02", "SE"),  # skärtorsdagen
    ("2026-06-19", "SE"),  # midsommarafton: offices close, the law does not say so
    ("2026-05-25", "SE"),  # annandag pingst, abolished in 2005
    ("2028-05-17", "DK"),
    ("2026-04-02", "DE"),  # Gründonnerstag
    ("2028-10-31", "DE"),  # Reformationstag: in some of the lands
    ("2026-12-24", "DE"),
]


@pytest.mark.parametrize(("day", "country", "name"), HOLIDAYS)
def test_public_holidays(day: str, country: str, name: str) -> None:
    """A public holiday has its English name and is no workday."""
    assert workdays.holiday(day, country) == name
    assert not workdays.workday(day, country)


@pytest.mark.parametrize(("day", "country"), NOT_ALL_OF_IT)
def test_no_public_holiday(day: str, country: str) -> None:
    """What was abolished, holds in one region only, or is merely customary is a workday."""
    assert workdays.holiday(day, country) is None
    assert workdays.workday(day, country)


@pytest.mark.parametrize("country", COUNTRIES)
def test_sundays_are_no_holidays(country: str) -> None:
    """An ordinary Sunday has no holiday's name, though it is no workday."""
    assert workdays.holiday("2026-11-22", country) is None
    assert (workdays.weekend("2026-11-21"), workdays.weekend("2026-11-22"), workdays.weekend("2026-11-23")) == (
        True, True, False,
    )  # fmt: skip
    assert not workdays.workday("2026-11-22", country)


@pytest.mark.parametrize(
    ("day", "country", "following"),
    [
        ("2026-11-18", "DK", "2026-11-18"),
        ("2026-11-21", "DK", "2026-11-23"),
        ("2026-04-02", "DK", "2026-04-07"),
        ("2026-04-02", "SE", "2026-04-02"),
        ("2026-04-03", "SE", "2026-04-07"),
        ("2026-12-25", "DE", "2026-12-28"),
        ("2024-12-25", "NO", "2024-12-27"),
        ("2026-12-31", "SE", "2026-12-31"),
        ("2027-01-01", "SE", "2027-01-04"),
    ],
)
def test_next_workday(day: str, country: str, following: str) -> None:
    """The next workday is the day itself where people work, else the first one after weekend and holidays."""
    assert workdays.next_workday(day, country) == following


def test_years_the_library_does_not_know() -> None:
    """Far ahead no holiday is known, and weekends still are."""
    assert workdays.next_workday("2199-12-28", "SE") == "2199-12-30"


def test_only_countries_we_know() -> None:
    """Another country is a fault of the program, since the setting was checked before."""
    with pytest.raises(AssertionError, match="XX"):
        workdays.holiday("2026-11-18", "XX")


@pytest.mark.parametrize(
    ("typed", "today", "country", "day"),
    [
        ("in 2 business days", "2026-11-26", "DK", "2026-11-30"),
        ("within one working day", "2026-11-27", "DK", "2026-11-30"),
        ("om 2 hverdage", "2026-12-23", "DK", "2026-12-28"),
        ("Inden for to arbejdsdage", "2026-11-23", "DK", "2026-11-25"),
        ("inom två arbetsdagar", "2026-12-24", "SE", "2026-12-29"),
        ("om 3 vardagar", "2026-11-28", "SE", "2026-12-02"),
        ("innen to virkedager", "2027-05-14", "NO", "2027-05-19"),
        ("om en arbeidsdag", "2026-11-29", "NO", "2026-11-30"),
    ],
)
def test_counted_in_workdays(typed: str, today: str, country: str, day: str) -> None:
    """Business days in any of our words are counted from tomorrow on, weekends and public holidays left out."""
    assert workdays.counted(typed, today, country) == day


@pytest.mark.parametrize("typed", ["in 2 days", "om 2 uger", "2 business days ago", "in business days", "in x days"])
def test_not_counted_in_workdays(typed: str) -> None:
    """Whatever does not count workdays from now is read as any other day."""
    assert workdays.counted(typed, "2026-11-26", "DK") is None


@pytest.mark.parametrize("number", ["0", "251", "9" * 20])
def test_too_many_workdays(number: str) -> None:
    """No workday at all and years of them are refused."""
    with pytest.raises(WrongUsage, match="Workdays are counted from 1 to 250") as refused:
        workdays.counted(f"om {number} hverdage", "2026-11-26", "DK")
    assert refused.value.hint == "Write the day instead."

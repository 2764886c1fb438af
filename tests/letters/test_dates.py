"""Days named in letters."""

from datetime import date

import pytest

from feedlog.letters.dates import days_in, without_days

TODAY = date(2026, 3, 2)
THE_DAY = date(2026, 3, 13)


@pytest.mark.parametrize(
    "text",
    [
        "senest fredag den 13. marts 2026", "senest d. 13. marts", "inden 13/3", "den 13.3.2026", "13/3-2026",
        "13-03-2026",
        "senast fredagen den 13 mars 2026", "senast den 13 mars", "före den 13:e mars 2026", "13/3 2026",
        "senest fredag 13. mars 2026", "fredag 13. mars", "innen 13.03.26",
        "by Friday 13 March 2026", "by 13th March", "the 13th of March", "March 13, 2026", "by March 13th",
        "2026-03-13", "den 13.\nmarts 2026", "senest fredag 13/3",
    ],
)  # fmt: skip
def test_day(text: str) -> None:
    """A day is read in the forms of the four languages and in ISO's."""
    assert days_in(f"Vi ringer {text}, som aftalt.", today=TODAY) == {THE_DAY}


@pytest.mark.parametrize(
    "text",
    ["vi har åbent 24/7", "ring 72 11 22 33", "30. februar 2026", "2026-13-01", "13 mænd", "version 2.3", "3/4 af det",
     "som aftalt", "på fredag", "13. marts 20260"],
)  # fmt: skip
def test_no_day(text: str) -> None:
    """Figures that are no day are none, and a weekday alone says no date."""
    assert days_in(text, today=TODAY) - {THE_DAY} == set()
    assert date(2026, 7, 24) not in days_in(text, today=TODAY)


def test_year_left_out() -> None:
    """A day without a year lies near today, on either side of New Year."""
    assert days_in("den 6. februar", today=TODAY) == {date(2026, 2, 6)}
    assert days_in("den 8. januar", today=date(2026, 12, 20)) == {date(2027, 1, 8)}


def test_without_days() -> None:
    """Weekdays, months and figures go; everything else stays."""
    assert without_days("Senest fredag den 13. marts 2026, kl. 10") == "Senest den kl"
    assert without_days("Senast fredagen den 13 mars") == "Senast den"

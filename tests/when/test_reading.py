"""What people type for days and times in four languages."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from feedlog import when

# Wednesday 18 November 2026, ten o'clock in Copenhagen.
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def local_minute(stored: str) -> str:
    return when.local(stored).strftime("%Y-%m-%d %H:%M")


# What was said (prefer past), as local time.
SAID = {
    # ISO
    "2026-03-01": "2026-03-01 12:00",
    "2026-03-01T15:30": "2026-03-01 15:30",
    "2026-03-01 15:30": "2026-03-01 15:30",
    "2026-03-01 15:30:59": "2026-03-01 15:30",
    "2026-03-01T15": "2026-03-01 15:00",
    "2026-03-01, kl. 15.30": "2026-03-01 15:30",
    "2026-03-01T15:30Z": "2026-03-01 16:30",
    "2026-03-01T15:30:00.125Z": "2026-03-01 16:30",
    "2026-03-01 15:30 +05:30": "2026-03-01 11:00",
    "2026-07-01T23:30-0200": "2026-07-02 03:30",
    "2026-11-18": "2026-11-18 10:00",  # today: now
    # English
    "now": "2026-11-18 10:00",
    "today": "2026-11-18 10:00",
    "Today 09:15": "2026-11-18 09:15",
    "yesterday": "2026-11-17 12:00",
    "yesterday 15:30": "2026-11-17 15:30",
    "yesterday at 3pm": "2026-11-17 15:00",
    "yesterday, 3:15 pm": "2026-11-17 15:15",
    "12 am yesterday": "2026-11-17 00:00",
    "15:30 yesterday": "2026-11-17 15:30",
    "the day before yesterday": "2026-11-16 12:00",
    "3 days ago": "2026-11-15 12:00",
    "3 days ago at 9:05": "2026-11-15 09:05",
    "two weeks ago": "2026-11-04 12:00",
    "a month ago": "2026-10-18 12:00",
    "1 year and 2 months ago": "2025-09-18 12:00",
    "1 hour ago": "2026-11-18 09:00",
    "2 hours and 30 minutes ago": "2026-11-18 07:30",
    "half an hour ago": "2026-11-18 09:30",
    "friday": "2026-11-13 12:00",
    "on friday 16:00": "2026-11-13 16:00",
    "last friday": "2026-11-13 12:00",
    "last wednesday": "2026-11-11 12:00",
    "Wednesday": "2026-11-18 10:00",
    "wednesday 09:30": "2026-11-18 09:30",
    "wednesday 15:30": "2026-11-11 15:30",
    "09:30": "2026-11-18 09:30",
    "15:30": "2026-11-17 15:30",  # later than now: the one before
    "13 March": "2026-03-13 12:00",
    "13 december": "2025-12-13 12:00",
    "March 13th, 2025 15:30": "2025-03-13 15:30",
    "1st of april": "2026-04-01 12:00",
    "29 feb": "2024-02-29 12:00",
    "Friday 13 March 2026, 15:30": "2026-03-13 15:30",
    # numbers only: the day comes first
    "13/3": "2026-03-13 12:00",
    "3/4 2026": "2026-04-03 12:00",
    "13/3-2026": "2026-03-13 12:00",
    "13.3.": "2026-03-13 12:00",
    "13.3.2026": "2026-03-13 12:00",
    "13. 3. 2026 15.30": "2026-03-13 15:30",
    "13-3-2026": "2026-03-13 12:00",
    "2026/3/13": "2026-03-13 12:00",
    # Danish
    "nu": "2026-11-18 10:00",
    "i dag": "2026-11-18 10:00",
    "i går": "2026-11-17 12:00",
    "I går 15:30": "2026-11-17 15:30",
    "i går kl. 15.30": "2026-11-17 15:30",
    "i går 15.10": "2026-11-17 15:10",
    "kl 15 i går": "2026-11-17 15:00",
    "i gaar kl. 9": "2026-11-17 09:00",
    "i gar": "2026-11-17 12:00",
    "i forgårs": "2026-11-16 12:00",
    "for 3 dage siden": "2026-11-15 12:00",
    "for en uge siden kl 14": "2026-11-11 14:00",
    "for to måneder siden": "2026-09-18 12:00",
    "for en halv time siden": "2026-11-18 09:30",
    "i mandags": "2026-11-16 12:00",
    "i onsdags": "2026-11-11 12:00",
    "sidste fredag": "2026-11-13 12:00",
    "fredag 15.30": "2026-11-13 15:30",
    "lørdag": "2026-11-14 12:00",
    "12. marts 2026": "2026-03-12 12:00",
    "torsdag den 12. marts kl. 8": "2026-03-12 08:00",
    "1. maj": "2026-05-01 12:00",
    # Swedish
    "idag": "2026-11-18 10:00",
    "igår klockan 15:30": "2026-11-17 15:30",
    "i förrgår": "2026-11-16 12:00",
    "för tre dagar sedan": "2026-11-15 12:00",
    "för två veckor sedan": "2026-11-04 12:00",
    "för en timme sen": "2026-11-18 09:00",
    "i måndags": "2026-11-16 12:00",
    "förra fredagen": "2026-11-13 12:00",
    "lördag": "2026-11-14 12:00",
    "den 3 augusti": "2026-08-03 12:00",
    # Norwegian
    "nå": "2026-11-18 10:00",
    "for åtte dager siden": "2026-11-10 12:00",
    "for to uker siden": "2026-11-04 12:00",
    "forrige fredag": "2026-11-13 12:00",
    "i går klokka 15": "2026-11-17 15:00",
    "17. mai": "2026-05-17 12:00",
}

# Other layouts, read by dateparser.
WRITTEN = {
    "Fri, 13 Mar 2026 15:30:00 +0100 (CET)": "2026-03-13 15:30",
    "Tue, 30 Jun 2026 23:30:00 GMT": "2026-07-01 01:30",
    "30 Jun 2026 20:30 -0500": "2026-07-01 03:30",
    "2026 march 13": "2026-03-13 12:00",
    "13-mar-2026": "2026-03-13 12:00",
    "Mar 13 15:30:20 2026": "2026-03-13 15:30",
    "13 Mar 2026 15:30 UTC+3": "2026-03-13 13:30",
}

# What is due (prefer future), as a local day.
DUE = {
    "today": "2026-11-18",
    "tomorrow": "2026-11-19",
    "the day after tomorrow": "2026-11-20",
    "in 3 days": "2026-11-21",
    "in two weeks": "2026-12-02",
    "in 1 week and 2 days": "2026-11-27",
    "in 20 hours": "2026-11-19",
    "in a month": "2026-12-18",
    "friday": "2026-11-20",
    "next friday": "2026-11-20",
    "this friday": "2026-11-20",
    "wednesday": "2026-11-25",  # today is Wednesday: the next one
    "this wednesday": "2026-11-18",
    "15:30": "2026-11-18",
    "09:30": "2026-11-19",
    "13 March": "2027-03-13",
    "18/11": "2026-11-18",
    "13/12": "2026-12-13",
    "29 feb": "2028-02-29",
    "i morgen": "2026-11-19",
    "imorgen kl. 15": "2026-11-19",
    "i overmorgen": "2026-11-20",
    "om 3 dage": "2026-11-21",
    "om en uge": "2026-11-25",
    "om tolv dage": "2026-11-30",
    "på fredag": "2026-11-20",
    "på mandag kl 9": "2026-11-23",
    "næste fredag": "2026-11-20",
    "i morgon": "2026-11-19",
    "i övermorgon": "2026-11-20",
    "om tre dagar": "2026-11-21",
    "om en vecka": "2026-11-25",
    "om elva månader": "2027-10-18",
    "nästa fredag": "2026-11-20",
    "på söndag": "2026-11-22",
    "om sju uker": "2027-01-06",
    "neste fredag": "2026-11-20",
    "på onsdag": "2026-11-25",
}


@pytest.mark.parametrize(("text", "expected"), (SAID | WRITTEN).items())
def test_reads_when_something_was_said(text: str, expected: str) -> None:
    """What was said is read in English, Danish, Swedish and Norwegian, and open words mean the past."""
    assert local_minute(when.instant(text, now=NOW)) == expected


@pytest.mark.parametrize(("text", "expected"), DUE.items())
def test_reads_when_something_is_due(text: str, expected: str) -> None:
    """A due day is read in English, Danish, Swedish and Norwegian, and open words mean the future."""
    assert when.day(text, now=NOW) == expected


# Reads each argument and prints the modules that are loaded by then.
READ_ALL = """
import sys
from feedlog import when
from feedlog.errors import WrongUsage
for text in sys.argv[1:]:
    try:
        when.instant(text, now=when.clock())
    except WrongUsage:
        pass
print(*sys.modules)
"""


def modules_loaded_for(*texts: str) -> set[str]:
    command = [sys.executable, "-X", "utf8", "-c", READ_ALL, *texts]
    return set(subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.split())


def test_common_words_never_load_dateparser() -> None:
    """ISO, the common words and what names no full date are answered without the slow import."""
    loaded = modules_loaded_for(*SAID, *DUE, "foo", "12", "i går aftes kl 20")
    assert "feedlog.when.reading" in loaded
    assert "dateparser" not in loaded
    assert "dateparser" in modules_loaded_for(*WRITTEN)


def test_the_clock_alone_loads_no_reading() -> None:
    """Where no day was typed, as in most notes, neither patterns nor word lists are loaded."""
    loaded = modules_loaded_for()
    assert "feedlog.when" in loaded
    assert not {"feedlog.when.reading", "feedlog.when.names", "dateparser", "zoneinfo"} & loaded

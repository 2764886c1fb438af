"""What is fuzzed: one function a target, which takes any bytes.

A target may raise FeedlogError, which is a refusal, and nothing else; and what it promises holds for whatever it was
given. Both `tests/fuzz/test_fuzz.py` and `make fuzz` run these.
"""

import atexit
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from feedlog import money, when
from feedlog.cli import main
from feedlog.errors import FeedlogError
from feedlog.language import idnumbers
from feedlog.language.decoding import decode
from feedlog.language.stems import Stems
from feedlog.letters import checking
from feedlog.operations import checks, finding, masking, notes, spool
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Said
from feedlog.store import Log, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES
from feedlog.when import hours

BY = By("mette", "2026-11-18T09:00:00Z")
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
LETTERS = ("da", "sv", "nb", "en")
SAID = (
    "Pakken kom tre uger for sent, og ingen ringede", "Skoene trykker", "Leveransen blev försenad igen",
    "I er altid hurtige og søde", "The parcel was late", "Regningen passer ikke: 1.000,50 kr", "Rødgrød med fløde",
    "Jag har ringt fyra gånger", "Døra er ødelagt", "a-b \"c\" NEAR(d) col:x *", "Åse ærø Åse", "🙂👩‍👩‍👧 tak",
)  # fmt: skip


class Undone(Exception):
    """Ends a change that is only tried."""


class Office:
    """A log of a few notes in a folder of its own, made once and removed at the end."""

    _one: "Office | None" = None

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="feedlog-fuzz-")
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.path = os.path.join(self.folder, "log", "feedlog.db")
        self.log: Log = open_for_writing(self.path, DEFAULT_LANGUAGES)
        self.stems = Stems(DEFAULT_LANGUAGES)
        for number, verbatim in enumerate(SAID):
            notes.add(self.log, Said(verbatim, customer=f"K-{number % 4}"), BY, stems=self.stems)
        self.standing = {note["id"]: note["verbatim"] for note in notes.listing(self.log, Filters(), limit=99)}

    @classmethod
    def open(cls) -> "Office":
        """The one office of this process."""
        if cls._one is None:
            cls._one = cls()
        return cls._one


def add(raw: bytes) -> None:
    """What is read back is what was typed in its stored form, ID numbers masked, or it was refused."""
    office = Office.open()
    masking.begin(lambda: "mask")
    text = decode(raw).text
    expected = checks.text(text, "text")
    with contextlib.suppress(Undone), office.log.write():
        added = notes.add(office.log, Said(text, customer="K-9", reading=text), BY, stems=office.stems)
        note = notes.get(office.log, added.note_id)
        assert added.new
        assert note["verbatim"] == note["reading"] == expected
        assert unicodedata.is_normalized("NFC", expected)
        assert checks.text(expected, "text") == expected, "storing it again would change it"
        raise Undone
    assert _notes(office) == len(office.standing)


def import_file(raw: bytes) -> None:
    """A file of any content is taken in, its rows counted, or refused; the log is never left between."""
    office = Office.open()
    ending = ".jsonl" if raw[:1] in (b"{", b"[", b"j") else ".csv"
    path = os.path.join(office.folder, f"rows{ending}")
    with open(path, "wb") as file:
        file.write(raw)
    before = _notes(office)
    status, out = _called("--db", office.path, "import", path, "--source", "fuzz", "--json")
    if status:
        assert status in (1, 2) and _notes(office) == before
        return
    told = json.loads(out)
    assert told["read"] == told["added"] + told["known"] + told["skipped"] + len(told["rejected"])
    assert _notes(office) == before + told["added"]
    if told["added"]:
        assert _called("--db", office.path, "undo", "--agent", "fuzz")[0] == 0
        assert _notes(office) == before


def search(raw: bytes) -> None:
    """Every note that is found stands, and its snippet is of its own words."""
    office = Office.open()
    for note in finding.search(office.log, raw.decode("utf-8", "surrogateescape"), Filters(), limit=20):
        assert office.standing[note["id"]] == note["verbatim"]
        assert note["match"] in ("exact", "inflection", "compound", "spelling")


def similar(raw: bytes) -> None:
    """Every note that is alike stands, and those that count are among the results."""
    office = Office.open()
    found = finding.similar_to_text(office.log, raw.decode("utf-8", "surrogateescape"), Filters(), limit=20)
    assert all(office.standing[note["id"]] == note["verbatim"] for note in found["results"])
    strong = [note for note in found["results"] if note["strong"]]
    assert found["notes"] >= len(strong) and found["customers"] <= found["notes"]


def dates(raw: bytes) -> None:
    """Whatever is understood is a day or an instant in the stored form, and a span begins before it ends."""
    text = raw.decode("utf-8", "surrogateescape")
    with _refusals():
        assert datetime.fromisoformat(when.day(text, now=NOW)).time().isoformat() == "00:00:00"
    with _refusals():
        assert when.stored(datetime.fromisoformat(when.instant(text, now=NOW))) == when.instant(text, now=NOW)
    with _refusals():
        assert when.start_of(text, NOW) <= when.end_of(text, NOW)


def masks(raw: bytes) -> None:
    """Masking twice is masking once, what is not a number stays, and a text without digits is never touched."""
    text = raw.decode("utf-8", "replace")
    masked, found = idnumbers.mask(text)
    assert idnumbers.mask(masked)[0] == masked
    strong = [one for one in found if one.strong]
    assert (masked == text) == (not strong)
    if not any(letter.isnumeric() for letter in unicodedata.normalize("NFKC", text)):
        assert masked == text
    first = [one for one in idnumbers.find(text) if one.strong]
    assert all(0 <= one.start < one.end <= len(text) for one in first)
    if first:
        assert masked.startswith(text[: first[0].start]) and masked.endswith(text[first[-1].end :])


def letters(raw: bytes) -> None:
    """Whatever a letter is flagged for stands in it, at the line and column that are named."""
    text = checking.readable(raw[1:].decode("utf-8", "replace"))
    language = LETTERS[(raw[0] if raw else 0) % len(LETTERS)]
    known = checking.Known("Anna Holm", SAID[0])
    lines = text.split("\n")
    for flag in checking.check(text, language, kind="agreement", known=known):
        assert flag.hint and flag.why
        assert 1 <= flag.line <= len(lines) and 1 <= flag.column <= len(lines[flag.line - 1]) + 1
        if flag.text:
            from_here = "\n".join(lines[flag.line - 1 :])[flag.column - 1 :]
            assert _close(from_here).startswith(_close(flag.text.split("…")[0])[:10])


def _close(text: str) -> str:
    """Without blanks: what is flagged is told on one line."""
    return "".join(text.split())


def amounts(raw: bytes) -> None:
    """An amount that is understood is above zero, and written plainly it is the same amount."""
    text = raw.decode("utf-8", "surrogateescape")
    with _refusals():
        amount = money.minor(text)
        assert amount > 0
        assert money.minor(f"{amount // 100}.{amount % 100:02}") == amount
        assert money.written(money.number(amount), "DKK")
    with _refusals():
        assert len(money.currency(text)) == 3


def business_hours(raw: bytes) -> None:
    """Hours that are understood fit into a day, and none is counted that did not pass."""
    try:
        read = hours.read(raw.decode("utf-8", "surrogateescape"))
    except ValueError as error:
        assert str(error) and not isinstance(error, UnicodeError)
        return
    assert 0 < read.day_minutes <= 1440
    start, middle, end = "2026-11-13T09:00:00Z", "2026-11-16T11:30:00Z", "2026-11-18T09:00:00Z"
    parts = [hours.minutes_between(*span, read, "DK") for span in ((start, middle), (middle, end), (start, end))]
    assert parts[0] + parts[1] == parts[2] <= 5 * 1440
    assert hours.spoken(parts[2], read)


def spool_file(raw: bytes) -> None:
    """A file in the spool comes in as a note or stays with a reason; it never stands in the way of the next."""
    office = Office.open()
    folder = os.path.join(office.folder, "spool")
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    before = _notes(office)
    with open(os.path.join(folder, "0.note.json"), "wb") as file:
        file.write(raw.replace(b"LOG", json.dumps(office.path).encode()))
    good = spool.keep(folder, office.path, Said("Den næste"), BY)
    with contextlib.suppress(Undone), office.log.write():
        taken = list(spool.take_in(office.log, folder))
        assert taken[-1].file == good and taken[-1].note_id
        assert all(one.note_id or one.why for one in taken)
        raise Undone
    assert _notes(office) == before


TARGETS: dict[str, Callable[[bytes], None]] = {
    "add": add,
    "import": import_file,
    "search": search,
    "similar": similar,
    "dates": dates,
    "masks": masks,
    "letters": letters,
    "amounts": amounts,
    "hours": business_hours,
    "spool": spool_file,
}


def tried(target: str, raw: bytes) -> None:
    """Runs one target; a refusal is an answer."""
    with _refusals():
        TARGETS[target](raw)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    with contextlib.suppress(FeedlogError):
        yield


def _notes(office: Office) -> int:
    return int(office.log.value("select count(*) from current_notes"))


def _called(*words: str) -> tuple[int, str]:
    """The command line inside this process: its exit status and what it printed."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    before = sys.stdout, sys.stderr, sys.stdin, dict(os.environ)
    sys.stdout, sys.stderr, sys.stdin = out, io.StringIO(), io.StringIO()
    os.environ["FEEDLOG_AGENT"] = "fuzz"
    os.environ["FEEDLOG_CONFIG"] = os.path.join(Office.open().folder, "config.toml")
    try:
        main(list(words))
    except SystemExit as end:
        out.flush()
        return int(end.code or 0), out.buffer.getvalue().decode()  # type: ignore[attr-defined]
    finally:
        sys.stdout, sys.stderr, sys.stdin = before[:3]
        os.environ.clear()
        os.environ.update(before[3])
    raise AssertionError("main always exits")

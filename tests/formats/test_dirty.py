"""The same sentences in every form exporters give them come in as they were written."""

import csv
import io
import json
import unicodedata
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from openpyxl import Workbook

from feedlog.formats import look_at, opened
from feedlog.formats.encodings import DOS, encoding_by_letters
from feedlog.formats.repairs import Repairs

# What customers say in an office, with all that hurts in a file: quotes, delimiters, line breaks, signs.
SENTENCES = [
    "Pakken kom tre uger for sent, og ingen ringede.",
    "Hvorfor skal jeg forklare det hele forfra; igen?",
    'Hun sagde "vi ringer i morgen", men der skete intet.',
    "Rødgrød med fløde på låget – æsken var åben!",
    "Jeg får altid god hjælp af Åse i Ålborg.",
    "Første linje.\nAnden linje, med komma.\n\nTredje; med semikolon.",
    "Prisen steg fra 99,50 til 129,50 kr. | uden varsel",
    "=SUM(A1) stod der i mailen, hvad betyder det?",
    "+45 er ikke mit nummer",
    "@support svarede aldrig",
    "-20 % rabat blev til +20 %",
    "Øjet så det straks: forkert størrelse.",
    "Får jeg pengene tilbage? Æblerne var rådne.",
    "Varan gick sönder efter två dagar, mycket tråkigt.",
    "Jag väntade i kö i fyrtio minuter; sedan bröts samtalet.",
    'Personalen i butiken på Östermalm är "fantastisk".',
    "Älskar appen, men den kraschar på min läsplatta.",
    "Åter igen fel färg på förpackningen.",
    "Höger och vänster sko var olika storlek, 38 och 39.",
    "Kan ni sluta ringa på söndagar, tack?",
    "Räkningen kom två gånger\toch båda var fel.",
    "Ställ inte samma fråga varje gång!",
    "Jeg prøvde å ringe tre ganger, men ingen svarte.",
    "Kjøkkenet ble levert uten skuffer; hvor er de?",
    "Været var fint, maten også, men køen var lang.",
    "Måtte betale gebyr på 49 kr, hvorfor det?",
    "Ærlig talt: dette er ikke godt nok.",
    "Åpningstidene på nettsiden stemmer ikke.",
    "Gøy å handle hos dere, særlig på lørdager!",
    "The parcel was left in the rain; the café box was soaked.",
    'They said "tomorrow", then "next week", then nothing.',
    "I can't log in, and the naïve answer was: try again.",
    "Two lines here:\nthe second one.",
    "Great service, thank you so much!",
    "Why do I get three e-mails a day?",
    "Die Lieferung kam zu spät, und die Schachtel war größer als nötig.",
    "Übrigens: der Fahrer war sehr höflich.",
    "Blåbærsyltetøjet smagte som før – tak!",
    "Når I siger «straks», hvornår er det så?",
    "ÆØÅ i store bogstaver: PÅ GENSYN, VENLIG HILSEN SØREN.",
]

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman")
LINE_ENDS = ("\n", "\r\n", "\r")


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def as_table(sentences: list[str], delimiter: str, line_end: str) -> str:
    """A table with line breaks inside the cells as the exporter's machine writes them."""
    written = io.StringIO(newline="")
    # Python's writer leaves a line break unquoted that is not the file's own.
    quoting = csv.QUOTE_ALL if line_end == "\r" else csv.QUOTE_MINIMAL
    rows = csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    rows.writerow(["nummer", "kommentar", "dato"])
    rows.writerows([f"k-{number}", text, "2026-03-13"] for number, text in enumerate(sentences))
    return written.getvalue()


def words_of(path: Path, column: str) -> list[str]:
    """The sentences as a file gives them."""
    [[table], *_] = opened(look_at(str(path))).readings
    rows = list(table.rows())
    assert [row.problem for row in rows] == [None] * len(rows)
    return [composed(row.cells[column]) for row in rows]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(("encoding", "delimiter", "line_end"), [*product(ENCODINGS, ",;\t|", LINE_ENDS)], ids=repr)
def test_tables_in_every_form(tmp_path: Path, encoding: str, delimiter: str, line_end: str, form: str) -> None:
    """A table comes in as written whatever its encoding, delimiter, line ends, mark and composition."""
    if form == "NFD" and not encoding.startswith("utf"):
        pytest.skip("an encoding of one byte a letter has no decomposed letters")
    sentences = [unicodedata.normalize(form, text) for text in SENTENCES]
    path = tmp_path / "export.csv"
    path.write_bytes(as_table(sentences, delimiter, line_end).encode(encoding))
    assert words_of(path, "kommentar") == SENTENCES


@pytest.mark.parametrize("encoding", ["cp850", "cp865"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_table_from_dos(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """A table of an old DOS program comes in as written, and how it was read is said."""
    sentences = [
        "Køen på Åboulevarden står stille",
        "Jag får vänta på svar",
        "Søren får ingen æbler",
        "så er det nå nok",
    ]
    path = tmp_path / "export.csv"
    path.write_bytes(as_table(sentences, delimiter, "\r\n").encode(encoding))
    assert words_of(path, "kommentar") == sentences
    read = encoding_by_letters(lambda: [path.read_bytes()])
    assert (read.name, read.warning) == ("cp850", DOS)


@pytest.mark.parametrize(
    "text", ["„Hun“ sagde ‘nej’ til det", "se fodnote† og pris ›x‹", "“så” – “på”", "Jørgen™ køber"]
)
def test_quotation_marks_are_no_letters_of_dos(text: str) -> None:
    """Signs of Windows-1252 at the edges of words stay signs."""
    assert encoding_by_letters(lambda: [text.encode("cp1252")]).name == "cp1252"


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name not in ("cp1252", "mac-roman")])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_json_in_every_form(tmp_path: Path, encoding: str, line_end: str, form: str) -> None:
    """JSON comes in as written as lines, as a list and as a list inside an answer, with letters plain or escaped."""
    records = [{"id": number, "text": unicodedata.normalize(form, text)} for number, text in enumerate(SENTENCES)]
    for number, escaped in enumerate((True, False)):
        lines = "".join(json.dumps(one, ensure_ascii=escaped) + line_end for one in records)
        whole = json.dumps(records, ensure_ascii=escaped, indent=1).replace("\n", line_end)
        answer = json.dumps({"_embedded": {"comments": records}, "page": 1}, ensure_ascii=escaped)
        for name, text in (("a.jsonl", lines), ("b.json", whole), ("c.json", answer), ("d.export", lines)):
            path = tmp_path / f"{number}{name}"
            path.write_bytes(text.encode(encoding))
            assert words_of(path, "text") == SENTENCES


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_workbook(tmp_path: Path, form: str) -> None:
    """An Excel workbook gives the sentences as written, also those that look like formulas."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["nummer", "kommentar"])
    for number, text in enumerate(SENTENCES):
        sheet.append([number, None])
        cell = sheet.cell(row=number + 2, column=2, value=unicodedata.normalize(form, text))
        cell.data_type = "s"
    path = tmp_path / "export.xlsx"
    book.save(path)
    assert words_of(path, "kommentar") == SENTENCES


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_plain_text(tmp_path: Path, encoding: str) -> None:
    """A text file with a sentence a line gives each line; blank lines are none."""
    lines = [text for text in SENTENCES if "\n" not in text and "\t" not in text]
    path = tmp_path / "said.txt"
    path.write_bytes("\n\n".join(lines).encode(encoding))
    assert words_of(path, "text") == lines


WRONGLY: dict[str, Callable[[str], str]] = {
    "once": lambda text: text.encode().decode("cp1252"),
    "twice": lambda text: text.encode().decode("latin-1").encode().decode("latin-1"),
    "on a Mac": lambda text: text.encode().decode("mac-roman"),
}


@pytest.mark.parametrize("way", WRONGLY)
@pytest.mark.parametrize(
    "text", ["Jeg får altid god hjælp", "Varan gick sönder på två dagar", "Kjøkkenet ble levert for sent", "PÅ GENSYN"]
)
def test_read_wrongly(way: str, text: str) -> None:
    """A text that was read in the wrong encoding before, once or twice, is repaired and counted."""
    repairs = Repairs()
    try:
        damaged = WRONGLY[way](text)
    except UnicodeDecodeError:
        pytest.skip("a byte of it means nothing there")
    assert repairs.text(damaged) == text
    assert repairs.read_wrongly == 1


def test_right_texts_stay(tmp_path: Path) -> None:
    """A text that is right is not touched, whatever letters and signs it holds."""
    repairs = Repairs()
    for text in [
        *SENTENCES,
        "“Fancy” quotes… and ﬁ",
        "5 < 6 and 7 > 3",
        "a<b",
        "Â",
        "São Paulo, Ã…?",
        "√4 er 2",
        "¬ikke",
    ]:
        if text != "São Paulo, Ã…?":
            assert repairs.text(text) == text
    assert (repairs.read_wrongly, repairs.were_html) == (0, 0)

"""Import: a file comes in whole or not at all, and never the same row twice."""

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog import when
from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations import checks, finding, importing, notes, preparing, undoing
from feedlog.operations.arriving import Reader
from feedlog.operations.filters import Filters
from feedlog.operations.importing import Imported, Rejected
from feedlog.operations.mapping import Mapping
from feedlog.operations.shapes import By, Note, Said
from feedlog.store import Log, open_for_writing

BY = By("mette", "2026-11-20T12:00:00Z")


@pytest.fixture
def bring_in(log: Log, tmp_path: Path) -> Callable[..., Imported]:
    """Imports a table given as text."""

    def bring_in(table: str, *mapped: str, name: str = "shop.csv", dry_run: bool = False, **options: Any) -> Imported:
        path = tmp_path / name
        path.write_text(table, "utf-8", newline="")
        return importing.bring_in(log, preparing.prepare(str(path), mapped=mapped, **options), BY, dry_run=dry_run)

    return bring_in


Bring = Callable[..., Imported]


def all_notes(log: Log) -> list[Note]:
    return sorted(notes.listing(log, Filters(), limit=10_000), key=lambda note: note["id"])


def figures(imported: Imported) -> tuple[int, int, int, int, int]:
    return (*imported[:4], len(imported.rejected))  # type: ignore[return-value]


def everything(log: Log) -> dict[str, list[tuple[Any, ...]]]:
    """What stands in the tables an import writes to."""
    tables = (
        "notes",
        "wordings",
        "words",
        "customers",
        "themes",
        "note_themes",
        "imports",
        "changes",
        "sqlite_sequence",
    )
    return {table: [tuple(row) for row in log.rows(f"select * from {table}")] for table in tables}


def test_every_field(log: Log, bring_in: Bring) -> None:
    """Every field of a note can come from a column."""
    bring_in(
        "verbatim,customer,name,said_at,channel,touchpoint,kind,theme,agent,reading,satisfaction,source_id\n"
        " Tak! ,K-1,Anna Holm,2026-03-13T14:30:00Z,Email,Delivery,COMPLIMENT,Levering,jens,glad,80,a-1\n"
    )
    [note] = all_notes(log)
    assert note["uid"]
    assert {name: value for name, value in note.items() if name not in ("id", "uid")} == {
        "verbatim": "Tak!",
        "customer": {"key": "K-1", "name": "Anna Holm"},
        "said_at": "2026-03-13T14:30:00Z",
        "logged_at": BY.at,
        "channel": "email",
        "touchpoint": "delivery",
        "kind": "compliment",
        "themes": ["levering"],
        "agent": "jens",
        "on_behalf_of": None,
        "reading": "glad",
        "satisfaction": 80,
        "source": "shop",
        "source_id": "a-1",
        "corrected": False,
    }


def test_notes_are_found_by_search(log: Log, bring_in: Bring) -> None:
    """An imported note is found by its words and their forms, like one that was added."""
    bring_in("text\nPakkerne var forsinkede\n")
    notes.add(log, Said("Pakken var forsinket"), BY)
    for words in ("pakkerne", "pakken", "var"):
        assert len(finding.search(log, words, Filters(), limit=5)) == 2
    assert log.value("select notes from words where word = 'var'") == 2


def test_index_is_sound(log: Log, bring_in: Bring) -> None:
    """The search index agrees with the notes after imports, and after they were taken back."""
    for number in range(3):
        bring_in("text\n" + "".join(f"note {number} {row}\n" for row in range(50)))
    undoing.undo(log, undoing.last(log, BY.agent), BY)
    log.connection.execute("insert into notes_fts (notes_fts, rank) values ('integrity-check', 1)")
    assert log.value("select notes from words where word = 'note'") == 100


def test_again_adds_nothing(log: Log, bring_in: Bring) -> None:
    """The same file again adds nothing, with an id column and without, also with other options."""
    with_ids, without = "id,text\n1,a\n2,a\n", "text,area\nb,x\nc,\nb,y\n"
    assert figures(bring_in(with_ids)) == (2, 2, 0, 0, 0)
    assert figures(bring_in(with_ids)) == (2, 0, 2, 0, 0)
    assert figures(bring_in(without)) == (3, 3, 0, 0, 0)
    assert figures(bring_in(without, "theme=area", fixed=("channel=email",))) == (3, 0, 3, 0, 0)


def test_grown_file_adds_what_is_new(log: Log, bring_in: Bring) -> None:
    """A file that has grown adds its new rows, wherever they stand; a text said once more is one note more."""
    bring_in("text\na\nb\na\n")
    assert figures(bring_in("text\nnew\na\na\nb\na\n")) == (5, 2, 3, 0, 0)
    assert [note["verbatim"] for note in all_notes(log)] == ["a", "b", "a", "new", "a"]


def test_one_id_twice_in_a_file(log: Log, bring_in: Bring) -> None:
    """Of rows that share an id the first comes in."""
    assert figures(bring_in("id,text\n1,first\n1,second\n")) == (2, 1, 1, 0, 0)
    assert all_notes(log)[0]["verbatim"] == "first"


def test_sources_are_apart(log: Log, bring_in: Bring) -> None:
    """An id means a row within its source only; the file's name is the source unless another is named."""
    assert bring_in("id,text\n1,a\n", name="one.csv").added == 1
    assert bring_in("id,text\n1,a\n", name="two.csv").added == 1
    assert bring_in("id,text\n1,a\n", name="three.csv", source="one").known == 1
    assert [note["source"] for note in all_notes(log)] == ["one", "two"]


def test_bad_rows_are_listed_and_the_others_come_in(log: Log, bring_in: Bring) -> None:
    """Rows that cannot be understood are listed by the line they begin on, with why and what to do."""
    imported = bring_in(
        "text,date,channel,satisfaction,customer,name\n"
        '"two\nlines",2026-03-01,,,,\n'
        "a,2026-13-01,,,,\n"
        "b,,fax,,,\n"
        "c,,,101,,\n"
        "d,,,often,,\n"
        "e,,,,,Anna\n"
        "f,,,,\n"
        ",nonsense,,,,\n"
        "g,2199-01-01,,,,\n"
        "h,,,,,\n"
    )
    assert figures(imported) == (10, 2, 0, 1, 7)
    assert [note["verbatim"] for note in all_notes(log)] == ["two\nlines", "h"]
    reasons = {one.line: one.reason for one in imported.rejected}
    assert list(reasons) == [4, 5, 6, 7, 8, 9, 11]
    assert "there is no such day or time" in reasons[4]
    assert reasons[5].startswith("There is no channel 'fax'. It is one of: phone")
    assert reasons[6] == "Satisfaction is 101. It is a number from 0 to 100."
    assert reasons[7] == "Satisfaction is 'often'. It is a whole number from 0 to 100."
    assert reasons[8].startswith("A name needs a customer key beside it.")
    assert reasons[9] == "The row has 5 cells, the first row of the table has 6."
    assert reasons[11].startswith("'2199-01-01' is still to come.")


def test_bad_json_lines_are_listed(log: Log, bring_in: Bring) -> None:
    """A line that is not JSON is listed; so are texts no log can hold."""
    imported = bring_in('{"text": "a"}\nnothing\n{"text": "nul \\u0000"}\n{"text": "b"}\n', name="shop.jsonl")
    assert figures(imported) == (4, 2, 0, 0, 2)
    assert [row.line for row in imported.rejected] == [2, 3]
    assert "NUL characters" in imported.rejected[1].reason


def test_import_and_its_record(log: Log, bring_in: Bring) -> None:
    """An import leaves its figures and one change; one that added nothing leaves no change for `undo` to find."""
    bring_in("text\na\n\n' '\n")
    bring_in("text\na\n")
    rows = log.rows("select source, file, agent, imported_at, read, added, known from imports")
    assert [tuple(row) for row in rows] == [
        ("shop", "shop.csv", "mette", BY.at, 2, 2, 0),
        ("shop", "shop.csv", "mette", BY.at, 1, 0, 1),
    ]
    assert [tuple(row) for row in log.rows("select action, agent, import_id from changes")] == [("import", "mette", 1)]
    assert {row[0] for row in log.rows("select import_id from notes")} == {1}


def test_undo_takes_it_back_whole(log: Log, bring_in: Bring) -> None:
    """An import is taken back as one, and may come in again, better mapped; then its rows are known."""
    bring_in("id,text\n1,a\n2,b\n")
    undoing.undo(log, undoing.last(log, BY.agent), BY)
    assert all_notes(log) == []
    again = bring_in("id,text\n1,a\n2,b\n3,c\n")
    assert (again.added, again.known) == (3, 0)
    assert len(all_notes(log)) == 3
    once_more = bring_in("id,text\n1,a\n2,b\n3,c\n")
    assert (once_more.added, once_more.known) == (0, 3)


def test_dry_run_leaves_nothing(log: Log, bring_in: Bring) -> None:
    """A dry run says what an import would do, shows the first notes, and leaves the log as it was."""
    bring_in("text\nbefore\n")
    before = everything(log)
    table = "text,customer,theme\n" + "".join(f"note {n},K-{n},t{n}\n" for n in range(9)) + "before,,\n"
    imported = bring_in(table, dry_run=True)
    assert figures(imported) == (10, 9, 1, 0, 0)
    assert [note["verbatim"] for note in imported.first] == [f"note {n}" for n in range(5)]
    assert everything(log) == before
    assert figures(bring_in(table)) == (10, 9, 1, 0, 0)


def test_interrupted_import_leaves_nothing(log: Log, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a file leaves the log as it was, and open for others."""
    path = tmp_path / "long.csv"
    path.write_text("text\n" + "".join(f"note {row}\n" for row in range(12_000)))
    before = everything(log)

    def interrupt(_: int, __: int) -> None:
        assert log.value("select count(*) from notes") > 0
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.bring_in(log, preparing.prepare(str(path)), BY, progress=interrupt)
    assert everything(log) == before
    assert importing.bring_in(log, preparing.prepare(str(path)), BY).added == 12_000


def test_many_batches(log: Log, tmp_path: Path) -> None:
    """A file of several batches keeps its order, tells how far it is, and knows its rows across batches."""
    path, told = tmp_path / "long.csv", []
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *([row % 11_000, f"note {row}"] for row in range(12_000))])
    imported = importing.bring_in(log, preparing.prepare(str(path)), BY, progress=lambda read, _: told.append(read))
    assert figures(imported) == (12_000, 11_000, 1_000, 0, 0)
    assert [row[0] for row in log.rows("select verbatim from notes order by id limit 2")] == ["note 0", "note 1"]
    assert log.value("select count(distinct uid) from notes") == 11_000
    assert told == sorted(told)
    assert told[-1] == path.stat().st_size


def test_ids_go_on_after_those_given(log: Log, bring_in: Bring) -> None:
    """Imported notes take the next numbers, and the next note added the one after them."""
    first = notes.add(log, Said("before"), BY).note_id
    bring_in("text\na\nb\n")
    after = notes.add(log, Said("after"), BY).note_id
    assert [note["id"] for note in all_notes(log)] == [first, first + 1, first + 2, first + 3]
    assert after == first + 3


def test_customers(log: Log, bring_in: Bring) -> None:
    """A customer is one whatever the case of the key; a name fills an empty one and never replaces one."""
    notes.add(log, Said("hej", customer="K-1", name="Anna"), BY)
    imported = bring_in("text,customer,name\na,k-1,Bo\nb,K-2,\nc,K-2,Cy\nd,K-2,Cy\ne,,\n")
    assert imported.misnamed == 1
    assert [tuple(row) for row in log.rows("select key, name from customers")] == [("K-1", "Anna"), ("K-2", "Cy")]
    assert [note["customer"] and note["customer"]["name"] for note in all_notes(log)] == [
        "Anna",
        "Anna",
        "Cy",
        "Cy",
        "Cy",
        None,
    ]


def test_known_rows_change_no_customer(log: Log, bring_in: Bring) -> None:
    """A row that is known leaves no customer or theme behind."""
    bring_in("id,text\n1,a\n")
    bring_in("id,text,customer,theme\n1,a,K-9,new\n")
    assert log.value("select count(*) from customers") == log.value("select count(*) from themes") == 0


def test_themes(log: Log, bring_in: Bring) -> None:
    """Two columns, or a JSON list in one, give several themes; a comma does not part them."""
    bring_in("text,area,product\na,Levering,App\nb,x,X\n", "theme=area", "theme=product")
    bring_in('{"text": "c", "themes": ["pris", "app"]}\n{"text": "d", "themes": []}\n', name="x.jsonl")
    bring_in('text,theme\ne,"pris, rabat"\nf,\n', fixed=("theme=other", "theme=more"))
    assert [note["themes"] for note in all_notes(log)] == [
        ["app", "levering"],
        ["x"],
        ["app", "pris"],
        [],
        ["pris, rabat"],
        ["more", "other"],
    ]


def test_constants(log: Log, bring_in: Bring) -> None:
    """A constant holds for all rows; a cell that is filled wins."""
    bring_in(
        "text,channel\na,\nb,chat\nc, \n", fixed=("channel=Email", "kind=complaint", "said_at=2026-01-02", "agent=bo")
    )
    assert [note["channel"] for note in all_notes(log)] == ["email", "chat", "email"]
    assert {(note["kind"], note["said_at"][:10], note["agent"]) for note in all_notes(log)} == {
        ("complaint", "2026-01-02", "bo")
    }


def test_columns_named_like_fields(tmp_path: Path) -> None:
    """Columns named like fields are taken, the field's own name first; others only when asked for."""

    def mapped(header: str, *asked: str) -> str:
        path = tmp_path / "shop.csv"
        path.write_text(header + "\n" + header + "\n")
        return str(preparing.prepare(str(path), mapped=asked).mapping)

    assert mapped("ID,Text,Created_At,tags,label") == "verbatim=Text, said_at=Created_At, source_id=ID"
    assert mapped("text,verbatim,id,source_id") == "verbatim=verbatim, source_id=source_id"
    assert mapped("text,body", "verbatim=BODY") == "verbatim=body"
    assert mapped("text,date,channel", "said_at=", "channel=") == "verbatim=text"
    assert mapped("text,name") == "verbatim=text"
    assert mapped("text,name,customer") == "verbatim=text, customer=customer, name=name"
    assert mapped("text,id", "customer=id") == "verbatim=text, customer=id"
    assert mapped("text,theme,themes") == "verbatim=text, theme=theme"


@pytest.mark.parametrize(
    ("mapped", "fixed", "sentence", "hint"),
    [
        ("foo=text", "", "There is no field 'foo'.", "Fields are: verbatim"),
        ("verbatum=text", "", "There is no field 'verbatum'.", "Did you mean 'verbatim'?"),
        ("text", "", "--map 'text' has no equals sign.", "--map verbatim=COLUMN"),
        ("", "channel", "--set 'channel' has no equals sign.", "--set"),
        ("", "verbatim=hej", "verbatim differs from row to row, so --set cannot give it.", "--map verbatim=COLUMN"),
        ("", "source_id=1", "source_id differs from row to row", "--map source_id=COLUMN"),
        ("", "channel=fax", "There is no channel 'fax'.", "It is one of: phone"),
        ("", "satisfaction=101", "Satisfaction is 101.", "from 0 to 100"),
        ("", "said_at=blursday", "is not a day or time feedlog understands", "Write for example"),
        ("", "theme=" + "x" * 201, "The theme is longer than 200 characters.", "Shorten it."),
    ],
)
def test_wrong_words(tmp_path: Path, mapped: str, fixed: str, sentence: str, hint: str) -> None:
    """What is off about --map and --set is refused before anything is read in."""
    path = tmp_path / "shop.csv"
    path.write_text("text\na\n")
    with pytest.raises(WrongUsage) as refused:
        preparing.prepare(str(path), mapped=(mapped,) * bool(mapped), fixed=(fixed,) * bool(fixed))
    assert sentence in refused.value.message
    assert hint in refused.value.hint


def test_field_given_twice(tmp_path: Path) -> None:
    """Only themes come from several columns."""
    path = tmp_path / "shop.csv"
    path.write_text("text\na\n")
    with pytest.raises(WrongUsage, match="--map names kind twice"):
        preparing.prepare(str(path), mapped=("kind=a", "kind=b"))


@pytest.mark.parametrize(
    ("header", "mapped", "sentence", "hint"),
    [
        (
            "remark,day",
            (),
            "It is not clear which column of shop.csv holds the customers' words.",
            "are: remark, day.",
        ),
        ("message,day", ("verbatim=mesage",), "shop.csv has no column 'mesage'.", "Did you mean 'message'?"),
        ("text", ("theme=label",), "shop.csv has no column 'label'.", "Its columns are: text."),
    ],
)
def test_columns_that_are_not_there(
    tmp_path: Path, header: str, mapped: tuple[str, ...], sentence: str, hint: str
) -> None:
    """A column asked for that is not there is refused with those that are."""
    path = tmp_path / "shop.csv"
    path.write_text(f"{header}\n")
    with pytest.raises(Refused) as refused:
        preparing.prepare(str(path), mapped=mapped)
    assert refused.value.message == sentence
    assert hint in refused.value.hint


@pytest.mark.parametrize("zone", ["UTC", "Europe/Copenhagen", "America/St_Johns"])
@pytest.mark.parametrize(
    "written",
    [
        "2026-03-13T14:30",
        "2026-03-13 14:30:15",
        "2026-03-13T14:30:15.123456",
        "2026-03-13T14:30:15Z",
        "2026-03-13 14:30:15+01:00",
        "2026-03-13T14:30:15+0530",
        "2026-03-29T02:30:00",
        "2025-10-26T02:30:00",
        "1901-01-01T00:00",
    ],
)
def test_quick_reading_of_instants(monkeypatch: pytest.MonkeyPatch, zone: str, written: str) -> None:
    """An instant in a file means what it means everywhere in feedlog; without a zone it is local time."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    now = when.clock()
    try:
        arrival = Reader(Mapping({"verbatim": ("t",), "said_at": ("d",)}, {}), "s", now).arrival(
            {"t": "x", "d": written}
        )
        assert arrival and arrival.said.said_at == when.instant(written, now=now, prefer="past")
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("channel", "fax"),
        ("kind", "rant"),
        ("satisfaction", "-1"),
        ("theme", "a\nb"),
        ("touchpoint", "x" * 201),
        ("customer", "K\t1"),
        ("reading", "a\0b"),
    ],
)
def test_a_row_is_refused_like_a_note(field: str, cell: str) -> None:
    """What `add` refuses, an import rejects in the same words."""
    given: dict[str, Any] = {"themes" if field == "theme" else field: (cell,) if field == "theme" else cell}
    if field == "satisfaction":
        given[field] = int(cell)
    with pytest.raises(WrongUsage) as by_add:
        checks.said(Said("words", **given))
    reader = Reader(Mapping({"verbatim": ("text",), field: (field,)}, {}), "shop", when.clock())
    with pytest.raises(WrongUsage) as by_import:
        reader.arrival({"text": "words", field: cell})
    assert by_import.value.args == by_add.value.args


def test_own_json_comes_back(log: Log, bring_in: Bring, tmp_path: Path) -> None:
    """What `list --json` prints, a line each, can be imported with customers and themes."""
    notes.add(log, Said("Tak", customer="K-1", name="Anna", themes=("a", "b"), channel="phone"), BY)
    [note] = all_notes(log)
    lines = json.dumps({name: value for name, value in note.items() if value is not None}) + "\n"
    with open_for_writing(str(tmp_path / "other.db"), ["da"]) as other:
        path = tmp_path / "notes.jsonl"
        path.write_text(lines)
        importing.bring_in(other, preparing.prepare(str(path)), BY)
        [copy] = all_notes(other)
    for field in ("verbatim", "customer", "themes", "channel", "said_at", "agent"):
        assert copy[field] == note[field]  # type: ignore[literal-required]


def test_rejected_names_lines() -> None:
    """A rejected row is its line and the reason, as the contract spells them, and its file."""
    assert Rejected._fields == ("line", "reason", "file")


def test_taken_back_note_is_not_there(log: Log, bring_in: Bring) -> None:
    """A note whose import was taken back is shown nowhere."""
    bring_in("text\nhej\n")
    [note] = all_notes(log)
    undoing.undo(log, undoing.last(log, BY.agent), BY)
    with pytest.raises(NotFound, match="was taken back"):
        notes.get(log, note["id"])

"""feedlog import, as typed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Feedlog = Callable[..., Any]


@pytest.fixture
def feedlog(invoke: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Feedlog:
    """Runs the command line in the folder the test's files are in."""
    monkeypatch.chdir(tmp_path)
    return invoke


def test_figures_and_talk(feedlog: Feedlog, tmp_path: Path) -> None:
    """The figures go to standard output; what was mapped and what was rejected to standard error; both are status 0."""
    (tmp_path / "shop.csv").write_text("id,text,date\n1,hej,2026-03-13\n2,,\n3,farvel,blursday\n")
    done = feedlog("import", "shop.csv")
    assert done.status == 0
    assert done.out == "shop.csv: 3 rows, 1 added, 0 known, 1 without words, 1 rejected\n"
    assert "shop.csv: taking verbatim=text, said_at=date, source_id=id\n" in done.err
    assert 'shop.csv, line 4: "blursday" is not a day or time feedlog understands.' in done.err


def test_json_is_the_contract(feedlog: Feedlog, tmp_path: Path) -> None:
    """--json prints the figures and the rejected lines as one document and nothing else."""
    (tmp_path / "shop.csv").write_text("text,channel\nhej,\nfarvel,fax\n")
    done = feedlog("import", "shop.csv", "--json")
    document = done.json
    assert list(document) == ["read", "added", "known", "skipped", "rejected", "responses", "remarks"]
    assert (document["read"], document["added"], document["known"], document["skipped"]) == (2, 1, 0, 0)
    [rejected] = document["rejected"]
    assert list(rejected) == ["line", "reason"]
    assert rejected["line"] == 3


def test_several_files(feedlog: Feedlog, tmp_path: Path) -> None:
    """Several files come in with one call; their figures are summed and rejected lines name their file."""
    (tmp_path / "a.csv").write_text("text\na\n")
    (tmp_path / "b.jsonl").write_text('{"text": "b"}\nnothing\n')
    document = feedlog("import", "a.csv", "b.jsonl", "--json").json
    assert (document["read"], document["added"]) == (3, 2)
    assert [(row["file"], row["line"]) for row in document["rejected"]] == [("b.jsonl", 2)]


def test_one_bad_file_stops_all(feedlog: Feedlog, tmp_path: Path, log_path: Path) -> None:
    """All files are looked at before the first comes in; a call that is refused makes no log."""
    (tmp_path / "a.csv").write_text("text\na\n")
    done = feedlog("import", "a.csv", "missing.csv")
    assert (done.status, done.out) == (1, "")
    assert done.err == "feedlog: There is no file missing.csv.\nCheck the name and the folder.\n"
    assert not log_path.exists()


def test_column_that_is_not_there(feedlog: Feedlog, tmp_path: Path) -> None:
    """A column asked for that is not there is refused with status 1, a guess and the columns there are."""
    (tmp_path / "a.csv").write_text("id,message\n1,a\n")
    done = feedlog("import", "a.csv", "--map", "verbatim=mesage")
    assert done.status == 1
    assert done.err == (
        "feedlog: a.csv has no column 'mesage'.\nDid you mean 'message'? Its columns are: id, message.\n"
    )


@pytest.mark.parametrize(
    "words", [("--map", "text"), ("--map", "foo=text"), ("--set", "channel=fax"), ("--format", "xls")]
)
def test_wrong_usage(feedlog: Feedlog, tmp_path: Path, words: tuple[str, str]) -> None:
    """Options that cannot be are status 2, with a sentence why and no traceback."""
    (tmp_path / "a.csv").write_text("text\na\n")
    done = feedlog("import", "a.csv", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("feedlog: ")
    assert "Traceback" not in done.err


def test_dry_run_without_a_log(feedlog: Feedlog, tmp_path: Path, log_path: Path) -> None:
    """A dry run shows the first notes and the figures, and makes no log."""
    (tmp_path / "a.csv").write_text("text\n" + "".join(f"note {number}\n" for number in range(7)))
    done = feedlog("import", "a.csv", "--dry-run")
    assert done.status == 0
    assert done.out.startswith("a.csv: 7 rows, 7 would be added, 0 known")
    assert "note 4" in done.out
    assert "note 5" not in done.out
    assert done.err.endswith("This was a dry run: nothing was stored.\n")
    assert not log_path.exists()


def test_windows_1252_warns(feedlog: Feedlog, tmp_path: Path) -> None:
    """A file in Windows-1252 is understood, and said to be read so."""
    (tmp_path / "a.csv").write_bytes("tekst;dag\nPå gensyn;\n".encode("cp1252"))
    done = feedlog("import", "a.csv", "--map", "verbatim=tekst", "--dry-run")
    assert "a.csv: Read as Windows-1252, since it is not UTF-8." in done.err
    assert "På gensyn" in done.out


def test_undo_takes_an_import_back(feedlog: Feedlog, tmp_path: Path) -> None:
    """An import is the last thing done, so `undo` takes it back; then the file may be imported again."""
    (tmp_path / "a.csv").write_text("text\na\nb\n")
    feedlog("import", "a.csv")
    assert "the import of a.csv with 2 notes" in feedlog("undo", "--yes").out
    (tmp_path / "one.csv").write_text("text\nhej\n")
    feedlog("import", "one.csv")
    assert feedlog("undo", "--yes").out.endswith("the import of one.csv with 1 note.\n")
    assert feedlog("list", "--json").json == []
    assert "2 added, 0 known" in feedlog("import", "a.csv").out


def test_long_lists_of_rejected_rows_are_cut(feedlog: Feedlog, tmp_path: Path) -> None:
    """People see the first rejected lines and how many more there are; --json has them all."""
    (tmp_path / "a.csv").write_text("text,kind\n" + "".join(f"a,rant{number}\n" for number in range(30)))
    done = feedlog("import", "a.csv")
    assert done.err.count("There is no kind 'rant") == 20
    assert "… and 10 more lines; --json lists them all." in done.err
    assert len(feedlog("import", "a.csv", "--json").json["rejected"]) == 30


def test_rows_rejected_for_one_reason_share_a_line(feedlog: Feedlog, tmp_path: Path) -> None:
    """What is wrong with rows that follow each other is said once, with where they stand."""
    (tmp_path / "a.csv").write_text("text,kind\na,rant\na,rant\na,\na,raves\n" + "a,rant\n" * 30)
    told = feedlog("import", "a.csv").err
    assert "a.csv, lines 2 and 3: There is no kind 'rant'" in told
    assert "a.csv, line 5: There is no kind 'raves'" in told
    assert "a.csv, lines 6 to 35: There is no kind 'rant'" in told
    assert "more lines" not in told
    (tmp_path / "b.csv").write_text("text,kind\n" + "a,rant\na,raves\n" * 13)
    told = feedlog("import", "b.csv").err
    assert "… and 6 more lines; --json lists them all." in told


def test_what_was_done_to_the_texts_is_said(feedlog: Feedlog, tmp_path: Path) -> None:
    """Repaired letters, HTML and settled dates are told on standard error and in the JSON."""
    (tmp_path / "a.csv").write_text(
        "Kundenr;Kommentar;Dato;Kanal\nK-1;Jeg fÃ¥r aldrig svar;05/03/2026;Telefon\nK-2;<p>Fint</p>;25/03/2026;E-mail\n"
    )
    done = feedlog("import", "a.csv", "--dry-run", "--json")
    assert done.json["added"] == 2
    assert done.json["remarks"] == [
        "a.csv: Dates in 'Dato' are read with the day first, as 25/03/2026 shows.",
        "a.csv: 1 text was repaired that had been read in the wrong encoding before (fÃ¥r for får). "
        "To leave such texts as they are: --mojibake keep",
        "a.csv: 1 text was HTML and came in as plain text.",
    ]
    feedlog("import", "a.csv")
    notes = feedlog("list", "--json").json
    assert [(note["verbatim"], note["channel"], note["customer"]["key"]) for note in notes] == [
        ("Fint", "email", "K-2"),
        ("Jeg får aldrig svar", "phone", "K-1"),
    ]


def test_mojibake_is_refused_or_kept(feedlog: Feedlog, tmp_path: Path) -> None:
    """Texts that were read wrongly are rejected or left alone where that is asked for."""
    (tmp_path / "a.csv").write_text("text\nJeg fÃ¥r aldrig svar\nFint\n")
    [rejected] = feedlog("import", "a.csv", "--mojibake", "refuse", "--json").json["rejected"]
    assert rejected["reason"].startswith("The row holds letters that were read in the wrong encoding.")
    feedlog("import", "a.csv", "--mojibake", "keep")
    assert "Jeg fÃ¥r aldrig svar" in [note["verbatim"] for note in feedlog("list", "--json").json]
    assert feedlog("import", "a.csv", "--mojibake", "hide").status == 2


def test_dates_that_may_be_read_both_ways(feedlog: Feedlog, tmp_path: Path) -> None:
    """Dates that no value settles are refused with the option that does; then they are read so."""
    (tmp_path / "a.csv").write_text("text,date\nhej,05/06/2013 14:30\n")
    done = feedlog("import", "a.csv")
    assert done.status == 1
    assert "--dates day-first or --dates month-first" in done.err
    assert feedlog("import", "a.csv", "--dates", "month-first", "--zone", "UTC").status == 0
    assert [note["said_at"] for note in feedlog("list", "--json").json] == ["2013-05-06T14:30:00Z"]


def test_question_is_suggested_and_never_taken(feedlog: Feedlog, tmp_path: Path) -> None:
    """A column that asks a question and holds sentences is named in the refusal, not taken."""
    (tmp_path / "a.csv").write_text("id,NPS,Hvad kan vi gøre bedre?\n1,7,Ring tilbage når I lover det\n")
    done = feedlog("import", "a.csv")
    assert done.status == 1
    assert "Perhaps it is --map verbatim='Hvad kan vi gøre bedre?'" in done.err


def test_saved_mapping(feedlog: Feedlog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mapping that was saved reads the next file so; what is given beside it wins; one there is not is refused."""
    monkeypatch.setenv("FEEDLOG_CONFIG", str(tmp_path / "config" / "config.toml"))
    (tmp_path / "a.csv").write_text("what,who,where\nhej,K-1,app\n")
    (tmp_path / "b.csv").write_text("what,who,where\nfarvel,K-2,web\n")
    words = ("--map", "verbatim=what", "--map", "customer=who", "--set", "kind=complaint", "--source", "survey")
    assert "The mapping is kept in" in feedlog("import", "a.csv", *words, "--save", "survey").err
    feedlog("import", "b.csv", "--mapping", "survey", "--set", "kind=question", "--map", "theme=where")
    notes = feedlog("list", "--json").json
    assert [(note["verbatim"], note["kind"], note["themes"], note["source"]) for note in notes] == [
        ("farvel", "question", ["web"], "survey"),
        ("hej", "complaint", [], "survey"),
    ]
    done = feedlog("import", "b.csv", "--mapping", "surrvey")
    assert (done.status, "There are: survey." in done.err) == (1, True)
    assert feedlog("import", "b.csv", "--mapping", "../x").status == 2
    (tmp_path / "config" / "mappings" / "bad.toml").write_text("colour = 'red'\n")
    assert "says 'colour', which means nothing there" in feedlog("import", "b.csv", "--mapping", "bad").err


def test_dry_run_says_what_is_left_out(feedlog: Feedlog, tmp_path: Path) -> None:
    """A dry run shows the columns nobody takes, and every rejected line."""
    (tmp_path / "a.csv").write_text("text,kind,score\n" + "a,rant,7\n" * 30)
    done = feedlog("import", "a.csv", "--dry-run")
    assert "a.csv: left out score" in done.err
    assert "a.csv, lines 2 to 31: There is no kind 'rant'." in done.err
    (tmp_path / "b.csv").write_text("text,kind\n" + "a,rant\na,\n" * 9)
    assert "b.csv, 9 rows from line 2 to 18: There is" in feedlog("import", "b.csv").err
    assert "b.csv, lines 2, 4, 6, 8, 10, 12, 14, 16 and 18: There is" in feedlog("import", "b.csv", "--dry-run").err


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Sagsnr.;Modtaget;Navn;E-mail;Kanal;Besked", "17;13-03-2026 14:30;Anna Holm;anna@x.example;Telefon;hej"),
        ("Ärendenr.;Inkommen;Namn;E-post;Kanal;Kommentar", "17;2026-03-13 14:30;Anna Holm;anna@x.example;Telefon;hej"),
        ("Saksnr.;Mottatt;Navn;E-post;Kanal;Melding", "17;13.03.2026 14:30;Anna Holm;anna@x.example;Telefon;hej"),
        ("Ticket ID;Created;Customer name;Customer email;Channel;Message",
         "17;2026-03-13 14:30;Anna Holm;anna@x.example;call;hej"),
    ],
)  # fmt: skip
def test_column_names_in_use(feedlog: Feedlog, tmp_path: Path, header: str, row: str) -> None:
    """The names exports in our languages give their columns are known: none of these is left out."""
    (tmp_path / "a.csv").write_text(f"{header}\n{row}\n", "utf-8")
    assert "left out" not in feedlog("import", "a.csv", "--source", "x").err
    [note] = feedlog("list", "--json").json
    assert (note["customer"], note["channel"]) == ({"key": "anna@x.example", "name": "Anna Holm"}, "phone")
    assert (note["source_id"], note["said_at"][:10]) == ("17", "2026-03-13")


def test_number_goes_before_mail(feedlog: Feedlog, tmp_path: Path) -> None:
    """A mail address is the customer's key only where no number of theirs is there."""
    (tmp_path / "a.csv").write_text("E-mail;Kundenr.;Besked\na@x.example;K-1;hej\n", "utf-8")
    feedlog("import", "a.csv")
    assert [note["customer"]["key"] for note in feedlog("list", "--json").json] == ["K-1"]


def test_lists_are_nobodys_words(feedlog: Feedlog, tmp_path: Path) -> None:
    """A column called like words that holds lists is not taken by itself: colleagues may be among those who wrote."""
    (tmp_path / "a.jsonl").write_text('{"id":1,"comments":[{"by":"mette","body":"On its way"}],"issue":"Late"}\n')
    done = feedlog("import", "a.jsonl")
    assert done.status == 1
    assert "The column 'comments' of a.jsonl holds lists, not sentences." in done.err
    assert "--map verbatim=COLUMN" in done.err
    assert feedlog("import", "a.jsonl", "--map", "verbatim=issue", "--json").json["added"] == 1

"""What judges the answers runs and reports; how good they are, is not judged here."""

import csv
import json
import re
from pathlib import Path

import pytest

from bench import quality
from bench.measures import Figure

SAID = ("Pakken kom for sent", "Jeg venter på pakker", "Leveringstiden er for lang", "Fakturaen er forkert")
ASKED = (
    {"kind": "inflect", "q": "pakke", "rel": ["1", "2"], "same": [], "lemma": "pakke"},
    {"kind": "compound-mod", "q": "levering", "rel": ["3"], "same": [], "via": ["leveringstid"]},
    {"kind": "typo-swap", "q": "zebra", "rel": ["4"], "same": [], "word": "faktura"},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a handful of Danish sentences and requests."""
    sentences, home = tmp_path / "search_ud", tmp_path / "homeassistant_utterances"
    sentences.mkdir()
    home.mkdir()
    texts = [json.dumps({"id": str(number), "text": text}) for number, text in enumerate(SAID, 1)]
    (sentences / "da_docs.jsonl").write_text("\n".join(texts), "utf-8")
    (sentences / "da_queries.jsonl").write_text("\n".join(map(json.dumps, ASKED)), "utf-8")
    rooms = ("køkkenet", "stuen", "gangen", "kælderen", "badet", "haven", "entreen", "kontoret", "skuret")
    with (home / "ha_da.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "label", "text"))
        for number, room in enumerate(rooms):
            writer.writerow((f"on-{number}", "on", f"tænd lyset i {room}"))
            writer.writerow((f"warm-{number}", "warm", f"hvor varmt bliver der {room}"))
            writer.writerow((f"play-{number}", "play", f"spil noget musik {room}"))
    return tmp_path


def test_report_has_each_figure_with_its_goal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What can be measured with the texts there are is printed, with the goal beside it and whether it is met."""
    assert quality.main([str(folder), "--misses"]) == 0
    told = capsys.readouterr().out
    rows = {tuple(row[:3]): row[3:] for line in told.splitlines() if len(row := re.split(r"\s{2,}", line)) > 3}
    assert rows["search", "da", "inflected, recall at 20"] == ["1.000", "at least .88", "met", "1"]
    assert rows["search", "da", "first part of a compound, recall at 20"] == ["1.000", "at least .92", "met", "1"]
    assert rows["search", "da", "misspelt, recall at 20"] == ["0.000", "at least .97", "missed", "1"]
    assert rows["similar", "Home Assistant da", "P@5"] == ["1.000", "at least .75", "met", "27"]
    assert ("heard", "Home Assistant da, intents out", "falsely heard, same subject") in rows
    assert re.search(r"Not found in full, search in da:\nmisspelt\s+zebra\s+faktura\s+0.00", told)


def test_one_task_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--only measures one task, and --json prints one document."""
    assert quality.main([str(folder), "--only", "similar", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["goal"], one["met"]) for one in told["figures"]] == [
        ("P@5", "at least .75", True),
        ("P@1", None, None),
        ("MRR@10", None, None),
    ]


def test_without_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without texts is answered with where such texts can be had, and status 1."""
    assert quality.main([str(tmp_path / "nowhere")]) == 1
    done = capsys.readouterr()
    assert done.out == ""
    assert done.err.count("\n") == 1
    for name in ("Universal Dependencies", "BANKING77", "xSID", "Home Assistant", "docs/search-quality.md"):
        assert name in done.err


@pytest.mark.parametrize(
    ("value", "name", "met"),
    [
        (0.8796, "inflected, recall at 20", True),
        (0.8794, "inflected, recall at 20", False),
        (0.25, "inflected, noise@10", True),
        (0.26, "inflected, noise@10", False),
    ],
)
def test_goals_are_judged_as_printed(value: float, name: str, met: bool) -> None:
    """A figure that is printed as its goal meets it; a share of noise is held to be at most its goal."""
    figure = Figure("search", "sv", name, value, 1)
    [told] = quality.document([figure], {})["figures"]
    assert told["met"] is met


def test_norwegian_and_english_are_told_only() -> None:
    """Search in a language without goals is not judged."""
    assert quality.goal(Figure("search", "nb", "inflected, recall at 20", 0.1, 1)) is None

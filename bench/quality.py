"""python -m bench.quality: how good search and "who else said this" are, measured on public texts.

FOLDER holds the texts: search_ud/, banking77/, xsid_valid/, homeassistant_utterances/ and lcc_danish/. Without it they
are looked for where `make bench` looks for its sentences.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench import measures, report, texts
from bench.measures import Figure, Missed, Text

LANGUAGES = ("da", "sv", "nb", "en")
TASKS = ("search", "similar", "heard")
NO_TEXTS = (
    "The texts are not here. They are made from public ones that anyone can get (sentences of the Universal"
    " Dependencies treebanks, BANKING77, xSID, the Home Assistant intents, the Leipzig Corpora Collection);"
    " docs/search-quality.md says how the folder looks, and its path is the one argument."
)


class Goal(NamedTuple):
    """What a figure should be at least, or at most."""

    value: float
    at_most: bool = False

    def met(self, value: float) -> bool:
        """Whether a figure reaches it, as it is printed: rounded to three places."""
        value = round(value, 3)
        return value <= self.value if self.at_most else value >= self.value

    def __str__(self) -> str:
        return f"at {'most' if self.at_most else 'least'} {self.value:.2f}".replace("0.", ".")


SEARCH_GOALS = {
    "inflected, recall at 20": Goal(0.88),
    "first part of a compound, recall at 20": Goal(0.92),
    "last part of a compound, recall at 20": Goal(0.92),
    "misspelt, recall at 20": Goal(0.97),
    "typed without local letters, recall at 20": Goal(0.99),
    "inflected, nDCG@10": Goal(0.90),
    "inflected, noise@10": Goal(0.25, at_most=True),
}
SIMILAR_GOALS = {"BANKING77 test": Goal(0.64), "Home Assistant da": Goal(0.75), "xSID da": Goal(0.88)}


def goal(figure: Figure) -> Goal | None:
    """The goal of a figure; None where it is only told. Norwegian and English are held to no goal in search."""
    if figure.task == "search":
        return SEARCH_GOALS.get(figure.name) if figure.texts in ("da", "sv") else None
    if figure.task == "similar":
        return SIMILAR_GOALS.get(figure.texts) if figure.name == "P@5" else None
    if figure.name.startswith("falsely heard"):
        return Goal(0.25, at_most=True)
    return Goal(0.90) if figure.name == "recognised" else None


def main(words: Sequence[str] | None = None) -> int:
    """Measures and prints. Gives 0 whatever the figures are, and 1 where there are no texts to measure on."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", default=texts.folder())
    parser.add_argument("--only", choices=TASKS, help="one of the three")
    parser.add_argument("--misses", action="store_true", help="every search that did not find all it should")
    parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON document")
    wanted = parser.parse_args(words)
    steps = _steps(wanted.folder, wanted.only) if wanted.folder else []
    if not steps:
        print(f"quality: {NO_TEXTS}", file=sys.stderr)
        return 1
    figures: list[Figure] = []
    missed: dict[str, list[Missed]] = {}
    for name, measure in steps:
        print(f"Asking about {name} ...", file=sys.stderr, flush=True)
        found, misses = measure()
        figures += found
        if wanted.misses and misses:
            missed[name] = misses
    if wanted.as_json:
        print(json.dumps(document(figures, missed), ensure_ascii=False, indent=1))
    else:
        print(text(figures, missed))
    return 0


Step = Callable[[], tuple[list[Figure], list[Missed]]]


def _steps(folder: Path, only: str | None) -> list[tuple[str, Step]]:
    """What can be measured with the texts in a folder."""
    made = {"search": _search_steps, "similar": _similar_steps, "heard": _heard_steps}
    return [step for task in TASKS if only in (None, task) for step in made[task](folder)]


def _search_steps(folder: Path) -> list[tuple[str, Step]]:
    sentences = folder / "search_ud"
    return [
        (f"search in {language}", partial(measures.search_figures, sentences, language))
        for language in LANGUAGES
        if (sentences / f"{language}_queries.jsonl").exists()
    ]


def _similar_steps(folder: Path) -> list[tuple[str, Step]]:
    files: list[tuple[str, Path, dict[str, str]]] = [
        ("BANKING77 test", _bank(folder), {"split": "test"}),
        ("Home Assistant da", _home(folder), {}),
        *((f"xSID {code}", _requests(folder, code), {}) for code in ("da", "no", "en")),
    ]

    def measured(name: str, path: Path, columns: dict[str, str]) -> tuple[list[Figure], list[Missed]]:
        return measures.similar_figures(name, measures.read_csv(path, **columns)), []

    return [
        (f"similar notes in {name}", partial(measured, name, path, columns))
        for name, path, columns in files
        if path.exists()
    ]


def _heard_steps(folder: Path) -> list[tuple[str, Step]]:
    """The splits of which some texts have a counterpart in the log and others have none."""

    def bank() -> list[Figure]:
        train, test = (measures.read_csv(_bank(folder), split=split) for split in ("train", "test"))
        reviews = measures.read_lines(folder / "search_ud" / "en_docs.jsonl", genre="reviews")
        requests = measures.read_csv(_requests(folder, "en"))
        return measures.heard_figures("BANKING77", train, test, {"xSID en": requests, "English reviews": reviews})

    def home() -> list[Figure]:
        every = measures.read_csv(_home(folder))
        asking = measures.one_third(every)
        logged, again = [one for one in every if not asking(one)], [one for one in every if asking(one)]
        never = {"Danish web": measures.read_csv(_web(folder)), "xSID da": measures.read_csv(_requests(folder, "da"))}
        return measures.heard_figures("Home Assistant da", logged, again, never)

    def hard_bank() -> list[Figure]:
        train, test = (measures.read_csv(_bank(folder), split=split) for split in ("train", "test"))
        return measures.kept_out("BANKING77", [*train, *test], set(test).__contains__)

    def hard(name: str, path: Path) -> list[Figure]:
        every: list[Text] = measures.read_csv(path)
        return measures.kept_out(name, every, measures.one_third(every))

    english, danish = folder / "search_ud" / "en_docs.jsonl", _requests(folder, "da")
    steps: list[tuple[str, Callable[[], list[Figure]], list[Path]]] = [
        ("BANKING77 beside other subjects", bank, [_bank(folder), english, _requests(folder, "en")]),
        ("Home Assistant da beside other subjects", home, [_home(folder), _web(folder), danish]),
        ("BANKING77 with intents kept out", hard_bank, [_bank(folder)]),
        ("Home Assistant da with intents kept out", lambda: hard("Home Assistant da", _home(folder)), [_home(folder)]),
        ("xSID da with intents kept out", lambda: hard("xSID da", danish), [danish]),
    ]

    def measured(measure: Callable[[], list[Figure]]) -> tuple[list[Figure], list[Missed]]:
        return measure(), []

    return [(name, partial(measured, measure)) for name, measure, files in steps if all(map(Path.exists, files))]


def _bank(folder: Path) -> Path:
    return folder / "banking77" / "banking77.csv"


def _home(folder: Path) -> Path:
    return folder / "homeassistant_utterances" / "ha_da.csv"


def _requests(folder: Path, code: str) -> Path:
    return folder / "xsid_valid" / f"xsid_{code}_valid.csv"


def _web(folder: Path) -> Path:
    return folder / "lcc_danish" / "lcc_danish_sentences.csv"


def document(figures: Sequence[Figure], missed: dict[str, list[Missed]]) -> dict[str, Any]:
    """All of it for `--json`."""
    told = []
    for figure in figures:
        wanted = goal(figure)
        told.append(
            {
                **figure._asdict(),
                "value": round(figure.value, 3),
                "goal": str(wanted) if wanted else None,
                "met": wanted.met(figure.value) if wanted else None,
            }
        )
    found: dict[str, Any] = {"figures": told}
    if missed:
        found["misses"] = {name: [one._asdict() for one in misses] for name, misses in missed.items()}
    return found


def text(figures: Sequence[Figure], missed: dict[str, list[Missed]]) -> str:
    """All of it as an aligned table for people."""
    rows: list[tuple[str, ...]] = [("task", "texts", "figure", "measured", "goal", "", "questions")]
    for figure in figures:
        wanted = goal(figure)
        judged = {True: "met", False: "missed"}[wanted.met(figure.value)] if wanted else ""
        counted = f"{figure.questions:,}" if figure.name != "bar" else ""
        goal_told = str(wanted) if wanted else ""
        rows.append((figure.task, figure.texts, figure.name, f"{figure.value:.3f}", goal_told, judged, counted))
    parts = [report.aligned(rows, right=(3, 6))]
    for name, misses in missed.items():
        lines = [(one.kind, one.typed, one.of, f"{one.recall:.2f}") for one in sorted(misses)]
        parts.append(f"Not found in full, {name}:\n" + report.aligned(lines, right=(3,)))
    return "\n\n".join(parts)


if __name__ == "__main__":
    raise SystemExit(main())

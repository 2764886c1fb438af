"""How good answers are. Texts are imported into a log of their own, and for each question the right answers are known.

search   One word a question. Notes that hold the very word are taken out of the ranking; recall at 20 is the share
         of the right notes (20 at most) among the first 20 of the rest. For inflected words also nDCG@10 (Järvelin
         and Kekäläinen, 2002) and noise@10, the share of the first ten that hold no form of the word; there notes
         with the very word count as right.
similar  Leave one out: each note asks for the others, and one with the same intent is right. P@5 divides by five
         even where fewer came back; an intent needs six notes to be asked about.
heard    Texts are asked that stand in no note. Recognised: the share that gets a strong answer though it should;
         rightly: that get one, and the first has the same intent; falsely heard: that get one though nobody said it.
"""

import csv
import json
import math
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from feedlog import when
from feedlog.language.search import Search
from feedlog.language.similar import Likeness, similar, strong_from
from feedlog.language.stems import Stems
from feedlog.operations import importing, preparing
from feedlog.operations.shapes import By
from feedlog.store import Log, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES

SEED = 20240229
SEARCH_LIMIT = 50
SIMILAR_LIMIT = 10
FEWEST_OF_AN_INTENT = 6
PARTS = 3  # a third of the texts, or of the intents, is kept out of the log
MOST_OF_EITHER = 500  # texts that were said, and texts that were not, in one split
KINDS = {"inflect": "inflected", "compound-head": "last part of a compound", "compound-mod": "first part of a compound"}
_SOURCE = "bench"


class Text(NamedTuple):
    """One text to fill a log with or to ask about; `label` is its intent, where it has one."""

    id: str
    text: str
    label: str = ""


class Missed(NamedTuple):
    """A search that did not find all it should: the kind, what was typed, what it is from, and its recall."""

    kind: str
    typed: str
    of: str
    recall: float


class Figure(NamedTuple):
    """One figure: in which texts, what, how much, and over how many questions."""

    task: str
    texts: str
    name: str
    value: float
    questions: int


class Asked:
    """A log filled with texts, and the ids they came with by note number."""

    def __init__(self, log: Log) -> None:
        self._connection = log.connection
        self.stems = Stems(log.languages)
        self.ids = {row["id"]: row["source_id"] for row in log.rows("select id, source_id from notes")}
        self.numbers = {source_id: number for number, source_id in self.ids.items()}

    def search(self, words: str) -> list[str]:
        """The ids of what is found, best first."""
        return [self.ids[number] for number in Search(self._connection, words, self.stems).find(limit=SEARCH_LIMIT)]

    def like_note(self, text: Text) -> list[str]:
        """The ids of the notes most like one that stands in the log."""
        only, parameters = "and notes_fts.rowid <> ?", [self.numbers[text.id]]
        found = similar(
            self._connection,
            text.text,
            self.stems,
            limit=SIMILAR_LIMIT,
            candidates=10 * SIMILAR_LIMIT,
            only=only,
            parameters=parameters,
        )
        return [self.ids[one.note_id] for one in found]

    def strong(self, text: str) -> list[str]:
        """The ids of the notes so like a new text that `feedlog add` would say others said this."""
        found: list[Likeness] = similar(self._connection, text, self.stems, limit=SIMILAR_LIMIT)
        return [self.ids[one.note_id] for one in found if one.strong]


@contextmanager
def asked(texts: Sequence[Text]) -> Iterator[Asked]:
    """A log of these texts for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="feedlog-quality-") as folder:
        rows = Path(folder) / "rows.csv"
        with rows.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("id", "text"))
            writer.writerows((text.id, text.text) for text in texts)
        with open_for_writing(str(Path(folder) / "feedlog.db"), DEFAULT_LANGUAGES) as log:
            mapped = ("source_id=id", "verbatim=text")
            prepared = preparing.prepare(str(rows), format_name="csv", mapped=mapped, source=_SOURCE)
            importing.bring_in(log, prepared, By(_SOURCE, when.now()))
            yield Asked(log)


def read_csv(path: Path, **wanted: str) -> list[Text]:
    """The texts of a CSV file with `id`, `text` and perhaps `label`, where the columns hold what is `wanted`."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if all(row[column] == value for column, value in wanted.items())]
    return [Text(row["id"], row["text"], row.get("label", "")) for row in rows]


def read_lines(path: Path, **wanted: str) -> list[Text]:
    """The same of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [
        Text(row["id"], row["text"]) for row in rows if all(row[column] == value for column, value in wanted.items())
    ]


def search_figures(folder: Path, language: str) -> tuple[list[Figure], list[Missed]]:
    """Search in one language: its figures, and every question not answered in full."""
    by_kind: dict[str, list[float]] = defaultdict(list)
    gains: list[float] = []
    noise: list[float] = []
    missed: list[Missed] = []
    with (
        asked(read_lines(folder / f"{language}_docs.jsonl")) as log,
        (folder / f"{language}_queries.jsonl").open(encoding="utf-8") as queries,
    ):
        for query in map(json.loads, queries):
            right, same = set(query["rel"]), set(query["same"])
            found = log.search(query["q"])
            kind = _kind(query["kind"])
            others = [one for one in found if one not in same][:20]
            recall = len(right.intersection(others)) / min(20, len(right))
            by_kind[kind].append(recall)
            if recall < 1:
                of = query.get("via") or [query.get("word") or query["lemma"]]
                missed.append(Missed(kind, query["q"], " ".join(of), recall))
            if kind == KINDS["inflect"]:
                gains.append(_gain(found, right | same))
                if found:
                    noise.append(fmean(one not in right | same for one in found[:10]))
    figures = [Figure("search", language, f"{kind}, recall at 20", fmean(of), len(of)) for kind, of in by_kind.items()]
    figures.sort(key=lambda figure: figure.name)
    figures += [
        Figure("search", language, "inflected, nDCG@10", fmean(gains), len(gains)),
        Figure("search", language, "inflected, noise@10", fmean(noise), len(noise)),
    ]
    return figures, missed


def _kind(named: str) -> str:
    if named.startswith("typo-fold"):
        return "typed without local letters"
    return "misspelt" if named.startswith("typo") else KINDS[named]


def _gain(found: list[str], right: set[str]) -> float:
    gain = sum(1 / math.log2(place + 2) for place, one in enumerate(found[:10]) if one in right)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(right))))


def similar_figures(name: str, texts: list[Text]) -> list[Figure]:
    """Leave one out."""
    labels = {text.id: text.label for text in texts}
    sizes = Counter(labels.values())
    fives: list[float] = []
    firsts: list[float] = []
    ranks: list[float] = []
    with asked(texts) as log:
        for text in texts:
            if sizes[text.label] < FEWEST_OF_AN_INTENT:
                continue
            hits = [labels[one] == text.label for one in log.like_note(text)]
            fives.append(sum(hits[:5]) / 5)
            firsts.append(float(any(hits[:1])))
            ranks.append(1 / (hits.index(True) + 1) if True in hits else 0.0)
    return [
        Figure("similar", name, measure, fmean(values), len(values))
        for measure, values in (("P@5", fives), ("P@1", firsts), ("MRR@10", ranks))
    ]


def heard_figures(name: str, logged: list[Text], again: list[Text], never: dict[str, list[Text]]) -> list[Figure]:
    """Whether texts said before are recognised and those nobody said are not; `never` names where these are from."""
    labels = {text.id: text.label for text in logged}
    known = set(labels.values())
    repeated = _drawn([text for text in again if text.label in known])
    with asked(logged) as log:
        answers = [log.strong(text.text) for text in repeated]
        rightly = fmean(
            labels[found[0]] == text.label if found else 0 for text, found in zip(repeated, answers, strict=True)
        )
        figures = [
            Figure("heard", name, "bar", strong_from(len(logged)), len(logged)),
            Figure("heard", name, "recognised", fmean(map(bool, answers)), len(repeated)),
            Figure("heard", name, "rightly", rightly, len(repeated)),
        ]
        for source, texts in never.items():
            drawn = _drawn(texts)
            falsely = fmean(bool(log.strong(text.text)) for text in drawn)
            figures.append(Figure("heard", name, f"falsely heard, {source}", falsely, len(drawn)))
    return figures


def kept_out(name: str, texts: list[Text], asking: Callable[[Text], bool]) -> list[Figure]:
    """The hard split: each third of the intents in turn is never heard, though it is about the same subject.

    `asking` says which texts are asked and not logged. The figures are means over the turns, weighed by questions.
    """
    intents = sorted({text.label for text in texts})
    random.Random(SEED).shuffle(intents)
    turns = []
    for part in range(PARTS):
        out = set(intents[part::PARTS])
        logged = [text for text in texts if text.label not in out and not asking(text)]
        again = [text for text in texts if text.label not in out and asking(text)]
        never = [text for text in texts if text.label in out and asking(text)]
        turns.append(heard_figures(f"{name}, intents out", logged, again, {"same subject": never}))
    return [_joined(figures) for figures in zip(*turns, strict=True)]


def _joined(figures: tuple[Figure, ...]) -> Figure:
    questions = sum(figure.questions for figure in figures)
    value = sum(figure.value * figure.questions for figure in figures) / questions
    return figures[0]._replace(value=value, questions=questions)


def one_third(texts: list[Text]) -> Callable[[Text], bool]:
    """Whether a text belongs to the third of `texts` that is asked."""
    shuffled = list(texts)
    random.Random(SEED).shuffle(shuffled)
    ids = {text.id for text in shuffled[: len(shuffled) // PARTS]}
    return lambda text: text.id in ids


def _drawn(texts: list[Text]) -> list[Text]:
    shuffled = list(texts)
    random.Random(SEED).shuffle(shuffled)
    return shuffled[:MOST_OF_EITHER]

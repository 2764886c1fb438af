"""Notes to fill logs with: real sentences taken apart and put together anew, the same ones every time.

A million copies of some sentences would flatter every search index. Two halves of different sentences make a new
one, and now and then a word nobody has used before comes in, so that the vocabulary keeps growing as it does when
people write.
"""

import csv
import itertools
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SEED = 20240229
YEARS = 3
RARE_WORD = 0.12  # the share of notes that bring a word of their own
NOTES_PER_CUSTOMER = 8

CHANNELS = ("phone",) * 5 + ("email",) * 3 + ("chat",) * 2 + ("visit", "letter", "social", "forum")
KINDS = ("complaint",) * 6 + ("question",) * 3 + ("compliment", "suggestion", "")
TOUCHPOINTS = ("order", "delivery", "invoice", "support", "return", "")
THEMES = (
    *("delivery", "price", "invoice", "app", "login", "staff", "packaging", "quality", "opening hours", "refund"),
    *("waiting time", "website", "warranty", "subscription"),
)
FIRST_NAMES = ("Anna", "Bo", "Camilla", "Dan", "Elin", "Frej", "Gerda", "Hans", "Ida", "Jonas", "Karin", "Liv", "Maja")
LAST_NAMES = ("Berg", "Dahl", "Ek", "Falk", "Holm", "Juhl", "Krogh", "Lind", "Munk", "Nord", "Qvist", "Skov", "Vang")


class Note(NamedTuple):
    """One note, as a row of the file that logs are filled from. The fields are named as `feedlog import` knows them."""

    source_id: str
    said_at: str
    customer: str
    name: str
    channel: str
    touchpoint: str
    kind: str
    theme: str
    verbatim: str


def folder() -> Path | None:
    """The folder of sentences: FEEDLOG_BENCH_TEXTS, else shared/data beside the checkout; None where there is none."""
    named = os.environ.get("FEEDLOG_BENCH_TEXTS")
    if named:
        return Path(named)
    beside = ROOT.parent / "shared" / "data"
    return beside if beside.is_dir() else None


def sentences() -> list[list[str]]:
    """Sentences to make notes from, one list a file: halves of one file's sentences are in one language."""
    texts = folder()
    files = [ROOT / "feedlog" / "demo" / "sample_notes.jsonl"]
    if texts:
        files = sorted(path for path in texts.rglob("*") if path.suffix in (".csv", ".jsonl"))
    found = [read for read in (_sentences_of(path) for path in files) if len(read) > 1]
    if not found:
        raise SystemExit(f"There are no sentences in {texts}: it needs CSV or JSON Lines files with id and text.")
    return found


def _sentences_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = map(json.loads, file) if path.suffix == ".jsonl" else csv.DictReader(file)
        # Files of labels, queries or single words have other columns.
        texts = [
            row.get("verbatim") or row["text"] for row in rows if "verbatim" in row or {"id", "text"} <= row.keys()
        ]
    return [" ".join(text.split()) for text in texts if len(text.split()) > 3]


class Source:
    """An endless row of notes. The same `seed` gives the same ones, so a small log is the beginning of a large one."""

    def __init__(self, groups: list[list[str]], seed: int = SEED) -> None:
        self._random = random.Random(seed)
        self._groups = [[sentence.split() for sentence in group] for group in groups]
        self._bounds = list(itertools.accumulate(len(group) for group in groups))

    def text(self) -> str:
        """The next sentence."""
        [group] = self._random.choices(self._groups, cum_weights=self._bounds)
        first, second = self._random.choice(group), self._random.choice(group)
        words = first[: (len(first) + 1) // 2] + second[len(second) // 2 :]
        if self._random.random() < RARE_WORD:
            words.insert(self._random.randrange(len(words)), self._rare_word(group))
        return " ".join(words)

    def _rare_word(self, group: list[list[str]]) -> str:
        """A number, a compound or a slip of the pen."""
        one, other = (self._random.choice(self._random.choice(group)).strip(".,:;!?\"'()").lower() for _ in range(2))
        kind = self._random.randrange(3)
        if kind == 0 or len(one) < 4:
            return str(self._random.randrange(10_000, 10_000_000))
        if kind == 1:
            return one + other
        at = self._random.randrange(len(one) - 1)
        return one[:at] + one[at + 1] + one[at] + one[at + 2 :]

    def notes(self, count: int) -> Iterator[Note]:
        """`count` notes spread over the last three years, oldest first."""
        pick = self._random.choice
        customers = max(1, count // NOTES_PER_CUSTOMER)
        end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        step = timedelta(days=365 * YEARS) / count
        for number in range(count):
            verbatim = self.text()
            # Cubed: a few customers are heard often, most once or twice.
            customer = int(customers * self._random.random() ** 3)
            yield Note(
                source_id=f"b-{number}",
                said_at=(end - step * (count - number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                customer=customer_key(customer),
                name=f"{FIRST_NAMES[customer % 13]} {LAST_NAMES[customer // 13 % 13]}",
                channel=pick(CHANNELS),
                touchpoint=pick(TOUCHPOINTS),
                kind=pick(KINDS),
                theme=pick(THEMES),
                verbatim=verbatim,
            )


def customer_key(number: int) -> str:
    """The key of a customer, as a firm would write it."""
    return f"K-{100_000 + number}"


def write_csv(path: Path, groups: list[list[str]], count: int) -> None:
    """Writes `count` notes to a CSV file that `feedlog import` takes without being told its columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Note._fields)
        writer.writerows(Source(groups).notes(count))


def queries(groups: list[list[str]], among: int = 1000) -> list[tuple[str, ...]]:
    """What to search for: common words, rare ones, and two and three words of one note, all from the first notes."""
    source = Source(groups)
    notes = [[word.lower() for word in source.text().split() if word.isalpha()] for _ in range(among)]
    often = Counter(itertools.chain.from_iterable(set(words) for words in notes))
    ranked = [word for word, _ in often.most_common() if len(word) > 3]
    common, rare = ranked[5:25:4], ranked[len(ranked) // 3 :: len(ranked) // 7]
    several = [words for words in notes if len(words) > 5][:5]
    found: list[tuple[str, ...]] = [(word,) for word in [*common, *rare[:5]]]
    found += [tuple(words[1:3]) for words in several] + [tuple(words[1:4]) for words in several]
    return [query for pair in zip(found[:10], found[10:], strict=False) for query in pair]

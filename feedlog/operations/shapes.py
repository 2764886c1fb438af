"""The plain values operations return: the JSON fields of the command line, spelled once."""

from typing import Any, NamedTuple, TypedDict


class By(NamedTuple):
    """Who makes a change, for whom, and when (a UTC instant)."""

    agent: str
    at: str
    on_behalf_of: str | None = None


class Customer(TypedDict):
    """A customer as a note names them."""

    key: str
    name: str | None


class Note(TypedDict):
    """One thing a customer said. `verbatim` is the wording as it stands, corrections applied."""

    id: int
    uid: str
    source: str | None
    source_id: str | None
    said_at: str
    logged_at: str
    agent: str
    on_behalf_of: str | None
    customer: Customer | None
    channel: str | None
    touchpoint: str | None
    kind: str | None
    verbatim: str
    reading: str | None
    satisfaction: int | None
    themes: list[str]
    corrected: bool


class FoundNote(Note):
    """A note as a search found it. `match` is exact, inflection, compound or spelling; `words` are those that did."""

    match: str
    snippet: str
    words: list[str]


class Outcome(TypedDict):
    """What came of a note: the open promise and its due day, or the last step taken and its day."""

    step: str
    on: str


class SimilarNote(Note):
    """A note like another text. Strong ones may be said aloud; `outcome` is what was promised or done about it."""

    strong: bool
    shared_words: list[str]
    outcome: Outcome | None


class Similar(TypedDict):
    """Who else said this. The counts and days are of the strong results only."""

    customers: int
    notes: int
    first_said_at: str | None
    last_said_at: str | None
    results: list[SimilarNote]


class Example(TypedDict):
    """A note that shows a word in use, cut to the part around it; `words` are the forms of it that stand there."""

    id: int
    snippet: str
    words: list[str]


class OverusedWord(TypedDict):
    """A word customers use more here than elsewhere. Shares are of all notes there; `score` is G2.

    `log_ratio` says how much more often: each step of one means twice as often.
    """

    word: str
    notes: int
    notes_elsewhere: int
    share: float
    share_elsewhere: float
    score: float
    log_ratio: float
    example: Example


class Words(NamedTuple):
    """Over-used words, highest score first, with what they were counted in and how many words were tested."""

    results: list[OverusedWord]
    notes: int
    notes_elsewhere: int
    tested: int


class Said(NamedTuple):
    """What is about to be logged. Texts as given; `add` checks and composes them."""

    verbatim: str
    said_at: str | None = None
    customer: str | None = None
    name: str | None = None
    themes: tuple[str, ...] = ()
    channel: str | None = None
    touchpoint: str | None = None
    kind: str | None = None
    reading: str | None = None
    satisfaction: int | None = None
    idempotency_key: str | None = None
    source: str | None = None
    source_id: str | None = None
    promise: str | None = None
    due_on: str | None = None

    def as_plain(self) -> dict[str, Any]:
        """The fields that were given, for the spool."""
        return {name: value for name, value in self._asdict().items() if value not in (None, ())}

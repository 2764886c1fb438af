"""The record of changes in words: who did what, when, and on whose behalf. Numbers outlive what they named."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TypedDict

from feedlog.errors import NotFound
from feedlog.operations import codebook, describing, reaching, themes
from feedlog.store import Log

_THESE = "(select value from json_each(?))"


class Step(TypedDict):
    """One change, in words: `what`. `taken_back` by a later one; `undoes_id` is the change this one takes back."""

    id: int
    made_at: str
    agent: str
    on_behalf_of: str | None
    action: str
    what: str
    note_id: int | None
    customer_id: int | None
    theme_id: int | None
    promise_id: int | None
    import_id: int | None
    undoes_id: int | None
    taken_back: bool


class Erasure(TypedDict):
    """One erasure as the log keeps it: how much went and why, and whether it was verified that no trace is left."""

    id: int
    started_at: str
    agent: str
    reason: str
    customers: int
    notes: int
    facts: int
    promises: int
    responses: int
    letters: int
    verified_at: str | None


def of_note(log: Log, note_id: int) -> list[Step]:
    """What became of a note, also of one that was taken back or erased; raises NotFound where there never was one."""
    found = _steps(log, "note_id = ?1 or import_id = (select import_id from notes where id = ?1)", [note_id])
    if not found:
        raise NotFound(f"There is no note {note_id}.", hint="See the newest with: feedlog list")
    return found


def of_customer(log: Log, key: str) -> list[Step]:
    """What was done about a customer, with all keys merged into theirs: to their description, facts and notes."""
    return of_reach(log, reaching.require(log, key))


def of_reach(log: Log, reach: reaching.Reach) -> list[Step]:
    """What was done to these customers and notes."""
    where = f"customer_id in {_THESE} or note_id in {_THESE}"
    return _steps(log, where, [json.dumps(reach.customer_ids), json.dumps(reach.note_ids)])


def of_theme(log: Log, name: str) -> list[Step]:
    """What was done to a theme and to those merged into it. Raises NotFound where there is none."""
    theme_id, _ = themes.require(log, name)
    return _steps(log, f"theme_id in ({themes.MEANT})", [theme_id])


def of_promise(log: Log, promise_id: int) -> list[Step]:
    """What became of a promise, also of one taken back or erased; raises NotFound where there never was one."""
    found = _steps(log, "promise_id = ?1", [promise_id])
    if not found:
        raise NotFound(f"There is no promise {promise_id}.", hint="See those that are open with: feedlog due")
    note_id = found[0]["note_id"]
    erased = _steps(log, "action = 'note.erase' and note_id = ?", [note_id]) if note_id else []
    return [*found, *erased]


def erasures(log: Log) -> list[Erasure]:
    """Every erasure, the oldest first."""
    columns = ", ".join(Erasure.__annotations__)
    return [Erasure(**dict(row)) for row in log.rows(f"select {columns} from erasures order by id")]  # type: ignore[typeddict-item]


def _steps(log: Log, where: str, parameters: Iterable[Any]) -> list[Step]:
    # A part is taken back with its whole. Undoing adds parts of its own, at a later moment: they stand.
    rows = log.rows(
        f"""select *, exists (select 1 from changes as later where later.undoes_id = changes.id)
                   or exists (select 1 from changes as whole join changes as later on later.undoes_id = whole.id
                               where whole.id = json_extract(changes.detail, '$.part_of')
                                 and whole.made_at = changes.made_at) as taken_back
              from changes where {where} order by id""",
        list(parameters),
    )
    return [_step(log, dict(row)) for row in rows]


def _step(log: Log, row: dict[str, Any]) -> Step:
    row["detail"] = json.loads(row["detail"] or "{}")
    row["what"] = _in_words(log, row)
    row["taken_back"] = bool(row["taken_back"])
    return {field: row[field] for field in Step.__annotations__}  # type: ignore[return-value]


def _in_words(log: Log, row: dict[str, Any]) -> str:
    """What a change did. One that this feedlog does not know, written by a newer one, is told by its name."""
    said = WORDS.get(row["action"])
    words = said(_Change(log, row)) if said else row["action"]
    kept = row["detail"].get("id_numbers_kept")
    return f"{words}; kept {_listed(kept)} as it was typed" if kept else words


def _listed(kept: Any) -> str:
    if isinstance(kept, dict):
        return ", ".join(f"{count} {kind}" for kind, count in kept.items())
    return "an ID number"


class _Change:
    """One change, asked for the names of what it was done to."""

    def __init__(self, log: Log, row: dict[str, Any]) -> None:
        self._log = log
        self.row = row
        self.detail: dict[str, Any] = row["detail"]

    @property
    def note(self) -> str:
        return f"note {self.row['note_id']}" if self.row["note_id"] else self.many("notes", "note")

    @property
    def theme(self) -> str:
        return self.theme_of(self.row["theme_id"])

    def theme_of(self, theme_id: int | None) -> str:
        name = self._log.value("select name from themes where id = ?", [theme_id])
        return f"the theme {name!r}" if name else self.many("themes", "theme")

    @property
    def customer(self) -> str:
        return self.customer_of(self.row["customer_id"])

    def customer_of(self, customer_id: int | None) -> str:
        key = self._log.value("select key from customers where id = ?", [customer_id])
        return str(key) if key else f"customer number {customer_id}, who was erased"

    def many(self, name: str, noun: str) -> str:
        count = self.detail.get(name, 0)
        return f"1 {noun}" if count == 1 else f"{count} {noun}s"

    def numbered(self, name: str) -> str:
        return f"{name} {self.detail.get(f'{name}_id', '')}".strip()

    @property
    def file(self) -> str:
        file = self._log.value("select file from imports where id = ?", [self.row["import_id"]])
        return str(file) if file else "a file"

    @property
    def undone(self) -> str:
        undone = self._log.row("select * from changes where id = ?", [self.row["undoes_id"]])
        if undone is None:
            return "something"
        return f"“{_in_words(self._log, {**dict(undone), 'detail': json.loads(undone['detail'] or '{}')})}”"

    @property
    def merged_keys(self) -> str:
        return f"{self.customer} into {self.customer_of(self.detail.get('into'))}"

    @property
    def hand_over(self) -> str:
        if self.row["promise_id"]:
            return f"promise {self.row['promise_id']} to another owner"
        named = f" from {self.detail.get('from')} to {self.detail.get('to')}"
        return self.many("promises", "promise") + named


# Every action there is, so that no row of the record is a riddle; a test finds the actions in the program.
WORDS: dict[str, Callable[[_Change], str]] = {
    "note.add": lambda change: f"logged {change.note}",
    "note.correct": lambda change: f"corrected the wording of {change.note}",
    "note.receive": lambda change: f"{change.note} arrived, or news of it",
    "theme.receive": lambda change: f"news of {change.theme} arrived",
    "customer.receive": lambda change: f"news of {change.customer} arrived",
    "note.erase": lambda change: f"erased {change.note} for good",
    "theme.tag": lambda change: f"put {change.theme} on {change.note}",
    "theme.untag": lambda change: f"took {change.theme} off {change.note}",
    "theme.tag_together": lambda change: f"put {change.theme} on {change.note}",
    "theme.untag_together": lambda change: f"took {change.theme} off {change.note}",
    "theme.set": lambda change: f"set the {codebook.what_was_set(change.detail)} of {change.theme}",
    "theme.merge": lambda change: f"merged {change.theme} into {change.theme_of(change.detail.get('into'))}",
    "theme.split": lambda change: (
        f"moved {change.many('notes', 'note')} from {change.theme} to {change.theme_of(change.detail.get('into'))}"
    ),
    "theme.move": lambda change: f"moved {change.note} to {change.theme}",
    "customer.name": lambda change: f"wrote down the name of {change.customer}",
    "customer.set": lambda change: f"set the {describing.what_was_set(change.detail)} of {change.customer}",
    "customer.merge": lambda change: f"merged {change.merged_keys}",
    "customer.fill": lambda change: f"filled in the {describing.what_was_set(change.detail)} of {change.customer}",
    "customer.erase": lambda change: f"erased customer number {change.row['customer_id']} for good",
    "customer.dossier": lambda change: f"made a dossier of {change.customer}",
    "fact.add": lambda change: f"wrote down {change.numbered('fact')} about {change.customer}",
    "fact.remove": lambda change: f"removed {change.numbered('fact')} about {change.customer}",
    "promise.add": lambda change: f"promised something on {change.note} (promise {change.row['promise_id']})",
    "promise.keep": lambda change: f"kept promise {change.row['promise_id']}",
    "promise.break": lambda change: f"broke promise {change.row['promise_id']}",
    "promise.move": lambda change: f"moved promise {change.row['promise_id']} to another day",
    "promise.hand": lambda change: f"handed {change.hand_over}",
    "response.add": lambda change: f"wrote down the response {change.detail.get('kind', '')!r} on {change.note}",
    "response.remove": lambda change: f"removed the response {change.detail.get('kind', '')!r} from {change.note}",
    "letter.write": lambda change: f"wrote {change.numbered('letter')} on {change.note}",
    "letter.edit": lambda change: f"edited {change.numbered('letter')} on {change.note}",
    "letter.sent": lambda change: f"sent {change.numbered('letter')} on {change.note}",
    "import": lambda change: f"imported {change.file}",
    "undo": lambda change: f"took back: {change.undone}",
    "log.erase": lambda change: f"{change.numbered('erasure')}: {change.many('notes', 'note')} for good",
    "log.reindex": lambda change: "made the search index anew",
    "log.restore": lambda change: "restored a backup",
}

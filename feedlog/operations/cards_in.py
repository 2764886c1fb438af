"""Cards of customers and themes taken in: several sites' words on one row, the latest on each field standing.

Every site's newest card is kept in `arrived`, and the row is settled from all of them, so that the order in which they
come does not matter. Two logs' clocks decide between two logs; within one log its own order does, whatever its clock.
"""

import json
from collections.abc import Iterator, Sequence

from feedlog.formats.entries import Entry
from feedlog.operations import cards, codebook, describing, marks, merges_in
from feedlog.operations.arrivals import Arrivals
from feedlog.operations.cards import Card
from feedlog.operations.changes import record
from feedlog.operations.customers import PLAIN
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.bulk import insert_many
from feedlog.store.ids import new_uids

_THESE = "(select value from json_each(?))"
# What people at this copy said of a row before anything arrived of it is kept beside the sites' cards.
HERE = "here"
_FIELDS = {"customer": describing.FIELDS, "theme": codebook.FIELDS}


class Known:
    """The customers and themes that entries of one batch speak of; made where they are missing."""

    def __init__(self, log: Log, now: str) -> None:
        self._log, self._now = log, now
        self._secret = marks.secret_of(log.path)
        self._erased = marks.of_erasures(log)
        self._ids: dict[tuple[str, str, str], tuple[int, str]] = {}
        self._touched: dict[tuple[str, str, int], None] = {}
        self._merges: set[str] = set()
        self._called: dict[tuple[str, str, str], int] = {}
        self._rows: dict[tuple[str, str], tuple[int, str]] = {}  # by noun and plain key or name: number and uid
        self._spoken_of: dict[str, set[int]] = {"customer": set(), "theme": set()}  # of which a card arrived before
        self._cards = Arrivals(log, [])

    def look_up(self, entries: Sequence[Entry]) -> None:
        """Finds in few statements what `name_all` and `customer` would otherwise look up one by one."""
        keys = {card["key"] for entry in entries if (card := entry.holds.get("customer"))}
        both = [card for entry in entries for noun in cards.NAMED if (card := entry.holds.get(noun))]
        uids = [_kept_as(card) for card in both]
        self._cards = Arrivals(self._log, uids)
        rows = self._log.rows(
            f"""select id, uid, key, exists (select 1 from arrived where customer_id = customers.id) as spoken_of
                  from customers where key in {_THESE}""",
            [json.dumps(sorted(keys))],
        )
        for row in rows:
            self._rows["customer", _plain(row["key"])] = (row["id"], row["uid"])
            if row["spoken_of"]:
                self._spoken_of["customer"].add(row["id"])

    def customer(self, card: Card, entry: Entry) -> int:
        """The row of a customer, settled with this card if it is newer than the sender's last one."""
        return self._row("customer", card, entry)

    def theme(self, card: Card, entry: Entry) -> int:
        """The row of a theme; one that only names it changes nothing that was said of it."""
        return self._named("theme", card, entry.site)

    def name_all(self, entry: Entry) -> None:
        """Makes the customer and themes that an entry names, also one that is too old to change anything else."""
        for theme in entry.holds.get("themes", ()):
            self._named("theme", theme, entry.site)
        for noun in ("customer", "theme"):
            card = entry.holds.get(noun)
            if card:
                self._named(noun, card, entry.site)
                into = self._merged(noun, card)
                if into:
                    self._named(noun, into, entry.site)

    def _merged(self, noun: str, card: Card) -> Card | None:
        """Into whom the card says it is merged; nobody, where that one was erased since."""
        if not card.get("merged"):
            return None
        into, at, *known = card["merged"]
        if into and noun == "customer" and self._secret:
            erased = self._erased.get(marks.mark(self._secret, into["key"]), [])
            if not set(erased) <= set(known[0] if known else ()):
                into = None
                card["merged"] = [None, at]
        named: Card | None = into
        return named

    def take(self, noun: str, card: Card, entry: Entry) -> int:
        """The row of a card that came on its own."""
        return self._row(noun, card, entry)

    def touched(self, site: str, **subject: int) -> None:
        """Notes that a row changed here because of that site, to be written down by `record`."""
        [(column, row_id)] = subject.items()
        self._touched[site, column, row_id] = None

    def record(self) -> None:
        """Writes the changes down, and settles who is merged into whom where that is news."""
        self._cards.store()
        for noun in sorted(self._merges):
            for row_id in merges_in.settle_merges(self._log, noun):
                self.touched("sites", **{f"{noun}_id": row_id})
        self._merges.clear()
        rows: dict[str, list[tuple[str, str, int]]] = {}
        for site, column, row_id in self._touched:
            rows.setdefault(column, []).append((site, f"{column.removesuffix('_id')}.receive", row_id))
        for column, changed in rows.items():
            uids = new_uids(len(changed))
            told = [(uid, self._now, *change) for uid, change in zip(uids, changed, strict=True)]
            insert_many(self._log.connection, "changes", ("uid", "made_at", "agent", "action", column), told)
        self._touched.clear()

    def _row(self, noun: str, card: Card, entry: Entry) -> int:
        cached = self._ids.get((noun, card["uid"], entry.sender))
        if cached and cached[1] >= entry.version:
            return cached[0]
        given = entry._replace(uid=_kept_as(card))
        row_id = self._named(noun, card, entry.site)
        if self._cards.is_newer(given):
            self._settle(noun, card, given, row_id)
        self._ids[noun, card["uid"], entry.sender] = (row_id, entry.version)
        return row_id

    def _settle(self, noun: str, card: Card, entry: Entry, row_id: int) -> None:
        self._merged(noun, card)
        before = self._cards.held(entry) or {}
        said = {part: card[part] for part in ("fields", "former", "merged", "terms") if card.get(part)}
        self._cards.put(entry, held=said, **{f"{noun}_id": row_id})
        self._spoken_of[noun].add(row_id)
        if said == before:
            return
        self._cards.store()
        if noun == "theme":
            _settle_terms(self._log, row_id, before)
        if _settle_fields(self._log, noun, row_id, entry.site, self._now) or noun == "theme":
            self.touched(entry.site, **{f"{noun}_id": row_id})
        if said.get("merged") != before.get("merged"):
            self._merges.add(noun)

    def _named(self, noun: str, card: Card, site: str) -> int:
        """The row that bears this key or name. Of several logs' uids for it the smallest names it on every copy."""
        named = cards.NAMED[noun]
        if (noun, card[named], card["uid"]) not in self._called:
            self._called[noun, card[named], card["uid"]] = self._find_or_make(noun, named, card, site)
        return self._called[noun, card[named], card["uid"]]

    def _find_or_make(self, noun: str, named: str, card: Card, site: str) -> int:
        identity = [card[named], *(card[name] for name in cards.IDENTITY)]
        if not all(isinstance(value, str) for value in identity):
            raise TypeError(f"a {noun} without {named} or uid")
        columns = dict(zip((named, *cards.IDENTITY), identity, strict=True))
        known = self._rows.get((noun, _plain(card[named])))
        if known is None:
            row = self._log.row(f"select id, uid from {noun}s where {named} = ?", [card[named]])
            known = None if row is None else (row["id"], row["uid"])
        if known is None:
            row_id = self._log.insert(f"{noun}s", **columns)
            self._rows[noun, _plain(card[named])] = (row_id, card["uid"])
            self._spoken_of[noun].add(row_id)
            self.touched(site, **{f"{noun}_id": row_id})
            return row_id
        row_id, uid = known
        if row_id not in self._spoken_of[noun]:
            _keep_own(self._log, noun, row_id)
            self._spoken_of[noun].add(row_id)
        if card["uid"] < uid:
            sets = ", ".join(f"{name} = ?" for name in columns)
            self._log.connection.execute(f"update {noun}s set {sets} where id = ?", [*columns.values(), row_id])
            uid = card["uid"]
        self._rows[noun, _plain(card[named])] = (row_id, uid)
        return row_id


def _plain(label: str) -> str:
    """A key or name as SQLite compares keys: capitals alike. Names of themes have none."""
    return label.translate(PLAIN)


def _kept_as(card: Card) -> str:
    """By what `arrived` knows a card: a newer one may have come with a note before what hangs on this one did."""
    return f"card {card['uid']}"


def take_customer(log: Log, known: Known, arrivals: Arrivals, entry: Entry) -> None:
    """A customer's card with the facts of them."""
    customer_id = known.take("customer", entry.holds["customer"], entry)
    for fact in entry.holds["facts"]:
        log.connection.execute(
            """insert into facts (uid, customer_id, fact, given_at, agent, removed_at, removed_by)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (uid) do update set removed_at = ?6, removed_by = ?7""",
            [
                fact["uid"],
                customer_id,
                *(fact.get(name) for name in ("fact", "given_at", "agent", "removed_at", "removed_by")),
            ],
        )
    known.touched(entry.site, customer_id=customer_id)
    arrivals.put(entry, customer_id=customer_id)


def _keep_own(log: Log, noun: str, row_id: int) -> None:
    """Before the first card of a row arrives: what this copy says of it, as one card among the others."""
    if log.row(f"select 1 from arrived where {noun}_id = ? limit 1", [row_id]):
        return
    own = (cards.of_customers if noun == "customer" else cards.of_themes)(log, [row_id])[row_id]
    if not own.get("fields"):
        return
    log.connection.execute(
        f"insert or ignore into arrived (uid, sender, version, {noun}_id, held) values (?, ?, '', ?, ?)",
        [own["uid"], HERE, row_id, json.dumps({"fields": own["fields"]}, ensure_ascii=False)],
    )


def _held(log: Log, noun: str, row_id: int) -> Iterator[tuple[str, Card]]:
    rows = log.rows(
        f"select uid, held from arrived where {noun}_id = ? and held is not null order by uid, sender", [row_id]
    )
    return ((row["uid"], json.loads(row["held"])) for row in rows)


def _settle_fields(log: Log, noun: str, row_id: int, site: str, now: str) -> bool:
    """Gives a row on each field the latest word; whether that changed anything."""
    [row] = log.rows(f"select * from {noun}s where id = ?", [row_id])
    here = cards.set_here(log, noun, [row_id]).get(row_id, {})
    latest = {field: (at, "", row[field]) for field, at in here.items()}
    names = {row["name"]} if noun == "customer" else set()
    for uid, held in _held(log, noun, row_id):
        names.update(held.get("former", ()))
        for field, (value, at) in held.get("fields", {}).items():
            if field not in _FIELDS[noun] or not isinstance(at, str):
                raise ValueError(f"a {noun} has no {field}")
            if field == "name":
                names.add(value)
            if field not in latest or latest[field][:2] < (at, uid):
                latest[field] = (at, uid, value)
    changed = {field: value for field, (_, _, value) in latest.items() if row[field] != value}
    for field, value in changed.items():
        log.connection.execute(f"update {noun}s set {field} = ? where id = ?", [value, row_id])
    former = sorted(name for name in names if name and name != changed.get("name", row["name"]))
    added = _keep_former(log, row_id, former, By(site, now)) if noun == "customer" else False
    return bool(changed) or added


def _keep_former(log: Log, customer_id: int, names: list[str], by: By) -> bool:
    """Keeps names that were a customer's once: sentences may hold them, and then they are hidden from readers."""
    known = log.rows("select distinct name from customer_versions where customer_id = ?", [customer_id])
    missing = [name for name in names if name not in {row["name"] for row in known}]
    for name in missing:
        change_id = record(log, "customer.receive", by, customer_id=customer_id)
        log.insert("customer_versions", change_id=change_id, customer_id=customer_id, name=name)
    return bool(missing)


def _settle_terms(log: Log, theme_id: int, before: Card) -> None:
    """The terms that the newest card of any site has, and those that only this copy has."""
    wanted: dict[tuple[str, str], Card] = {}
    for _, held in _held(log, "theme", theme_id):
        for term in held.get("terms", ()):
            pair = (term["our_word"], term["their_word"])
            if pair not in wanted or term["uid"] < wanted[pair]["uid"]:
                wanted[pair] = term
    for term in before.get("terms", ()):
        if (term["our_word"], term["their_word"]) not in wanted:
            log.connection.execute(
                "delete from theme_terms where theme_id = ? and our_word = ? and their_word = ?",
                [theme_id, term["our_word"], term["their_word"]],
            )
    for term in wanted.values():
        log.connection.execute(
            """insert into theme_terms (uid, theme_id, our_word, their_word, agent, added_at) values (?, ?, ?, ?, ?, ?)
                 on conflict (theme_id, our_word, their_word)
                 do update set uid = excluded.uid, agent = excluded.agent, added_at = excluded.added_at""",
            [term["uid"], theme_id, *(term[name] for name in ("our_word", "their_word", "agent", "added_at"))],
        )

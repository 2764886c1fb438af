"""The hub's side: takes in what sites sent, commits, tells them so, and only then lets the engine forget it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from feedlog import when
from feedlog.formats.entries import Answer, Entry, NoEntry, read, written
from feedlog.operations import entries_in, entries_out, erasures_in, known_sites, receipts
from feedlog.operations.leftovers import Outside
from feedlog.operations.shapes import By
from feedlog.sites.engine import Arriving, Carrier
from feedlog.sites.membership import Membership, sender
from feedlog.sites.pushing import Finish
from feedlog.store import Log
from feedlog.store.backups import snapshot
from feedlog.store.bulk import more_at_hand
from feedlog.store.upgrades import NEWEST

AT_ONCE = 500
_RECEIPTS_AT_ONCE = 2000


class Received(NamedTuple):
    """What one round did: entries taken in, erasures done, questions answered, messages that were no entries."""

    messages: int
    entries: int
    erased: int
    asked: int
    unreadable: int
    troubles: list[str]


class _Site(NamedTuple):
    """What is to be said to one sender at the end of a round."""

    receipts: list[list[str]]
    missing: list[str]
    asked: list[str]
    clock_off_seconds: list[int]
    last: list[Entry]


class Receiver:
    """Brings one copy of the hub up to what the sites have sent, a round at a time."""

    def __init__(self, log: Log, membership: Membership, carrier: Carrier, outside: Outside, finish: Finish) -> None:
        self._log, self._carrier, self._outside, self._finish = log, carrier, outside, finish
        self._by = sender(log, membership)
        uid = log.value("select value from settings where name = 'uid'")
        self.reader = f"{membership.name}-{uid}"
        self._sites: dict[str, _Site] = {}

    def start(self, copies: int) -> None:
        """Makes what is missing at the engine, and tries what was parked again; raises Away."""
        self._carrier.prepare(copies)
        self._unpark()

    def round(self, *, wait: float) -> Received:
        """Takes the next messages in, at most some hundred, waiting for them at most so many seconds; raises Away."""
        messages = self._carrier.sent_by_sites(self.reader, AT_ONCE, wait)
        entries, unreadable = self._read(messages)
        rows = [entry for _, entry in entries if entry.kind in ("note", "customer", "theme")]
        erased, troubles = self._erase([entry for _, entry in entries if entry.kind == "erasure"])
        with more_at_hand(self._log.connection), self._log.write():
            self._hear(entries)
            known_sites.keep_unreadable(self._log, unreadable, when.now())
        refused = self._take(rows, {id(entry): message for message, entry in entries})
        asked = self._look_up([entry for _, entry in entries if entry.kind == "asked"])
        self._tell_erased()
        self._answer()
        self._sites.clear()
        self._carrier.done(messages)
        return Received(len(messages), len(rows), erased, asked, len(unreadable) + refused, troubles)

    def _read(
        self, messages: Iterable[Arriving]
    ) -> tuple[list[tuple[Arriving, Entry]], list[tuple[int, str, str, int]]]:
        entries, unreadable = [], []
        for message in messages:
            try:
                entry = read(message.body)
                if message.subject.split(".")[2] != entry.site:
                    raise NoEntry(f"it says it is from {entry.site!r}, which may not send there")
                entries.append((message, entry))
            except NoEntry as error:
                unreadable.append((message.number, message.subject, str(error), len(message.body)))
        return entries, unreadable

    def _hear(self, entries: Sequence[tuple[Arriving, Entry]]) -> None:
        newest: dict[str, tuple[Arriving, Entry]] = {}
        for message, entry in entries:
            before = newest.get(entry.sender)
            if entry.kind == "heard" or before is None or before[1].kind != "heard":
                newest[entry.sender] = (message, entry)
        for message, entry in newest.values():
            off = known_sites.heard(self._log, entry, message.at, when.now())
            site = self._site(entry)
            site.clock_off_seconds.append(off)
            site.last.append(entry)

    def _site(self, entry: Entry) -> _Site:
        return self._sites.setdefault(entry.sender, _Site([], [], [], [], []))

    def _take(self, rows: list[Entry], messages: dict[int, Arriving]) -> int:
        with more_at_hand(self._log.connection):
            taken = entries_in.take_in(self._log, rows, when.now())
        for entry in taken.received:
            self._site(entry).receipts.append([entry.uid, entry.version])
        refused = [
            (messages[id(entry)].number, messages[id(entry)].subject, why, len(messages[id(entry)].body))
            for entry, why in taken.refused
        ]
        if refused:
            with self._log.write():
                known_sites.keep_unreadable(self._log, refused, when.now())
        return len(refused)

    def _erase(self, entries: Iterable[Entry]) -> tuple[int, list[str]]:
        erased, troubles = 0, []
        for entry in entries:
            try:
                done = erasures_in.take_in(self._log, entry.uid, entry.holds, when.now(), self._outside)
            except (KeyError, TypeError, ValueError) as error:
                troubles.append(f"an erasure from {entry.site} could not be read: {error}")
                continue
            if done is not None:
                erased += 1
                troubles += self._finish(done, By(entry.site, when.now()))
            self._site(entry).receipts.append([entry.uid, entry.version])
            self._unpark()
        return erased, troubles

    def _unpark(self) -> None:
        for entry in entries_in.unpark(self._log, when.now()).received:
            site = self._site(entry)
            site.receipts.append([entry.uid, entry.version])
            if not site.last:
                site.last.append(entry)
                site.clock_off_seconds.append(0)

    def _look_up(self, questions: Sequence[Entry]) -> int:
        for entry in questions:
            rows = [(str(row[0]), str(row[1])) for row in entry.holds.get("rows", ()) if len(row) == 2]
            site = self._site(entry)
            site.missing.extend(known_sites.missing(self._log, rows))
            site.asked.append(entry.uid)
        return len(questions)

    def _tell_erased(self) -> None:
        """Tells every log of the erasures this copy knows and has told nobody of, and purges what was sent of them."""
        untold = self._log.rows(
            """select * from erasures where finished_at is not null
                  and uid not in (select uid from receipts where sent_at is not null) order by id"""
        )
        for row in untold:
            with snapshot(self._log):
                holds = entries_out.erasure(self._log, row)
                told = entries_out.Sending(self._log, self._by, when.now()).entry("erasure", row["uid"], holds)
            self._carrier.forget(holds["marks"], () if holds["marks"] else holds["uids"])
            self._carrier.tell_erased(row["uid"], written(told))
            receipts.sent(self._log, [(row["uid"], told.version)], when.now())

    def _answer(self) -> None:
        for sent_by, site in self._sites.items():
            [*_, entry] = site.last
            for part in _portions(site.receipts):
                answer = Answer(
                    sender=sent_by,
                    receipts=part,
                    missing=site.missing,
                    asked=",".join(site.asked),
                    parked=known_sites.parked_of(self._log, sent_by),
                    clock_off_seconds=site.clock_off_seconds[-1],
                    namesakes=known_sites.namesakes(self._log, entry),
                    schema=NEWEST,
                    answered_at=when.now(),
                )
                self._carrier.answer(entry.site, [written(answer)])


def _portions(listed: list[list[str]]) -> Iterator[list[list[str]]]:
    """Parts of a list, one part at least: an answer may hold no receipts."""
    for start in range(0, max(1, len(listed)), _RECEIPTS_AT_ONCE):
        yield listed[start : start + _RECEIPTS_AT_ONCE]

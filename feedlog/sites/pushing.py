"""A site's side: sends what has no receipt, takes the hub's receipts in, and erases what was erased elsewhere."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

from feedlog import when
from feedlog.formats.entries import Entry, NoEntry, read, read_answer, written
from feedlog.operations import entries_out, erasures_in, known_sites, receipts
from feedlog.operations.erasing import Erased
from feedlog.operations.leftovers import Outside
from feedlog.operations.shapes import By
from feedlog.sites.engine import LARGEST_MESSAGE_BYTES, Carrier, Message
from feedlog.sites.membership import Membership, sender
from feedlog.store import Log
from feedlog.store.backups import snapshot
from feedlog.store.ids import new_uid

AT_ONCE = 500
# The engine took it and no receipt came: it is sent again after so long, whatever became of it.
AGAIN_AFTER_SECONDS = 3600
_MOST_ANSWERS = 500
_SHORT, _ENOUGH = 0.05, LARGEST_MESSAGE_BYTES * 4

# Removes the traces an erasure left in files; returns why where any remain.
Finish = Callable[[Erased, By], list[str]]


class Pushed(NamedTuple):
    """What one round did: entries handed to the engine, receipts that came, erasures done, rows too large to carry."""

    sent: int
    received: int
    erased: int
    too_large: list[str]
    troubles: list[str]


class Pusher:
    """Keeps one site's log in step with the hub, a round at a time."""

    def __init__(self, log: Log, membership: Membership, carrier: Carrier, outside: Outside, finish: Finish) -> None:
        self._log, self._carrier, self._outside, self._finish = log, carrier, outside, finish
        self._by = sender(log, membership)
        self._reader = f"site-{membership.sender}"
        self._troubles: list[str] = []
        self._too_large: dict[str, None] = {}
        self._questions: set[str] = set()
        self._anew: set[str] = set()
        self.missing = 0  # rows that the hub said it does not hold, though it had given a receipt

    def round(self, *, wait: float = _SHORT) -> Pushed:
        """Listens, sends everything that waits, and listens again for at most `wait` seconds; raises Away."""
        self._troubles.clear()
        erased, received = self._forget(), self._listen(_SHORT)
        sent = 0
        for messages in self._messages():
            taken = self._carrier.send(messages)
            receipts.sent(self._log, ((one.uid, one.version) for one in taken), when.now())
            sent += len(taken)
        received += self._listen(wait)
        self._move_reach()
        return Pushed(sent, received, erased, [*self._too_large], [*self._troubles])

    def waiting(self) -> int:
        """How many rows have no receipt."""
        return receipts.count(self._log, self._by.joined_at)[0]

    def greet(self) -> None:
        """Tells the hub who is here and how much waits, also when nothing does."""
        waiting, oldest = receipts.count(self._log, self._by.joined_at)
        self._ask("heard", {"waiting": waiting, "oldest_at": oldest})

    def ask(self) -> int:
        """Asks the hub of every row with a receipt whether it still holds it; returns of how many.

        What it misses loses its receipt when the answer comes, and is sent again by the rounds after that.
        """
        asked = 0
        for rows in receipts.sent_rows(self._log):
            self._questions.add(self._ask("asked", {"rows": [list(row) for row in rows]}))
            asked += len(rows)
        return asked

    @property
    def is_answered(self) -> bool:
        """Whether the hub has answered all that `ask` asked."""
        return not self._questions

    def _ask(self, kind: str, holds: dict[str, object]) -> str:
        with snapshot(self._log):
            entry = entries_out.Sending(self._log, self._by, when.now()).entry(kind, new_uid(), holds)
        message = Message(self._by.site, "", entry.uid, entry.version, entry.uid, written(entry))
        if not self._carrier.send([message]):
            self._troubles.append("the hub did not take a question in time")
        return entry.uid

    def _messages(self) -> Iterator[list[Message]]:
        """What waits and was not sent lately, some hundred at a time; a row once."""
        since = when.stored(when.clock() - timedelta(seconds=AGAIN_AFTER_SECONDS))
        done: dict[str, set[int]] = {}
        for part in receipts.waiting(self._log, self._by.joined_at, sent_before=since):
            ids = [row_id for row_id in part.ids if row_id not in done.setdefault(part.kind, set())]
            done[part.kind].update(ids)
            for start in range(0, len(ids), AT_ONCE):
                with snapshot(self._log):
                    sending = entries_out.Sending(self._log, self._by, when.now())
                    entries = sending.of(part.kind, ids[start : start + AT_ONCE])
                yield from self._in_portions(entries)

    def _in_portions(self, entries: list[Entry]) -> Iterator[list[Message]]:
        """Messages, so many that what is on its way at once stays small."""
        portion: list[Message] = []
        size = 0
        for entry in entries:
            body = written(entry)
            if len(body) > LARGEST_MESSAGE_BYTES - 4096:
                self._too_large[entry.uid] = None
                continue
            if size + len(body) > _ENOUGH:
                yield portion
                portion, size = [], 0
            # The engine drops what it was given minutes ago, under the same id; what the hub lost since must pass.
            again = f"#{new_uid()}" if entry.uid in self._anew else ""
            known_as = f"{entry.uid}#{entry.version}{again}"
            portion.append(Message(entry.site, entry.mark, entry.uid, entry.version, known_as, body))
            size += len(body)
        if portion:
            yield portion

    def _listen(self, wait: float) -> int:
        """Takes the hub's answers in; returns how many receipts were news."""
        received = 0
        while messages := self._carrier.answers(self._reader, self._by.site, _MOST_ANSWERS, wait):
            for message in messages:
                try:
                    answer = read_answer(message.body)
                except NoEntry:
                    continue
                if answer.sender != self._by.sender:
                    continue
                received += receipts.received(self._log, ((uid, at) for uid, at in answer.receipts), when.now())
                if answer.missing:
                    receipts.doubt(self._log, answer.missing)
                    self.missing += len(answer.missing)
                    self._anew.update(answer.missing)
                self._questions.difference_update(answer.asked.split(","))
                known_sites.heard_from_hub(self._log, self._by, answer)
            self._carrier.done(messages)
            wait = _SHORT
        return received

    def _forget(self) -> int:
        """Does what was erased elsewhere; returns how many erasures were news."""
        erased = 0
        while messages := self._carrier.erasures(self._reader, _MOST_ANSWERS, _SHORT):
            for message in messages:
                try:
                    entry = read(message.body)
                    done = erasures_in.take_in(self._log, entry.uid, entry.holds, when.now(), self._outside)
                except (NoEntry, KeyError, TypeError, ValueError) as error:
                    self._troubles.append(f"an erasure could not be read: {error}")
                    continue
                if done is not None:
                    erased += 1
                    self._troubles += self._finish(done, By("feedlog", when.now()))
            self._carrier.done(messages)
        return erased

    def _move_reach(self) -> None:
        with snapshot(self._log):
            newest = int(self._log.value("select coalesce(max(id), 0) from changes"))
            left = next(receipts.waiting(self._log, self._by.joined_at), None)
        if left is None:
            receipts.move_reach(self._log, self._by.joined_at, newest)

"""What `feedlog site` does and says. Loads the engine, so that it is loaded only by the commands that need it."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from feedlog import when
from feedlog.cli import forgetting, printing
from feedlog.cli.session import Session
from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations import receipts
from feedlog.store import Log

try:
    from feedlog.sites import kit, membership
    from feedlog.sites.engine import Away, Carrier, Node, start_command
    from feedlog.sites.following import Follower, beside
    from feedlog.sites.membership import Membership
    from feedlog.sites.pushing import Finish, Pushed, Pusher
    from feedlog.sites.receiving import Receiver
    from feedlog.sites.reporting import status as status_of
except ModuleNotFoundError as missing:
    if missing.name not in ("nats", "nkeys", "nacl"):
        raise
    raise Refused(
        "The packages that carry notes between sites are not installed.",
        hint='Install them: pip install "feedlog[sites]"',
    ) from missing

_AFTER_TROUBLE_SECONDS = 0.5


# --- init ------------------------------------------------------------------------------------------------------


def write_kit(
    folder: str, nodes: tuple[str, ...], sites: tuple[str, ...], tls: tuple[str | None, str | None, str | None]
) -> kit.Kit:
    """Writes the folders of a hub and its sites; raises WrongUsage for addresses that are none, and as `kit.write`."""
    certificate = None
    if any(tls):
        cert, key, authority = tls
        if not (cert and key and authority):
            raise WrongUsage("TLS needs three files.", hint="Name --tls-cert, --tls-key and --tls-ca.")
        certificate = kit.Certificate(cert, key, authority)
    places = [_node(one) for one in nodes]
    if not places and not os.path.exists(os.path.join(folder, "kit.json")):
        raise WrongUsage("A hub needs a node.", hint="Name its host: --node 127.0.0.1:4222")
    named = {}
    for one in sites:
        name, _, place = one.partition("=")
        named[name] = _node(place or f"127.0.0.1:{kit.PORT}")
    return kit.write(os.path.abspath(folder), places, named, certificate)


def _node(text: str) -> Node:
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(kit.PORT)
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) <= 65535 - 3200:
        raise WrongUsage(f"{text!r} is no address.", hint="Name a host and a port below 62336: 127.0.0.1:4222")
    return Node(host.strip("[]"), int(port))


def join(session: Session, folder: str) -> dict[str, Any]:
    """Makes this log what the folder was written for."""
    joined = membership.join(session.write(), os.path.abspath(folder))
    started = None if joined.is_hub else start_command(os.path.abspath(folder), "leaf.conf")
    return {"name": joined.name, "log": session.path, "command": started}


# --- push, hub, verify -----------------------------------------------------------------------------------------


def push(session: Session, wait: float) -> dict[str, Any]:
    """Rounds until nothing waits, or for `wait` seconds; raises Away where the hub could not be reached at all."""
    log, joined = _member(session, hub=False)
    totals = Pushed(0, 0, 0, [], [])
    reached = False
    trouble: Away | None = None
    deadline = time.monotonic() + wait
    for pusher in _connected(log, joined, session, deadline):
        try:
            while True:
                done = pusher.round(wait=min(0.2, wait))
                reached = True
                totals = Pushed(
                    totals.sent + done.sent,
                    totals.received + done.received,
                    totals.erased + done.erased,
                    done.too_large,
                    [*totals.troubles, *done.troubles],
                )
                if not pusher.waiting() or time.monotonic() > deadline:
                    pusher.greet()
                    return _pushed(log, joined, totals)
        except Away as error:
            trouble = error
    if not reached and trouble:
        raise trouble
    return _pushed(log, joined, totals)


def _pushed(log: Log, joined: Membership, totals: Pushed) -> dict[str, Any]:
    waiting, oldest = receipts.count(log, membership.sender(log, joined).joined_at)
    return {**totals._asdict(), "waiting": waiting, "oldest_at": oldest}


def _connected(log: Log, joined: Membership, session: Session, deadline: float) -> Iterator[Pusher]:
    """Connections, one after the other, until the time is over; at least one is tried. Raises Away where none came."""
    while True:
        try:
            with Carrier(membership.access(log.path, joined)) as carrier:
                yield Pusher(log, joined, carrier, forgetting.outside(session), _finish(session)(log))
        except Away:
            if time.monotonic() > deadline:
                raise
        if time.monotonic() > deadline:
            return
        time.sleep(_AFTER_TROUBLE_SECONDS)


def take_in(session: Session, wait: float) -> dict[str, Any]:
    """Rounds until nothing has come for `wait` seconds."""
    log, joined = _member(session, hub=True)
    totals = {"entries": 0, "erased": 0, "asked": 0, "unreadable": 0}
    troubles: list[str] = []
    with Carrier(membership.access(log.path, joined)) as carrier:
        receiver = Receiver(log, joined, carrier, forgetting.outside(session), _finish(session)(log))
        receiver.start(joined.copies)
        while True:
            done = receiver.round(wait=max(0.05, wait))
            for name in totals:
                totals[name] += getattr(done, name)
            troubles += done.troubles
            if not done.messages:
                return {**totals, "troubles": troubles}


def verify(session: Session, wait: float) -> dict[str, Any]:
    """Asks of every row with a receipt, and sends again what the hub does not hold."""
    log, joined = _member(session, hub=False)
    with Carrier(membership.access(log.path, joined)) as carrier:
        pusher = Pusher(log, joined, carrier, forgetting.outside(session), _finish(session)(log))
        asked = pusher.ask()
        deadline = time.monotonic() + wait
        while True:
            pusher.round(wait=0.2)
            over = pusher.is_answered and not pusher.waiting()
            if over or time.monotonic() > deadline:
                break
        return {
            "asked": asked,
            "answered": pusher.is_answered,
            "missing": pusher.missing,
            "waiting": pusher.waiting(),
        }


def status(session: Session) -> dict[str, Any]:
    """How this site is, or as the hub all of them."""
    log = session.read()
    return {**status_of(log, membership.beside(log.path))}


def follow(session: Session, *, hub: bool) -> None:
    """Sends or takes in until Ctrl-C or SIGTERM."""
    _member(session, hub=hub)
    end = threading.Event()
    before = {number: signal.signal(number, lambda *_: end.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        follower(session, printing.talk, end).run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def follower(session: Session, told: Callable[[str], object], end: threading.Event) -> Follower:
    """What keeps this log in step with the hub until `end` is set."""
    return Follower(session.path, session.config.languages, forgetting.outside(session), _finish(session), told, end)


@contextmanager
def following(session: Session) -> Iterator[None]:
    """Sends, or takes in, beside what the block does; refuses a log that is neither site nor hub."""
    membership.beside(session.path)
    end = threading.Event()
    thread = beside(follower(session, printing.talk, end))
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _finish(session: Session) -> Callable[[Log], Finish]:
    def of(log: Log) -> Finish:
        return lambda erased, by: forgetting.finish(session, log, erased, by)[1]

    return of


def _member(session: Session, *, hub: bool) -> tuple[Log, Membership]:
    log = session.change()
    joined = membership.beside(log.path)
    if joined.is_hub and not hub:
        raise Refused("This log is the hub's, which sends to nobody.", hint="Take in with: feedlog site hub")
    if hub and not joined.is_hub:
        raise NotFound(f"This log is the site {joined.name}, not the hub.", hint="Send with: feedlog site push")
    return log, joined


# --- in words --------------------------------------------------------------------------------------------------


def pushed_in_words(found: dict[str, Any]) -> list[str]:
    """What a push did."""
    lines = [f"{found['sent']} sent, {printing.many(found['received'], 'receipt')}"]
    if found["erased"]:
        lines.append(f"{printing.many(found['erased'], 'erasure')} from elsewhere done here, too")
    if found["waiting"]:
        lines.append(f"{found['waiting']} without a receipt yet; they stay in the log and are sent again")
    for uid in found["too_large"]:
        lines.append(f"The row {uid} is too large to be carried and stays here.")
    return [*lines, *found["troubles"]]


def taken_in_words(found: dict[str, Any]) -> list[str]:
    """What the hub took in."""
    lines = ["1 entry taken in" if found["entries"] == 1 else f"{found['entries']} entries taken in"]
    if found["erased"]:
        lines.append(f"{printing.many(found['erased'], 'erasure')} done here, too")
    if found["asked"]:
        lines.append(f"{printing.many(found['asked'], 'question')} answered")
    if found["unreadable"]:
        lines.append(f"{printing.many(found['unreadable'], 'message')} left out: see feedlog site status")
    return [*lines, *found["troubles"]]


def verified_in_words(found: dict[str, Any]) -> list[str]:
    """What the hub said to the question."""
    if not found["answered"]:
        return [
            f"{printing.many(found['asked'], 'row')} asked of, and the hub has not answered yet.",
            "When it does, the next `feedlog site push` sends again what it misses.",
        ]
    if not found["missing"]:
        return ["The hub holds the one row." if found["asked"] == 1 else f"The hub holds all {found['asked']} rows."]
    left = f"; {found['waiting']} wait for their receipt" if found["waiting"] else ", and they are there again"
    return [f"Of {found['asked']} rows the hub missed {found['missing']}{left}."]


def status_in_words(session: Session, found: dict[str, Any]) -> list[str]:
    """A line a site, then the faults."""
    lines = []
    for site in found["sites"]:
        said = f"{site['waiting']} waiting" if site["waiting"] else "nothing waiting"
        if site["oldest_at"]:
            said += f", the oldest since {when.spoken(site['oldest_at'], now=session.now)}"
        if site["heard_at"]:
            said += f" · heard {when.spoken(site['heard_at'], now=session.now)}"
        lines.append(f"{site['site']}: {said}")
    if found["in_stream"] is not None:
        lines.append(f"hub: {printing.many(found['in_stream'], 'message')} to take in")
    return [*lines, *found["faults"]]

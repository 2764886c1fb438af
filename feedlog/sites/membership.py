"""Which site a log is, or that it is the hub's: a few files beside the log that only its owner can read."""

import json
import os
from typing import NamedTuple

from feedlog import when
from feedlog.errors import NotFound, NotStored, Refused
from feedlog.operations.entries_out import Sender
from feedlog.operations.marks import SECRET_NAME
from feedlog.sites.engine import Access
from feedlog.store import Log, sharing
from feedlog.store.ids import new_uid

FILE = "site.json"
SEED = "site.seed"
AUTHORITY = "ca.pem"
HUB = "hub"
_LONGEST_NAME = 40
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class Membership(NamedTuple):
    """What a log is among the sites: its name, how it reaches the hub, and what tells it from others of its name.

    `copies` is on how many nodes the hub keeps messages. `sender` and `joined_at` are empty in a folder that no log has
    joined with yet.
    """

    name: str
    servers: list[str]
    copies: int
    sender: str = ""
    joined_at: str = ""

    @property
    def is_hub(self) -> bool:
        """Whether this log is the hub's, or a copy of it."""
        return self.name == HUB


def checked_name(name: str) -> str:
    """A site's name; raises Refused for one that could not stand in the engine's subjects or means the hub."""
    if not 1 <= len(name) <= _LONGEST_NAME or not _LETTERS.issuperset(name) or name.startswith("-"):
        raise Refused(
            f"{name!r} cannot be the name of a site.",
            hint="Use the letters a to z, digits and dashes: aarhus, malmo-2.",
        )
    if name == HUB:
        raise Refused("A site cannot be called hub.", hint="The hub has that name; choose the town's.")
    return name


def beside(log_path: str) -> Membership:
    """What the log at this path is; raises NotFound for one that stands alone."""
    folder = os.path.dirname(log_path)
    try:
        return read(folder)
    except FileNotFoundError as error:
        raise NotFound(
            f"This log is no site: {log_path}.", hint="Join with: feedlog site init leaf FOLDER (see docs/sites.md)"
        ) from error


def is_member(log_path: str) -> bool:
    """Whether a log belongs to the sites of a firm."""
    return os.path.exists(os.path.join(os.path.dirname(log_path), FILE))


def read(folder: str) -> Membership:
    """The membership in a folder; raises FileNotFoundError where there is none, Refused for one that is damaged."""
    path = os.path.join(folder, FILE)
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        told = Membership(**found)
        shapes = (str, list, int, str, str)
        if not all(map(isinstance, told, shapes)):
            raise ValueError(path)
        return told
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError) as error:
        raise Refused(f"{path} cannot be read: {error}.", hint="Join again: feedlog site init leaf FOLDER") from error


def write(folder: str, membership: Membership) -> None:
    """Writes the membership into a folder, readable only to its owner."""
    private(os.path.join(folder, FILE), json.dumps(membership._asdict(), indent=1) + "\n")


def join(log: Log, folder: str) -> Membership:
    """Makes a log the site (or the hub) that a folder was written for; again, after the log was restored.

    Raises Refused for a folder that is none, NotStored where the files cannot be put beside the log.
    """
    try:
        given = read(folder)
    except FileNotFoundError as error:
        raise Refused(
            f"There is no {FILE} in {folder}.", hint="Name the folder that `feedlog site init hub` wrote for this site."
        ) from error
    place = os.path.dirname(log.path) or "."
    sender = since = ""
    if is_member(log.path):
        before = read(place)
        if before.name != given.name:
            raise Refused(
                f"This log is {before.name} already, and the folder is for {given.name}.",
                hint="Each site has a log of its own: name another with --db",
            )
        sender, since = before.sender, before.joined_at
    joined = given._replace(sender=sender or new_uid(), joined_at=_later(when.now(), since))
    for name in (SEED, SECRET_NAME, AUTHORITY):
        source = os.path.join(folder, name)
        if os.path.exists(source) and not _same(source, os.path.join(place, name)):
            with open(source, "rb") as file:
                private(os.path.join(place, name), file.read(), log.path)
    private(os.path.join(place, FILE), json.dumps(joined._asdict(), indent=1) + "\n", log.path)
    return joined


def _later(now: str, since: str) -> str:
    """A text that is greater than the one before, whatever the clock says."""
    return now if now > since else since + "+"


def _same(one: str, other: str) -> bool:
    return os.path.exists(other) and os.path.samefile(one, other)


def access(log_path: str, membership: Membership) -> Access:
    """How this log reaches the hub."""
    folder = os.path.dirname(log_path)
    authority = os.path.join(folder, AUTHORITY)
    secure = any(server.startswith("tls:") for server in membership.servers)
    return Access(tuple(membership.servers), os.path.join(folder, SEED), authority if secure else None, membership.name)


def sender(log: Log, membership: Membership) -> Sender:
    """Who sends from this log. After a restore it counts anew: the hub may hold what was lost, by the same numbers."""
    restored = log.value("select max(made_at) from changes where action = 'log.restore'") or ""
    with open(os.path.join(os.path.dirname(log.path), SECRET_NAME), "rb") as file:
        secret = file.read()
    return Sender(membership.name, membership.sender, max(membership.joined_at, restored), secret)


def private(path: str, text: str | bytes, log_path: str | None = None) -> None:
    """Writes a file that only its owner can read (where a group shares the log, the group); whole or not at all."""
    written = text.encode() if isinstance(text, str) else text
    draft = f"{path}.{os.getpid()}"
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o660 if log_path and sharing.is_shared(log_path) else 0o600)
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        raise NotStored(
            f"{path} cannot be written: {error.strerror}.", hint="Choose a folder you may write to."
        ) from error

"""Copies for colleagues: one file a letter, in a folder of each colleague's own inside the outbox."""

import os
import re
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

from feedlog.errors import NotStored

DRAFT = "DRAFT, not sent yet"
_LONGEST_BYTES = 100


def folder_name(agent: str) -> str:
    """The agent's name as a folder's: no slash, no leading dot, no control character, and short enough for any disk.

    A name that had to be changed gets a mark of its own, so that two agents never share a folder.
    """
    safe = re.sub(r"[^\w@+. -]", "_", agent).strip(". ").encode()[:_LONGEST_BYTES].decode("utf-8", "ignore").strip(". ")
    return safe if safe == agent else f"{safe or '_'}-{zlib.crc32(agent.encode()):08x}"


def path_of(outbox: str, agent: str, letter_id: int) -> str:
    """Where a colleague finds their copy."""
    return os.path.join(outbox, folder_name(agent), f"letter-{letter_id}.txt")


class Staged:
    """Copies that are written but do not show yet.

    `put` shows them; leaving the block without it, for whatever reason, takes them away. So a disk that is full is
    found out while the letter can still be left as it was.
    """

    def __init__(self, outbox: str) -> None:
        self._outbox = outbox
        self._waiting: list[tuple[str, str]] = []

    def write(self, agents: Sequence[str], letter_id: int, text: str, *, sent: bool) -> None:
        """Writes a copy for each agent, readable only by the owner of the outbox; raises NotStored."""
        told = text if sent else f"{DRAFT}\n\n{text}"
        for agent in agents:
            path = path_of(self._outbox, agent, letter_id)
            try:
                os.makedirs(self._outbox, mode=0o700, exist_ok=True)
                os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
                descriptor, unfinished = tempfile.mkstemp(
                    ".part",
                    f"letter-{letter_id}.",
                    os.path.dirname(path),  # named so that an erasure finds it, too
                )
                self._waiting.append((unfinished, path))
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(f"{told}\n")
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise NotStored(
                    f"The copy for {agent} cannot be written to {path}: {error.strerror}.",
                    hint="The letter is as it was. Check the setting outbox, or leave --cc out.",
                ) from error

    def put(self) -> list[str]:
        """Shows the copies, each in the place of an earlier one; returns their paths. The letter is stored by then."""
        paths = []
        while self._waiting:
            unfinished, path = self._waiting[-1]
            try:
                os.replace(unfinished, path)
            except OSError as error:
                raise NotStored(
                    f"The letter is stored, but its copy cannot be put at {path}: {error.strerror}.",
                    hint="Make way there, and write one with: feedlog letter show ID -o FILE",
                ) from error
            self._waiting.pop()
            paths.append(path)
        return paths[::-1]

    def __enter__(self) -> "Staged":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for unfinished, _ in self._waiting:
            with suppress(OSError):
                os.unlink(unfinished)

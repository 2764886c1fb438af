"""One call of the command line: its settings, its log, and who makes the changes."""

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from feedlog import when
from feedlog.config import Config
from feedlog.errors import WrongUsage

if TYPE_CHECKING:
    from datetime import datetime

    from feedlog.operations.shapes import By
    from feedlog.store import Log


class Session:
    """Made once a call and handed to every command as the context's object."""

    def __init__(self, db: str | None = None) -> None:
        self.config = Config(db=db)
        self._given: dict[str, str | None] = {"db": db}
        self.now: datetime = when.clock()

    def set_agent(self, agent: str | None) -> None:
        """Takes the command's own --agent into account."""
        self._settle(agent=agent)

    def set_pii(self, policy: str | None) -> None:
        """Takes the command's own --pii into account."""
        self._settle(pii=policy)

    def _settle(self, **given: str | None) -> None:
        self._given.update(given)
        self.config = Config(**self._given)

    @property
    def path(self) -> str:
        """Where the log is."""
        return self.config["db"]

    def by(self, on_behalf_of: str | None = None) -> "By":
        """Who makes the changes of this call, now."""
        from feedlog.operations import checks
        from feedlog.operations.shapes import By

        self.config.value("pii")  # a policy that is none is refused before a text is asked for
        colleague = None if on_behalf_of is None else checks.label(on_behalf_of, "colleague's name")
        return By(checks.label(self.config["agent"], "agent"), when.now(), colleague)

    def write(self) -> "Log":
        """The log, open for writing and closed when the call ends; made where it is missing."""
        from feedlog.store import open_for_writing

        log = open_for_writing(self.path, self.config.languages)
        _tell_of_upgrade(log)
        click.get_current_context().call_on_close(log.close)
        return log

    def change(self) -> "Log":
        """The log, open for writing, for commands that change what is there and so never make it."""
        self.read().close()
        return self.write()

    def read(self) -> "Log":
        """The log, read-only and closed when the call ends."""
        from feedlog.store import open_for_reading

        log = open_for_reading(self.path)
        _tell_of_upgrade(log)
        click.get_current_context().call_on_close(log.close)
        return log


def _tell_of_upgrade(log: "Log") -> None:
    if log.kept_before_upgrade:
        from feedlog.cli import printing

        printing.talk(f"The log was upgraded. As it was before, it is kept as {log.kept_before_upgrade}.")


def pass_session(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hands a command the session of its call as first argument."""

    @click.pass_context
    def with_session(context: click.Context, /, *words: Any, **options: Any) -> Any:
        return command(context.find_object(Session), *words, **options)

    return functools.update_wrapper(with_session, command)


def text_from(words: str | None, what: str) -> str:
    """A text: the argument, else what is piped in (`-` too), else one line typed at a prompt.

    A prompt takes anything raw, so nobody has to think of the shell's quoting. Raises WrongUsage where there is none.
    """
    if words is not None and words != "-":
        return words
    if words == "-" or not sys.stdin.isatty():
        return piped()
    return prompted(what)


def piped() -> str:
    """What is piped in, decoded; says so where it was not UTF-8."""
    from feedlog.cli import printing
    from feedlog.language.decoding import decode
    from feedlog.vocabulary import LONGEST_TEXT_BYTES

    read = decode(sys.stdin.buffer.read(LONGEST_TEXT_BYTES * 4))
    printing.talk(read.warning or "")
    return read.text


def prompted(what: str) -> str:
    """One line typed at a prompt on the terminal, with the line editing the terminal offers."""
    import contextlib

    from feedlog.cli import printing

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (gives input() its arrow keys)
    printing.talk(what)
    try:
        typed = input("> ")
    except EOFError:
        raise WrongUsage("Nothing was typed.", hint="Type a sentence, or press Ctrl-C to leave.") from None
    return readable(typed)


def readable(typed: str) -> str:
    """What was typed, where its terminal does not send UTF-8 read as Windows-1252; says so."""
    from feedlog.cli import printing
    from feedlog.language.decoding import decode

    read = decode(typed.encode("utf-8", "surrogateescape"))
    printing.talk(read.warning or "")
    return read.text

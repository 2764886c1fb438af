"""One call of the command line: its settings, its log, and who makes the changes."""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from feedlog import when
from feedlog.config import Config
from feedlog.errors import FeedlogError, NotStored, WrongUsage

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


@contextmanager
def given_back(reader: Callable[[], str], *, passing: bool, typed: str = "") -> Iterator[Callable[[], str]]:
    """A way to read a text that has no spool; where the call fails, before or after, the text is shown, masked.

    `passing`: it is piped in or typed at a prompt, so it may stand nowhere else. `typed` on the command line it stands
    in a shell's history at best: that is shown where the log could not take it, not for a slip in the options.
    """
    read: list[str] = []

    def text() -> str:
        read.append(reader())
        return read[0]

    try:
        yield text
    except (Exception, KeyboardInterrupt) as failed:
        words = read[0] if read else typed
        if passing and not read and isinstance(failed, FeedlogError):
            words = waiting_in_a_pipe()
        if passing or (typed and isinstance(failed, NotStored | KeyboardInterrupt)):
            show_again(words)
        raise


def show_again(text: str) -> None:
    """Shows a text that could not be stored, ID numbers masked."""
    from feedlog.cli import printing
    from feedlog.operations import masking

    printing.talk(masking.unnumbered(text))


def waiting_in_a_pipe() -> str:
    """What is piped in and was not read yet; nothing where it would come from a terminal or a file."""
    if stdin_is_a_pipe():
        with suppress(WrongUsage):  # what is no text cannot be shown
            return piped()
    return ""


def stdin_is_a_pipe() -> bool:
    """Not a terminal, and not a file, which keeps what was read from it."""
    import os
    import stat

    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)  # some programs pipe through sockets


def prompted(what: str) -> str:
    """One line typed at a prompt on the terminal, with the line editing the terminal offers."""
    from feedlog.cli import printing

    with suppress(ImportError):
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

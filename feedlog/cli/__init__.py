"""The command line: one file a command, loaded only when called. The only place that prints."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from feedlog.cli.session import Session
from feedlog.errors import FeedlogError, NotStored

# Listed by hand: nothing is discovered, and `feedlog --help` need not load every command.
COMMANDS = {
    "add": "Log what a customer said.",
    "search": "Find notes by words.",
    "list": "The newest notes.",
    "show": "One note with everything that hangs on it.",
    "similar": "Who else said this.",
    "brief": "One screen before contact.",
    "due": "Open promises, overdue first.",
    "promise": "Promises: add, keep, break, move, hand, show, list, rate.",
    "response": "What was done about a note: apologised, solved, told.",
    "letter": "Letters: write, edit, check, sent, show, list, template.",
    "customer": "Customers: list, show, set, merge.",
    "fact": "What not to ask again: add, remove, list.",
    "tag": "Put a theme on notes, or take it off.",
    "theme": "Themes: list, show, set, merge, split, suggest.",
    "words": "What customers say here more than elsewhere.",
    "correct": "Write a misheard sentence down again.",
    "undo": "Take back the last thing you did.",
    "history": "Who changed what, when, and for whom.",
    "import": "Take in a file from another system.",
    "export": "Give the notes, or the whole log, to other programs.",
    "warehouse": "Years of notes as Parquet: export, query.",
    "publish": "Write the pages' file anew.",
    "serve": "Show the pages in the browser.",
    "site": "Sites: init, push, hub, verify, status.",
    "user": "Who may log in to the pages.",
    "dossier": "Everything we hold of one customer.",
    "erase": "Erase a customer for good, in every file.",
    "purge": "Erase what was said long ago.",
    "backup": "Write a checked copy of the log.",
    "restore": "Put a backup in the log's place.",
    "recover": "Take in texts that could not be stored.",
    "reindex": "Make the search index anew.",
    "init": "Make the log, and share it with a group.",
    "doctor": "Check that everything is sound.",
    "path": "Where the log is.",
    "config": "Every setting and where it comes from.",
    "completion": "Tab completion for your shell.",
    "demo": "See feedlog at work on sample notes.",
}


# The commands somebody waits for with a customer on the phone.
QUICK = {"add", "search", "list", "show", "similar", "brief", "due", "path"}


class ReaderLeft(Exception):
    """Whoever read our output has enough (`feedlog list | head`); what was to be written to the log is written."""


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderLeft from error  # click would call it a failure


@contextmanager
def _damage_is_said(context: click.Context) -> Iterator[None]:
    """A fault of feedlog's own is one, unless the disk refused or the log is damaged: no code is ready for all that."""
    try:
        yield
    except EOFError as error:
        from feedlog import bytecode

        path = bytecode.removed(error)
        if not path:
            raise
        raise FeedlogError(bytecode.said(path), hint=bytecode.HINT) from error
    except FeedlogError as error:
        if isinstance(error.__cause__, EOFError):  # its text is kept; the next call shall not fail for the same reason
            from feedlog import bytecode

            bytecode.removed(error.__cause__)
        raise
    except (click.ClickException, click.exceptions.Exit, click.Abort, OSError):
        raise
    except Exception as error:
        import sqlite3

        from feedlog.store import backups, failures

        if context.obj is None:
            raise
        if isinstance(error, sqlite3.Error):
            ours = failures.as_ours(error, context.obj.path, writing=False)
            if ours is not None:
                raise ours from error
        if not backups.is_damaged(context.obj.path):
            raise
        raise failures.damaged(context.obj.path, writing=False) from error


class LazyGroup(click.Group):
    """A group that knows its commands' names and loads the one that is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [*COMMANDS]  # not list(): once `feedlog list` is loaded, that name is its module

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        import importlib  # here: `feedlog --help` needs none of them

        full_name = f"feedlog.cli.{name}{'_' if name == 'import' else ''}"
        try:
            module = importlib.import_module(full_name)
        except EOFError:
            from feedlog import bytecode

            module = bytecode.loaded(full_name)
        command: click.Command = module.command
        return command

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if words and words[0] not in COMMANDS and not words[0].startswith("-"):
            from difflib import get_close_matches  # here: only after a slip

            close = get_close_matches(words[0], COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(f"There is no command {words[0]!r}.{hint}", context)
        return super().resolve_command(context, words)

    def make_context(self, *words: Any, **options: Any) -> click.Context:
        with _reader_may_leave():  # --help prints here
            return super().make_context(*words, **options)

    def invoke(self, context: click.Context) -> Any:
        with _reader_may_leave(), _damage_is_said(context):
            return super().invoke(context)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--db", metavar="PATH", help="The log. Otherwise FEEDLOG_DB, the config file, the platform's data folder."
)
@click.version_option(package_name="feedlog", message="feedlog %(version)s")
@click.pass_context
def group(context: click.Context, db: str | None) -> None:
    """Write down what customers actually said, in their own words, and find out who else said it.

    \b
    feedlog add "Pakken kom tre uger for sent" -c K-1042 -t delivery
    feedlog search forsinket
    feedlog COMMAND --help
    """
    context.obj = session = Session(db=db)
    from feedlog.operations import masking  # here: help needs no policy

    masking.begin(lambda: session.config["pii"])
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def script() -> None:
    """`main` as the shell calls it. A call that is over in a moment spares Python's collecting and tidying up."""
    quick = any(word in QUICK for word in sys.argv[1:4])
    if quick:
        gc.disable()
    try:
        main()
    except SystemExit as end:
        if quick and isinstance(end.code, int):
            # The log is closed and everything is printed; taking the modules down would take a tenth of the call.
            sys.stderr.flush()
            os._exit(end.code)
        raise


def main(words: list[str] | None = None) -> None:
    """Runs one call and exits: 0 done, 1 refused or not found, 2 wrong usage, 75 not stored but kept in the spool."""
    _open_streams()
    # A terminal may send Windows-1252; one that cannot show a letter must not make a saved note look like a failure.
    for stream, errors in (
        (sys.stdin, "surrogateescape"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)
    try:
        status = _run(_readable(sys.argv[1:] if words is None else words))
    except (ReaderLeft, BrokenPipeError):
        status = 0
    try:
        sys.stdout.flush()
    except OSError:
        from feedlog.cli import printing

        printing.let_go()
    sys.exit(status)


def _open_streams() -> None:
    """Where a caller closed one of the three streams (`<&-`), the null device takes its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  (stays open to the end)


def _run(words: list[str]) -> int:
    from feedlog.cli import printing

    try:
        done = group.main(words, prog_name="feedlog", standalone_mode=False)
        printing.flush()
        _tell_of_numbers()
        return done if isinstance(done, int) else 0
    except click.ClickException as error:
        printing.complain(error.format_message(), _usage_hint(error))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        printing.talk("Stopped.")
        return 130
    except FeedlogError as error:
        printing.complain(error.message, error.hint)
        if error.exit_status == NotStored.exit_status:  # what is in the spool went through the same hands
            _tell_of_numbers()
        return error.exit_status


def _tell_of_numbers() -> None:
    """What became of ID numbers in the texts of this call, where the command has not told it."""
    masking = sys.modules.get("feedlog.operations.masking")
    if masking:  # else no text was looked at
        from feedlog.cli import printing

        report = masking.current().report()
        for remark in (*report.told, *report.warnings):
            printing.talk(remark)


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"See: {context.command_path} --help" if context else "See: feedlog --help"


def _readable(words: list[str]) -> list[str]:
    """The words of the call. Bytes that are not UTF-8 arrive as lone surrogates and are read as Windows-1252.

    The name of a file that is there stays as it is: read so, it would name another one.
    """
    if not any("\udc80" <= letter <= "\udcff" for word in words for letter in word):
        return words
    from feedlog.cli import printing
    from feedlog.language.decoding import decode

    read = {word: decode(os.fsencode(word)) for word in words if not os.path.lexists(word)}
    printing.talk(next((one.warning for one in read.values() if one.warning), "") or "")
    return [read[word].text if word in read else word for word in words]

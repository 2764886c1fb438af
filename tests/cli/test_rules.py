"""Guards over all commands: what is added later is held to the same rules."""

import ast
import contextlib
import inspect
import re
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from feedlog.cli import COMMANDS, group
from feedlog.store import log as door

Invoke = Callable[..., Any]

ROOT = Path(__file__).resolve().parents[2]
CLI = sorted((ROOT / "feedlog" / "cli").glob("*.py"))
OPERATIONS = sorted((ROOT / "feedlog" / "operations").glob("*.py"))
# They go on until they are stopped, and talk to people only.
WITHOUT_JSON = {"demo", "serve"}


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command below this one, with the words it is called by."""
    if path:
        yield " ".join(path), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from walk(below, (*path, name))


EVERY = dict(walk(group))
each_command = pytest.mark.parametrize("name", EVERY)


def parameters(command: click.Command) -> list[click.Parameter]:
    return [one for one in command.params if one.name != "help"]


def test_list_names_every_command() -> None:
    """The hand-written list holds every command there is a file for, each under its own name."""
    defined = {path.stem.rstrip("_") for path in CLI if re.search(r"^(def )?command\b", path.read_text("utf-8"), re.M)}
    assert set(COMMANDS) == defined
    assert {name: EVERY[name].name for name in COMMANDS} == {name: name for name in COMMANDS}


def test_list_says_what_each_is_for() -> None:
    """The list tells each command apart in one short sentence."""
    assert len(set(COMMANDS.values())) == len(COMMANDS)
    for said in COMMANDS.values():
        assert re.fullmatch(r"[A-Z][^.]*\.", said)
        assert len(said) <= 60


@each_command
def test_help(name: str, invoke: Invoke) -> None:
    """Every command has a help that begins with a sentence and ends with examples of itself."""
    command = EVERY[name]
    text = inspect.cleandoc(command.help or "")
    assert re.match(r"[A-Z][^\n]*[.:]", text), "no sentence"
    [*_, examples] = text.split("\b\n")
    assert f"feedlog {name}" in examples, "no example"
    done = invoke(*name.split(), "--help")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"Usage: feedlog {name}")
    assert f"feedlog {name}" in done.out.split("Options:")[0].split("\n", 1)[1]


@each_command
def test_every_option_is_explained(name: str) -> None:
    """Every option says what it is for, in a sentence."""
    for option in parameters(EVERY[name]):
        if isinstance(option, click.Option):
            assert option.help and re.fullmatch(r"[A-Z].*\.", option.help), option.name


@each_command
def test_json(name: str) -> None:
    """Every command that shows something can do so as JSON."""
    command = EVERY[name]
    if name in WITHOUT_JSON or isinstance(command, click.Group):
        return
    assert "--json" in [word for option in parameters(command) for word in option.opts]


SAME_EVERYWHERE = {
    "-c": "customer", "-t": "themes", "-n": "limit", "-y": "yes", "-o": "output", "--json": "as_json",
}  # fmt: skip


@each_command
def test_short_options_mean_the_same_everywhere(name: str) -> None:
    """A letter means the same in every command."""
    for option in parameters(EVERY[name]):
        for word in option.opts:
            if word in SAME_EVERYWHERE or re.fullmatch("-.", word):
                assert SAME_EVERYWHERE[word] == option.name


def test_main_help(invoke: Invoke) -> None:
    """The first help names every command, without loading them, and so does feedlog alone."""
    done = invoke("--help")
    assert (done.status, done.err) == (0, "")
    for name, said in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(said)}$", done.out, re.M)
    assert invoke() == done
    assert invoke("-h") == done


def test_version(invoke: Invoke) -> None:
    """The version is said."""
    assert re.fullmatch(r"feedlog \d+\.\d+\.\d+\n", invoke("--version").out)


@pytest.mark.parametrize("path", CLI, ids=lambda path: path.name)
def test_command_line_knows_no_sql(path: Path) -> None:
    """SQL never stands in the command line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.search(
                r"\bselect\b.+\bfrom\b|\binsert\s+into\b|\bdelete\s+from\b|\bpragma\b", node.value, re.I | re.S
            )


# --- every write begins at once -----------------------------------------------------------------------------


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every statement that runs on a log from now on, a list for each connection."""
    all_of_them: list[list[str]] = []
    connect = door._connect

    def connected(path: str, mode: str) -> sqlite3.Connection:
        connection = connect(path, mode)
        if mode != "rw":  # it cannot write, or it is a copy nobody else knows of yet
            return connection
        statements: list[str] = []
        all_of_them.append(statements)
        connection.set_trace_callback(lambda sql: statements.append(" ".join(sql.split())))
        return connection

    monkeypatch.setattr(door, "_connect", connected)
    return all_of_them


# What only runs between sites is tried in tests/sites, where there are two logs.
BETWEEN_SITES = {"entries_in", "erasures_in", "known_sites", "receipts"}

# One call for each command that writes; together they reach every operation that writes.
WRITING = [
    ("add", "Pakken kom tre uger for sent", "-c", "K-1", "--name", "Anna", "-t", "levering", "--key", "call 7"),
    ("add", "Ring mig op", "-c", "K-1", "--promise", "ring", "--due", "in 3 days", "--any-day"),
    ("add", "Pakken kom", "--key", "call 7"),
    ("tag", "1", "-t", "pris", "-t", "post"),
    ("tag", "1", "-t", "post", "--remove"),
    ("correct", "1", "Posen kom", "--why", "misheard"),
    ("undo",),
    ("undo",),
    ("undo",),
    ("add", "Pakken kom tre uger for sent", "-c", "K-9"),
    ("similar", "1", "--tag", "sen", "--yes"),
    ("undo",),
    ("theme", "set", "pris", "--owner", "mette", "--our-word", "pris", "--their-word", "beløb"),
    ("undo",),
    ("theme", "split", "levering", "sen", "1"),
    ("undo",),
    ("theme", "merge", "levering", "pris"),
    ("undo",),
    ("customer", "set", "K-8", "--name", "Bo Berg", "--since", "2019"),
    ("customer", "set", "K-8", "--prefers", "mail"),
    ("undo",),
    ("customer", "merge", "K-9", "K-8"),
    ("undo",),
    ("fact", "add", "K-8", "dørkode oplyst"),
    ("fact", "remove", "1"),
    ("undo",),
    ("undo",),
    ("promise", "add", "1", "skriv", "--due", "in 3 days", "--any-day"),
    ("promise", "move", "2", "--due", "in 4 days", "--any-day", "--why", "fragt", "--told"),
    ("promise", "hand", "--from", "mette", "--to", "jens"),
    ("promise", "keep", "2"),
    ("undo",),
    ("promise", "break", "2", "--why", "udsolgt", "--not-told"),
    ("undo",),
    ("undo",),
    ("undo",),
    ("undo",),
    ("response", "add", "1", "--kind", "compensated", "--amount", "200", "--currency", "DKK"),
    ("undo",),
    ("response", "add", "1", "--kind", "apologised"),
    ("response", "remove", "2"),
    ("undo",),
    ("letter", "write", "1", "--kind", "thanks", "--language", "da"),
    ("letter", "edit", "1", "letter.txt"),
    ("letter", "sent", "1"),
    ("undo",),
    ("undo",),
    ("import", "notes.csv"),
    ("import", "notes.csv", "--dry-run"),
    ("export", "--whole", "whole.jsonl", "--force"),
    ("--db", "new.db", "import", "whole.jsonl"),
    ("undo",),
    ("dossier", "K-1"),
    ("erase", "K-9", "--yes", "--reason", "asked"),
    ("purge", "--older-than", "3000", "--yes"),
    ("reindex",),
    ("recover",),
    ("backup", "copy.db"),
    ("restore", "copy.db", "--yes"),
    ("doctor",),
    ("init",),
]


def test_every_write_begins_immediately(
    invoke: Invoke, traced: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction takes the write lock with its first statement, and nothing is written outside one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.csv").write_text("verbatim,customer\nSkoene trykker,K-2\n", "utf-8")
    (tmp_path / "letter.txt").write_text("Kære Anna, tak for dine ord.", "utf-8")
    for words in WRITING:
        assert invoke(*words).status == 0
    begun = 0
    for statements in traced:
        inside = False
        for sql in statements:
            word = sql.split(" ", 1)[0].lower()  # what triggers and indexes do inside begins with --
            if word == "begin":
                assert sql.lower() == "begin immediate"
                begun += 1
                inside = True
            elif word in ("commit", "rollback"):
                inside = False
            elif word in ("insert", "update", "delete", "replace", "create", "drop", "alter"):
                assert inside, sql
        assert not inside
    assert begun >= len(WRITING)


def test_every_operation_that_writes_is_tried(invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls above reach every function that opens a write, so that a new one must be added to them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.csv").write_text("verbatim,customer\nSkoene trykker,K-2\n", "utf-8")
    (tmp_path / "letter.txt").write_text("Kære Anna, tak for dine ord.", "utf-8")
    writers = {
        (path.stem, function.name)
        for path in OPERATIONS
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        and any(
            isinstance(node, ast.With) and ".write()" in ast.unparse(node).split("\n")[0] for node in ast.walk(function)
        )
    }
    writers = {(stem, name) for stem, name in writers if stem not in BETWEEN_SITES}
    assert len(writers) >= 6
    reached: set[tuple[str, str]] = set()
    write = door.Log.write

    @contextlib.contextmanager
    def watched(self: door.Log) -> Iterator[sqlite3.Connection]:
        for frame, _ in traceback.walk_stack(inspect.currentframe()):
            reached.add((Path(frame.f_code.co_filename).stem, frame.f_code.co_name))
        with write(self) as connection:
            yield connection

    monkeypatch.setattr(door.Log, "write", watched)
    for words in WRITING:
        assert invoke(*words).status == 0
    assert writers - reached == set()


# --- reading never writes -------------------------------------------------------------------------------------

READING = [
    ("list",),
    ("list", "--json"),
    ("show", "1"),
    ("search", "pakken"),
    ("similar", "1"),
    ("similar", "--text", "pakken"),
    ("brief", "K-1"),
    ("words", "--theme", "levering"),
    ("theme", "list"),
    ("theme", "show", "levering"),
    ("theme", "suggest"),
    ("similar", "1", "--tag", "levering"),
    ("customer", "show", "K-1"),
    ("customer", "list"),
    ("customer", "list", "--won-back"),
    ("customer", "list", "--lost"),
    ("fact", "list", "K-1"),
    ("promise", "show", "1"),
    ("promise", "list"),
    ("promise", "rate", "--by", "month"),
    ("due",),
    ("list", "--unanswered"),
    ("response", "list"),
    ("response", "goodwill"),
    ("response", "clock"),
    ("letter", "list"),
    ("letter", "show", "1"),
    ("letter", "template", "thanks", "--language", "da"),
    ("letter", "check", "letter.txt"),
    ("path",),
    ("config",),
    ("completion", "bash"),
    ("publish", "elsewhere.db"),
    ("user", "list"),
    ("backup", "copy.db"),
    ("backup", "--list"),
    ("backup", "--live", "live"),
    ("backup", "--forget", "copy.db"),
    ("export",),
    ("export", "elsewhere.csv"),
    ("export", "--whole"),
    ("history", "1"),
    ("history", "--erasures"),
    ("warehouse", "export", "warehouse", "--open-month"),
    ("warehouse", "query", "themes", "warehouse"),
    ("warehouse", "forget", "warehouse"),
]


def test_reading_leaves_the_log_as_it_is(
    invoke: Invoke, log_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that only reads changes not a byte of the log, nor its time."""
    monkeypatch.chdir(tmp_path)
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1", "-t", "levering")
    invoke("add", "Pakken kom for sent", "-c", "K-2", "--promise", "ring", "--due", "in 3 days", "--any-day")
    invoke("letter", "write", "1", "--kind", "thanks", "--language", "da")
    (tmp_path / "letter.txt").write_text("Kære Anna\n\nDu sagde: »Pakken kom for sent.« Her er den.\n", "utf-8")
    before = log_path.read_bytes(), log_path.stat().st_mtime_ns
    for words in READING:
        assert invoke(*words).status == 0, words
        assert (log_path.read_bytes(), log_path.stat().st_mtime_ns) == before, words
        assert log_path.with_name("feedlog.db-wal").stat().st_size == 0


def test_every_command_reads_or_writes() -> None:
    """Each command stands among those that write or those that read, or has tests of its own."""
    tried = {words[0] for words in [*WRITING, *READING]}
    assert set(COMMANDS) - tried <= {"serve", "demo", "site"}


@pytest.mark.parametrize(
    "words",
    [words for words in READING if words[0] in ("list", "show", "search", "similar", "words", "theme", "response")],
)
def test_reading_before_there_is_a_log(invoke: Invoke, log_path: Path, words: tuple[str, ...]) -> None:
    """Reading where there is no log says how one is made, and makes none."""
    done = invoke(*words)
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        f"feedlog: There is no log yet: {log_path}.\nThe first `feedlog add` makes it; --db names another.\n"
    )
    assert not log_path.parent.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("tag", "1", "-t", "x"),
        ("correct", "1", "x", "--why", "y"),
        ("undo",),
        ("doctor",),
        ("reindex",),
        ("theme", "set", "x", "--owner", "y"),
        ("response", "add", "1", "--kind", "told"),
        ("response", "remove", "1"),
        ("theme", "merge", "x", "y"),
        ("theme", "split", "x", "y", "1"),
        ("customer", "set", "x", "--name", "y"),
        ("customer", "merge", "x", "y"),
        ("fact", "remove", "1"),
        ("letter", "write", "1", "--kind", "thanks", "--language", "da"),
        ("letter", "edit", "1", "-"),
        ("letter", "sent", "1"),
        ("promise", "add", "1", "x", "--due", "friday", "--any-day"),
        ("promise", "keep", "1"),
        ("promise", "hand", "--from", "x", "--to", "y"),
        ("dossier", "x"),
        ("erase", "x", "--yes", "--reason", "y"),
        ("purge", "--older-than", "9", "--yes"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_changing_before_there_is_a_log(invoke: Invoke, log_path: Path, words: tuple[str, ...]) -> None:
    """A command that changes what is there makes no log by mistake."""
    done = invoke(*words)
    assert (done.status, done.err.startswith(f"feedlog: There is no log yet: {log_path}.")) == (1, True)
    assert not log_path.exists()

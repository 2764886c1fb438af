"""Writes the generated pages: docs/cli.md from the command line's own help, docs/schema.md from the two schemas.

python docs/generate.py            write them
python docs/generate.py --check    write nothing; name the stale ones and exit with status 1
python docs/generate.py --consoles also run the commands in README.md and docs/tutorial.md and write what they print now
"""

import argparse
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs import consoles  # noqa: E402  (run as a script, only docs/ is on the path)
from feedlog.cli import COMMANDS, group  # noqa: E402
from feedlog.publish import schema_text  # noqa: E402
from feedlog.store.shipped import shipped_text  # noqa: E402
from feedlog.store.upgrades import statements  # noqa: E402

MADE = "<!-- Made by docs/generate.py: change the source, then run `make docs`. -->"
_RULE = re.compile(r"-- -{9,}")
_PART = re.compile(r"create (?P<kind>table|virtual table|view) (?P<name>\w+)")
_COLUMN = re.compile(r"  (?P<name>\w+) +(?:text|integer|real|any)\b")


class Part(NamedTuple):
    """One table or view of a schema, its comment, and what stands before it in the script."""

    name: str
    text: str
    comment: str
    plain: bool
    chapter: str
    before: str


# --- docs/cli.md -----------------------------------------------------------------------------------


def cli_page() -> str:
    """Every command with its help, as `--help` prints it."""
    parts = [
        "# Commands",
        MADE,
        "What `feedlog COMMAND --help` says, for every command. Every command that shows something takes `--json`. Exit"
        " status: 0 done, 1 refused or not found, 2 wrong usage, 75 the log could not be written and the text is safe"
        " in the spool.",
        _help(group, "feedlog", None),
    ]
    root = click.Context(group, info_name="feedlog", **_wide())
    for name in COMMANDS:
        command = group.get_command(root, name)
        if command is None:
            raise LookupError(f"the command {name!r} cannot be loaded")
        parts += _command(command, f"feedlog {name}", root, "##")
    return "\n\n".join(parts) + "\n"


def _command(command: click.Command, path: str, parent: click.Context, heading: str) -> Iterator[str]:
    yield f"{heading} {path}"
    yield _help(command, path, parent)
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path.split()[-1], parent=parent, **_wide())
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _command(below, f"{path} {name}", context, heading + "#")


def _help(command: click.Command, path: str, parent: click.Context | None) -> str:
    context = click.Context(command, info_name=path.split()[-1], parent=parent, **_wide())
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    return f"```text\n{text}\n```"


def _wide() -> dict[str, Any]:
    return {"terminal_width": 100, "max_content_width": 100, "help_option_names": ["-h", "--help"]}


# --- docs/schema.md --------------------------------------------------------------------------------


def schema_page() -> str:
    """Every table and column of the working file and the published file, and what they mean."""
    parts = [
        "# Tables",
        MADE,
        "Two files: the working file, which holds everything and is private, and the published file, which holds what"
        " may be seen. Columns marked • are never empty.",
        "## The working file",
        "From `schema.sql`, which also holds the rules, the indexes and the triggers.",
        *_working(),
        "## The published file",
        "From `feedlog/publish/schema.sql` and `metadata.yml`. Open to SQL for analysts. Its search index has the same"
        " tables as the working file's.",
        *_published(),
    ]
    return "\n\n".join(parts) + "\n"


def _working() -> Iterator[str]:
    script = shipped_text("schema.sql")
    connection = _made(script)
    for part in _parts(script):
        yield from [part.before] if part.before else []
        yield from [f"### {part.chapter}"] if part.chapter else []
        yield f"#### {part.name}\n\n{part.comment}\n\n{_columns(connection, part, _comments(part.text))}"


def _published() -> Iterator[str]:
    script = schema_text()
    connection = _made(script)
    about = yaml.safe_load(shipped_text("metadata.yml"))["databases"]["feedlog"]
    described = about["tables"]
    for part in _parts(script):
        told = described.get(part.name, {"hidden": True})
        if not told.get("hidden"):
            intro = f"{told.get('title', part.name)}. {told.get('description', '')}".strip()
            yield f"#### {part.name}\n\n{_line(intro)}\n\n{_columns(connection, part, told.get('columns', {}))}"
    if about.get("queries"):
        yield "### Queries to start from"
    for name, query in about.get("queries", {}).items():
        intro = f"{query.get('title', name)}. {query.get('description', '')}".strip()
        yield f"#### {name}\n\n{_line(intro)}\n\n```sql\n{query['sql'].strip()}\n```"


def _made(script: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for statement in statements(script):
        connection.execute(statement)
    return connection


def _parts(script: str) -> Iterator[Part]:
    """The tables and views of a script, in order."""
    for statement in statements(script):
        lines = statement.strip().splitlines()
        text = "\n".join(line for line in lines if not line.startswith("--")).strip()
        found = _PART.match(text)
        if not found:
            continue
        paragraphs: list[list[str]] = [[]]
        chapter = ""
        for before, line in zip(["", *lines], lines, strict=False):
            if _RULE.fullmatch(before):
                chapter = line.removeprefix("-- ")
            elif line.startswith("-- ") and not _RULE.fullmatch(line):
                paragraphs[-1].append(line.removeprefix("-- "))
            elif line in ("", "--"):
                paragraphs.append([])
        *before_it, comment = [" ".join(paragraph) for paragraph in paragraphs if paragraph] or [""]
        plain = found["kind"] == "table"
        yield Part(found["name"], text, comment, plain, chapter, "\n\n".join(before_it))


def _comments(text: str) -> dict[str, str]:
    """What is said of each column: the words it is one of, and the comments at the ends of its lines."""
    said: dict[str, str] = {}
    for column in re.split(r"^(?=  \w)", text, flags=re.MULTILINE):
        found = _COLUMN.match(column)
        if found:
            comments = [line.partition(" -- ")[2].strip() for line in column.splitlines()]
            bare = re.sub(r" -- .*", "", column)
            words = re.search(rf"\b{found['name']} in \(([^()]*)\)", bare)
            one_of = f"one of {' '.join(words[1].split())}" if words else ""
            comment = " ".join(part for part in comments if part)
            said[found["name"]] = "; ".join(part for part in [comment, one_of] if part)
    return said


def _columns(connection: sqlite3.Connection, part: Part, meanings: dict[str, str]) -> str:
    columns = connection.execute(f'pragma table_info("{part.name}")').fetchall()
    if not part.plain:
        return f"Columns: {', '.join(f'`{column[1]}`' for column in columns)}."
    targets = {row[3]: row[2] for row in connection.execute(f'pragma foreign_key_list("{part.name}")')}
    lines = ["| column | type | meaning |", "| --- | --- | --- |"]
    for _, name, kind, required, _, key in columns:
        points = f" → {targets[name]}" if name in targets else ""
        mark = " •" if required or key else ""
        lines.append(f"| `{name}` | {kind.lower()}{points}{mark} | {_line(meanings.get(name, ''))} |")
    return "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


# --- the program -----------------------------------------------------------------------------------

PAGES: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "cli.md": cli_page,
    ROOT / "docs" / "schema.md": schema_page,
}


def stale() -> dict[Path, str]:
    """The generated pages that differ from what they would be now, with what that is."""
    made = {page: make() for page, make in PAGES.items()}
    return {page: text for page, text in made.items() if not page.exists() or page.read_text("utf-8") != text}


def main(words: list[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, name the stale pages")
    parser.add_argument("--consoles", action="store_true", help="run the examples and write what they print now")
    asked = parser.parse_args(words)
    behind = stale()
    for page, text in behind.items():
        print(f"{page.relative_to(ROOT)} {'is stale: run `make docs`' if asked.check else 'written'}")
        if not asked.check:
            page.write_text(text, "utf-8")
    if asked.consoles and not asked.check:
        for page in consoles.PAGES:
            with tempfile.TemporaryDirectory() as home:
                for step in consoles.rewrite(page, Path(home)):
                    print(f"{page.relative_to(ROOT)}:{step.line}: $ {step.typed}")
    return 1 if asked.check and behind else 0


if __name__ == "__main__":
    sys.exit(main())

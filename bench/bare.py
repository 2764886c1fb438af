"""The least a note costs: click and sqlite3 and nothing else, with the same promise that an acknowledged note stays.

    python bench/bare.py FILE add TEXT [--customer KEY] [--channel CHANNEL]
    python bench/bare.py FILE search WORDS...

`add` inserts one row into a table with indexes and does not keep a search index. `search` ranks the newest matches of
a ready-made one.
"""

import sqlite3

import click


@click.group()
@click.argument("file")
@click.pass_context
def group(context: click.Context, file: str) -> None:
    """One table of notes."""
    context.obj = sqlite3.connect(file, isolation_level=None, timeout=30)
    context.obj.execute("pragma journal_mode = wal")
    context.obj.execute("pragma synchronous = full")


@group.command()
@click.argument("text")
@click.option("--customer")
@click.option("--channel")
@click.pass_obj
def add(connection: sqlite3.Connection, text: str, customer: str | None, channel: str | None) -> None:
    """Insert one note."""
    done = connection.execute(
        "insert into notes (said_at, customer, channel, verbatim) values (strftime('%Y-%m-%dT%H:%M:%SZ'), ?, ?, ?)",
        (customer, channel, text),
    )
    click.echo(f"#{done.lastrowid}")


@group.command()
@click.argument("words", nargs=-1)
@click.pass_obj
def search(connection: sqlite3.Connection, words: tuple[str, ...]) -> None:
    """Find the notes that hold all the words, the best of the newest 2,000 first."""
    sql = """
        select id, said_at, customer, verbatim from notes join (
          select rowid as match_id, bm25(notes_fts) as rank from notes_fts
           where notes_fts match ? order by rowid desc limit 2000) on match_id = id
         order by rank limit 20"""
    for row in connection.execute(sql, [" ".join(f'"{word}"' for word in words)]):
        click.echo("  ".join(str(cell) for cell in row))


if __name__ == "__main__":
    group()

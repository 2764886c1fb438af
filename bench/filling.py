"""The files that are timed: a log and a bare table of the same notes, at every size, and a journal."""

import hashlib
import os
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import NamedTuple

from bench import texts
from bench.running import run

FILLING_SECONDS = 7200
JOURNAL_ENTRIES = 1000  # a journal is one text file, read and written whole at every entry: at a million it is hopeless


class Files(NamedTuple):
    """The files of one size."""

    size: int
    log: Path
    bare: Path


def program(name: str) -> str | None:
    """The path of a program: beside this Python, else wherever the shell finds it."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def environment(home: Path) -> dict[str, str]:
    """What every timed process gets: an empty home, so that nobody's own settings, logs or journals are touched."""
    home.mkdir(parents=True, exist_ok=True)
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "USER": "bench", "LANG": "C.UTF-8", **folders}


def filled(size: int, groups: list[list[str]], work: Path, keep: Path | None, env: dict[str, str]) -> Files:
    """A log and a bare table with `size` notes inside `work`. With `keep` they are copied from there, or to there."""
    target = work / f"notes-{size}"
    kept = keep / f"notes-{size}-{_form(groups)}" if keep else None
    if kept and kept.is_dir():
        shutil.copytree(kept, target)
        return _files(size, target)
    target.mkdir(parents=True)
    rows = target / "notes.csv"
    texts.write_csv(rows, groups, size)
    files = _files(size, target)
    # The first publishing writes everything; what is timed later is the one after a new note.
    for words in (["import", str(rows), "--source", "bench"], ["publish"]):
        command = [program("feedlog") or "feedlog", "--db", str(files.log), *words]
        run(command, env, longest=FILLING_SECONDS)
    _fill_bare(files.bare, groups, size)
    rows.unlink()
    if kept:
        unfinished = kept.with_name(f"{kept.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(target, unfinished)
        unfinished.rename(kept)
    return files


def _files(size: int, folder: Path) -> Files:
    return Files(size, folder / "feedlog.db", folder / "bare.db")


def _form(groups: list[list[str]]) -> str:
    """Changes when kept files would no longer be what filling makes."""
    made_from = hashlib.sha256(repr([len(group) for group in groups]).encode())
    for name in ("schema.sql", "feedlog/publish/schema.sql", "bench/texts.py", "bench/filling.py"):
        made_from.update((texts.ROOT / name).read_bytes())
    return made_from.hexdigest()[:8]


def _fill_bare(path: Path, groups: list[list[str]], size: int) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(
        """pragma journal_mode = wal;
           create table notes (id integer primary key, said_at text, customer text, channel text, verbatim text);
           create index notes_by_day on notes (said_at);
           create index notes_by_customer on notes (customer);
           create virtual table notes_fts using fts5 (verbatim, content='notes', content_rowid='id');"""
    )
    rows = ((note.said_at, note.customer, note.channel, note.verbatim) for note in texts.Source(groups).notes(size))
    connection.executemany("insert into notes (said_at, customer, channel, verbatim) values (?, ?, ?, ?)", rows)
    connection.execute("insert into notes_fts (notes_fts) values ('rebuild')")
    connection.commit()
    connection.close()


def journal(entries: int, groups: list[list[str]], work: Path) -> Path:
    """The configuration of a jrnl journal with that many entries, all inside `work`."""
    folder = work / "journal"
    folder.mkdir(parents=True)
    said = ((note.said_at[:16].replace("T", " "), note.verbatim) for note in texts.Source(groups).notes(entries))
    (folder / "journal.txt").write_text("".join(f"[{at}] {text}\n\n" for at, text in said), "utf-8")
    configuration = folder / "jrnl.yaml"
    configuration.write_text(
        f"version: v4.0\njournals:\n  default:\n    journal: {folder / 'journal.txt'}\n"
        "encrypt: false\ntimeformat: '%F %H:%M'\ndefault_hour: 9\ndefault_minute: 0\neditor: ''\n",
        "utf-8",
    )
    return configuration

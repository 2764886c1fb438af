"""feedlog demo"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

import click

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.serve import serve
from feedlog.cli.session import Session
from feedlog.demo.playing import play
from feedlog.errors import Refused
from feedlog.operations import masking
from feedlog.publish import publishing
from feedlog.store import open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES


class Step(NamedTuple):
    """One thing shown: why, and the words after `feedlog`. `{note}` is the note that is logged on the way."""

    why: str
    words: str


STEPS = (
    Step("Half a year of what customers said. The newest of it:", "list --limit 5"),
    Step(
        "A customer is on the phone. Her words, and at once who else said this:",
        'add "Der er ingen, der har ringet tilbage" -c S-1014 --channel phone --kind complaint -t call-back'
        ' --promise "ring her about the new delivery day" --due "om 2 dage" --next-workday',
    ),
    Step("Found again by any form of a word:", "search forsinkelse --limit 5"),
    Step(
        "Somebody says this in English. Has anybody else?",
        'similar --text "I have explained this to three people now" --limit 3',
    ),
    Step("One note with everything that hangs on it:", "show {note}"),
    Step("A colleague is about to call a customer. One screen, so that nothing is asked twice:", "brief S-1007"),
    Step("What was promised, the overdue first:", "due --limit 3"),
    Step("What managers and analysts see is another file, with initials instead of names:", "publish"),
)


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="Stop before the pages; the sample log is kept and its place printed.")
@json_option
def command(no_serve: bool, as_json: bool) -> None:
    """See feedlog at work on sample notes, in the terminal and then in the browser.

    The notes are made up and go into a throw-away log; your own is not touched. Ctrl-C ends it and removes that log.
    With --json nothing is served.

    \b
    feedlog demo
    feedlog demo --no-serve
    """
    folder = tempfile.mkdtemp(prefix="feedlog-demo-")
    kept = False
    try:
        log_path = os.path.join(folder, "feedlog.db")
        count = _played(log_path)
        if not as_json:
            printing.out(f"{count} sample notes of an imaginary shop, in a throw-away log. Your own is not touched.")
        steps = [_shown(step, folder, note=count + 1, quiet=as_json) for step in STEPS]
        if as_json:
            published = publishing.place_beside(log_path)
            printing.document({"notes": count, "log": log_path, "published": published, "steps": steps})
        elif no_serve:
            _say_where(log_path, folder)
        else:
            _serve(log_path)
        kept = no_serve or as_json
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def _played(log_path: str) -> int:
    # Whatever the samples hold is made up: nobody need be told of it.
    with masking.under("mask"), open_for_writing(log_path, DEFAULT_LANGUAGES) as log:
        return play(log, when.clock())


def _shown(step: Step, folder: str, *, note: int, quiet: bool) -> dict[str, str]:
    """Runs a step as a program of its own, as the person would, and returns its line and, where quiet, its output."""
    words = step.words.format(note=note)
    if not quiet:
        printing.out(f"\n{step.why}\n{printing.bold(f'$ feedlog {words}')}")
        sys.stdout.flush()
    done = subprocess.run(
        _program(*shlex.split(words)),
        env=_surroundings(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.DEVNULL if quiet else None,
        check=False,
    )
    if done.returncode:
        raise Refused(f"The demo stopped: `feedlog {words}` ended with {done.returncode}.", hint="Please report this.")
    return {"command": f"feedlog {words}", "output": (done.stdout or b"").decode("utf-8", "replace")}


def _serve(log_path: str) -> None:
    """Shows the pages until Ctrl-C."""
    printing.out(f"\nThe same on the pages. What you log meanwhile is there two seconds later:\n{_try_it(log_path)}\n")
    serve(Session(db=log_path), "127.0.0.1", 0, as_json=False)
    printing.talk("The demo is over, and its throw-away log is removed.")


def _say_where(log_path: str, folder: str) -> None:
    """Where the sample log is, and what to do with it."""
    printing.out(f"\nThese were samples. Log some of your own beside them:\n{_try_it(log_path)}")
    printing.out(f"\nPublished file: {publishing.place_beside(log_path)}")
    printing.out(f"When you have seen enough: rm -r {shlex.quote(folder)}")


def _try_it(log_path: str) -> str:
    """A line to copy; with the whole path where the shell would not find `feedlog`."""
    program = "feedlog" if shutil.which("feedlog") else os.path.abspath(sys.argv[0])
    return f'  {shlex.quote(program)} --db {shlex.quote(log_path)} add "Tak for hurtig hjælp"'


def _program(*words: str) -> list[str]:
    """This very feedlog. -P: a folder called feedlog where the person stands must not be taken for it."""
    return [sys.executable, "-P", "-m", "feedlog", *words]


def _surroundings(folder: str) -> dict[str, str]:
    """The environment of a step: the throw-away log, and none of the person's own settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FEEDLOG_")}
    return {
        **own,
        "FEEDLOG_DB": os.path.join(folder, "feedlog.db"),
        "FEEDLOG_AGENT": "mette",
        "FEEDLOG_SPOOL": os.path.join(folder, "spool"),
        "FEEDLOG_CONFIG": os.path.join(folder, "config.toml"),
    }

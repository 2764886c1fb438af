"""Killed before any statement of an upgrade, a log is the old one or the new one, and the next call goes on."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from bench.torture.scene import ROOT, Broken, Ran, Scene, check, limit_files, require, value

VERSION = "select user_version from pragma_user_version"
# What tells the new schema from the old, all of it: the table and its rows, the column and its values, the index.
NEW = """select (select count(*) from sqlite_schema where name = 'shoes')
              + (select count(*) from pragma_table_info('customers') where name = 'shoe_size')
              + (select count(*) from sqlite_schema where name = 'customers_by_name' and sql like '%shoe_size%')"""


def called(scene: Scene, *words: str, limit: int | None = None, kill_at: int | None = None) -> Ran:
    """Runs feedlog's next version. Raises Broken where it shows a traceback; a killed one has status -9."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.torture.newer", *words],
        cwd=ROOT,
        env={**scene.env, "FEEDLOG_KILL_AT": "" if kill_at is None else str(kill_at)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=None if limit is None else lambda: limit_files(limit),
    )
    if "Traceback" in done.stderr:
        raise Broken(f"an upgrade failed as feedlog must not: {done.stderr.strip()[-300:]}")
    return Ran(done.returncode, done.stdout, done.stderr)


def run(work: Path, short: bool) -> str:
    """Kills at one statement after the other, or in the short form at every thirteenth."""
    scene = Scene(work)
    scene.prepare(*(("add", f"Pakke {number} kom for sent", "-c", f"K-{number}") for number in range(3)))
    old_version = value(scene.log, VERSION)
    shutil.copytree(scene.log.parent, work / "base")
    left = {"old": 0, "new": 0}
    statement = killed = 0
    while True:
        shutil.rmtree(scene.log.parent)
        shutil.copytree(work / "base", scene.log.parent)
        ran = called(scene, "list", kill_at=statement)
        check(scene.log)
        version, parts = value(scene.log, VERSION), value(scene.log, NEW)
        require((version, parts) in ((old_version, 0), (old_version + 1, 3)), f"half an upgrade at {statement}")
        kept = sorted(scene.log.parent.glob("*.before-upgrade-*"))
        for copy in kept:
            check(copy)
        require(version == old_version or len(kept) == 1, f"upgraded without a copy of the old log at {statement}")
        again = called(scene, "list")
        require(again.status == 0 and value(scene.log, NEW) == 3, f"not finished by the next call at {statement}")
        require(value(scene.log, "select count(*) from notes") == 3, f"notes are missing at {statement}")
        require(not [name for name in os.listdir(scene.log.parent) if name.startswith(".feedlog-")], "a draft is left")
        if ran.status != -signal.SIGKILL:
            break
        left["new" if version > old_version else "old"] += 1
        killed, statement = killed + 1, statement + (13 if short else 1)
    return (
        f"killed at {killed} statements of an upgrade: the old log {left['old']} times, the new one {left['new']},"
        " never between; a checked copy beside every upgraded one; the next call finished it"
    )

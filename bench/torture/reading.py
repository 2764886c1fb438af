"""Reading never writes: neither a byte nor the time of the log changes, also on a full disk."""

import shutil
from pathlib import Path

from bench.torture.disk_full import disk, prepare
from bench.torture.scene import Broken, Ran, Scene, require

# Those that show the log; the others of the list write files of their own elsewhere.
SHOWING = {
    "list", "show", "search", "similar", "words", "theme", "customer", "fact", "promise", "due", "response", "brief",
    "history", "dossier", "letter", "path", "config",
}  # fmt: skip


def run(work: Path, short: bool) -> str:
    """Every reading call of the tests' list, on a log with room and on one without."""
    try:
        from tests.cli.test_rules import READING
    except ImportError as error:
        raise Broken(f"the list of reading calls needs pytest, which `make torture` installs: {error}") from error
    calls = [words for words in READING if words[0] in SHOWING][:: 8 if short else 1]
    with disk(work) as full:
        scene = Scene(work, full.folder / "log")
        prepare(scene, work, full.folder)
        scene.prepare(
            ("tag", "1", "-t", "levering"),
            ("promise", "add", "1", "ring", "--due", "in 9 days", "--any-day"),
            ("customer", "set", "K-1", "--name", "Bo"),
        )
        shutil.rmtree(scene.log.parent / "published", ignore_errors=True)
        before = state(scene.log)
        with_room = [scene.call(*words) for words in calls]
        require(state(scene.log) == before, "reading changed the log")
        full.leave(0)
        limit = 0 if full.limit is not None else None
        without = [scene.call(*words, limit=limit) for words in calls]
        require(state(scene.log) == before, "reading changed the log on a full disk")
        for words, one, other in zip(calls, with_room, without, strict=True):
            require(other.status == one.status, f"feedlog {' '.join(words)} needs room: {other.err.strip()}")
            require(said(one) == said(other), f"feedlog {' '.join(words)} answers otherwise on a full disk")
        full.empty()
    return f"{len(calls)} reading calls, each with room and on a full disk: same answers, not a byte of the log changed"


def said(ran: Ran) -> str:
    """What a call answered, without what the clock changes."""
    return ran.out.replace("second", "").split("just now")[0]


def state(log: Path) -> tuple[bytes, int, bool]:
    """The log's bytes, its time, and whether anything waits beside it."""
    wal = Path(f"{log}-wal")
    return log.read_bytes(), log.stat().st_mtime_ns, wal.exists() and wal.stat().st_size > 0

"""python -m tests.fuzz [TARGET ...]: fuzzes each target with atheris for FUZZ_SECONDS (30), from the corpus on.

What fails is written to tests/fuzz/failed/TARGET-...; mend it, and move the file into the corpus.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
SECONDS = os.environ.get("FUZZ_SECONDS", "30")
LONGEST_INPUT = 2048


def main() -> None:
    """One process a target, for libFuzzer never returns; exits with 1 where one failed."""
    try:
        import atheris
    except ImportError:
        raise SystemExit(
            "atheris is not installed: pip install 'feedlog[fuzz]'. Without it, `make test` tries the same targets."
        ) from None
    if sys.argv[1:2] == ["--one"]:
        _fuzz(atheris, sys.argv[2], sys.argv[3])
        return
    from tests.fuzz.targets import TARGETS

    names = sys.argv[1:] or [*TARGETS]
    if unknown := set(names) - set(TARGETS):
        raise SystemExit(f"There is no target {unknown.pop()!r}: it is one of {', '.join(TARGETS)}")
    failed = [name for name in names if not _run(name)]
    raise SystemExit(f"failed: {', '.join(failed)}; see {FOLDER / 'failed'}" if failed else 0)


def _run(name: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="feedlog-fuzz-") as work:
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz", "--one", name, work], capture_output=True, text=True, check=False
        )
    last = [line for line in done.stderr.splitlines() if line.startswith(("Done ", "stat::", "#"))]
    print(f"{name:10} {'failed' if done.returncode else 'passed'}  {last[-1] if last else ''}", flush=True)
    if done.returncode:
        print(done.stderr[-4000:], file=sys.stderr)
    return not done.returncode


def _fuzz(atheris: object, name: str, work: str) -> None:
    failed = FOLDER / "failed"
    failed.mkdir(exist_ok=True)
    with atheris.instrument_imports(include=["feedlog"]):  # type: ignore[attr-defined]
        from tests.fuzz import targets
    options = [
        f"-max_total_time={SECONDS}", f"-max_len={LONGEST_INPUT}", "-timeout=20", "-rss_limit_mb=4096",
        f"-artifact_prefix={failed / name}-", work, str(FOLDER / "corpus" / name),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options], lambda raw: targets.tried(name, raw))  # type: ignore[attr-defined]
    atheris.Fuzz()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()

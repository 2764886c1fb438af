"""Spark: the same SQL files on another engine give the same rows. Needs feedlog[spark] and Java, else it is skipped."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import Refused
from feedlog.publish.publishing import place_beside
from feedlog.warehouse.analyses import analyses
from feedlog.warehouse.asking import ask
from feedlog.warehouse.exporting import export

# In a process of its own: a Java that is started inside this one would stay until the last test.
EVERY = """
import json, sys
from feedlog.warehouse import spark
from feedlog.warehouse.analyses import analyses
path, master = sys.argv[1:]
with spark.opened(path, master) as question:
    print(json.dumps({name: question(one.sql, 1000)._asdict() for name, one in analyses().items()}))
"""


def everything(path: str, folder: Path) -> Any:
    """Every analysis as Spark answers it, in a folder of its own; nothing is said and nothing left there."""
    command = [sys.executable, "-c", EVERY, path, "local[1]"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert not list(folder.iterdir())
    return json.loads(done.stdout)


@pytest.fixture
def whole(played: Path, tmp_path: Path) -> str:
    """A warehouse of every month."""
    path = str(tmp_path / "warehouse")
    export(place_beside(str(played / "feedlog.db")), path, this_month="2026-11", made_at="", open_month=True)
    return path


def test_rows_are_those_of_duckdb(whole: str, tmp_path: Path) -> None:
    """Every analysis gives the same rows in DuckDB and in Spark, from the folder and from its address."""
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'feedlog[spark]'")
    if not shutil.which("java") and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not installed")
    expected = {name: ask(name, whole, limit=1000)._asdict() for name in analyses()}
    assert all(answer["rows"] for answer in expected.values())
    (tmp_path / "here").mkdir()
    for place in (whole, f"file://{whole}"):
        assert everything(place, tmp_path / "here") == json.loads(json.dumps(expected))


def test_without_spark(whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its package it is said what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Refused) as refused:
        ask("themes", whole, engine="spark://127.0.0.1:7077", limit=10)
    assert (refused.value.message, refused.value.hint) == (
        "The warehouse needs the package pyspark, which is not installed.",
        "Install it with: pip install 'feedlog[spark]'",
    )


def test_without_java(whole: str, tmp_path: Path) -> None:
    """Without Java Spark cannot start: a sentence, and no page of complaints."""
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'feedlog[spark]'")
    (tmp_path / "bin").mkdir()
    for name in ("bash", "dirname", "env", "sh"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or "")
    done = subprocess.run(
        [sys.executable, "-m", "feedlog", "warehouse", "query", "themes", whole, "--engine", "local[1]"],
        env={"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("feedlog: Spark could not answer: ") and len(done.stderr.splitlines()) == 2
    assert "Check that Java is installed" in done.stderr

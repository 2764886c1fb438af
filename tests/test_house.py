"""Guards over the whole tree: what is shipped, how modules may lean on each other, how they look."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest

import feedlog

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "feedlog"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 350
EMPTY_NAMES = {"utils", "helpers", "manager", "data", "info", "process", "handle", "ticket", "item"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def kept_files() -> list[Path]:
    """Every file that is committed or would be."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def built(kind: str, folder: Path) -> Path:
    done = run(sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", folder)
    assert done.returncode == 0, done.stderr
    [made] = folder.iterdir()
    return made


def test_wheel_holds_what_the_program_reads(tmp_path: Path) -> None:
    """An installed feedlog has its schema, its metadata and its package, and nothing else of the tree."""
    with zipfile.ZipFile(built("wheel", tmp_path)) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert archive.read("feedlog/schema.sql") == (ROOT / "schema.sql").read_bytes()
        assert archive.read("feedlog/metadata.yml") == (ROOT / "metadata.yml").read_bytes()
        about = archive.read(f"feedlog-{feedlog.__version__}.dist-info/METADATA").decode()
    package = {name_of(path) for path in kept_files() if PACKAGE in path.parents}
    assert names == package | {"feedlog/schema.sql", "feedlog/metadata.yml"}
    assert (ROOT / "README.md").read_text("utf-8").strip() in about


def test_sdist_holds_what_a_build_needs(tmp_path: Path) -> None:
    """A source archive has all that the build hook asks for, and no tests."""
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    assert {"schema.sql", "metadata.yml", "hatch_build.py", "pyproject.toml", "README.md"} <= names
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]


def test_import_directions() -> None:
    """Modules lean only on the floors below, the web on the published file, and click stays in the cli."""
    done = run(Path(sys.executable).with_name("lint-imports"), "--no-cache")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_says_what_it_is_for(path: Path) -> None:
    """Every module opens with a docstring."""
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_names_say_something(path: Path) -> None:
    """No module, function or class bears a name that would fit anything."""
    tree = ast.parse(path.read_text("utf-8"))
    defined = {
        node.name.lower()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    assert not EMPTY_NAMES & {path.stem, path.parent.name, *defined}


def test_files_stay_readable_in_one_sitting() -> None:
    """No file of the program is longer than a reader's patience."""
    written = {".py", ".sql", ".html", ".css", ".js"}
    lengths = {
        name_of(path): len(path.read_text("utf-8").splitlines())
        for path in PACKAGE.rglob("*")
        if path.suffix in written
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_file_names_a_machine() -> None:
    """Nothing kept in the tree tells where somebody's home is, or which host packages are fetched from."""
    home = re.compile(rb"(?<![\w.])/(?:root|home|Users|work)/\w")
    host = re.compile(rb"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org)")
    named = [
        f"{name_of(path)}: {found[0].decode()}"
        for path in kept_files()
        for pattern in (home, host)
        if (found := pattern.search(path.read_bytes()))
    ]
    assert named == []


def test_constraints_are_made_from_the_lock() -> None:
    """constraints.txt is what uv.lock says, so that pip and uv install the same versions."""
    options = ["--quiet", "--frozen", "--all-extras", "--no-hashes", "--no-emit-project"]
    done = run(
        Path(sys.executable).with_name("uv"),
        "export",
        *options,
        "--no-annotate",
        "--no-header",
        UV_OFFLINE="1",
    )
    assert done.returncode == 0, done.stderr
    assert (ROOT / "constraints.txt").read_text("utf-8") == done.stdout


def test_every_dependency_is_pinned() -> None:
    """A package that pyproject.toml asks for, for any purpose, has its version in constraints.txt."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    wanted = {re.split(r"[\s<>=~!\[;]", line, maxsplit=1)[0].lower().replace("_", "-") for line in asked}
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert wanted - {line.split("==")[0] for line in pins} - {"feedlog"} == set()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("exit 1", "feedlog needs Python 3.11 or newer, and none was found."),
        ('case "$2" in *ensurepip*) exit 1;; esac', "apt-get install python3-venv"),
    ],
    ids=["too old", "without venv"],
)
def test_make_says_what_python_is_missing(tmp_path: Path, answer: str, sentence: str) -> None:
    """On a machine whose Python will not do, make stops with a sentence that says what to install."""
    make, shell = shutil.which("make"), shutil.which("sh")
    assert make and shell
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sh").symlink_to(shell)
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        program = programs / name
        program.write_text(f"#!{shell}\n{answer}\n", "utf-8")
        program.chmod(0o755)
    venv = tmp_path / "venv"
    done = run(make, f"VENV={venv}", f"{venv}/.python", PATH=str(programs), MAKEFLAGS="")
    assert done.returncode == 2
    assert sentence in done.stderr
    assert not venv.exists()

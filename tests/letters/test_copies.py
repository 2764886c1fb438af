"""Copies for colleagues in the outbox."""

import os
import stat
from pathlib import Path

import pytest

from feedlog.errors import NotStored
from feedlog.letters.copies import Staged, folder_name, path_of


@pytest.mark.parametrize("agent", ["bo", "Bo Berg", "åse", "bo@example.com", "b.o-2"])
def test_a_plain_name_is_its_folder(agent: str) -> None:
    """A name that can be a folder's is one."""
    assert folder_name(agent) == agent


@pytest.mark.parametrize(
    "agent",
    ["../bo", "bo/../jens", "/etc", "..", ".", "...", ".ssh", "bo\\jens", "a:b", "bo\x1b[31m", "bo ", "*", "å" * 200],
)
def test_no_name_leads_out_of_the_outbox(agent: str) -> None:
    """Slashes, dots, control characters and endless names become a folder of their own inside the outbox."""
    name = folder_name(agent)
    assert not set(name) & set('/\\:*\x1b"<>|?')
    assert name.strip(". ")
    assert not name.startswith(".")
    assert len(name.encode()) <= 120
    assert Path(path_of("/out", agent, 7)).parts == ("/", "out", name, "letter-7.txt")


def test_two_agents_never_share_a_folder() -> None:
    """Names that would look alike afterwards stay apart."""
    assert len({folder_name(agent) for agent in ("a/b", "a\\b", "a_b", "a:b")}) == 4


def test_staged(tmp_path: Path) -> None:
    """A draft says so on its first line; the letter takes its place; both are for their owner only."""
    outbox = tmp_path / "out"
    with Staged(str(outbox)) as staged:
        staged.write(["bo", "jens"], 7, "Kære Anna", sent=False)
        assert not (outbox / "bo" / "letter-7.txt").exists()
        paths = staged.put()
    assert paths == [str(outbox / "bo" / "letter-7.txt"), str(outbox / "jens" / "letter-7.txt")]
    assert Path(paths[0]).read_text("utf-8") == "DRAFT, not sent yet\n\nKære Anna\n"
    with Staged(str(outbox)) as staged:
        staged.write(["bo"], 7, "Kære Anna", sent=True)
        staged.put()
    assert Path(paths[0]).read_text("utf-8") == "Kære Anna\n"
    modes = [stat.S_IMODE(os.stat(path).st_mode) for path in (outbox, outbox / "bo", paths[0])]
    assert modes == [0o700, 0o700, 0o600]
    assert sorted(os.listdir(outbox / "bo")) == ["letter-7.txt"]


def test_left_without_putting(tmp_path: Path) -> None:
    """Where the letter could not be stored no copy shows, and an earlier one stays."""
    with Staged(str(tmp_path)) as staged:
        staged.write(["bo"], 7, "første", sent=True)
        staged.put()
    with pytest.raises(KeyError), Staged(str(tmp_path)) as staged:
        staged.write(["bo"], 7, "anden", sent=True)
        raise KeyError
    assert os.listdir(tmp_path / "bo") == ["letter-7.txt"]
    assert (tmp_path / "bo" / "letter-7.txt").read_text("utf-8") == "første\n"


def test_outbox_that_cannot_be_written(tmp_path: Path) -> None:
    """It is said for whom and where, and that nothing was changed."""
    (tmp_path / "bo").write_text("en fil", "utf-8")
    with pytest.raises(NotStored) as refused, Staged(str(tmp_path)) as staged:
        staged.write(["bo"], 7, "x", sent=True)
    assert refused.value.message == (f"The copy for bo cannot be written to {tmp_path}/bo/letter-7.txt: File exists.")
    assert refused.value.hint == "The letter is as it was. Check the setting outbox, or leave --cc out."


def test_copy_whose_place_is_taken(tmp_path: Path) -> None:
    """Where something stands in a copy's place that cannot be replaced, it is said that the letter itself is stored."""
    place = tmp_path / "bo" / "letter-7.txt" / "full"
    place.mkdir(parents=True)
    with Staged(str(tmp_path)) as staged:
        staged.write(["bo"], 7, "x", sent=True)
        with pytest.raises(NotStored) as refused:
            staged.put()
    assert refused.value.message == (
        f"The letter is stored, but its copy cannot be put at {place.parent}: Is a directory."
    )
    assert os.listdir(tmp_path / "bo") == ["letter-7.txt"]

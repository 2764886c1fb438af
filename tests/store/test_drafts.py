"""Drafts: files that are there whole or not at all."""

import os
import threading
from pathlib import Path

from feedlog.store.drafts import draft_beside, give_name


def test_sweeping_spares_what_is_being_written(tmp_path: Path) -> None:
    """A draft is never taken for abandoned while its writer lives, however many begin and sweep at one moment."""
    missing: list[str] = []

    def write_many(writer: int) -> None:
        for number in range(60):
            with draft_beside(str(tmp_path / "any")) as draft:
                if os.path.exists(draft):
                    give_name(draft, str(tmp_path / f"{writer}-{number}"))
                else:
                    missing.append(draft)

    writers = [threading.Thread(target=write_many, args=[writer]) for writer in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert missing == []
    assert len(os.listdir(tmp_path)) == 8 * 60


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    """A draft nobody writes any more holds customers' words: the next one in its folder removes it."""
    left = tmp_path / ".feedlog-0123456789abcdef.part"
    left.write_text("ingen ringede")
    with draft_beside(str(tmp_path / "any")):
        assert not left.exists()
    assert os.listdir(tmp_path) == []

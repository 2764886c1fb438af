"""What the tests of all formats share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.formats import Row, look_at, opened

Read = Callable[..., tuple[list[str], list[Row]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes a file and reads it: its columns and its rows."""

    def read(content: str | bytes, name: str = "notes.csv") -> tuple[list[str], list[Row]]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        table = opened(look_at(str(path))).readings[0][0]
        return list(table.columns), list(table.rows())

    return read

"""What the tests of all formats share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.formats import Row, format_of, look_at

Read = Callable[..., tuple[list[str], list[Row]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes a file and reads it: its columns and its rows."""

    def read(content: str | bytes, name: str = "notes.csv") -> tuple[list[str], list[Row]]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        file = look_at(str(path))
        form = format_of(file)
        with file.open() as stream:
            columns = form.columns(stream)
        with file.open() as stream:
            return columns, list(form.rows(stream))

    return read

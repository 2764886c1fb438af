"""Days and times are local: these tests stand in one office, wherever they run."""

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def copenhagen() -> Iterator[None]:
    """The office stands in Copenhagen whatever machine runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Copenhagen")
        time.tzset()
        yield
    time.tzset()

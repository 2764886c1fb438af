"""The published file forgets what the log forgot; what stands in the way is said."""

import os
from collections.abc import Callable

from feedlog.publish.forgetting import forget
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log, open_for_writing
from feedlog.store.scrubbing import wanted
from feedlog.vocabulary import DEFAULT_LANGUAGES


def test_without_a_file_nothing_is_made(log: Log, say: Callable[..., int]) -> None:
    """Where nothing was published nothing is."""
    say("Pakken")
    assert forget(log, place_beside(log.path), wanted(["pakken"], [])) is None
    assert not os.path.exists(place_beside(log.path))


def test_pages_of_another_log_are_told(log: Log, say: Callable[..., int], log_path: os.PathLike[str]) -> None:
    """Pages that were made from another log are left alone, and that is said."""
    say("Pakken")
    path = place_beside(log.path)
    other = os.path.join(os.path.dirname(log.path), "other.db")
    with open_for_writing(other, DEFAULT_LANGUAGES) as stranger:
        publish(stranger, path)
    assert forget(log, path, wanted([], [])) == f"The pages at {path} were made from another log"


def test_words_that_stay_published_are_no_traces(log: Log, say: Callable[..., int]) -> None:
    """What somebody else said stays on the pages and is no trace."""
    say("zyzzyvapakken kom")
    path = place_beside(log.path)
    publish(log, path)
    assert forget(log, path, wanted(["zyzzyvapakken"], ["zyzzyvapakken kom"])) is None

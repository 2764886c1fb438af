"""Counting very many things."""

from feedlog.operations.counting import Tally


def test_counts_go_on_where_memory_ends() -> None:
    """What no longer fits in memory is counted as well as what does."""
    tally = Tally(in_memory=2)
    assert [tally.count(digest) for digest in (b"a", b"b", b"c", b"a", b"c", b"d", b"c")] == [1, 1, 1, 2, 2, 1, 3]

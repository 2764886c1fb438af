"""Groups of texts that say the same."""

from feedlog.language import clusters
from feedlog.language.clusters import _joined


def near(*pairs: tuple[int, int]) -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = {}
    for one, other in pairs:
        found.setdefault(one, {})[other] = found.setdefault(other, {})[one] = 1.0
    return found


def test_those_near_each_other_are_joined() -> None:
    """Notes that are all near each other are one group, others another; nobody is in two."""
    assert _joined(near((1, 2), (2, 3), (1, 3), (7, 8))) == [[1, 2, 3], [7, 8]]


def test_a_chain_is_not_a_group() -> None:
    """Likenesses from each to the next do not make one group of the first and the last."""
    chain = near(*((number, number + 1) for number in range(40)))
    assert max(map(len, _joined(chain))) <= 4
    assert sorted(number for group in _joined(chain) for number in group) == list(range(41))


def test_no_group_outgrows_its_bound() -> None:
    """One giant group would say nothing: groups stop growing."""
    count = clusters.LARGEST + 30
    everybody = near(*((one, other) for one in range(count) for other in range(one)))
    assert max(map(len, _joined(everybody))) <= clusters.LARGEST

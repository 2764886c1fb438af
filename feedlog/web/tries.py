"""Guessing passwords takes time, and whoever guesses at one name makes nobody else wait."""

from collections import OrderedDict

# So many wrong tries are free: people mistype.
FREE = 5
# Then each further one waits, twice as long as the one before, up to a minute: a password is not guessed at sixty
# tries an hour, and whose name is guessed at can log in within a minute of the end of it.
LONGEST_WAIT_SECONDS = 60.0
# After so long without a try, nobody waits any more.
FORGOTTEN_SECONDS = 900.0
# Names nobody has are remembered, too, so that waiting does not tell which ones there are; no more than so many.
MOST_NAMES = 10_000


class Tries:
    """Wrong tries by key, which is a name, or a name and a browser that has logged in with it before."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Seconds until the next try with this key is looked at; 0 where it is at once."""
        count, last = self._wrong.get(key, (0, now))
        if count < FREE or now - last > FORGOTTEN_SECONDS:
            return 0
        return max(0.0, last + min(LONGEST_WAIT_SECONDS, 2.0 ** (count - FREE)) - now)

    def failed(self, key: str, now: float) -> None:
        """Remembers a wrong try."""
        count, last = self._wrong.pop(key, (0, now))
        self._wrong[key] = (1 if now - last > FORGOTTEN_SECONDS else count + 1, now)
        while len(self._wrong) > MOST_NAMES:
            self._wrong.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forgets the wrong tries."""
        self._wrong.pop(key, None)

"""An agent at work: a new connection for every note, as every call of the command line has, and a key for each.

python -m bench.torture.agent PATH NAME FIRST COUNT: waits for a line on standard input, then prints one line for
each note that is stored: the count, the note's number, whether it is new, and the milliseconds opening and storing
took.
"""

import sys
import time

from feedlog.language.stems import Stems
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import open_for_writing

LANGUAGES = ("da", "sv", "nb", "en")


def main() -> None:
    """Logs until the count is reached or somebody kills it."""
    path, name, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    stems = Stems(LANGUAGES)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(first, first + count):
        said = Said(
            f"Pakke {number} fra {name} kom for sent",
            customer=f"K-{number % 7}",
            themes=(f"tema {number % 5}",),
            idempotency_key=f"{name} {number}",
        )
        started = time.perf_counter()
        with open_for_writing(path, LANGUAGES) as log:
            added = notes.add(log, said, By(name, "2026-11-18T09:00:00Z"), stems=stems)
        milliseconds = 1000 * (time.perf_counter() - started)
        print(number, added.note_id, int(added.new), f"{milliseconds:.1f}", flush=True)


if __name__ == "__main__":
    main()

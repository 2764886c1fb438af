"""ID and card numbers: every true form is masked, numbers of orders hardly ever, and it costs next to nothing."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

from bench.torture.scene import Broken, Scene, require

ORDERS_LIMIT, CARDS_LIMIT, MILLISECONDS_LIMIT = 1.0, 2.5, 5.0


def run(work: Path, short: bool) -> str:
    """True numbers in every form, then numbers as shops write them, from the generator of the tests."""
    try:
        from tests.language import number_samples as samples
    except ImportError as error:
        raise Broken(f"the samples need python-stdnum, which `make torture` installs: {error}") from error
    tries = 300 if short else 20_000
    masked = _true_ones(3 if short else 100)
    rates = {name: rate(make, tries) for name, make in samples.ORDERS.items()}
    worst = max(rates, key=lambda name: rates[name])
    mean = sum(rates.values()) / len(rates)
    require(mean < ORDERS_LIMIT, f"{mean:.2f} % of order numbers are masked")
    cards = rate(lambda chance: samples.number(chance, "", 16), tries * 2)
    require(short or cards <= CARDS_LIMIT, f"{cards:.2f} % of random 16 digits are masked")
    milliseconds = _cost()
    # The short form runs beside the other tests, which have the processor, too.
    require(short or milliseconds < MILLISECONDS_LIMIT, f"a note of 2 kB takes {milliseconds:.1f} ms")
    _nowhere(work)
    return (
        f"{masked} true numbers in every form: all masked; {len(rates)} kinds of order numbers, {tries:,} of each:"
        f" {mean:.2f} % wrongly masked, at most {rates[worst]:.1f} % ({worst}), {_never(rates)} kinds never; random 16"
        f" digits {cards:.1f} %; a note of 2 kB takes {milliseconds:.1f} ms; raw number in no file"
    )


def _never(rates: dict[str, float]) -> int:
    return sum(not one for one in rates.values())


def strong(text: str) -> list[str]:
    """The numbers that would be masked."""
    from feedlog.language import idnumbers

    return [text[one.start : one.end] for one in idnumbers.find(text) if one.strong]


def rate(make: object, tries: int) -> float:
    """How many in a hundred of such numbers are masked in a sentence."""
    chance = random.Random(4)
    assert callable(make)
    return 100 * sum(bool(strong(f"Det var {make(chance)} hos jer.")) for _ in range(tries)) / tries


def _true_ones(rounds: int) -> int:
    count = 0
    for written in _written(rounds):
        require(strong(f"Mit er {written}, ring") == [written], f"not masked: {written!r}")
        count += 1
    return count


def _written(rounds: int) -> Iterator[str]:
    from feedlog.language.idnumbers import valid
    from tests.language import number_samples as samples

    chance = random.Random(1)
    for _ in range(rounds):
        for _kind, written in samples.written_persons(chance):
            yield written
        for beginning, (_length, groups) in samples.CARDS.items():
            digits = samples.card(chance, beginning)
            yield from (digits, samples.grouped(digits, groups, " "), samples.grouped(digits, groups, "-"))
        for country, length in valid._IBAN_LENGTHS.items():
            digits = samples.iban(chance, country, length)
            yield from (digits, " ".join(digits[at : at + 4] for at in range(0, length, 4)))


def _cost() -> float:
    """Milliseconds of processor for a note of two kilobytes with numbers in it, the median of many."""
    text = ("Pakken 1007295916 kom tre uger for sent, ring 12 34 56 78 eller skriv. " * 30)[:2000]
    times = []
    for number in range(50):
        started = time.process_time()
        strong(f"{number} {text}")
        times.append(1000 * (time.process_time() - started))
    return sorted(times)[len(times) // 2]


def _nowhere(work: Path) -> None:
    """A raw number reaches no file, whether its note is stored or goes to the spool."""
    scene = Scene(work)
    scene.done("add", "Mit cpr er 010190-1234, kort 4111 1111 1111 1111", "-c", "K-1", "--reading", "sagde 010190-1234")
    folder = work / "folder.db"
    folder.mkdir()
    ran = scene.call("--db", str(folder), "add", "Mit cpr er 010190-1234")
    require(ran.status == 75, "a text was to go to the spool and did not")
    told = ran.out + ran.err
    files = [path.name for path in work.rglob("*") if path.is_file() and b"010190-1234" in path.read_bytes()]
    require(not files and "010190-1234" not in told, f"the raw number stands in {files or 'what was said'}")

"""Names for machines: every row that may travel carries one."""

import os
import time


def new_uid() -> str:
    """A fresh UUIDv7 as 36 characters (RFC 9562, section 5.7): 48 bits of milliseconds, then random bits.

    Made by hand because importing `uuid` alone costs a fifth of what `feedlog add` may take.
    """
    millis = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big")
    value = (
        (millis & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    )
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_uids(count: int) -> list[str]:
    """As many fresh UUIDv7 at once, at less than half the cost; ascending, which an index takes in fastest."""
    millis = f"{time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF:012x}"
    start = f"{millis[:8]}-{millis[8:]}-7"
    noise = os.urandom(10 * count).hex()
    uids = []
    for at in range(0, 20 * count, 20):
        # Of the fourth digit two bits are noise; the others say which kind of UUID this is.
        kind = "89ab"[int(noise[at + 3], 16) & 3]
        uids.append(f"{start}{noise[at : at + 3]}-{kind}{noise[at + 4 : at + 7]}-{noise[at + 7 : at + 19]}")
    return sorted(uids)

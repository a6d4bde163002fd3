"""Bytes like others, changed in a few places: the same random numbers give the same bytes."""

from __future__ import annotations

import random
from collections.abc import Sequence


def mutated(seeds: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> bytes:
    """One of the seeds after one to eight changes: something put in, taken out, doubled, turned round, or another's part."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 8)):
        at = chance.randint(0, len(data))
        end = min(len(data), at + chance.choice((1, 1, 2, 5, 20, 100, 1000)))
        match chance.randint(0, 6):
            case 0 | 1:
                data[at:at] = chance.choice(tokens)
            case 2:
                data[at:end] = chance.choice(tokens)
            case 3:
                del data[at:end]
            case 4:
                data[at:at] = data[at:end] * chance.choice((1, 2, 50))
            case 5:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                other = chance.choice(seeds)
                start = chance.randint(0, len(other))
                data[at:end] = other[start : start + 200]
    return bytes(data[:20_000])

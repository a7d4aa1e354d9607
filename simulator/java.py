"""java.util.Random, by which AWS's seeded functions give what they give.

The generator is described in https://docs.oracle.com/javase/8/docs/api/java/util/Random.html
"""

from __future__ import annotations

_MASK = (1 << 48) - 1


class _Random:
    def __init__(self, seed: int) -> None:
        self._state = (seed ^ 0x5DEECE66D) & _MASK

    def bits(self, count: int) -> int:
        """The next `count` bits, of which the first is not a sign."""
        self._state = (self._state * 0x5DEECE66D + 0xB) & _MASK
        return self._state >> (48 - count)


def first_double(seed: int) -> float:
    """new Random(seed).nextDouble(): from 0 to below 1."""
    generator = _Random(seed)
    return ((generator.bits(26) << 27) + generator.bits(27)) * 2.0**-53


def first_int(seed: int, bound: int) -> int:
    """new Random(seed).nextInt(bound): from 0 to below a positive bound; beyond 32 bits, by all its bits."""
    generator = _Random(seed)
    if bound >= 1 << 31:
        return int(first_double(seed) * bound)
    if bound & (bound - 1) == 0:
        return (bound * generator.bits(31)) >> 31
    while True:
        bits = generator.bits(31)
        value = bits % bound
        if bits - value + bound - 1 < 1 << 31:
            return value

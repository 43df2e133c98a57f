"""The outcome of a run's overrides as a sentence, for terminal and page."""

from __future__ import annotations

from collections.abc import Mapping

from models.grading.known_overrides import DOWN, UP


def fates_sentence(counts: Mapping[str, int]) -> str:
    """How many overrides were written, and how many of them met which fate.

    >>> fates_sentence({"applied": 3, "held down by a cap": 1, "expired": 2, "up": 3, "down": 1})
    '6: 3 applied, 1 held down by a cap, 2 expired'
    """
    fates = {name: count for name, count in counts.items() if count and name not in {UP, DOWN}}
    return f"{sum(fates.values()):,}: {', '.join(f'{count:,} {name}' for name, count in fates.items())}"


def overrides_sentence(counts: Mapping[str, int]) -> str:
    """The same, and how many tiers that moved up or down.

    >>> overrides_sentence({"applied": 3, "held down by a cap": 1, "up": 2, "down": 1})
    '4: 3 applied, 1 held down by a cap; 2 up, 1 down'
    """
    return f"{fates_sentence(counts)}; {counts[UP]:,} up, {counts[DOWN]:,} down"

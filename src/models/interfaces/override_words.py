"""What became of the overrides of a run, in a sentence that terminal and page share; it counts nothing."""

from __future__ import annotations

from collections.abc import Mapping

from models.workflows.overrides import DOWN, UP


def overrides_sentence(counts: Mapping[str, int]) -> str:
    """How many overrides met which fate, and how many of those moved a tier up or down.

    >>> overrides_sentence({"applied": 3, "held down by a cap": 1, "expired": 2, "up": 3, "down": 1})
    '6: 3 applied, 1 held down by a cap, 2 expired; 3 up, 1 down'
    """
    fates = {name: count for name, count in counts.items() if count and name not in {UP, DOWN}}
    told = ", ".join(f"{count:,} {name}" for name, count in fates.items())
    return f"{sum(fates.values()):,}: {told}; {counts[UP]:,} up, {counts[DOWN]:,} down"

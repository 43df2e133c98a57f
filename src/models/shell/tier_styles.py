"""The colour of each tier, by its rank: the same on every page; a tier's name always stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

from models.vocab import Tier

BY_RANK = ("s1", "ours", "s0", "s2", "s4", "s3", "s5", "s6")
"""Styles of the page, the best tier first."""
_OTHERS = "truth"


def tier_styles(names: Sequence[str], tiers: Sequence[str] = tuple(Tier)) -> dict[str, str]:
    """The style of each of ``names`` by its rank among all ``tiers``, best first; what is no tier is grey.

    >>> tier_styles(["B", "AA", "not scored"])
    {'B': 's0', 'AA': 's1', 'not scored': 'truth'}
    """
    by_rank = {str(tier): BY_RANK[rank % len(BY_RANK)] for rank, tier in enumerate(tiers)}
    return {name: by_rank.get(name, _OTHERS) for name in names}


def tier_style(name: str) -> str:
    """The style of one tier.

    >>> tier_style("A")
    'ours'
    """
    return tier_styles([name])[name]

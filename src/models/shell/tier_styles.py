"""The colour of each tier, as its policy has it: the same on every page; a tier's name always stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

CLASSES = {
    "green": "s1",
    "blue": "ours",
    "orange": "s0",
    "pink": "s2",
    "sky": "s4",
    "olive": "s3",
    "violet": "s5",
    "red": "s6",
}
"""Colour in a policy -> style of the page, which knows it by day and by night."""
_OTHERS = "truth"


def tier_styles(names: Iterable[str], colours: Mapping[str, str]) -> dict[str, str]:
    """The style of each of ``names`` by the ``colours`` of tiers; what is no tier is grey.

    >>> tier_styles(["B", "AA", "not scored"], {"AA": "green", "B": "orange"})
    {'B': 's0', 'AA': 's1', 'not scored': 'truth'}
    """
    return {name: tier_style(name, colours) for name in names}


def tier_style(name: str, colours: Mapping[str, str]) -> str:
    """The style of one tier.

    >>> tier_style("A", {"A": "blue"})
    'ours'
    """
    return CLASSES[colours[name]] if name in colours else _OTHERS

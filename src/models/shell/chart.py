"""A plot with its title, how to read it and its legend: what a template puts on a page; drawing stands elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from models.evaluation.report.names import BEST, CEILING

OURS = "ours"
COLOURS = ("s0", "s1", "s2", "s3", "s4", "s5", "s6")
"""Styles of lines and dots beside our own; the page gives them colour and dashes."""
_KNOWN = ("logistic", "past_sum", "recency", "last_period", "past_count", "btyd", "untuned_lightgbm")
_STYLES = {**{name: name for name in (OURS, CEILING, BEST)}, **dict(zip(_KNOWN, COLOURS, strict=True))}


@dataclass(frozen=True, kw_only=True)
class Key:
    """One entry of a legend: the mark's style and what it stands for."""

    css: str
    label: str
    shape: str = "line"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawn plot."""

    title: str
    svg: Markup
    legend: tuple[Key, ...] = ()


def benchmark_styles(names: Sequence[str]) -> dict[str, str]:
    """The style of each contender, the same in every plot for those that are known.

    >>> benchmark_styles(["ours", "past_sum", "best", "someone"])
    {'ours': 'ours', 'past_sum': 's1', 'best': 'best', 'someone': 's0'}
    """
    taken = {_STYLES.get(name) for name in names}
    free = itertools.cycle([style for style in COLOURS if style not in taken] or COLOURS)
    return {name: _STYLES[name] if name in _STYLES else next(free) for name in names}


def in_order(names: Iterable[str]) -> list[str]:
    """Ours first; the truth and the best possible, with whom nobody competes, last.

    >>> in_order(["best", "btyd", "ours", "truth", "past_sum"])
    ['ours', 'btyd', 'past_sum', 'truth', 'best']
    """
    last = (CEILING, BEST)
    return sorted(names, key=lambda name: (name != OURS, last.index(name) + 1 if name in last else 0))

"""Styles and order of benchmarks, the same in every plot of an evaluation."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Final

from models.evaluation.report.names import BEST, CEILING
from models.shell.chart import COLOURS, OURS
from models.text import Text

BEST_FIRST: Final = Text("share of clients, best-ranked first", "axis")
AT_RANDOM: Final = Text("at random")
NAMED_FIGURE: Final = Text("{name}: {figure}", "mark of a plot")
_KNOWN = ("logistic", "past_sum", "recency", "last_period", "past_count", "btyd", "untuned_lightgbm")
_STYLES = {**{name: name for name in (OURS, CEILING, BEST)}, **dict(zip(_KNOWN, COLOURS, strict=True))}


def benchmark_styles(names: Sequence[str]) -> dict[str, str]:
    """The style of each benchmark, the same in every plot for those that are known.

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

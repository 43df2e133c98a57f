"""One figure with its interval, from what each client adds to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import stats

from models.kpis.definition import Definition, Form
from models.metrics.bootstrap import wilson
from models.text import ENGLISH, Phrase, Text
from models.vocab import FloatArray, IntArray

LEVEL = 0.95
_Z = float(stats.norm.ppf((1 + LEVEL) / 2))
_FEWEST = 2
_NOT_KNOWN: Final = Text("not known: {why}")
_TOO_FEW: Final = Text("not reported: it stands on fewer than {fewest} clients")


@dataclass(frozen=True, kw_only=True)
class KpiEstimate:
    """A figure in its definition's unit, with a 95% interval where it is a sample of something.

    ``estimate`` is None where it is not known, and ``why`` says it. ``clients`` added to it; ``count`` is what it
    is divided by (clients, answers, currency).
    """

    estimate: float | None
    low: float | None = None
    high: float | None = None
    clients: int = 0
    count: int | float = 0.0
    why: Text | None = None

    @property
    def missing(self) -> str:
        """Why it is not known, in English."""
        return "" if self.why is None else self.why.within(ENGLISH)


def unknown(why: Phrase) -> KpiEstimate:
    """A figure that is not known, with the reason."""
    return KpiEstimate(estimate=None, why=_NOT_KNOWN.filled(why=why))


def shown(figure: KpiEstimate, *, fewest: int) -> KpiEstimate:
    """A figure of at least ``fewest`` clients; of fewer it says more of single clients than of what they stand for.

    >>> shown(KpiEstimate(estimate=51.85, clients=2, count=2.0), fewest=5).missing
    'not reported: it stands on fewer than 5 clients'
    """
    if figure.estimate is None or figure.clients >= fewest:
        return figure
    return KpiEstimate(estimate=None, why=_TOO_FEW.filled(fewest=fewest))


def pooled_figure(definition: Definition, top: FloatArray, bottom: FloatArray) -> KpiEstimate:
    """The figure of all clients. Shapes (n_clients,)."""
    return figures_by_group(definition, top, bottom, np.zeros(len(top), dtype=np.int64), groups=1)[0]


def figures_by_group(
    definition: Definition, top: FloatArray, bottom: FloatArray, group: IntArray, *, groups: int
) -> list[KpiEstimate]:
    """The sum of ``top`` over the sum of ``bottom`` in each group, with an interval that knows clients as units.

    Shapes (n_clients,); ``group`` from 0, negative: in none. The variance is that of a ratio of two sums over clients
    drawn at random (linearised); a share gets Wilson's interval for as many independent trials as have that variance,
    any other figure Student's t with one degree of freedom less than clients. No interval for a single client.
    Source: Cochran (1977), Sampling Techniques, sections 2.11 and 6.4; Wilson (1927), J. Am. Stat. Assoc. 22.
    """
    there = group >= 0
    place, top, bottom = group[there], top[there], bottom[there]

    def summed(values: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(place, weights=values, minlength=groups), dtype=np.float64)

    clients = np.bincount(place, minlength=groups)
    tops, bottoms = summed(top), summed(bottom)
    ratio = np.divide(tops, bottoms, out=np.zeros(groups), where=bottoms > 0)
    spread = summed((top - ratio[place] * bottom) ** 2)
    variance = np.divide(spread, bottoms**2, out=np.zeros(groups), where=bottoms > 0)
    return [
        _figure(definition, float(ratio[each]), float(variance[each]), int(clients[each]), float(bottoms[each]))
        for each in range(groups)
    ]


def _figure(definition: Definition, ratio: float, variance: float, clients: int, count: float) -> KpiEstimate:
    if count <= 0:
        return unknown(definition.nothing)
    ends = (
        _wilson(ratio, variance, clients, count)
        if definition.form is Form.SHARE
        else _student(ratio, variance, clients)
    )
    plain = KpiEstimate(estimate=ratio * definition.scale, clients=clients, count=count)
    if ends is None:
        return plain
    low, high = (float(np.clip(end * definition.scale, definition.least, definition.most)) for end in ends)
    return replace(plain, low=low, high=high)


def _student(ratio: float, variance: float, clients: int) -> tuple[float, float] | None:
    if clients < _FEWEST:
        return None
    half = float(stats.t.ppf((1 + LEVEL) / 2, clients - 1)) * np.sqrt(variance * clients / (clients - 1))
    return ratio - half, ratio + half


def _wilson(share: float, variance: float, clients: int, count: float) -> tuple[float, float] | None:
    if clients < _FEWEST:
        return None
    trials = min(share * (1 - share) / variance, count) if variance > 0 else float(clients)
    return wilson(share, trials)

"""Severity of a client's deterioration against its own past and its peers: figures in, severity out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import numpy as np

from models.config.warnings import WarningsConfig
from models.vocab import BoolArray, FloatArray, IntArray

MOST = 4.0
"""Beyond this strength one figure says nothing more: it may be a slip of the pen."""
_WORSE = {"up": 1.0, "down": -1.0, "away": 0.0}
_OF_BUSINESS = re.compile(r"(?:activity|value)_.*_(\d+)p")
"""Features of the client's business over a window, in periods."""
_OF_SILENCE = re.compile(r"activity_(?:overdue|recency_.*)")
"""Features of how long the client has done no business."""


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A feature that tells of a dimension: worse the higher (1), the lower (-1), the farther from usual (0)."""

    feature: str
    dimension: int
    worse: float
    least: float

    @property
    def window(self) -> int | None:
        """The periods over which it counts business, where less of it is worse; None for all others.

        >>> Signal(feature="activity_growth_6p", dimension=0, worse=-1.0, least=0.25).window
        6
        """
        counted = _OF_BUSINESS.fullmatch(self.feature) if self.worse < 0 else None
        return None if counted is None else int(counted[1])

    @property
    def tells_silence(self) -> bool:
        """Whether it is worse the longer the client has done no business."""
        return self.worse > 0 and _OF_SILENCE.fullmatch(self.feature) is not None


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is usual among each client's peers, and what a tenth of them lie below and above. Shapes (n, n_signals)."""

    middle: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, kw_only=True)
class Deterioration:
    """How each client turned. Shapes (n, n_dimensions) but ``severity``, (n,).

    Attributes:
        severity: 0 to 100. 50 is one dimension just at the point of warning; each further one, and each strength of one
            more, halves what is missing to 100. 0: no warning.
        strength: of each dimension's strongest signal; a warning from 1 on. 0 in a dimension that does not warn by
            itself, where no other warns.
        signal: the place of that signal.
        now: what it is, and
        before: what it was when it was best, among the dates looked back at.
        usual: what it is among the peers.
    """

    severity: FloatArray
    strength: FloatArray
    signal: IntArray
    now: FloatArray
    before: FloatArray
    usual: FloatArray

    @property
    def warns(self) -> BoolArray:
        """In which dimensions each client warns: (n, n_dimensions)."""
        return np.asarray(self.strength >= 1.0)

    def unless(self, chosen: BoolArray) -> Deterioration:
        """The same without a warning on the chosen clients: (n,)."""
        return replace(
            self,
            severity=np.where(chosen, 0.0, self.severity),
            strength=np.where(chosen[:, None], 0.0, self.strength),
        )


def signals_of(config: WarningsConfig, features: Sequence[str]) -> tuple[Signal, ...]:
    """The signals of a book with these features, dimension by dimension; a feature belongs to the first naming it.

    >>> config = WarningsConfig(dimensions={"rating": {"up": {"pd_*": 0.01}}})
    >>> [signal.feature for signal in signals_of(config, ["pd_last", "csat_last"])]
    ['pd_last']
    """
    found: dict[str, Signal] = {}
    for place, dimension in enumerate(config.dimensions.values()):
        for way, worse in _WORSE.items():
            for pattern, least in getattr(dimension, way).items():
                for name in (name for name in features if fnmatchcase(name, pattern)):
                    found.setdefault(name, Signal(feature=name, dimension=place, worse=worse, least=least))
    return tuple(sorted(found.values(), key=lambda signal: signal.dimension))


def silence_chances(
    signals: Sequence[Signal], active: FloatArray, tenure: FloatArray, silence: FloatArray
) -> FloatArray:
    """How likely each client does no business as long as each signal looks back: (n, n_signals); 0 of all others.

    ``active`` counts the periods with business among the ``tenure`` periods since the first; ``silence`` are those
    since the latest: (n,) each. A window looks back on its periods, a figure of silence on the silence. Periods are
    taken to be alike: (1 - active / tenure) ** periods. A client of one deal in three years is silent for half a year
    nearly always, so that a deal which leaves such a window is no turn; one that pays every month never is.

    >>> half_year = Signal(feature="activity_growth_6p", dimension=0, worse=-1.0, least=0.25)
    >>> silence_chances([half_year], np.array([1.0, 35.0]), np.array([36.0, 36.0]), np.array([7.0, 7.0])).round(3)
    array([[0.844],
           [0.   ]])
    """
    share = np.clip(np.nan_to_num(active) / np.maximum(np.nan_to_num(tenure), 1.0), 0.0, 1.0)
    chances = np.zeros((len(share), len(signals)))
    for place, signal in enumerate(signals):
        periods = np.nan_to_num(silence) if signal.tells_silence else signal.window
        if periods is not None:
            chances[:, place] = (1.0 - share) ** periods
    return chances


def is_better_since(now: FloatArray, before: FloatArray) -> BoolArray:
    """Whose value rose and whose risk fell: (n,).

    ``now`` and ``before`` are the value, the probability of decline and that of default: (3, n). What is NaN at either
    date is not known: without value and decline nobody is better, without default these two decide; with it, default
    must not have become likelier.

    >>> is_better_since(np.array([[67.1, 67.1], [0.68, 0.68], [0.02, 0.09]]), np.array([[42.6], [0.80], [0.04]]))
    array([ True, False])
    """
    (value, decline, default), (value_then, decline_then, default_then) = now, before
    return np.asarray((value > value_then) & (decline < decline_then) & ~(default > default_then))


def deterioration_of(
    signals: Sequence[Signal],
    now: FloatArray,
    before: FloatArray,
    usual: Usual,
    *,
    alone: Sequence[bool],
    telling: BoolArray | None = None,
) -> Deterioration:
    """How clients turned whose signals are ``now`` (n, n_signals) and were ``before`` (n_dates, n, n_signals).

    Both are counted in the way from what is usual among the peers to where the worst tenth of them begins, at least
    ``Signal.least``. The strength of a signal is the smaller of how far it lies beyond usual and how far it moved since
    it was best: a client that was always bad has not turned, nor has one that came from far above to what is usual.
    What is missing now, or was at every date before, tells nothing. ``alone`` says of each dimension whether it warns
    by itself; ``telling``, (n, n_signals), of each signal whether it tells anything of a client, by default all do.
    """
    worse = np.array([signal.worse for signal in signals])
    middle, unit = _scale(signals, usual)
    level, past = _badness(now, worse, middle, unit), _badness(before, worse, middle, unit)
    known = np.where(np.isnan(past), np.inf, past)
    best = known.argmin(axis=0)[None] if len(known) else np.empty((0, *now.shape), dtype=np.int64)
    least_bad = _taken(known, best, now.shape)
    change = np.where(np.isinf(least_bad), np.nan, level - least_bad)
    strength = np.clip(np.nan_to_num(np.minimum(level, change)), 0.0, MOST)
    strength = strength if telling is None else np.where(telling, strength, 0.0)
    leading, strongest = _leading(strength, signals, len(alone))
    strongest = _beside_others(strongest, np.asarray(alone, dtype=np.bool_))
    reported = {"now": now, "before": _taken(before, best, now.shape), "usual": middle}
    return Deterioration(
        severity=severity_of(strongest),
        strength=strongest,
        signal=leading,
        **{name: _of_leading(values, leading) for name, values in reported.items()},
    )


def severity_of(strength: FloatArray) -> FloatArray:
    """Of the strengths of the dimensions, (n, n_dimensions) -> (n,); those below 1 do not count.

    >>> severity_of(np.array([[0.9, 0.0], [1.0, 0.0], [1.0, 1.0], [2.0, 1.0]]))
    array([ 0. , 50. , 75. , 87.5])
    """
    counted = np.where(strength >= 1.0, strength, 0.0)
    total = np.zeros(len(strength))
    for column in counted.T:  # in order: one client alone gives the same bits
        total += column
    return np.asarray(100.0 * (1.0 - 0.5**total))


def _scale(signals: Sequence[Signal], usual: Usual) -> tuple[FloatArray, FloatArray]:
    """The middle of the peers, and the way from there to their worst tenth."""
    worse = np.array([signal.worse for signal in signals])
    middle = np.where(np.isnan(usual.middle), (usual.low + usual.high) / 2, usual.middle)
    above, below = usual.high - middle, middle - usual.low
    way = np.select([worse > 0, worse < 0], [above, below], default=np.maximum(above, below))
    return middle, np.maximum(way, [signal.least for signal in signals])


def _badness(values: FloatArray, worse: FloatArray, middle: FloatArray, unit: FloatArray) -> FloatArray:
    distance = (values - middle) / unit
    return np.where(worse == 0, np.abs(distance), worse * distance)


def _taken(values: FloatArray, place: IntArray, shape: tuple[int, ...]) -> FloatArray:
    return np.take_along_axis(values, place, axis=0)[0] if len(values) else np.full(shape, np.nan)


def _leading(strength: FloatArray, signals: Sequence[Signal], dimensions: int) -> tuple[IntArray, FloatArray]:
    """The strongest signal of each dimension, the first of equals, -1 where it has none; and how strong it is."""
    leading = np.full((len(strength), dimensions), -1, dtype=np.int64)
    strongest = np.zeros((len(strength), dimensions))
    for dimension in range(dimensions):
        places = np.array([at for at, signal in enumerate(signals) if signal.dimension == dimension], dtype=np.int64)
        if len(places):
            leading[:, dimension] = places[strength[:, places].argmax(axis=1)]
            strongest[:, dimension] = strength[:, places].max(axis=1)
    return leading, strongest


def _beside_others(strength: FloatArray, alone: BoolArray) -> FloatArray:
    """The same with 0 in dimensions that do not warn by themselves, where no other warns."""
    warned = np.any((strength >= 1.0) & alone, axis=1, keepdims=True)
    return np.where(warned | alone, strength, 0.0)


def _of_leading(values: FloatArray, leading: IntArray) -> FloatArray:
    if not values.shape[1]:
        return np.full(leading.shape, np.nan)
    return np.where(leading < 0, np.nan, np.take_along_axis(values, np.maximum(leading, 0), axis=1))

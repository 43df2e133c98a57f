"""Bootstrap percentile intervals of metrics, resampling whole groups of clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from models.codec import NOT_WRITTEN
from models.errors import InternalError, TooLittleDataError
from models.metrics.resampled import AT_ONCE
from models.vocab import FloatArray, IntArray

MIN_DEFINED_SHARE = 0.9
_SECONDARY, _FEWEST = 5, 100
_NUMBERS_AT_ONCE = 60_000
"""Resamples are weighed in blocks of so many numbers: half a megabyte, which a processor's cache holds; four times
larger blocks take twice as long."""


Metric = Callable[..., float]
"""A figure over arrays of one length; its keyword ``weight`` says how often each client counts."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A figure with the range it may well lie in. ``undefined`` resamples had, say, one outcome only."""

    estimate: float
    low: float
    high: float
    undefined: Annotated[int, NOT_WRITTEN] = 0


@dataclass(frozen=True, kw_only=True)
class ReportedInterval:
    """A figure of a report with its 95% interval; None for what the clients leave open."""

    estimate: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Resampling:
    """Bootstrap of figures that resamples whole groups (n_clients,) of clients."""

    groups: IntArray
    resamples: int
    seed: int

    def draws(self, metric: Metric, *arrays: ArrayLike, main: bool = False) -> Draws:
        """``metric(*arrays)`` on all clients and on each resample; the last array is what ranks.

        A figure that is not the main one of its target is drawn a fifth as often: its interval is then known to about
        a tenth of its width, and judging takes less time than fitting.
        """
        resamples = self.resamples if main else max(self.resamples // _SECONDARY, _FEWEST)
        return bootstrap_draws(metric, arrays, self.groups, resamples=resamples, seed=self.seed)

    def figures(self, figures: Callable[[FloatArray], Mapping[str, FloatArray]]) -> dict[str, Draws]:
        """Several figures at once, as ``bootstrap_figures`` draws them."""
        return bootstrap_figures(figures, self.groups, resamples=self.resamples, seed=self.seed)


@dataclass(frozen=True, eq=False)
class Draws:
    """A metric on the clients as they are, and on each resample. Draws of equal groups and seed are paired."""

    estimate: float
    values: FloatArray

    def interval(self, level: float = 0.95) -> Interval:
        """The percentile interval. Raises ``TooLittleDataError`` if over a tenth of the resamples are undefined."""
        return _interval(self.estimate, self.values, level)

    def minus(self, other: Draws) -> Draws:
        """The difference of two metrics over the same clients in every resample."""
        return Draws(self.estimate - other.estimate, self.values - other.values)

    def share_of_way(self, start: Draws, end: Draws) -> Draws:
        """How far this metric has come from that of ``start`` to that of ``end``: 0 at the one, 1 at the other.

        NaN where the two are equal.

        >>> one = [np.array([each]) for each in (0.7, 0.86, 0.9)]
        >>> start, ours, end = (Draws(float(value[0]), value) for value in one)
        >>> round(ours.share_of_way(start, end).estimate, 6)
        0.8
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            way = self.minus(start), end.minus(start)
            values = np.where(way[1].values == 0, np.nan, way[0].values / way[1].values)
        return Draws(way[0].estimate / way[1].estimate if way[1].estimate else float("nan"), values)


def bootstrap_draws(
    metric: Metric, arrays: Sequence[ArrayLike], groups: ArrayLike, *, resamples: int = 1_000, seed: int
) -> Draws:
    """``metric(*arrays)`` when whole ``groups`` are drawn with replacement, ``resamples`` times.

    Each array and ``groups`` (any labels: clients, or sponsor groups, whose clients share a fate) is
    (n_clients,). The result does not depend on row order. A resample in which the metric is not defined is
    NaN. Raises ``TooLittleDataError`` if the metric is not defined on the whole or there is but one group.
    """
    codes, count = _codes(groups)
    figure = _Figure(metric, arrays, codes)
    estimate = figure.on_all()
    rows = max(_NUMBERS_AT_ONCE // max(codes.size, count), 1)
    return Draws(estimate, np.concatenate([figure.under(counts) for counts in _draws(count, resamples, seed, rows)]))


def bootstrap_interval(
    metric: Metric,
    arrays: Sequence[ArrayLike],
    groups: ArrayLike,
    *,
    resamples: int = 1_000,
    level: float = 0.95,
    seed: int,
) -> Interval:
    """Percentile interval of ``metric(*arrays)``, as ``bootstrap_draws`` resamples it.

    Source: Efron and Tibshirani (1993), chapter 13; Davison and Hinkley (1997), section 3.8, for groups.

    >>> from models.metrics import mae
    >>> interval = bootstrap_interval(mae, ([0, 0, 0], [1, 1, 1]), ["a", "b", "c"], resamples=100, seed=1)
    >>> interval.estimate, interval.low, interval.high
    (1.0, 1.0, 1.0)
    """
    return bootstrap_draws(metric, arrays, groups, resamples=resamples, seed=seed).interval(level)


def bootstrap_difference(
    metric: Metric,
    ours: Sequence[ArrayLike],
    theirs: Sequence[ArrayLike],
    groups: ArrayLike,
    *,
    resamples: int = 1_000,
    level: float = 0.95,
    seed: int,
) -> Interval:
    """The same for ``metric(*ours) - metric(*theirs)``, both over the same clients in every resample.

    ``ours`` and ``theirs`` are, say, (actual, our score) and (actual, score of the baseline). An interval
    that excludes zero says that the two differ by more than the choice of clients explains.

    >>> from models.metrics import mae
    >>> bootstrap_difference(mae, ([0, 0], [1, 1]), ([0, 0], [3, 3]), ["a", "b"], resamples=100, seed=1).high
    -2.0
    """
    first, second = (
        bootstrap_draws(metric, arrays, groups, resamples=resamples, seed=seed) for arrays in (ours, theirs)
    )
    return first.minus(second).interval(level)


def bootstrap_figures(
    figures: Callable[[FloatArray], Mapping[str, FloatArray]], groups: ArrayLike, *, resamples: int = 1_000, seed: int
) -> dict[str, Draws]:
    """Several figures of the same clients at once, each as ``bootstrap_draws`` would draw it.

    ``figures`` gets how often each client counts, (n_resamples, n_clients) in the order of ``groups``, and returns
    name -> (n_resamples,). Raises ``TooLittleDataError`` if there is but one group.

    >>> drawn = bootstrap_figures(lambda w: {"clients": w.sum(axis=1)}, ["a", "b"], resamples=100, seed=1)
    >>> drawn["clients"].estimate, drawn["clients"].interval().low
    (2.0, 2.0)
    """
    codes, count = _codes(groups)
    rows = max(_NUMBERS_AT_ONCE // max(codes.size, count), 1)
    parts = [figures(counts[:, codes]) for counts in _draws(count, resamples, seed, rows)]
    return {
        name: Draws(float(whole[0]), np.concatenate([part[name] for part in parts]))
        for name, whole in figures(np.ones((1, codes.size))).items()
    }


def reported_interval(draws: Draws) -> ReportedInterval:
    """Estimate, low and high for a report; None for what these clients leave open.

    >>> reported_interval(Draws(float("nan"), np.full(100, np.nan)))
    ReportedInterval(estimate=None, low=None, high=None)
    """
    if not np.isfinite(draws.estimate):
        return ReportedInterval(estimate=None)
    try:
        interval = draws.interval()
    except TooLittleDataError:
        return ReportedInterval(estimate=draws.estimate)
    return ReportedInterval(estimate=draws.estimate, low=interval.low, high=interval.high)


class _Figure:
    """A metric over clients put in order once by the last array, the score, which metrics sort by."""

    def __init__(self, metric: Metric, arrays: Sequence[ArrayLike], codes: IntArray) -> None:
        given: list[NDArray[Any]] = [np.asarray(array) for array in arrays]
        if any(array.shape != codes.shape for array in given):
            raise InternalError(f"the bootstrap needs arrays of shape {codes.shape} like the groups")
        order = np.lexsort((codes, *given[:-1], -given[-1].astype(np.float64)))
        self._metric = metric
        self._arrays = [array[order] for array in given]
        self._codes = codes[order]

    def on_all(self) -> float:
        """The metric when each client counts once. Raises ``TooLittleDataError`` if it is not defined."""
        return self._metric(*self._arrays, weight=None)

    def under(self, counts: FloatArray) -> FloatArray:
        """The metric when group g counts ``counts[r, g]`` times, for each row r; NaN where undefined."""
        weights = counts[:, self._codes]
        at_once = AT_ONCE.get(self._metric)
        if at_once is None:
            return np.array([self._one(weight) for weight in weights])
        actual, score = (array.astype(np.float64) for array in self._arrays)
        return at_once(actual, score, weights)

    def _one(self, weight: FloatArray) -> float:
        try:
            return self._metric(*self._arrays, weight=weight)
        except TooLittleDataError:
            return float("nan")


def _codes(groups: ArrayLike) -> tuple[IntArray, int]:
    codes, labels = pd.factorize(np.asarray(groups), sort=True)
    if (codes < 0).any():
        raise InternalError("the bootstrap needs a group for every client")
    if labels.size < 2:  # noqa: PLR2004
        raise TooLittleDataError(
            rule="an interval needs at least two groups of clients",
            got=labels.size,
            remedy="take more clients, or leave group_id empty where groups are not known",
        )
    return codes.astype(np.int64), int(labels.size)


def _draws(count: int, resamples: int, seed: int, rows: int) -> Iterator[FloatArray]:
    """How often each of ``count`` groups is drawn in each resample, at most ``rows`` resamples at a time."""
    generator = np.random.default_rng(seed)
    for start in range(0, resamples, rows):
        drawn = generator.integers(0, count, size=(min(rows, resamples - start), count))
        places = drawn + count * np.arange(drawn.shape[0])[:, None]
        yield np.bincount(places.ravel(), minlength=drawn.size).reshape(drawn.shape).astype(np.float64)


def _interval(estimate: float, draws: FloatArray, level: float) -> Interval:
    defined = draws[np.isfinite(draws)]
    if defined.size < MIN_DEFINED_SHARE * draws.size:
        raise TooLittleDataError(
            rule=f"an interval needs a metric that is defined in {MIN_DEFINED_SHARE:.0%} of the resamples",
            got=f"{defined.size:,} of {draws.size:,}",
            remedy="take more clients or origins",
        )
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return Interval(estimate=estimate, low=float(low), high=float(high), undefined=draws.size - defined.size)


def called_better(difference: Interval) -> bool:
    """Whether a challenger is better by more than the choice of clients explains.

    ``difference`` is the 95% interval of the challenger's metric minus the other's, over the same clients, of a metric
    where more is better (turn the sign for one where less is). Better means that its lower end lies above 0. Of
    challengers that are no better, 2 to 5 in 100 are called so on 300 clients with heavy-tailed values; by basic or BCa
    intervals of the normalized Gini it were 7 to 8.

    >>> called_better(Interval(estimate=0.03, low=0.01, high=0.05))
    True
    >>> called_better(Interval(estimate=0.03, low=-0.01, high=0.07))
    False
    """
    return difference.low > 0


def what_cannot_be_known(differences: Mapping[str, Interval], *, metric: str, clients: int) -> tuple[str, ...]:
    """One sentence for each contender that the clients judged are too few to rank against ours; none if all can be.

    ``differences``: contender -> 95% interval of ours minus the contender's, in units of ``metric``. An interval that
    holds 0 leaves open which of the two is better.

    >>> open_question = {"past sum": Interval(estimate=0.02, low=-0.011, high=0.05)}
    >>> what_cannot_be_known(open_question, metric="AUC", clients=1300)[0]
    '1,300 clients cannot tell by AUC whether ours is better than past sum: the difference may be -0.011 to +0.050.'
    """
    return tuple(
        f"{clients:,} clients cannot tell by {metric} whether ours is better than {name}: "
        f"the difference may be {difference.low:+.3f} to {difference.high:+.3f}."
        for name, difference in differences.items()
        if difference.low <= 0 <= difference.high
    )


def wilson(share: float, trials: float, level: float = 0.95) -> tuple[float, float]:
    """Range in which the frequency behind an observed ``share`` of ``trials`` may well lie, between 0 and 1.

    Source: Wilson (1927); trials count as independent.

    >>> [round(end, 4) for end in wilson(0.5, 10)]
    [0.2366, 0.7634]
    >>> [round(end, 4) for end in wilson(0.1, 10.0)]
    [0.0179, 0.4042]
    """
    z = float(ndtri((1 + level) / 2))
    middle = share + z**2 / (2 * trials)
    half = z * float(np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)))
    scale = 1 + z**2 / trials
    return max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0)

"""Timing model: discrete-time hazards of the step at which decline falls, given that it happens."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
import scipy
from scipy.special import expit, logit

from models.config.learners import DeclineLearnerConfig
from models.config.sections import RunConfig
from models.learners.boosting import BoostedTrees, fit_booster
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.decline.steps import LIKE_SHARE, beside, small_trees, step_ends, steps_of, with_step
from models.vocab import BoolArray, FloatArray, IntArray

MIN_EVENTS = 200
"""With fewer, a step's share of a tenth is not known to within 4 points (two standard errors), let alone by feature."""
MAX_CELLS = 2**25
"""Numbers in the rows learned from at once: 256 MB. Of more, events evenly spread over the rows are taken."""


@dataclass(frozen=True, kw_only=True)
class PersonSteps:
    """One entry per client with an event and step up to it, the last step left away. Shapes (m,).

    ``margin`` is what a model said of it, in log-odds before calibration; ``happened``, whether it was this step.
    ``events`` is how many that model had learned from; ``by_feature``, whether it distinguished clients.
    """

    margin: FloatArray
    happened: BoolArray
    events: int
    by_feature: bool


@dataclass(frozen=True, kw_only=True)
class TimingModel:
    """Hazard of each step: the chance that the event falls in it, given that it happens and did not come before.

    Source: Singer and Willett (1993) for the person-steps.

    Attributes:
        ends: the periods with which the steps end.
        shares: share of the training events that fell in each step, smoothed; those of every client where there are no
            ``trees``.
        events: how many training events there were.
        levels: log-odds added to the trees at every step but the last, so that they foresee as many events there as
            ``shares`` tell. What few trees leave out of the steps would else all fall into the last one.
    """

    ends: tuple[int, ...]
    shares: tuple[float, ...]
    events: int
    trees: BoostedTrees | None = None
    levels: tuple[float, ...] = ()
    calibration: PlattCalibration = field(default_factory=PlattCalibration)

    @classmethod
    def fit(
        cls,
        matrix: FloatArray,
        event_period: IntArray,
        *,
        horizon_periods: int,
        config: DeclineLearnerConfig,
        contract: FeatureContract,
        run: RunConfig,
        weight: FloatArray | None = None,
    ) -> TimingModel:
        """Learn from features (n, n_features) and the period of each event (n,), 0 for none; bring a fixed order.

        With fewer than ``MIN_EVENTS`` events, or too few for a split, the shares of the steps stand for everyone.
        """
        ends = step_ends(horizon_periods, config.curve_steps)
        step = steps_of(event_period, ends)
        plain = cls(ends=ends, shares=_shares(step, ends, weight), events=int(np.count_nonzero(step)))
        rows, at, happened = _person_steps(step, len(ends), most=MAX_CELLS // (matrix.shape[1] + 1))
        enough = plain.events >= max(MIN_EVENTS, 2 * config.min_clients_per_leaf)
        if not enough or happened.all() or not happened.any():
            return plain
        trees = fit_booster(
            beside(matrix[rows], at),
            happened.astype(np.float64),
            objective={"objective": "binary"},
            config=small_trees(config),
            contract=with_step(contract),
            run=run,
            weight=None if weight is None else weight[rows],
        )
        return replace(plain, trees=trees)._levelled(matrix, rows, at, weight)

    def evidence(self, matrix: FloatArray, event_period: IntArray) -> PersonSteps:
        """What this model says of clients whose event is known by now, to calibrate it or its successor with."""
        step = steps_of(event_period, self.ends)
        rows, at, happened = _person_steps(step, len(self.ends))
        margins = self._margins(matrix[step > 0])
        place = np.cumsum(step > 0) - 1
        return PersonSteps(
            margin=margins[place[rows], at - 1],
            happened=happened,
            events=self.events,
            by_feature=self.trees is not None,
        )

    def calibrated_on(self, evidence: Sequence[PersonSteps]) -> TimingModel:
        """The same model with its hazards put right on later origins, pooled; as it is where they tell nothing.

        Evidence of models unlike this one is left away: those that learned from less than half as many events, or
        without trees where this one has some, or the other way round.
        """
        alike = [each for each in evidence if self._is_like(each)]
        happened = np.concatenate([each.happened for each in alike]) if alike else np.zeros(0, dtype=np.bool_)
        if happened.all() or not happened.any():
            return self
        margin = np.concatenate([each.margin for each in alike])
        return replace(self, calibration=PlattCalibration.fit(margin, happened.astype(np.float64)))

    def calibrated(self, matrix: FloatArray, event_period: IntArray) -> TimingModel:
        """The same, on clients of one later origin."""
        return self.calibrated_on([self.evidence(matrix, event_period)])

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Chance that an event that happens does so up to each step; never falls and ends with 1. (n, n_steps)."""
        hazards = np.ones((matrix.shape[0], len(self.ends)))
        hazards[:, :-1] = expit(self.calibration.log_odds(self._margins(matrix)))
        reached = 1.0 - np.cumprod(1.0 - hazards, axis=1)
        return np.asarray(reached)

    def _is_like(self, other: PersonSteps) -> bool:
        return other.events >= LIKE_SHARE * self.events and other.by_feature == (self.trees is not None)

    def _margins(self, matrix: FloatArray) -> FloatArray:
        """Log-odds of the hazard at every step but the last. (n, n_features) -> (n, n_steps - 1)."""
        if self.trees is None:
            return np.tile(logit(self._hazards()), (matrix.shape[0], 1))
        by_trees = self.trees.raw_along(matrix, np.arange(1.0, len(self.ends)))[:, :, 0]
        return np.asarray(by_trees + np.array(self.levels))

    def _hazards(self) -> FloatArray:
        """The hazard of every step but the last by the shares alone. (n_steps - 1,)."""
        shares = np.array(self.shares)
        left = shares[::-1].cumsum()[::-1]
        return np.asarray(shares[:-1] / left[:-1])

    def _levelled(self, matrix: FloatArray, rows: IntArray, at: IntArray, weight: FloatArray | None) -> TimingModel:
        """The same with ``levels`` by the person-steps that it was fitted on."""
        unlevelled = replace(self, levels=(0.0,) * (len(self.ends) - 1))
        learned, place = np.unique(rows, return_inverse=True)
        margins = unlevelled._margins(matrix[learned])[place, at - 1]
        counts = np.ones(len(rows)) if weight is None else weight[rows]
        levels = tuple(
            _level(margins[at == step], counts[at == step], float(hazard))
            for step, hazard in enumerate(self._hazards(), start=1)
        )
        return replace(self, levels=levels)

    def to_texts(self) -> dict[str, str]:
        """The model as texts: ``settings.json`` and, where there are any, ``trees.txt``."""
        settings = {
            "ends": self.ends,
            "shares": self.shares,
            "events": self.events,
            "levels": self.levels,
            "calibration": asdict(self.calibration),
        }
        trees = {} if self.trees is None else {"trees.txt": self.trees.to_text()}
        return {"settings.json": json.dumps(settings), **trees}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int = 0) -> TimingModel:
        """Read what ``to_texts`` wrote, once it is known to be whole."""
        settings = json.loads(texts["settings.json"])
        return cls(
            ends=tuple(settings["ends"]),
            shares=tuple(settings["shares"]),
            events=settings["events"],
            levels=tuple(settings["levels"]),
            trees=BoostedTrees.from_text(texts["trees.txt"], threads=threads) if "trees.txt" in texts else None,
            calibration=PlattCalibration(**settings["calibration"]),
        )


def _shares(step: IntArray, ends: tuple[int, ...], weight: FloatArray | None) -> tuple[float, ...]:
    """Share of the events per step; one event more, spread evenly over the periods, keeps each above zero."""
    widths = np.diff((0, *ends))
    events = np.bincount(step, weights=weight, minlength=len(ends) + 1)[1:]
    counts = _smoothed(events + widths / ends[-1], widths)
    return tuple((counts / counts.sum()).tolist())


def _smoothed(counts: FloatArray, widths: IntArray) -> FloatArray:
    """Events per period as a mean over each step and its neighbours; the first stands alone, the sum stays. (n_steps,).

    Who is silent from the start is dated in the first step. Who wavers about the configured share until the end is
    dated in the last one only because the horizon ends there: whether it would have caught up is not seen.

    >>> _smoothed(np.array([9.0, 1.0, 0.0, 2.0]), np.array([1, 1, 1, 1]))
    array([9. , 0.6, 1.2, 1.2])
    """
    later, wide = counts[1:], widths[1:].astype(np.float64)
    if not len(later):
        return counts
    around = np.convolve(later, np.ones(3))[1:-1] / np.convolve(wide, np.ones(3))[1:-1] * wide
    return np.concatenate([counts[:1], around * later.sum() / around.sum()])


def _level(margin: FloatArray, weight: FloatArray, hazard: float) -> float:
    """What must be added to log-odds (m,) for their mean probability to be ``hazard``; 0 where there are none."""
    if not len(margin):
        return 0.0
    wanted, total = hazard * weight.sum(), logit(hazard)
    low, high = total - margin.max() - 1.0, total - margin.min() + 1.0
    return float(scipy.optimize.brentq(lambda level: weight @ expit(margin + level) - wanted, low, high))


def _person_steps(step: IntArray, steps: int, *, most: int | None = None) -> tuple[IntArray, IntArray, BoolArray]:
    """Row, step and whether the event fell in it, for every event and step up to it; all shapes (m,).

    The last step is left away: who came so far has its event there. ``most`` is about how many there may be.
    """
    events = np.flatnonzero(step)
    passed = np.minimum(step[events], steps - 1)
    total = int(passed.sum())
    if most is not None and total > most:
        kept = len(events) * most // total
        events = events[np.arange(kept) * len(events) // max(kept, 1)]
        passed = np.minimum(step[events], steps - 1)
    rows = np.repeat(events, passed)
    at = np.arange(len(rows)) - np.repeat(np.cumsum(passed) - passed, passed) + 1
    return rows, at, step[rows] == at

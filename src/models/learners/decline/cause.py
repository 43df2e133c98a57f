"""Cause model: the share of each cause of decline, given that the client declines and at which step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy
from scipy.special import log_softmax, logsumexp, softmax

from models.config.learners import DeclineLearnerConfig
from models.config.sections import RunConfig
from models.learners.boosting import BoostedTrees, fit_booster
from models.learners.contract import FeatureContract
from models.learners.decline.steps import LIKE_SHARE, beside, small_trees, step_ends, steps_of, with_step
from models.vocab import FloatArray, IntArray

EXACT = 2.0**40
"""Shares are whole multiples of its inverse: then they sum to one exactly, in any order."""


_TUPLES = ("causes", "ends", "shares", "learned", "shift")


@dataclass(frozen=True, kw_only=True)
class CauseEvidence:
    """Declined clients: logarithms of the shares that a model gave, (m, n_causes), and their causes (m,).

    ``declines`` is how many that model had learned from, ``learned`` the causes that it distinguished.
    """

    log_shares: FloatArray
    cause: IntArray
    declines: int
    learned: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CauseModel:
    """Trees for the causes that are frequent enough, beside fixed shares of the others.

    Attributes:
        causes: their names; a cause's place is its code.
        ends: the periods with which the steps end.
        shares: share of each cause in the training declines.
        declines: how many of these there were.
        learned: the causes among which ``trees`` tell apart.
        shift: what is added to each cause's log share, to put the totals right on later origins.
    """

    causes: tuple[str, ...]
    ends: tuple[int, ...]
    shares: tuple[float, ...]
    declines: int
    learned: tuple[int, ...] = ()
    trees: BoostedTrees | None = None
    shift: tuple[float, ...]

    @classmethod
    def fit(  # noqa: PLR0913 - rows have an event, a cause and a weight
        cls,
        matrix: FloatArray,
        event_period: IntArray,
        cause: IntArray,
        *,
        causes: Sequence[str],
        horizon_periods: int,
        config: DeclineLearnerConfig,
        contract: FeatureContract,
        run: RunConfig,
        weight: FloatArray | None = None,
    ) -> CauseModel:
        """Learn from features (n, n_features), onsets (n,) and causes (n,), places in ``causes`` or -1 for no decline.

        A cause with fewer than twice ``min_clients_per_leaf`` cases, of which no tree can tell one half from the
        other, keeps its share among all declines. Bring rows in a fixed order.
        """
        ends = step_ends(horizon_periods, config.curve_steps)
        counts = np.bincount(cause[cause >= 0], minlength=len(causes))
        plain = cls(
            causes=tuple(causes),
            ends=ends,
            shares=_shares(cause, len(causes), weight),
            declines=int(counts.sum()),
            shift=(0.0,) * len(causes),
        )
        learned = np.flatnonzero(counts >= 2 * config.min_clients_per_leaf)
        if len(learned) < 2:  # noqa: PLR2004 - nothing to tell apart
            return plain
        rows = np.flatnonzero(np.isin(cause, learned))
        trees = fit_booster(
            beside(matrix[rows], steps_of(event_period[rows], ends)),
            np.searchsorted(learned, cause[rows]).astype(np.float64),
            objective={"objective": "multiclass", "num_class": len(learned)},
            config=small_trees(config),
            contract=with_step(contract),
            run=run,
            weight=None if weight is None else weight[rows],
        )
        return replace(plain, learned=tuple(learned.tolist()), trees=trees)

    def evidence(self, matrix: FloatArray, event_period: IntArray, cause: IntArray) -> CauseEvidence:
        """What this model says of clients that have declined by now, to calibrate it or its successor with."""
        rows = np.flatnonzero(cause >= 0)
        log_shares = self._log_shares(matrix[rows], steps_of(event_period[rows], self.ends))
        return CauseEvidence(log_shares=log_shares, cause=cause[rows], declines=self.declines, learned=self.learned)

    def calibrated_on(self, evidence: Sequence[CauseEvidence]) -> CauseModel:
        """The same model with the total of each cause put right on later origins, pooled; as it is without declines.

        The shift is that of maximum likelihood, the intercepts of a multinomial logit with the log shares as offset.
        One decline with the mean shares of all is added, so that what did not occur there is not ruled out. Evidence
        of models unlike this one is left away: those that learned from less than half as many declines, or
        distinguished other causes.
        """
        alike = [each for each in evidence if self._is_like(each)]
        if not sum(len(each.cause) for each in alike):
            return self
        log_shares = np.concatenate([each.log_shares for each in alike])
        cause = np.concatenate([each.cause for each in alike])
        return replace(self, shift=tuple(_shift(log_shares, cause).tolist()))

    def calibrated(self, matrix: FloatArray, event_period: IntArray, cause: IntArray) -> CauseModel:
        """The same, on clients of one later origin."""
        return self.calibrated_on([self.evidence(matrix, event_period, cause)])

    def predict(self, matrix: FloatArray, step: int) -> FloatArray:
        """Share of each cause in a decline at ``step``, from 1; they sum to one exactly. (n, n_causes)."""
        return self._shifted(self._log_shares(matrix, step))

    def predict_steps(self, matrix: FloatArray) -> FloatArray:
        """``predict`` at every step. (n, n_features) -> (n, n_steps, n_causes)."""
        result = np.empty((matrix.shape[0], len(self.ends), len(self.causes)))
        if self.trees is None:
            result[:] = self._shifted(self._beside_the_others(None, matrix.shape[0]))[:, np.newaxis]
            return result
        raw = self.trees.raw_along(matrix, np.arange(1.0, len(self.ends) + 1))
        for place in range(len(self.ends)):
            result[:, place] = self._shifted(self._beside_the_others(raw[:, place], len(raw)))
        return result

    def _shifted(self, log_shares: FloatArray) -> FloatArray:
        return _exact(softmax(log_shares + np.array(self.shift), axis=1))

    def _is_like(self, other: CauseEvidence) -> bool:
        return other.declines >= LIKE_SHARE * self.declines and other.learned == self.learned

    def _log_shares(self, matrix: FloatArray, step: IntArray | int) -> FloatArray:
        raw = None if self.trees is None else self.trees.raw_outputs(beside(matrix, step))
        return self._beside_the_others(raw, matrix.shape[0])

    def _beside_the_others(self, raw: FloatArray | None, rows: int) -> FloatArray:
        """Log shares of all causes: fixed ones, but for those learned, which ``raw`` (n, learned) tells apart."""
        result = np.tile(np.log(self.shares), (rows, 1))
        if raw is not None:
            together = np.log(np.array(self.shares)[list(self.learned)].sum())
            result[:, list(self.learned)] = together + log_softmax(raw, axis=1)
        return result

    def to_texts(self) -> dict[str, str]:
        """The model as texts: ``settings.json`` and, where there are any, ``trees.txt``."""
        settings = {name: getattr(self, name) for name in (*_TUPLES, "declines")}
        trees = {} if self.trees is None else {"trees.txt": self.trees.to_text()}
        return {"settings.json": json.dumps(settings), **trees}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int = 0) -> CauseModel:
        """Read what ``to_texts`` wrote, once it is known to be whole."""
        settings = json.loads(texts["settings.json"])
        tuples = {name: tuple(settings[name]) for name in _TUPLES}
        trees = BoostedTrees.from_text(texts["trees.txt"], threads=threads) if "trees.txt" in texts else None
        return cls(trees=trees, declines=settings["declines"], **tuples)


def _shares(cause: IntArray, causes: int, weight: FloatArray | None) -> tuple[float, ...]:
    """Share of each cause in all declines; one decline more, split evenly, keeps each above zero."""
    counts = np.bincount(cause + 1, weights=weight, minlength=causes + 1)[1:] + 1 / causes
    return tuple((counts / counts.sum()).tolist())


def _shift(log_shares: FloatArray, cause: IntArray) -> FloatArray:
    """(m, n_causes) and (m,) -> (n_causes,), of mean zero."""
    order = np.lexsort((*log_shares.T, cause))  # sums do not depend on the order of rows
    log_shares, expected = log_shares[order], softmax(log_shares[order], axis=1).mean(axis=0)
    counts = np.bincount(cause, minlength=len(expected))
    target = (counts + expected) / (len(cause) + 1)

    def loss(shift: FloatArray) -> tuple[float, FloatArray]:
        moved = log_shares + shift
        gradient = softmax(moved, axis=1).mean(axis=0) - target
        return float(logsumexp(moved, axis=1).mean() - shift @ target), gradient

    found = scipy.optimize.minimize(loss, np.zeros(len(expected)), jac=True, method="BFGS", options={"gtol": 1e-10})
    return np.asarray(found.x - found.x.mean())


def _exact(shares: FloatArray) -> FloatArray:
    """The same in whole steps; the largest share of each row takes what rounding left over."""
    steps = np.rint(shares * EXACT)
    rows = np.arange(len(steps))
    steps[rows, steps.argmax(axis=1)] += EXACT - steps.sum(axis=1)
    return np.asarray(steps / EXACT)

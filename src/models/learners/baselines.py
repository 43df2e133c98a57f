"""Spreadsheet baselines: past behaviour as a score, logistic regression, and the past sum carried forward."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from models.config.learners import BoostingConfig
from models.config.sections import RunConfig
from models.errors import InternalError, TooLittleDataError
from models.lazy import lazy, load
from models.learners.boosting import fit_booster
from models.learners.contract import FeatureContract
from models.learners.scaling import signed_log
from models.vocab import BoolArray, FloatArray

sklearn_linear = lazy("sklearn.linear_model")

MAX_ITERATIONS = 1_000


@dataclass(frozen=True, kw_only=True)
class PastBehaviour:
    """What every analyst looks at first. Shapes (n_clients,).

    ``recency`` and ``tenure`` in periods since the last and the first activity; ``count`` in events;
    ``total`` and ``last_period`` in currency: all that was seen, and what the latest period brought.
    """

    recency: FloatArray
    count: FloatArray
    total: FloatArray
    last_period: FloatArray
    tenure: FloatArray

    def __post_init__(self) -> None:
        columns = self.columns()
        if any(column.shape != self.recency.shape for column in columns) or not np.isfinite(columns).all():
            raise InternalError("past behaviour needs finite numbers, one per client; fill what is missing first")

    def columns(self) -> list[FloatArray]:
        """The five arrays, in the order of their declaration."""
        return [self.recency, self.count, self.total, self.last_period, self.tenure]

    @classmethod
    def filled(
        cls,
        *,
        recency: FloatArray,
        count: FloatArray,
        total: FloatArray,
        last_period: FloatArray,
        tenure: FloatArray,
    ) -> PastBehaviour:
        """The same with NaN for missing: no recency is the whole tenure, anything else missing is 0."""
        known_tenure = np.nan_to_num(tenure, nan=0.0)
        return cls(
            recency=np.where(np.isnan(recency), known_tenure, recency),
            count=np.nan_to_num(count, nan=0.0),
            total=np.nan_to_num(total, nan=0.0),
            last_period=np.nan_to_num(last_period, nan=0.0),
            tenure=known_tenure,
        )


def value_scores(past: PastBehaviour) -> dict[str, FloatArray]:
    """Each single figure as a ranking by value, the most promising client highest. Shapes (n_clients,)."""
    return {
        "recency": -past.recency,
        "past_count": past.count,
        "past_sum": past.total,
        "last_period": past.last_period,
    }


def decline_scores(past: PastBehaviour) -> dict[str, FloatArray]:
    """The same figures turned round, as rankings by the risk of decline."""
    return {name: -score for name, score in value_scores(past).items()}


@dataclass(frozen=True, kw_only=True)
class LogisticBaseline:
    """Log-odds of decline, linear in the logarithms of recency, count, total and tenure. Shapes (4,)."""

    centre: FloatArray
    spread: FloatArray
    coefficients: FloatArray
    intercept: float

    @classmethod
    def fit(cls, past: PastBehaviour, declined: BoolArray) -> LogisticBaseline:
        """Fit scikit-learn's logistic regression as it comes to standardised features; nothing is tuned.

        Raises ``TooLittleDataError`` if all or none of the clients declined.
        """
        events = int(np.count_nonzero(declined))
        if events in (0, declined.size):
            raise TooLittleDataError(
                rule="logistic regression needs clients that declined and clients that did not",
                got=f"{events:,} of {declined.size:,} declined",
                remedy="take more clients or origins",
            )
        logs = _logarithms(past)
        centre, spread = logs.mean(axis=0), logs.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        load("sklearn.linear_model")  # only what is loaded can be kept to one thread
        with threadpool_limits(limits=1):  # the same sums on any number of cores
            line = sklearn_linear.LogisticRegression(max_iter=MAX_ITERATIONS).fit((logs - centre) / spread, declined)
        return cls(
            centre=centre,
            spread=spread,
            coefficients=np.asarray(line.coef_[0], dtype=np.float64),
            intercept=float(line.intercept_[0]),
        )

    def predict(self, past: PastBehaviour) -> FloatArray:
        """Probability of decline. Shape (n_clients,); a client's result is its own."""
        parts = (_logarithms(past) - self.centre) / self.spread * self.coefficients
        log_odds = self.intercept + parts[:, 0] + parts[:, 1] + parts[:, 2] + parts[:, 3]
        return np.asarray(expit(log_odds))


def _logarithms(past: PastBehaviour) -> FloatArray:
    columns = np.stack([past.recency, past.count, past.total, past.tenure], axis=1)
    return signed_log(columns, np.ones(columns.shape[1]))


@dataclass(frozen=True, kw_only=True)
class PastSumBaseline:
    """Value as a share ``rate`` of the past sum: what brought a tenth of the book brings a tenth again."""

    rate: float

    @classmethod
    def fit(cls, past: PastBehaviour, value: FloatArray) -> PastSumBaseline:
        """Set ``rate`` so that the total over the training clients is right; ``value`` is (n,) in currency.

        Raises ``TooLittleDataError`` unless past and value both sum to more than nothing.
        """
        earned, brought = math.fsum(np.maximum(past.total, 0.0)), math.fsum(value)
        if not (earned > 0 and brought > 0):
            raise TooLittleDataError(
                rule="the past sum needs clients that brought something before and after the as-of date",
                got=f"{earned:g} before and {brought:g} after",
                remedy="take more clients, origins or a longer horizon",
            )
        return cls(rate=brought / earned)

    def predict(self, past: PastBehaviour) -> FloatArray:
        """Value in currency, not negative. Shape (n_clients,)."""
        return self.rate * np.maximum(past.total, 0.0)


LIGHTGBM_DEFAULTS = BoostingConfig(
    trees=100,
    learning_rate=0.1,
    leaves=31,
    min_clients_per_leaf=20,
    feature_share=1.0,
    row_share=1.0,
    l2=0.0,
    category_smoothing=10.0,
)
"""What ``LGBMRegressor()`` and ``LGBMClassifier()`` start from."""


def untuned_value(
    learned: FloatArray, value: FloatArray, scored: FloatArray, *, contract: FeatureContract, run: RunConfig
) -> FloatArray:
    """Value by squared error: (n, n_features) and (n,) learned from, (m, n_features) scored -> (m,) in currency."""
    trees = fit_booster(
        learned, value, objective={"objective": "regression"}, config=LIGHTGBM_DEFAULTS, contract=contract, run=run
    )
    return trees.raw_predict(scored)


def untuned_decline(
    learned: FloatArray, declined: BoolArray, scored: FloatArray, *, contract: FeatureContract, run: RunConfig
) -> FloatArray:
    """Probability of decline by log loss, not calibrated: the same shapes as ``untuned_value``."""
    trees = fit_booster(
        learned,
        declined.astype(np.float64),
        objective={"objective": "binary"},
        config=LIGHTGBM_DEFAULTS,
        contract=contract,
        run=run,
    )
    return np.asarray(expit(trees.raw_predict(scored)))

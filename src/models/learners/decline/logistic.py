"""Logistic regression of decline on recency, count, past sum and tenure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import scipy
from scipy.special import expit

from models.config.learners import DeclineLearnerConfig, MonotoneConfig
from models.errors import FeatureContractError, TooLittleDataError
from models.learners.boosting import shares
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions, as_probability
from models.learners.decline.whether import MODEL
from models.learners.scaling import signed_log
from models.vocab import BoolArray, FloatArray

_RECENCY, _TENURE = "activity_recency_days", "tenure_days"
_WINDOWED = ("activity_count", "value_sum")
"""Of these the longest window is taken."""
_PENALTY = 1.0
"""Half of it times the squared coefficients is added to the loss: what scikit-learn starts from."""
_FIGURES = ("columns", "unit", "centre", "spread", "coefficients")
_FLAT = 1e-9
"""Slope per client of the loss below which the search ends."""


@dataclass(frozen=True, kw_only=True)
class LogisticDecline:
    """Log-odds of decline, linear in the signed logarithms of four features, before calibration.

    Shapes (4,): ``columns`` are their places among ``feature_count``, ``unit`` what a logarithm counts in, ``centre``
    and ``spread`` those of the logarithms learned from. Source: Cox (1958); the four are those of RFM scoring.
    """

    name: ClassVar[str] = "logistic"
    tree_count: ClassVar[int] = 0

    columns: tuple[int, ...]
    unit: tuple[float, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    feature_count: int
    calibration: PlattCalibration = field(default_factory=PlattCalibration)

    @classmethod
    def fit(
        cls,
        matrix: FloatArray,
        declined: BoolArray,
        *,
        config: DeclineLearnerConfig,
        contract: FeatureContract,
        weight: FloatArray | None = None,
    ) -> LogisticDecline:
        """Penalised maximum likelihood on features (n, n_features) and ``declined`` (n,), rows counting by ``weight``.

        Coefficients keep the directions of ``config.monotone``. Bring rows in a fixed order. Raises
        ``TooLittleDataError`` if all or none declined, ``FeatureContractError`` where a feature is not there.
        """
        events = int(np.count_nonzero(declined))
        if events in (0, declined.size):
            raise TooLittleDataError(
                rule="logistic regression needs clients that declined and clients that did not",
                got=f"{events:,} of {declined.size:,} declined",
                remedy="take more clients or origins",
            )
        columns = _columns(contract)
        known = _filled(matrix[:, columns])
        unit = np.array([_typical_size(column) for column in known.T])
        logs = signed_log(known, unit)
        centre, spread = logs.mean(axis=0), logs.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        line = _most_likely(
            (logs - centre) / spread,
            declined.astype(np.float64),
            np.ones(len(logs)) if weight is None else weight,
            bounds=[_bounds(config.monotone, contract.names[place]) for place in columns],
        )
        return cls(
            columns=tuple(columns),
            unit=tuple(unit.tolist()),
            centre=tuple(centre.tolist()),
            spread=tuple(spread.tolist()),
            coefficients=tuple(line[1:].tolist()),
            intercept=float(line[0]),
            feature_count=len(contract.names),
        )

    def margin(self, matrix: FloatArray) -> FloatArray:
        """Log-odds before calibration. (n, n_features) -> (n,)."""
        parts = self._parts(matrix)
        return self.intercept + parts[:, 0] + parts[:, 1] + parts[:, 2] + parts[:, 3]

    def calibrated_by(self, calibration: PlattCalibration) -> LogisticDecline:
        """The same model with a calibration that was fitted elsewhere."""
        return replace(self, calibration=calibration)

    def calibrated_on(self, margin: FloatArray, declined: BoolArray) -> LogisticDecline:
        """The same model, calibrated on ``margin`` (m,) of later origins and what came of it, ``declined`` (m,)."""
        return self.calibrated_by(PlattCalibration.fit(margin, declined.astype(np.float64)))

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Probability of decline within the horizon, between 0 and 1. (n, n_features) -> (n,)."""
        return self.calibration.probability(self.margin(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of the calibrated log-odds against the mean client; those of a linear model are exact."""
        values = np.zeros((len(matrix), self.feature_count))
        values[:, list(self.columns)] = self.calibration.slope * self._parts(matrix)
        return Contributions(
            model=MODEL,
            unit="log-odds",
            base=float(self.calibration.log_odds(np.array([self.intercept]))[0]),
            values=values,
            prediction=self.calibration.log_odds(self.margin(matrix)),
        )

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts of ``explain`` as probability; a feature keeps its share of the way from the base."""
        return as_probability(parts)

    def importance(self) -> FloatArray:
        """Each feature's share of the coefficients of standardised features, (n_features,)."""
        result = np.zeros(self.feature_count)
        result[list(self.columns)] = np.abs(self.coefficients)
        return shares(result)

    def to_texts(self) -> dict[str, str]:
        """All parameters; numbers come back to the bit."""
        return {"settings.json": json.dumps(asdict(self))}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int) -> LogisticDecline:  # noqa: ARG003 - one contract
        """Read what ``to_texts`` wrote."""
        facts: dict[str, Any] = json.loads(texts["settings.json"])
        calibration = PlattCalibration(**facts.pop("calibration"))
        return cls(calibration=calibration, **facts | {name: tuple(facts[name]) for name in _FIGURES})

    def _parts(self, matrix: FloatArray) -> FloatArray:
        """What each of the four adds to the intercept. (n, 4)."""
        if matrix.ndim != 2 or matrix.shape[1] != self.feature_count:  # noqa: PLR2004
            raise FeatureContractError(
                rule=f"a matrix of {self.feature_count} features is needed",
                got=f"shape {matrix.shape}",
                remedy="encode the features with the contract of the model's bundle",
            )
        logs = signed_log(_filled(matrix[:, list(self.columns)]), np.asarray(self.unit))
        return np.asarray((logs - self.centre) / self.spread * self.coefficients)


def _columns(contract: FeatureContract) -> list[int]:
    """Recency, count, past sum, tenure; of count and sum the longest window."""
    places = {name: place for place, name in enumerate(contract.names)}
    wanted = [places.get(_RECENCY), *(_longest(places, name) for name in _WINDOWED), places.get(_TENURE)]
    found = [place for place in wanted if place is not None]
    if len(found) < len(wanted):
        raise FeatureContractError(
            rule=f"logistic regression needs the features {_RECENCY}, activity_count_..p, value_sum_..p and {_TENURE}",
            got="a book without one of them",
            remedy="take logistic out of learners.decline.simple",
        )
    return found


def _longest(places: Mapping[str, int], measure: str) -> int | None:
    windows = {
        int(found[1]): place for name, place in places.items() if (found := re.fullmatch(rf"{measure}_(\d+)p", name))
    }
    return windows[max(windows)] if windows else None


def _filled(known: FloatArray) -> FloatArray:
    """No recency is the whole tenure, anything else missing is nothing. (n, 4) -> (n, 4)."""
    filled = np.nan_to_num(known, nan=0.0)
    filled[:, 0] = np.where(np.isnan(known[:, 0]), filled[:, 3], filled[:, 0])
    return filled


def _typical_size(column: FloatArray) -> float:
    """Median size of what is not zero, so that the currency changes nothing; 1 where all is."""
    sizes = np.abs(column[column != 0])
    return float(np.median(sizes)) if sizes.size else 1.0


def _bounds(monotone: Mapping[str, MonotoneConfig], name: str) -> tuple[float | None, float | None]:
    asked = monotone.get(name)
    if asked is None:
        return None, None
    return (0.0, None) if asked.direction == "up" else (None, 0.0)


def _most_likely(
    features: FloatArray, outcome: FloatArray, weight: FloatArray, *, bounds: list[tuple[float | None, float | None]]
) -> FloatArray:
    """Intercept and coefficients (5,) of the least penalised log loss; sums are einsum's, the same on any cores."""
    design = np.column_stack([np.ones(len(features)), features])

    def loss(line: FloatArray) -> tuple[float, FloatArray]:
        odds = np.einsum("nf,f->n", design, line)
        missed = np.einsum("n,n->", weight, np.logaddexp(0.0, odds) - outcome * odds)
        slopes = np.einsum("n,nf->f", weight * (expit(odds) - outcome), design)
        slopes[1:] += _PENALTY * line[1:]
        return float(missed + _PENALTY / 2 * np.sum(line[1:] ** 2)), slopes

    found = scipy.optimize.minimize(
        loss,
        np.zeros(design.shape[1]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), *bounds],
        options={"ftol": 1e-15, "gtol": _FLAT * len(outcome), "maxiter": 1_000},
    )
    return np.asarray(found.x)

"""Expected credit loss of each client: PD x share lost x exposure at default, and what each feature adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from scipy.special import expit

from models.learners.contract import FeatureContract
from models.learners.contributions import CURRENCY, Contributions
from models.learners.credit.rated import RatedDefault
from models.learners.credit.severity import LossSeverity
from models.learners.decline.learner import DeclineLearner
from models.learners.decline.whether import DeclineModel
from models.vocab import FloatArray

MODEL, DEFAULT = "credit_loss", "default"
EXPOSURE, LGD = "exposure_at_default", "loss_given_default"
"""The features of the panel that say what is exposed, and what of it is lost."""
_SEVERITY_FILE = "severity.json"
_NO_WAY = 1e-9


@dataclass(frozen=True, kw_only=True)
class CreditLossModel:
    """ECL within the horizon = PD x LossSeverity(PD, LGD) x EAD, in currency.

    ``exposure`` and ``lgd`` are the places of those features; LGD that is not known counts as ``usual_lgd``.
    """

    default: DeclineLearner
    severity: LossSeverity
    exposure: int
    lgd: int
    usual_lgd: float

    @classmethod
    def of(
        cls, default: DeclineLearner, contract: FeatureContract, *, severity: LossSeverity, usual_lgd: float
    ) -> CreditLossModel:
        """The model of features as ``contract`` encodes them."""
        names = contract.names
        return cls(
            default=default,
            severity=severity,
            exposure=names.index(EXPOSURE),
            lgd=names.index(LGD),
            usual_lgd=usual_lgd,
        )

    def default_probability(self, matrix: FloatArray) -> FloatArray:
        """PD: the chance that anything is written off, or ends in default, within the horizon. (n, f) -> (n,)."""
        return self.default.predict(matrix)

    def exposures(self, matrix: FloatArray) -> FloatArray:
        """EAD in currency. (n, n_features) -> (n,)."""
        return np.nan_to_num(matrix[:, self.exposure], nan=0.0)

    def losses_given_default(self, matrix: FloatArray) -> FloatArray:
        """LGD over the whole workout, from 0 to 1. (n, n_features) -> (n,)."""
        return np.nan_to_num(matrix[:, self.lgd], nan=self.usual_lgd)

    def predict(self, matrix: FloatArray, pd: FloatArray | None = None) -> FloatArray:
        """ECL within the horizon, in currency, not below zero; ``pd`` where it is known already. (n, f) -> (n,)."""
        pd = self.default_probability(matrix) if pd is None else pd
        return self._loss(pd, self.losses_given_default(matrix), self.exposures(matrix))

    def explain(self, matrix: FloatArray, default: Contributions) -> Contributions:
        """Parts of the ECL in currency; ``default`` are those of the log-odds of default, as they are served.

        Against a client of whom nothing is known: base PD, usual LGD, nothing exposed. The way from there is divided
        among PD, LGD and EAD by Shapley (1953) over their six orders; the part of PD among its features as its log-odds
        are, and where these come out even, at the slope there.
        """
        pd, base_pd = np.asarray(expit(default.prediction)), float(expit(default.base))
        here = (pd, self.losses_given_default(matrix), self.exposures(matrix))
        start = (np.full_like(pd, base_pd), np.full_like(pd, self.usual_lgd), np.zeros_like(pd))
        shares = self._shapley(start, here)
        way = default.values.sum(axis=1)
        even = np.abs(way) < _NO_WAY
        rate = np.where(even, self._slope(here), shares[0] / np.where(even, 1.0, way))
        values = default.values * rate[:, None]
        values[:, self.lgd] += shares[1]
        prediction = self._loss(*here)
        base = float(self._loss(*(each[:1] for each in start))[0]) if len(pd) else 0.0
        values[:, self.exposure] += prediction - base - values.sum(axis=1)
        return Contributions(model=MODEL, unit=CURRENCY, base=base, values=values, prediction=prediction)

    def explain_default(self, matrix: FloatArray) -> Contributions:
        """Parts of the log-odds of default."""
        return replace(self.default.explain(matrix), model=DEFAULT)

    def _loss(self, pd: FloatArray, lgd: FloatArray, exposure: FloatArray) -> FloatArray:
        return pd * self.severity.share(pd, lgd) * exposure

    def _shapley(self, start: tuple[FloatArray, ...], here: tuple[FloatArray, ...]) -> list[FloatArray]:
        found = [np.zeros_like(each) for each in here]
        orders = list(permutations(range(len(here))))
        for order in orders:
            now = list(start)
            before = self._loss(*now)
            for factor in order:
                now[factor] = here[factor]
                after = self._loss(*now)
                found[factor] += (after - before) / len(orders)
                before = after
        return found

    def _slope(self, here: tuple[FloatArray, ...]) -> FloatArray:
        """ECL per unit of log-odds, at half of the exposure, which is what Shapley gives the PD on a short way."""
        pd, lgd, exposure = here
        return np.asarray(pd * (1.0 - pd) * self.severity.share(pd, lgd) * exposure / 2.0)

    def to_texts(self) -> dict[str, str]:
        """The files of the PD model, and the severity. Places of features follow from the contract."""
        return self.default.to_texts() | {_SEVERITY_FILE: self.severity.to_json()}

    @classmethod
    def from_texts(
        cls, texts: Mapping[str, str], contract: FeatureContract, *, usual_lgd: float, threads: int = 0
    ) -> CreditLossModel:
        """Read what ``to_texts`` wrote, once it is known to be whole."""
        default: DeclineLearner = (
            RatedDefault.from_texts(texts) if "rated.json" in texts else DeclineModel.from_texts(texts, threads=threads)
        )
        severity = LossSeverity.from_json(texts[_SEVERITY_FILE])
        return cls.of(default, contract, severity=severity, usual_lgd=usual_lgd)

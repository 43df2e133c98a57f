"""Objectives of a search: models fitted for one objective, and the score of their forecasts at past origins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.config.learners import ChoiceConfig
from models.config.root import Config
from models.errors import InternalError, UserError
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.value.candidates import fit_candidate
from models.metrics.probability import log_loss
from models.metrics.profit import expected_maximum_profit
from models.metrics.ranking import auc
from models.metrics.value import DECILES
from models.pipeline.censored_outcomes import fit_leader
from models.pipeline.intervals import calibrated_on_others
from models.pipeline.out_of_time import candidate_inputs
from models.pipeline.rows import Rows
from models.pipeline.selection import value_score
from models.tuning.space import TunedModel
from models.vocab import FloatArray, TuneObjective

_WITH_TREES = ("tweedie", "hurdle", "ziln", "btyd_offset")


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What became of the clients of one origin, and what was at stake. Shapes (n_clients,); in book currency."""

    value: FloatArray
    declined: FloatArray
    exposure_at_risk: FloatArray


class Objective(Protocol):
    """One way to judge settings; more is better."""

    @property
    def model(self) -> TunedModel:
        """Whose settings are judged."""

    @property
    def title(self) -> str:
        """What the score is, for people."""

    @property
    def candidates(self) -> tuple[str, ...]:
        """The value candidates that are fitted; none for decline."""

    def has_something_to_tell(self, truth: Truth) -> bool:
        """Whether clients differ in what is predicted, so that settings can do better or worse."""

    def forecast_past(self, rows: Rows, contract: FeatureContract, later: FloatArray, config: Config) -> FloatArray:
        """Fit on ``rows`` and foretell ``later`` (n, n_features): raw scores, (n_models, n)."""

    def score(self, place: int, raw: Sequence[FloatArray], truth: Sequence[Truth]) -> float:
        """Score of the origin at ``place``, put right by what was learned at the others given."""


@dataclass(frozen=True, kw_only=True)
class ValueObjective:
    """The score by which candidates are chosen, as a mean over the candidates."""

    candidates: tuple[str, ...]
    rule: ChoiceConfig

    model: TunedModel = "value"

    @property
    def title(self) -> str:
        """What the score is, for people."""
        return f"choice score of {', '.join(self.candidates)}"

    def has_something_to_tell(self, truth: Truth) -> bool:
        """Whether the clients brought something in total, and not all the same."""
        return bool(truth.value.size >= DECILES and truth.value.sum() > 0 and np.ptp(truth.value) > 0)

    def forecast_past(self, rows: Rows, contract: FeatureContract, later: FloatArray, config: Config) -> FloatArray:
        """Log values of each candidate."""
        inputs = candidate_inputs(rows, contract, config)
        return np.stack([fit_candidate(name, inputs).log_value(later) for name in self.candidates])

    def score(self, place: int, raw: Sequence[FloatArray], truth: Sequence[Truth]) -> float:
        """Mean over the candidates of ranking less errors."""
        realised = [each.value for each in truth]
        return float(
            np.mean(
                [
                    value_score(
                        realised[place], calibrated_on_others(place, [logs[which] for logs in raw], realised), self.rule
                    )
                    for which in range(len(self.candidates))
                ]
            )
        )


@dataclass(frozen=True, kw_only=True)
class DeclineObjective:
    """Minus the log loss of the probabilities, the area under the ROC curve, or the profit of a campaign by them."""

    objective: TuneObjective

    model: TunedModel = "decline"
    candidates: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the score is, for people."""
        return {
            "log_loss": "minus the log loss",
            "auc": "AUC",
            "profit": "expected maximum profit per client",
        }[self.objective]

    def has_something_to_tell(self, truth: Truth) -> bool:
        """Whether some declined and some did not; for profit, also whether anything is at stake."""
        differ = truth.declined.size > 0 and np.ptp(truth.declined) > 0
        return bool(differ and (self.objective != "profit" or truth.exposure_at_risk.any()))

    def forecast_past(self, rows: Rows, contract: FeatureContract, later: FloatArray, config: Config) -> FloatArray:
        """Log-odds of decline."""
        weight = rows.weights(config.learners.half_life_periods)
        model = fit_leader(rows.matrix, rows.declined, contract, config, weight=weight)
        return model.margin(later)[np.newaxis]

    def score(self, place: int, raw: Sequence[FloatArray], truth: Sequence[Truth]) -> float:
        """The figure of the objective; of a loss, its negative."""
        judged = truth[place]
        probability = _decline_put_right(place, [odds[0] for odds in raw], [each.declined for each in truth])
        if self.objective == "auc":
            return auc(judged.declined, probability)
        if self.objective == "profit":
            return expected_maximum_profit(judged.declined, judged.exposure_at_risk, probability).profit
        return -log_loss(judged.declined, probability)


def objective_of(model: TunedModel, config: Config) -> Objective:
    """What the config asks for. Raises ``UserError`` if no value candidate with trees can be tuned."""
    if model == "decline":
        return DeclineObjective(objective=config.tune.objective)
    return ValueObjective(candidates=_tree_candidates(config), rule=config.learners.value.choice)


def _tree_candidates(config: Config) -> tuple[str, ...]:
    configured = config.learners.value.candidates
    chosen = config.tune.candidates or tuple(name for name in configured if name in _WITH_TREES)[:1]
    if not chosen:
        raise UserError(
            rule="a value candidate with trees is needed to tune",
            got=f"learners.value.candidates {', '.join(configured)}",
            remedy=f"name one of {', '.join(_WITH_TREES)} with --candidate, or tune with --model decline",
        )
    return tuple(dict.fromkeys(chosen))


def _decline_put_right(place: int, odds: Sequence[FloatArray], declined: Sequence[FloatArray]) -> FloatArray:
    others = _others(place, len(odds))
    fitted = PlattCalibration()
    if others:
        fitted = PlattCalibration.fit(
            np.concatenate([odds[each] for each in others]), np.concatenate([declined[each] for each in others])
        )
    return fitted.probability(odds[place])


def _others(place: int, count: int) -> list[int]:
    if not 0 <= place < count:
        raise InternalError(f"there is no origin {place} among {count}")
    return [each for each in range(count) if each != place]

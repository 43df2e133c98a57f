"""Out-of-time forecasts: past origins predicted by models that learned from earlier ones only.

Choice, calibration and intervals are learned here, on origins that lie before the one that is judged or served.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from models.book.periods import DAYS_PER_PERIOD
from models.config.learners import SimpleDeclineName, SimpleValueName
from models.config.root import Config
from models.errors import FeatureContractError, TooLittleDataError
from models.learners.contract import FeatureContract
from models.learners.decline.cause import CauseModel
from models.learners.decline.learner import DeclineLearner
from models.learners.decline.learners import fit_simple_learner
from models.learners.decline.steps import LIKE_SHARE
from models.learners.decline.timing import TimingModel
from models.learners.value.blend import Blend
from models.learners.value.candidate import CandidateInputs, ValueCandidate
from models.learners.value.candidates import fit_candidate
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, OutOfTimeOrigins
from models.panel.targets import DECLINE_CAUSES
from models.pipeline.censored_outcomes import CensoredOutcomes, fit_decline, unfinished_of
from models.pipeline.defaults import fit_default
from models.pipeline.parallel import fits_in_parallel
from models.pipeline.rows import Rows, contract_of, require_clients, rows_of
from models.vocab import FloatArray
from models.workers import Here, Mapper, Processes

Candidates = dict[str, ValueCandidate]


@dataclass(frozen=True, kw_only=True)
class NeededModels:
    """What is to be fitted; leaders that do not lead only where no simple model can be fitted."""

    candidates: tuple[str, ...]
    values_lead: bool = True
    simple_values: tuple[SimpleValueName, ...] = ()
    decline_leads: bool = True
    simple_declines: tuple[SimpleDeclineName, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BaseModels:
    """Models as they were fitted, before anything later origins teach. ``causes`` is None where none are known.

    ``simple_values`` and ``simple_declines`` are those of the config that this book determines.
    """

    contract: FeatureContract
    candidates: Candidates
    decline: DeclineLearner
    timing: TimingModel
    causes: CauseModel | None
    default: DeclineLearner | None = None
    """PD; None where the book knows neither defaults nor ratings."""
    simple_values: Mapping[str, ValueCandidate] = field(default_factory=dict)
    simple_declines: Mapping[str, DeclineLearner] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OutOfTimeForecast:
    """Models that learned before ``origin``, and the clients of that origin with what became of them.

    ``rows`` are those of ``panel``, as the models take them. ``alike``: whether these models learned from at least half
    as many rows as those that they are to put right; from fewer, trees take more luck for law.
    """

    origin: int
    models: BaseModels
    rows: Rows
    panel: Panel
    alike: bool = True


def fit_base(
    panel: Panel, config: Config, needed: NeededModels, unfinished: Sequence[CensoredOutcomes] = ()
) -> BaseModels:
    """Fit on all rows of a panel with targets, and decline on ``unfinished`` too. Raises ``TooLittleDataError``."""
    require_clients(panel, int(panel.origin.max()))
    contract = contract_of(panel, config)
    rows = rows_of(panel, contract)
    weight = rows.weights(config.learners.half_life_periods)
    inputs = candidate_inputs(rows, contract, config)
    values = _simple_values(inputs, needed.simple_values)
    declines = _simple_declines(rows, contract, config, needed.simple_declines)
    return BaseModels(
        contract=contract,
        candidates=_candidates(inputs, needed.candidates) if needed.values_lead or not values else {},
        decline=fit_decline(panel, rows, unfinished, contract, config)
        if needed.decline_leads or not declines
        else next(iter(declines.values())),
        simple_values=values,
        simple_declines=declines,
        timing=_timing(rows, contract, config, weight),
        causes=_causes(rows, contract, config, weight),
        default=fit_default(rows, contract, config),
    )


def candidate_inputs(rows: Rows, contract: FeatureContract, config: Config) -> CandidateInputs:
    """What value candidates learn from."""
    return CandidateInputs(
        matrix=rows.matrix,
        value=rows.margin,
        weight=rows.weights(config.learners.half_life_periods),
        latest=rows.latest,
        contract=contract,
        config=config.learners.value,
        run=config.run,
        horizon_periods=config.time.horizon_periods,
        days_per_period=DAYS_PER_PERIOD[config.time.period],
        plugins=config.plugins.value_learners,
    )


class OutOfTimeForecasts:
    """The out-of-time forecasts of one panel and config, each made once however many fits ask for it."""

    def __init__(self, panel: Panel, config: Config, mapper: Mapper | None = None) -> None:
        self.panel = panel
        self.mapper = mapper or Processes.of(config.run.threads)
        self._config = config
        self._made: dict[OutOfTimeOrigins, OutOfTimeForecast | None] = {}

    def __getstate__(self) -> dict[str, object]:
        """What another process is sent: it makes them alone, since its caller already shares the cores."""
        return {**vars(self), "mapper": Here()}

    def of(self, origins: LearningOrigins) -> list[OutOfTimeForecast]:
        """Those of one fit, in rising order; one that has too little to learn from is left out."""
        missing = [wanted for wanted in origins.out_of_time if wanted not in self._made]
        cut = [_Cut.of(self.panel, wanted) for wanted in missing]
        if cut:
            made = fits_in_parallel(_forecast, cut, self._config, self.mapper, learn=cut[-1].early)
            self._made |= dict(zip(missing, made, strict=True))
        return [
            replace(known, alike=self._rows(wanted.early) >= LIKE_SHARE * self._rows(origins.learn))
            for wanted in origins.out_of_time
            if (known := self._made[wanted]) is not None
        ]

    def _rows(self, origins: Sequence[int]) -> int:
        return int(np.isin(self.panel.origin, origins).sum())


@dataclass(frozen=True, kw_only=True)
class _Cut:
    """The data of one out-of-time forecast."""

    origin: int
    early: Panel
    unfinished: tuple[CensoredOutcomes, ...]
    later: Panel

    @classmethod
    def of(cls, panel: Panel, wanted: OutOfTimeOrigins) -> _Cut:
        """The rows that ``wanted`` names."""
        return cls(
            origin=wanted.origin,
            early=panel.at(wanted.early).as_known(),
            unfinished=unfinished_of(panel, wanted.unfinished),
            later=panel.at([wanted.origin]).as_known(),
        )


def _forecast(cut: _Cut, config: Config) -> OutOfTimeForecast | None:
    """What early rows teach, beside the rows of the later origin; None where there is too little to learn from."""
    try:
        models = fit_base(cut.early, config, _all_models(config), cut.unfinished)
    except TooLittleDataError:
        return None
    return OutOfTimeForecast(
        origin=cut.origin, models=models, rows=rows_of(cut.later, models.contract), panel=cut.later
    )


def _all_models(config: Config) -> NeededModels:
    """All that are compared."""
    return NeededModels(
        candidates=config.learners.value.candidates,
        simple_values=config.learners.value.simple,
        simple_declines=config.learners.decline.simple,
    )


def _simple_values(inputs: CandidateInputs, names: Sequence[SimpleValueName]) -> dict[str, ValueCandidate]:
    """Those that this book can fit and whose directions are those asked for."""
    fitted: dict[str, ValueCandidate] = {}
    for name in names:
        with suppress(TooLittleDataError, FeatureContractError):
            fitted[name] = fit_candidate(name, inputs)
    return fitted


def _simple_declines(
    rows: Rows, contract: FeatureContract, config: Config, names: Sequence[SimpleDeclineName]
) -> dict[str, DeclineLearner]:
    """Logistic regression, where it is asked for and this book can fit it; it learns from complete outcomes alone."""
    fitted: dict[str, DeclineLearner] = {}
    weight = rows.weights(config.learners.half_life_periods)
    for name in names:
        with suppress(TooLittleDataError, FeatureContractError):
            fitted[name] = fit_simple_learner(
                name, rows.matrix, rows.declined, config=config.learners.decline, contract=contract, weight=weight
            )
    return fitted


def _candidates(inputs: CandidateInputs, names: Sequence[str]) -> Candidates:
    """Those that this book can fit, in the order of the config; at least one, or ``TooLittleDataError``."""
    fitted: Candidates = {}
    problem: TooLittleDataError | None = None
    for name in names:
        if name != "blend":
            try:
                fitted[name] = fit_candidate(name, inputs)
            except TooLittleDataError as error:
                problem = error
    if problem is not None and not fitted:
        raise problem
    if "blend" in names and len(fitted) > 1:
        fitted["blend"] = Blend(tuple(fitted.values()))
    return fitted


def _timing(rows: Rows, contract: FeatureContract, config: Config, weight: FloatArray | None) -> TimingModel:
    return TimingModel.fit(
        rows.matrix,
        rows.event_period,
        horizon_periods=config.time.horizon_periods,
        config=config.learners.decline,
        contract=contract,
        run=config.run,
        weight=weight,
    )


def _causes(rows: Rows, contract: FeatureContract, config: Config, weight: FloatArray | None) -> CauseModel | None:
    if rows.cause is None:
        return None
    return CauseModel.fit(
        rows.matrix,
        rows.event_period,
        rows.cause,
        causes=DECLINE_CAUSES,
        horizon_periods=config.time.horizon_periods,
        config=config.learners.decline,
        contract=contract,
        run=config.run,
        weight=weight,
    )

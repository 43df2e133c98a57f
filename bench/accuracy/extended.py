"""CDNOW, 39 weeks ahead from 1997-10-01: no outcome of that horizon lies in the past, so that none can be learned.

Learned are outcomes of 13 weeks, extended by ``models.learners.value.extension``. What forecasts teach elsewhere, here
rehearsals teach: the same a third as long, 13 weeks ahead at the last origins whose 13 weeks had come true, learned on
4 weeks. They choose the candidate and calibrate, by the rules of the config and of the recipe.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from bench.accuracy.books import BOOKS, CONFIGS, real_data
from bench.accuracy.parts import OURS, JudgedBook, Standing, write_judged

from models.book.door import Book
from models.book.loading import load_book
from models.book.periods import DAYS_PER_PERIOD, PeriodGrid
from models.config.learners import ChoiceConfig
from models.config.loading import load_config
from models.config.root import Config
from models.learners.btyd.beta_geometric import ModifiedBetaGeometric
from models.learners.btyd.gamma_gamma import GammaGamma
from models.learners.btyd.history import PURCHASE_FEATURES, history_from_features
from models.learners.btyd.pareto import ParetoNBD
from models.learners.value.calibration import ValueCalibration
from models.learners.value.candidate import CandidateInputs
from models.learners.value.candidates import fit_candidate
from models.learners.value.extension import Extension, carried_over, composed
from models.learners.value.model import ValueModel
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.panel.splits import learning_origins
from models.pipeline.calibration import CandidateScore
from models.pipeline.rows import contract_of, rows_of
from models.pipeline.selection import choose, value_score
from models.pipeline.shrinkage import shrunk_value
from models.vocab import FloatArray, SilentProgress

CDNOW_39 = "cdnow_39"
AS_OF = date(1997, 10, 1)
LONG, SHORT, SHORTEST = 39, 13, 4
CANDIDATES: tuple[str, ...] = ("tweedie", "hurdle", "ziln")
CAUTIOUS = (
    "{trees: 150, learning_rate: 0.02, leaves: 7, min_clients_per_leaf: 50, "
    "feature_share: 0.3, row_share: 0.7, l2: 10.0}"
)
"""The settings of the small books: at a rehearsal they rank better than those of configs/cdnow.yaml, by any seed."""


@dataclass(frozen=True, kw_only=True)
class _Forecast:
    """What is foretold of the clients at one origin, with amounts not calibrated yet."""

    extension: Extension
    amounts: ValueCalibration
    matrix: FloatArray
    value: FloatArray

    @property
    def log_value(self) -> FloatArray:
        return self.amounts.log_value(self.extension.log_value(self.matrix))


@dataclass(frozen=True, kw_only=True)
class _Rehearsal:
    """Rows with outcomes of the shortest horizon, all before an origin, and those of the origin, of the short one."""

    learn: Panel
    test: Panel


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """All that is learned from and judged, and the config of each horizon."""

    configs: Mapping[int, Config]
    rehearsals: tuple[_Rehearsal, ...]
    learn: Panel
    test: Panel


def judge_extension(folder: Path, *, threads: int) -> None:
    """Foretell value over the long horizon by the extension, its parts, and closed forms alone."""
    started = time.perf_counter()
    rows = _rows(folder, threads)
    rule = rows.configs[SHORT].learners.value.choice
    rehearsed = {name: _rehearse(name, rows) for name in CANDIDATES}
    scores = [_score(name, forecasts, rule) for name, forecasts in rehearsed.items()]
    chosen = choose(scores, rule)
    forecast = _forecast(chosen, rows.learn, rows.test, rows.configs[SHORT], LONG)
    calibration = _calibration(rehearsed[chosen], rows.configs[SHORT].origins.spacing_periods)
    reported = _closed_forms(rows.test) | _extended(forecast, calibration)
    write_judged(
        folder,
        JudgedBook(
            outcomes={"value": forecast.value},
            groups=rows.test.group,
            standings={
                name: Standing(scores={"value": score}, forecasts=frozenset({"value"}))
                for name, score in reported.items()
            },
            order=np.arange(len(rows.test)),
            facts={
                "as_of": [AS_OF.isoformat()],
                "clients": [len(rows.test)],
                "learning_rows": [len(rows.learn)],
                "chosen": [chosen],
                "rehearsal_scores": {score.name: score.scores for score in scores},
                "seconds": time.perf_counter() - started,
            },
        ),
    )


def _rows(folder: Path, threads: int) -> _Rows:
    """Rehearsed is at the calibration origins of the config: the last whose short horizon had come true."""
    configs = {horizon: _config(horizon, folder, threads) for horizon in (SHORTEST, SHORT, LONG)}
    book = load_book(configs[SHORT], str(real_data() / str(BOOKS["cdnow"].file)), folder, SilentProgress())
    learned = _learned_before(0, configs[SHORT], book)
    rehearsed = learned[-configs[SHORT].origins.calibration_count :]
    before = {origin: _learned_before(origin, configs[SHORTEST], book) for origin in rehearsed}
    shortest = _panel(book, configs[SHORTEST], sorted({each for origins in before.values() for each in origins}))
    short = _panel(book, configs[SHORT], learned)
    return _Rows(
        configs=configs,
        rehearsals=tuple(
            _Rehearsal(learn=shortest.at(origins), test=short.at([origin])) for origin, origins in before.items()
        ),
        learn=short,
        test=_panel(book, configs[LONG], [0]),
    )


def _config(horizon: int, folder: Path, threads: int) -> Config:
    return load_config(
        CONFIGS / "cdnow.yaml",
        [
            f"time.horizon_periods={horizon}",
            f"origins.test=[{AS_OF}]",
            f"learners.value={CAUTIOUS}",
            f"run.threads={threads}",
            f"run.work_dir={folder}",
        ],
    )


def _learned_before(origin: int, config: Config, book: Book) -> tuple[int, ...]:
    return learning_origins(config, PeriodGrid("week", AS_OF), book.first_date, outcomes_before=origin).learn


def _panel(book: Book, config: Config, origins: Sequence[int]) -> Panel:
    with prepared_book(book, config, AS_OF) as prepared:
        return panel_of(prepared, config, origins, targets=True)


def _rehearse(name: str, rows: _Rows) -> list[_Forecast]:
    return [_forecast(name, each.learn, each.test, rows.configs[SHORTEST], SHORT) for each in rows.rehearsals]


def _score(name: str, forecasts: Sequence[_Forecast], rule: ChoiceConfig) -> CandidateScore:
    scores = [value_score(each.value, np.exp(each.log_value), rule) for each in forecasts]
    return CandidateScore(name=name, scores=tuple(scores))


def _calibration(rehearsals: Sequence[_Forecast], spacing: int) -> tuple[ValueCalibration, float]:
    """Of all rehearsals together, its level as far as they agree, and the mean value that it was learned around."""
    logs, values = [each.log_value for each in rehearsals], [each.value for each in rehearsals]
    calibration = ValueCalibration.fit(np.concatenate(logs), np.concatenate(values))
    independent = 1.0 + (len(rehearsals) - 1) * spacing / SHORT
    return shrunk_value(calibration, logs, values, independent), float(np.exp(np.concatenate(logs)).mean())


def _forecast(name: str, learn: Panel, test: Panel, config: Config, horizon: int) -> _Forecast:
    contract = contract_of(learn, config)
    rows, known = rows_of(learn, contract), rows_of(test, contract)
    inputs = CandidateInputs(
        matrix=rows.matrix,
        value=rows.margin,
        latest=rows.latest,
        contract=contract,
        config=config.learners.value,
        run=config.run,
        horizon_periods=config.time.horizon_periods,
        days_per_period=DAYS_PER_PERIOD["week"],
    )
    extension = Extension.fit(fit_candidate(name, inputs), inputs, known.matrix, horizon_periods=horizon)
    return _Forecast(
        extension=extension, amounts=extension.amounts(known.matrix), matrix=known.matrix, value=known.value
    )


def _extended(forecast: _Forecast, learned: tuple[ValueCalibration, float]) -> dict[str, FloatArray]:
    calibration, mean = learned
    logs = forecast.log_value
    relative = carried_over(calibration, float(np.exp(logs).mean()) / mean)
    served = ValueModel(candidate=forecast.extension, calibration=composed(forecast.amounts, relative))
    return {
        OURS: served.predict(forecast.matrix),
        "btyd": np.exp(forecast.extension.closed.log_value(forecast.matrix)),
        "stretched": np.exp(forecast.extension.stretched(forecast.matrix)),
        "not_calibrated": np.exp(logs),
    }


def _closed_forms(test: Panel) -> dict[str, FloatArray]:
    """Those that the extension does not hold."""
    columns = {name: test.features[name].to_numpy(dtype=np.float64) for name in PURCHASE_FEATURES}
    history = history_from_features(columns, days_per_period=DAYS_PER_PERIOD["week"])
    size = GammaGamma.fit(history).expected_size(history)
    models: dict[str, type[ParetoNBD | ModifiedBetaGeometric]] = {"pareto": ParetoNBD, "mbg": ModifiedBetaGeometric}
    return {name: model.fit(history).expected_purchases(history, LONG) * size for name, model in models.items()}

"""The figures of every contender of one book, computed by the metrics of the project; nothing is fitted or drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.accuracy.elsewhere import RIVALS
from bench.accuracy.parts import OURS, JudgedBook, Standing, read_judged, read_rival

from models.errors import TooLittleDataError
from models.evaluation.report.importance import MAIN_METRIC
from models.metrics.bootstrap import Draws, Interval, Metric, Resampling
from models.metrics.probability import ece, log_loss
from models.metrics.ranking import auc, normalized_gini
from models.metrics.value import decile_mape, rmse, total_ratio

RANKING: dict[str, dict[str, Metric]] = {"decline": {"auc": auc}, "value": {"normalized_gini": normalized_gini}}
FORECAST: dict[str, dict[str, Metric]] = {
    "decline": {"log_loss": log_loss, "ece": ece},
    "value": {"decile_mape": decile_mape, "total_ratio": total_ratio, "rmse": rmse},
}
RESAMPLES, SEED = 1_000, 20240229


@dataclass(frozen=True, kw_only=True)
class Row:
    """One contender: metric -> figure, and by target how far ours lies above it in the main metric."""

    name: str
    figures: Mapping[str, float]
    ours_minus: Mapping[str, Interval]


@dataclass(frozen=True, kw_only=True)
class BookTable:
    """All contenders of one book, ours first."""

    book: JudgedBook
    rows: tuple[Row, ...]


def read_table(folder: Path) -> BookTable:
    """Figures of all parts in the folder of a book."""
    book = read_judged(folder)
    rivals = {side: read_rival(folder, side, book) for side in RIVALS}
    standings = dict(book.standings) | {side: standing for side, standing in rivals.items() if standing is not None}
    return BookTable(book=book, rows=rows_of(book, standings))


def rows_of(book: JudgedBook, standings: Mapping[str, Standing], *, resamples: int = RESAMPLES) -> tuple[Row, ...]:
    """Each contender's figures; differences to ours over the same clients in every resample, whole groups together."""
    resampling = Resampling(groups=book.groups, resamples=resamples, seed=SEED)
    draws = {name: _main_draws(book, standing, resampling) for name, standing in standings.items()}
    return tuple(
        Row(
            name=name,
            figures={metric: drawn.estimate for target, drawn in draws[name].items() for metric in RANKING[target]}
            | _forecast_figures(book, standings[name]),
            ours_minus={
                target: draws[OURS][target].minus(drawn).interval()
                for target, drawn in draws[name].items()
                if name != OURS
            },
        )
        for name in sorted(standings, key=lambda name: name != OURS)
    )


def _main_draws(book: JudgedBook, standing: Standing, resampling: Resampling) -> dict[str, Draws]:
    return {
        target: resampling.draws(RANKING[target][MAIN_METRIC[target]], book.outcomes[target], score, main=True)
        for target, score in standing.scores.items()
    }


def _forecast_figures(book: JudgedBook, standing: Standing) -> dict[str, float]:
    figures = {}
    for target in sorted(standing.forecasts):
        for name, metric in FORECAST[target].items():
            try:
                figures[name] = metric(book.outcomes[target], standing.scores[target])
            except TooLittleDataError:  # e.g. a contender that says nothing but nought
                continue
    return figures

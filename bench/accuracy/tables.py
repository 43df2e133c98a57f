"""Markdown of the figures: one table over all books, one for each; nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.accuracy.parts import OURS, TRUTH
from bench.accuracy.standings import BookTable, Row

BEGIN, END = "<!-- made by python -m bench accuracy: begin -->", "<!-- made by python -m bench accuracy: end -->"
NAMES = {
    OURS: "ours",
    "recency": "recency",
    "past_count": "past count",
    "past_sum": "past sum",
    "last_period": "last period",
    "btyd": "BTYD (BG/NBD x Gamma-Gamma)",
    "pareto": "Pareto/NBD x Gamma-Gamma",
    "mbg": "MBG/NBD x Gamma-Gamma",
    "stretched": "learned on 13 weeks, stretched",
    "not_calibrated": "ours before rehearsals put it right",
    "logistic": "logistic regression",
    "untuned_lightgbm": "LightGBM, untuned",
    "xgboost": "XGBoost, untuned",
    "catboost": "CatBoost, untuned",
    "autogluon": "AutoGluon",
    "flaml": "FLAML",
    TRUTH: "truth (a ceiling)",
}
NOTHING = "–"
_LARGE = 1_000


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A metric as it is headed and written; ``badness`` is least for the best contender."""

    metric: str
    title: str
    digits: str
    badness: Callable[[float], float]


def _negative(figure: float) -> float:
    return -figure


def _off_one(ratio: float) -> float:
    return abs(math.log(ratio)) if ratio > 0 else math.inf


AUC = _Column(metric="auc", title="AUC", digits=".3f", badness=_negative)
GINI = _Column(metric="normalized_gini", title="nGini", digits=".3f", badness=_negative)
BY_TARGET: dict[str, tuple[_Column, ...]] = {
    "decline": (
        AUC,
        _Column(metric="log_loss", title="log loss", digits=".4f", badness=abs),
        _Column(metric="ece", title="ECE", digits=".3f", badness=abs),
    ),
    "value": (
        GINI,
        _Column(metric="decile_mape", title="decile MAPE", digits=".3f", badness=abs),
        _Column(metric="total_ratio", title="total", digits=".3f", badness=_off_one),
        _Column(metric="rmse", title="RMSE", digits=".1f", badness=abs),
    ),
}


def over_all(tables: Mapping[str, BookTable]) -> str:
    """One row per contender, AUC and normalized Gini of each book."""
    heads = [(title, column) for title, table in tables.items() for column in (AUC, GINI) if _told(table, column)]
    present = [name for name in NAMES if any(_row(table, name) for table in tables.values())]
    best = {(title, column.metric): _best(tables[title].rows, column) for title, column in heads}
    lines = []
    for name in present:
        cells = [_cell(_row(tables[title], name), column, best[title, column.metric]) for title, column in heads]
        lines.append([NAMES[name], *cells])
    return _markdown(["", *(f"{title} {column.title}" for title, column in heads)], lines)


def of_book(table: BookTable) -> str:
    """For each target all metrics of one book, and how far ours lies above each contender with its 95% interval."""
    return "\n\n".join(_of_target(table, target) for target in BY_TARGET if target in table.book.outcomes)


def _of_target(table: BookTable, target: str) -> str:
    columns = BY_TARGET[target]
    best = {column.metric: _best(table.rows, column) for column in columns}
    heads = [target, columns[0].title, "ours minus it", *(column.title for column in columns[1:])]
    lines = []
    for row in sorted(table.rows, key=lambda row: list(NAMES).index(row.name)):
        if columns[0].metric in row.figures:
            cells = [_cell(row, column, best[column.metric]) for column in columns]
            lines.append([NAMES[row.name], cells[0], _difference(row, target), *cells[1:]])
    return _markdown(heads, lines)


def _best(rows: Sequence[Row], column: _Column) -> float:
    """Least badness of the contenders; the truth does not compete."""
    return min(
        (
            column.badness(row.figures[column.metric])
            for row in rows
            if row.name != TRUTH and column.metric in row.figures
        ),
        default=math.nan,
    )


def _cell(row: Row | None, column: _Column, best: float) -> str:
    if row is None or column.metric not in row.figures:
        return NOTHING
    figure = row.figures[column.metric]
    text = format(figure, column.digits if abs(figure) < _LARGE else ",.0f")
    return f"**{text}**" if row.name != TRUTH and column.badness(figure) == best else text


def _difference(row: Row, target: str) -> str:
    if target not in row.ours_minus:
        return ""
    reported = row.ours_minus[target]
    return f"{reported.estimate:+.3f} ({reported.low:+.3f} to {reported.high:+.3f})"


def _row(table: BookTable, name: str) -> Row | None:
    return next((row for row in table.rows if row.name == name), None)


def _told(table: BookTable, column: _Column) -> bool:
    return any(column.metric in row.figures for row in table.rows)


def _markdown(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [heads, ["---"] * len(heads), *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)

"""Results of the verbs that hand out frames, explanations as shap has them, and figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import pandas as pd

from models.codec import to_plain
from models.config.root import Config
from models.evaluation.report.contents import EvaluationReport
from models.features.job import features
from models.lazy import lazy
from models.learners.contributions import Contributions
from models.pipeline.bundle import Bundle
from models.scoring.block import ScoredBlock
from models.scoring.report import Predicted
from models.training.result import TrainResult
from models.vocab import FloatArray

if TYPE_CHECKING:
    import shap
    from matplotlib import figure as drawing
    from matplotlib.figure import Figure
else:
    shap = lazy("shap")
    drawing = lazy("matplotlib.figure")

_TARGETS = ("decline", "value")
_LARGEST = 12
_HEIGHT_OF_A_BAR, _WIDTH = 0.35, 8.0
_UP, _DOWN = "#b8412f", "#2f6fb8"
_PUBLISHED_BEFORE = ("client_id", "as_of", "model", "unit", "base", "prediction")


def metrics_frame(report: EvaluationReport) -> pd.DataFrame:
    """The metrics of an evaluation: one row per origin, target, model and metric, with estimate, low and high."""
    return pd.DataFrame(_metric_rows(report))


def _metric_rows(report: EvaluationReport) -> Iterator[dict[str, object]]:
    for origin in report.origins:
        for target in _TARGETS:
            for model, metrics in origin.of(target).metrics.items():
                for metric, found in metrics.items():
                    place = {"as_of": origin.as_of, "target": target, "model": model, "metric": metric}
                    yield {**place, "estimate": found.estimate, "low": found.low, "high": found.high}


@dataclass(frozen=True, repr=False)
class Training(TrainResult):
    """A trained and registered version: a ``TrainResult`` that hands out its metrics."""

    def __repr__(self) -> str:
        days = ", ".join(str(origin.as_of) for origin in self.report.origins)
        role = ", champion" if self.is_champion else ""
        return f"<version {self.version} of {self.model_name}{role}; judged at {days}; page {self.page}>"

    def metrics(self) -> pd.DataFrame:
        """One row per origin, target, model and metric; ``ours`` are the models of the version."""
        return metrics_frame(self.report)

    def figure(self, metric: str = "auc", target: str = "decline") -> Figure:
        """A metric of all models at each test origin, with its interval."""
        found = self.metrics()
        found = found[(found["metric"] == metric) & (found["target"] == target)]
        return _dots(found, f"{target}: {metric}")


class Evaluated(NamedTuple):
    """An evaluation and the file of its report; unpacks as both."""

    report: EvaluationReport
    path: Path

    def __repr__(self) -> str:
        days = ", ".join(str(origin.as_of) for origin in self.report.origins)
        return f"<evaluation at {days}; report {self.path}>"

    def metrics(self) -> pd.DataFrame:
        """One row per origin, target, model and metric; ``ours`` are the models of the config."""
        return metrics_frame(self.report)


@dataclass(frozen=True, kw_only=True, repr=False)
class ScoredBook(Predicted):
    """A published run: a ``Predicted`` that hands out its tables and explanations.

    ``settings`` and ``speaker`` (a bundle) are what it was asked with.
    """

    settings: Config
    speaker: str
    place: str | None = None

    def __repr__(self) -> str:
        tiers = ", ".join(f"{count} {name}" for name, count in self.tiers.items())
        return f"<{self.clients} clients scored as of {self.as_of}: {tiers}; in {self.folder}>"

    def frame(self, table: str = "scores") -> pd.DataFrame:
        """A published table: scores, clients, explanations, curves, warnings, lists or movers."""
        return pd.read_parquet(self.folder / f"{table}.parquet")

    def explanation(self, model: str = "decline") -> shap.Explanation:
        """The reasons of all clients for a model (value, margin, credit_loss, default, decline), as shap has them.

        Shapes: ``values`` and ``data`` (n_clients, n_features), ``base_values`` (n_clients,); base + values sum to the
        prediction in its unit (log-odds of decline and default, currency of value). ``data`` are the features as
        numbers, categories by their codes.
        """
        rows = self.frame("explanations")
        rows = rows[rows["model"] == model].reset_index(drop=True)
        names = [name for name in rows.columns if name not in _PUBLISHED_BEFORE and not name.startswith("served_")]
        shown = pd.read_parquet(
            features(self.settings, book=self.place, bundle=self.speaker, as_of=self.as_of).file
        ).set_index("client_id")
        values = rows[names].to_numpy(dtype=float)
        return shap.Explanation(
            values=values,
            base_values=rows["base"].to_numpy(dtype=float),
            data=_numbers(shown.reindex(index=rows["client_id"], columns=names)),
            feature_names=names,
        )


class ExplainedClient(NamedTuple):
    """One client, scored and explained; unpacks as the bundle that spoke and the scored block."""

    bundle: Bundle
    block: ScoredBlock

    def __repr__(self) -> str:
        return f"<client {self.block.panel.client_id.iloc[0]} explained: {', '.join(self.block.served)}>"

    def frame(self, model: str = "decline") -> pd.DataFrame:
        """The parts of a prediction, the largest first: feature, its value, what it adds in the unit that is served."""
        parts, panel = self._parts(model), self.block.panel.features
        found = pd.DataFrame({"feature": list(panel.columns), "data": panel.iloc[0].tolist(), "adds": parts.values[0]})
        return found.sort_values("adds", key=np.abs, ascending=False, ignore_index=True)

    def explanation(self, model: str = "decline") -> shap.Explanation:
        """The same as shap has it; base + values is what is served."""
        parts, panel = self._parts(model), self.block.panel.features
        return shap.Explanation(
            values=parts.values, base_values=np.array([parts.base]), data=_numbers(panel), feature_names=list(panel)
        )

    def figure(self, model: str = "decline") -> Figure:
        """The largest parts as bars, in the unit that is served."""
        return _bars(self.frame(model).head(_LARGEST), f"{model}: {self._parts(model).unit}")

    def _parts(self, model: str) -> Contributions:
        return self.block.served[model]


def frames(result: object) -> dict[str, pd.DataFrame]:
    """Whatever stands in lists of records within a result of any verb, as frames by where it stands.

    >>> from models.notices import Notice, Severity
    >>> @dataclass(frozen=True)
    ... class Report:
    ...     notices: tuple[Notice, ...]
    >>> found = frames(Report((Notice(code="age", severity=Severity.NOTE, subject="clients", found="old"),)))
    >>> found["notices"]["code"].tolist()
    ['age']
    """
    return dict(_frames(result, ""))


def _frames(result: object, place: str) -> Iterator[tuple[str, pd.DataFrame]]:
    if not is_dataclass(result):
        return
    for field in fields(result):
        value, where = getattr(result, field.name), f"{place}{field.name}"
        if isinstance(value, tuple | list) and value and all(map(is_dataclass, value)):
            yield where, pd.json_normalize([cast("dict[str, Any]", to_plain(each)) for each in value])
        elif is_dataclass(value):
            yield from _frames(value, f"{where}.")


def _numbers(features_: pd.DataFrame) -> FloatArray:
    coded = {
        name: column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column
        for name, column in features_.items()
    }
    return np.asarray(pd.DataFrame(coded).apply(pd.to_numeric, errors="coerce"), dtype=float)


def _bars(parts: pd.DataFrame, title: str) -> Figure:
    drawn: Figure = drawing.Figure(figsize=(_WIDTH, 1 + _HEIGHT_OF_A_BAR * len(parts)), layout="constrained")
    axes = drawn.subplots()
    named = [f"{row.feature} = {_written(row.data)}" for row in parts.itertuples()]
    bars = axes.barh(named, parts["adds"], color=[_UP if each > 0 else _DOWN for each in parts["adds"]])
    axes.bar_label(bars, labels=[f"{each:+,.4g}" for each in parts["adds"]], padding=3, fontsize="small")
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_title(title)
    axes.set_xlabel("what it adds (to the right) or takes (to the left)")
    return drawn


def _written(value: object) -> str:
    """The value of a feature beside its name."""
    return f"{value:,.4g}" if isinstance(value, float | int) else str(value)


def _dots(found: pd.DataFrame, title: str) -> Figure:
    named = [f"{row.model}, {row.as_of}" for row in found.itertuples()]
    drawn: Figure = drawing.Figure(figsize=(_WIDTH, 1 + _HEIGHT_OF_A_BAR * len(found)), layout="constrained")
    axes = drawn.subplots()
    errors = [(found["estimate"] - found["low"]).clip(lower=0), (found["high"] - found["estimate"]).clip(lower=0)]
    axes.errorbar(found["estimate"], named, xerr=errors, fmt="o")
    axes.invert_yaxis()
    axes.set_title(title)
    return drawn

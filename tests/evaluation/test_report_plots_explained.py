"""The plots of what moves a model: they say what they show, carry units, escape names, and are the same each time."""

from __future__ import annotations

import base64

import numpy as np

from models.evaluation.plots.explained import dependence_chart, reasons_chart
from models.evaluation.plots.summary import summary_image
from models.evaluation.report.explained import (
    DependenceBin,
    ExplainedModel,
    FeatureDependence,
    FeatureSummary,
    ReasonSize,
)

ATTACK = "</script><script>alert(1)</script>"
BINS = tuple(DependenceBin(at=float(at), rows=10, low=at - 1.0, median=float(at), high=at + 1.0) for at in range(3))
DEPENDENCE = FeatureDependence(feature="fees", description=f"fees {ATTACK}", unit="USD", bins=BINS)
CHANCE = np.random.default_rng(1)
REASONS = (ReasonSize(reason="fee", title="fees", size=0.4), ReasonSize(reason="age", title="tenure", size=0.1))
MODEL = ExplainedModel(
    rows=40,
    unit="log",
    reasons=REASONS,
    others=0.0,
    dependence=(DEPENDENCE,),
    summary=tuple(
        FeatureSummary(
            feature=name,
            description=name,
            added=tuple(CHANCE.normal(size=40).tolist()),
            standing=(None, *CHANCE.random(39).tolist()),
        )
        for name in ("fees", "tenure")
    ),
)


def test_a_feature_is_drawn_with_its_unit_and_no_markup_of_its_name() -> None:
    drawn = dependence_chart("decline", DEPENDENCE)
    assert "log-odds of decline" in drawn.svg
    assert "USD" in drawn.svg
    assert ATTACK not in drawn.svg
    assert drawn.svg.count("<circle") == 3


def test_the_largest_reason_stands_on_top() -> None:
    drawn = reasons_chart("value", MODEL)
    assert drawn.svg.index("fees") < drawn.svg.index("tenure")
    assert "logarithm of value" in drawn.svg


def test_the_summary_is_the_same_picture_each_time() -> None:
    state = np.random.get_state()[1].tolist()
    first, second = summary_image("decline", MODEL), summary_image("decline", MODEL)
    assert first == second
    kind, _, data = first.partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data).startswith(b"\x89PNG")
    assert np.random.get_state()[1].tolist() == state

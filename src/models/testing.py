"""Contract tests of plug-ins, for the tests of those who write them.

Each asks one plug-in the questions that training, scoring and explaining rest on, and fails by an ``AssertionError``
that says which answer was wrong: ``check_decline_learner``, ``check_value_learner``, ``check_source`` and
``check_warning_signal``::

    from models.testing import check_decline_learner


    def test_our_scorecard_keeps_the_contract():
        check_decline_learner(SCORECARD, bins=5)
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from models.book.sources.plugged import TableSource
from models.config.plugins import PluginSettings, Setting
from models.learners.contract import ContractFeature
from models.learners.protocol import LearnerPlugin, Lessons, Scorer
from models.metrics.ranking import auc
from models.panel.signals import WarningSignal
from models.text import languages
from models.vocab import FloatArray

ROWS, SEED = 600, 7
_NEAR = 1e-9
_BETTER_THAN_CHANCE = 0.6
_LARGEST_LOG = 700.0
"""Beyond it no currency has an amount."""


def check_decline_learner(plugin: LearnerPlugin, **settings: Setting) -> None:
    """Hold a learner of ``clientvalue.decline_learners`` to its contract, on clients whose risk is known."""
    lessons = drawn_lessons(settings)
    scorer = plugin.fit(lessons)
    _check_scorer(plugin, scorer, lessons)
    found = auc(lessons.outcome, scorer.score(lessons.matrix))
    assert found > _BETTER_THAN_CHANCE, f"log-odds must rank clients whose risk is plain, got an AUC of {found:.2f}"


def check_value_learner(plugin: LearnerPlugin, **settings: Setting) -> None:
    """Hold a learner of ``clientvalue.value_learners`` to its contract, on clients whose value is known."""
    drawn = drawn_lessons(settings)
    value = np.exp(drawn.matrix[:, 0] + 5.0) * drawn.outcome
    lessons = Lessons(**{**vars(drawn), "outcome": value})
    scorer = plugin.fit(lessons)
    _check_scorer(plugin, scorer, lessons)
    far = np.abs(scorer.score(_far_out(drawn.matrix.shape[1]))).max()
    assert far < _LARGEST_LOG, f"clients far from all that were seen must have an amount, got a logarithm of {far:.0f}"
    found = auc((value > np.median(value)).astype(np.float64), scorer.score(lessons.matrix))
    assert found > _BETTER_THAN_CHANCE, f"log values must rank clients whose value is plain, got an AUC of {found:.2f}"


def drawn_lessons(settings: PluginSettings, rows: int = ROWS, seed: int = SEED) -> Lessons:
    """Clients with a risk that rises with ``size``, a figure often unknown, a constant one, and a category."""
    draw = np.random.default_rng(seed)
    matrix = np.column_stack(
        [draw.normal(size=rows), draw.normal(size=rows), np.full(rows, 3.0), draw.integers(0, 3, rows)]
    ).astype(np.float64)
    outcome = (draw.random(rows) < 1 / (1 + np.exp(-2.0 * matrix[:, 0]))).astype(np.float64)
    matrix[draw.random(rows) < 0.3, 1] = np.nan  # noqa: PLR2004 - three in ten are unknown
    matrix[draw.random(rows) < 0.1, 3] = np.nan  # noqa: PLR2004 - and one in ten of the categories
    names = ("size", "often_unknown", "constant")
    features = [ContractFeature(name=name, kind="number", unit="score") for name in names]
    category = ContractFeature(name="country", kind="category", unit="category", categories=("BR", "DE", "KE"))
    return Lessons(
        matrix=matrix,
        outcome=outcome,
        features=(*features, category),
        weight=np.ones(rows),
        seed=seed,
        settings=settings,
    )


def check_source(source: TableSource, place: str, **settings: Setting) -> None:
    """Hold a source of ``clientvalue.sources`` to its contract: Arrow tables, the same when asked again."""
    first, again = source(place, settings=settings), source(place, settings=settings)
    assert first, f"a source must have tables, got none at {place}"
    for name, rows in first.items():
        assert isinstance(rows, pa.Table), f"the table {name} must be of pyarrow, got {type(rows).__name__}"
        assert rows.num_columns, f"the table {name} must have columns, got none"
        assert again[name].equals(rows), f"the table {name} must be the same when it is asked for again"


def check_warning_signal(signal: WarningSignal, features: pd.DataFrame, **settings: Setting) -> None:
    """Hold a signal of ``clientvalue.warning_signals`` to its contract, on ``features`` of some clients."""
    figures = np.asarray(signal.figure(features, settings=settings), dtype=np.float64)
    assert figures.shape == (len(features),), f"each of {len(features)} rows must have a figure, got {figures.shape}"
    assert not np.isinf(figures).any(), "figures must be finite, or NaN where nothing is known"
    turned = np.asarray(signal.figure(features.iloc[::-1], settings=settings), dtype=np.float64)
    assert np.array_equal(turned[::-1], figures, equal_nan=True), "a row's figure must be its own, whatever the order"
    usual = signal.usual
    assert usual.low <= usual.middle <= usual.high, "what is usual must lie between what is low and what is high"
    for language in languages():
        assert signal.words.describe(language), f"a signal must be called something in {language}"


def _check_scorer(plugin: LearnerPlugin, scorer: Scorer, lessons: Lessons) -> None:
    matrix = lessons.matrix
    score, parts = scorer.score(matrix), scorer.parts(matrix)
    assert score.shape == (len(matrix),), f"each of {len(matrix)} rows must have a score, got {score.shape}"
    assert np.isfinite(score).all(), "scores must be finite, also where figures are not known"
    assert parts.values.shape == matrix.shape, f"each feature must have a part, got {parts.values.shape}"
    gap = float(np.abs(parts.base + parts.values.sum(axis=1) - score).max())
    assert gap <= _NEAR * max(1.0, float(np.abs(score).max())), f"base and parts must sum to the score, off by {gap:g}"
    _check_rows(scorer, matrix, score)
    far = scorer.score(_far_out(matrix.shape[1]))
    assert np.isfinite(far).all(), "clients of whom nothing is known, or what nobody has seen, must have a finite score"
    texts = scorer.to_texts()
    assert all(isinstance(each, str) for each in (*texts, *texts.values())), "a learner must be written as text"
    assert np.array_equal(plugin.from_texts(texts).score(matrix), score), "what is read must score as what was written"
    assert plugin.fit(lessons).to_texts() == texts, "the same lessons must give the same model, to the byte"


def _far_out(features: int) -> FloatArray:
    """A client of whom nothing is known, and clients unlike all others."""
    return np.array([[figure] * features for figure in (np.nan, 0.0, 1e12, -1e12)])


def _check_rows(scorer: Scorer, matrix: FloatArray, score: FloatArray) -> None:
    assert np.array_equal(scorer.score(matrix[::-1])[::-1], score), "a row's score must be its own, whatever the order"
    alone = np.array([scorer.score(matrix[place : place + 1])[0] for place in range(0, len(matrix), 97)])
    assert np.array_equal(alone, score[::97]), "one row alone must score as it does among others"

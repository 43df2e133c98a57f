"""Contract tests of plug-ins, for the tests of those who write them.

Each asks one plug-in the questions that training, scoring and explaining rest on, and fails by an ``AssertionError``
that says which answer was wrong: ``check_decline_learner``, ``check_value_learner``, ``check_source``,
``check_feature_family``, ``check_warning_signal``, ``check_tier_rule`` and ``check_kpi``::

    from models.testing import check_decline_learner


    def test_our_scorecard_keeps_the_contract():
        check_decline_learner(SCORECARD, bins=5)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from models.book.door import Book
from models.book.measures import measures_of
from models.book.periods import WHOLE_PERIODS_PER_YEAR, PeriodGrid
from models.book.sources.plugged import TableSource
from models.config.loading import parse_config
from models.config.plugins import PluginSettings, Setting
from models.config.root import Config
from models.grading.facts import FORECAST, Facts
from models.grading.tier_rules import TierRule
from models.kpis.definition import Form
from models.kpis.plugged import KpiPlugin
from models.learners.contract import ContractFeature
from models.learners.protocol import LearnerPlugin, Lessons, Scorer
from models.metrics.ranking import auc
from models.panel.cube import FlowRows, build_cube
from models.panel.cutoff import day_number, past_of
from models.panel.features.families import FeatureFamily, Features, frame_of
from models.panel.features.inputs import FeatureInputs
from models.panel.features.labels import labels_of
from models.panel.signals import WarningSignal
from models.relations.reading import Window, reading
from models.text import languages
from models.vocab import FloatArray, IntArray

ROWS, SEED = 600, 7
CLIENTS, PERIODS = 40, 30
"""So many clients over so many months are drawn for families of features."""
DRAWN_BOOK = parse_config(
    "{book: {name: drawn, source: files, currency: EUR}, activity: {kinds: [drawdown, interest]}, "
    "value: {kinds: {interest: 1.0, fee: 1.0}}, features: {measures: {fee: {kinds: [fee]}}}}"
)
_AS_OF = date(2024, 1, 31)
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


def check_feature_family(family: FeatureFamily, name: str, *, config: Config = DRAWN_BOOK, **settings: Setting) -> None:
    """Hold a family of ``clientvalue.features`` to its contract, as the features ``NAME_...`` of drawn clients.

    ``config`` names the measures of cashflows that are drawn, if the family asks for others than activity and value.
    """
    draw = np.random.default_rng(SEED)
    measures = measures_of(config, {"cashflows"})
    rows = _drawn_flows(draw, len(measures.flow_cells))
    every = np.arange(CLIENTS)
    found = _frame_of(family, rows, every, config, settings)
    assert found.frame.shape[1], "a family must give features, got none"
    for feature in found.frame:
        assert str(feature).startswith(f"{name}_"), f"a feature must be called {name}_..., got {feature}"
        column = found.frame[feature]
        known = column.to_numpy() if column.dtype == np.float64 else np.zeros(CLIENTS)
        assert not np.isinf(known).any(), f"{feature} must be finite, or NaN where nothing is known"
        for language in languages():
            assert found.words[str(feature)].describe(language), f"{feature} must be called something in {language}"
    for some, said in ((every, "asked for again"), (every[::-1], "in another order"), (every[7:8], "alone")):
        again = _frame_of(family, rows, some, config, settings).frame
        expected = found.frame.iloc[some].reset_index(drop=True)
        assert again.reset_index(drop=True).equals(expected), f"a client's features must be its own, also {said}"


def check_tier_rule(rule: TierRule, features: pd.DataFrame, **settings: Setting) -> None:
    """Hold a rule of ``clientvalue.tier_rules`` to its contract, on ``features`` of clients and drawn forecasts."""
    draw, rows = np.random.default_rng(SEED), len(features)
    sizes = {name: 1.0 if name.startswith(("decline", "default")) else 1e6 for name in FORECAST}
    drawn: dict[str, Any] = {name: draw.random(rows) * size for name, size in sizes.items()}
    drawn |= {name: np.full(rows, np.nan) for name in FORECAST if name.startswith("credit_loss")}
    clients = np.array([f"C{place}" for place in range(rows)])
    facts = Facts(client_id=clients, as_of=_AS_OF, features=features[list(rule.features)], **drawn)
    figures = np.asarray(rule.figure(facts, settings=settings), dtype=np.float64)
    assert figures.shape == (rows,), f"each of {rows} clients must have a figure, got {figures.shape}"
    assert not np.isinf(figures).any(), "figures must be finite, or NaN where nothing is known"
    turned = np.asarray(rule.figure(facts.where(np.arange(rows)[::-1]), settings=settings), dtype=np.float64)
    assert np.array_equal(turned[::-1], figures, equal_nan=True), (
        "a client's figure must be its own, whatever the order"
    )
    for language in languages():
        assert rule.words.describe(language), f"a rule must be called something in {language}"


def check_kpi(kpi: KpiPlugin, name: str, *, book: Book, config: Config, **settings: Setting) -> None:
    """Hold a figure of ``clientvalue.kpis`` to its contract, on a book and its config."""
    found = kpi(settings=settings)
    assert found.name == name, f"the figure must be called as its entry point, {name}, got {found.name}"
    assert found.parts is not None, "a figure must have parts"
    grid = PeriodGrid(config.time.period, book.known_until)
    year = WHOLE_PERIODS_PER_YEAR[config.time.period]
    window = Window.ending(grid, number=0, periods=year, activity_periods=config.time.activity_periods)
    with reading(book, config) as reader:
        parts, again = (reader.frame(found.parts(reader, window)) for _ in range(2))
    assert {"client_id", "top", "bottom"} <= set(parts), f"parts must be client_id, top, bottom, got {list(parts)}"
    assert parts["client_id"].is_unique, "each client must count once"
    top, bottom = (parts[part].to_numpy(dtype=np.float64) for part in ("top", "bottom"))
    assert np.isfinite([top, bottom]).all(), "what a client adds must be a finite number"
    assert (bottom >= 0).all(), "what is divided by must not be below 0"
    assert found.form is not Form.SHARE or ((top >= 0) & (top <= bottom)).all(), "a share must lie between 0 and 1"
    assert parts.equals(again), "parts must be the same when they are asked for again"
    for language in languages():
        assert found.title.within(language), f"a figure must be called something in {language}"


def _drawn_flows(draw: np.random.Generator, cells: int) -> dict[str, IntArray]:
    """Rows of a ledger: cashflows of each client in some of the periods before the as-of date."""
    client, period, cell = (each.ravel() for each in np.meshgrid(range(CLIENTS), range(-PERIODS, 0), range(cells)))
    kept = draw.random(len(client)) < 0.4  # noqa: PLR2004 - two in five periods have a cashflow
    kept &= client != 0  # and one client has none at all
    client, period, cell = client[kept], period[kept], cell[kept]
    day = day_number(_AS_OF) + 30 * period  # every period has this day
    total, events = draw.integers(100, 100_000, len(client)), draw.integers(1, 4, len(client))
    rows = {"client": client, "period": period, "cell": cell, "total": total, "events": events}
    return {**rows, "first_day": day, "last_day": day}


def _frame_of(
    family: FeatureFamily, rows: Mapping[str, IntArray], some: IntArray, config: Config, settings: PluginSettings
) -> Features:
    """The features of ``some`` of the drawn clients, in their order."""
    place = np.full(CLIENTS, -1)
    place[some] = np.arange(len(some))
    ours = place[rows["client"]] >= 0
    cut = {name: each[ours] for name, each in rows.items()} | {"client": place[rows["client"][ours]]}
    measures = measures_of(config, {"cashflows"})
    cube = build_cube(measures, [FlowRows.read(cut)], None, first=-PERIODS, last=0, clients=len(some))
    known = FeatureInputs(
        past=past_of(cube, 0, _AS_OF, cube.first_day, None),
        settings=config.features,
        own=config.book.own,
        credit=config.credit,
        activity_periods=config.time.activity_periods,
        horizon_periods=config.time.horizon_periods,
        currency=config.book.currency,
        labels=labels_of(config),
        attributes=pd.DataFrame(index=range(len(some))),
        group=np.arange(len(some)),
        groups_known=False,
        context_past={},
        macro=None,
        country=np.full(len(some), -1),
    )
    return frame_of(family(known, settings=settings))


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

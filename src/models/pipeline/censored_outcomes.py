"""The decline model of a panel, which also learns from origins of whose outcomes only a part has come."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from models.config.learners import BOOSTED
from models.config.root import Config
from models.errors import TooLittleDataError
from models.learners.contract import FeatureContract
from models.learners.decline.learner import DeclineLearner
from models.learners.decline.plugged import PluggedDecline
from models.learners.decline.soft_labels import SoftLabelGrid, expected_declines
from models.learners.decline.whether import DeclineModel
from models.panel.groups import dealt
from models.panel.panel import Panel
from models.panel.splits import CensoredOrigin
from models.panel.targets import SO_FAR
from models.pipeline.rows import Rows, age_weights
from models.vocab import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class CensoredOutcomes:
    """The rows of one origin, and after how many periods it is known how their outcomes stand."""

    elapsed: int
    panel: Panel


def unfinished_of(panel: Panel, origins: Sequence[CensoredOrigin]) -> tuple[CensoredOutcomes, ...]:
    """The rows of ``panel`` at each of ``origins``; none of an origin without clients."""
    found = [CensoredOutcomes(elapsed=each.elapsed, panel=panel.at([each.origin])) for each in origins]
    return tuple(each for each in found if len(each.panel))


@dataclass(frozen=True, kw_only=True)
class _Lessons:
    """What a decline model learns from: (n_rows, n_features), and (n_rows,) what came or is expected, and when."""

    matrix: FloatArray
    declined: BoolArray | FloatArray
    origin: IntArray

    def where(self, chosen: BoolArray) -> _Lessons:
        """The chosen rows."""
        return _Lessons(matrix=self.matrix[chosen], declined=self.declined[chosen], origin=self.origin[chosen])

    def fit(self, contract: FeatureContract, config: Config) -> DeclineLearner:
        """The model that these teach. Raises ``TooLittleDataError``."""
        weight = age_weights(self.origin, config.learners.half_life_periods)
        return fit_leader(self.matrix, self.declined, contract, config, weight=weight)


def fit_leader(
    matrix: FloatArray,
    declined: BoolArray | FloatArray,
    contract: FeatureContract,
    config: Config,
    *,
    weight: FloatArray | None,
) -> DeclineLearner:
    """The learner that ``learners.decline.leader`` names, fitted on these rows. Raises ``TooLittleDataError``."""
    learner = config.learners.decline
    if learner.leader == BOOSTED:
        return DeclineModel.fit(matrix, declined, config=learner, contract=contract, run=config.run, weight=weight)
    return PluggedDecline.fit(
        learner.leader,
        matrix,
        declined,
        contract=contract,
        settings=config.plugins.decline_learners.get(learner.leader, {}),
        seed=config.run.seed,
        weight=weight,
    )


def fit_decline(
    panel: Panel, rows: Rows, unfinished: Sequence[CensoredOutcomes], contract: FeatureContract, config: Config
) -> DeclineLearner:
    """Fit on ``rows``, those of ``panel``, whose outcomes are complete, and on the ``unfinished``.

    What is to be expected of these tell two models, each of which saw one half of the sponsor groups and is asked about
    the other, and how outcomes stood after as long at the complete origins. Where a half is too small to learn from,
    the unfinished are left away, and so they are from the learner of a plug-in. Raises ``TooLittleDataError``.
    """
    lessons = _Lessons(matrix=rows.matrix, declined=rows.declined, origin=rows.origin)
    if unfinished and config.learners.decline.leader == BOOSTED:
        with suppress(TooLittleDataError):
            lessons = _with_unfinished(panel, lessons, unfinished, contract, config)
    return lessons.fit(contract, config)


def _with_unfinished(
    panel: Panel, lessons: _Lessons, unfinished: Sequence[CensoredOutcomes], contract: FeatureContract, config: Config
) -> _Lessons:
    matrices = [contract.encode(each.panel.features) for each in unfinished]
    panels = [panel, *(each.panel for each in unfinished)]
    known, *said = _margins_apart(panels, [lessons.matrix, *matrices], lessons, contract, config)
    expected = [
        expected_declines(
            _standing(known, panel, each.elapsed, config),
            np.asarray(lessons.declined, dtype=np.bool_),
            _standing(margin, each.panel, each.elapsed, config),
            columns=SO_FAR,
            config=config.learners.decline,
            run=config.run,
            weight=age_weights(lessons.origin, config.learners.half_life_periods),
        )
        for each, margin in zip(unfinished, said, strict=True)
    ]
    return _Lessons(
        matrix=np.concatenate([lessons.matrix, *matrices]),
        declined=np.concatenate([lessons.declined.astype(np.float64), *expected]),
        origin=np.concatenate([each.origin for each in panels]),
    )


def _margins_apart(
    panels: Sequence[Panel],
    matrices: Sequence[FloatArray],
    lessons: _Lessons,
    contract: FeatureContract,
    config: Config,
) -> list[FloatArray]:
    """Log-odds of the rows of each panel by a model that saw none of their groups; ``lessons`` are of the first."""
    halves = dealt([panel.group for panel in panels], 2, "halves")
    margins = [np.zeros(len(panel)) for panel in panels]
    for side in (0, 1):
        model = lessons.where(halves[0] != side).fit(contract, config)
        for half, matrix, margin in zip(halves, matrices, margins, strict=True):
            margin[half == side] = model.margin(matrix[half == side])
    return margins


def _standing(margin: FloatArray, panel: Panel, elapsed: int, config: Config) -> SoftLabelGrid:
    """Under rule ``lapse`` a client that came back cannot decline any more."""
    so_far = panel.so_far[elapsed]
    behind = so_far[:, SO_FAR.index("behind")] > 0
    still = behind if config.decline.rule == "lapse" else np.ones(len(margin), dtype=np.bool_)
    return SoftLabelGrid(margin=margin, so_far=so_far, open=still)

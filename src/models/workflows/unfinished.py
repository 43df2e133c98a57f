"""The decline model of a panel, which also learns from origins of whose outcomes only a part has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.config import Config
from models.learners.contract import FeatureContract
from models.learners.decline import DeclineModel, Standing, expected_declines
from models.tables.panel import Panel
from models.tables.splits import UnfinishedOrigin
from models.tables.targets import SO_FAR
from models.vocab import BoolArray, FloatArray
from models.workflows.rows import Rows, age_weights


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """The rows of one origin, and after how many periods it is known how their outcomes stand."""

    elapsed: int
    panel: Panel


def unfinished_of(panel: Panel, origins: Sequence[UnfinishedOrigin]) -> tuple[Unfinished, ...]:
    """The rows of ``panel`` at each of ``origins``; none of an origin without clients."""
    found = [Unfinished(elapsed=each.elapsed, panel=panel.at([each.origin])) for each in origins]
    return tuple(each for each in found if len(each.panel))


def fit_decline(
    panel: Panel, rows: Rows, unfinished: Sequence[Unfinished], contract: FeatureContract, config: Config
) -> DeclineModel:
    """Fit on ``rows``, those of ``panel``, whose outcomes are complete; then anew on these and the ``unfinished``.

    What the first model says, and how outcomes stood after as long at the complete origins, tells what to expect of
    those that are not. Raises ``TooLittleDataError``.
    """
    learners, half_life = config.learners, config.learners.half_life_periods

    def fit(matrix: FloatArray, declined: FloatArray | BoolArray, weight: FloatArray | None) -> DeclineModel:
        return DeclineModel.fit(
            matrix, declined, config=learners.decline, contract=contract, run=config.run, weight=weight
        )

    first = fit(rows.matrix, rows.declined, rows.weights(half_life))
    if not unfinished:
        return first
    matrices = [contract.encode(each.panel.features) for each in unfinished]
    margin = first.margin(rows.matrix)
    expected = [
        _expected(panel, rows, margin, each, first.margin(matrix), config)
        for each, matrix in zip(unfinished, matrices, strict=True)
    ]
    origin = np.concatenate([rows.origin, *(each.panel.origin for each in unfinished)])
    return fit(
        np.concatenate([rows.matrix, *matrices]),
        np.concatenate([rows.declined.astype(np.float64), *expected]),
        age_weights(origin, half_life),
    )


def _expected(
    panel: Panel, rows: Rows, margin: FloatArray, unfinished: Unfinished, said: FloatArray, config: Config
) -> FloatArray:
    learned = config.learners.decline
    return expected_declines(
        _standing(margin, panel.so_far[unfinished.elapsed], config),
        rows.declined,
        _standing(said, unfinished.panel.so_far[unfinished.elapsed], config),
        columns=SO_FAR,
        config=learned,
        run=config.run,
        weight=rows.weights(config.learners.half_life_periods),
    )


def _standing(margin: FloatArray, so_far: FloatArray, config: Config) -> Standing:
    """Under rule ``lapse`` a client that came back cannot decline any more."""
    behind = so_far[:, SO_FAR.index("behind")] > 0
    still = behind if config.decline.rule == "lapse" else np.ones(len(margin), dtype=np.bool_)
    return Standing(margin=margin, so_far=so_far, open=still)

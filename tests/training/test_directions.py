"""A direction that the book bears out raises nothing; one that it denies is reported with where."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.config.root import Config
from models.learners.contract import FeatureContract
from models.pipeline.rows import Rows
from models.training.directions import DirectionBin, DirectionCheck, direction_checks
from support.drawn_panel import small_config

REASON = "longer arrears never lower the risk"


def facts(declined: np.ndarray, arrears: np.ndarray, direction: str) -> DirectionCheck:
    frame = pd.DataFrame({"arrears": arrears})
    contract = FeatureContract.learn(frame, {"arrears": "days"}, 40)
    settings = small_config().model_dump()
    settings["learners"]["decline"]["monotone"] = {"arrears": {"direction": direction, "reason": REASON}}
    rows = Rows(
        matrix=contract.encode(frame),
        value=np.ones(len(declined)),
        margin=np.ones(len(declined)),
        credit_loss=None,
        defaulted=None,
        declined=declined,
        event_period=np.zeros(len(declined), dtype=np.int64),
        cause=None,
        origin=np.zeros(len(declined), dtype=np.int64),
    )
    (only,) = direction_checks(rows, contract, Config.model_validate(settings))
    return only


def test_what_the_book_shows_is_held_against_the_direction() -> None:
    random = np.random.default_rng(3)
    arrears = random.uniform(0, 90, 2_000)
    declined = random.random(2_000) < arrears / 100
    right, wrong = facts(declined, arrears, "up"), facts(declined, arrears, "down")
    assert (right.violated, wrong.violated) == (False, True)
    assert right.reason == REASON
    bins = wrong.bins
    assert len(bins) == 10
    assert bins[-1].outcome > 0.7


def test_chance_alone_is_no_violation() -> None:
    reported = [
        facts(random.random(500) < 0.3, random.normal(size=500), "up").violated
        for random in map(np.random.default_rng, range(100))
    ]
    assert sum(reported) <= 5


def test_missing_and_constant_features_are_told_as_they_are() -> None:
    declined = np.arange(100) % 2 == 0
    assert facts(declined, np.full(100, np.nan), "up").bins == ()
    (bin_,) = facts(declined, np.full(100, 4.0), "up").bins
    assert bin_ == DirectionBin(feature=4.0, outcome=0.5, clients=100)

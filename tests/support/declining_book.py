"""A drawn book of which it is known when and why clients decline, and its models."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, softmax

from models.config.learners import DeclineLearnerConfig
from models.config.sections import RunConfig
from models.learners.contract import FeatureContract
from models.learners.decline.cause import CauseModel
from models.learners.decline.timing import TimingModel

RUN = RunConfig(threads=1)
CONFIG = DeclineLearnerConfig(trees=60, min_clients_per_leaf=20, feature_share=1.0, curve_steps=6)
HORIZON = 12
CAUSES = ("reduced", "refinanced_away", "dormant", "default")


class DecliningBook:
    """4,000 clients: ``strain`` makes declines likely and early, ``debt`` makes them defaults, late ones reductions."""

    def __init__(self, seed: int = 3, clients: int = 4_000, *, pace: float = 0.0) -> None:
        generator = np.random.default_rng(seed)
        strain, debt, noise = generator.normal(size=(3, clients))
        frame = pd.DataFrame({"strain": strain, "debt": debt, "noise": noise})
        self.contract = FeatureContract.learn(frame, dict.fromkeys(frame, "score"), max_categories=3)
        self.matrix = self.contract.encode(frame)
        self.declined = generator.random(clients) < expit(1.2 * strain - 1)
        self.hazard = expit(strain[:, None] + pace + np.linspace(-1.0, -2.0, HORIZON))
        self.event_period = np.where(self.declined, self._draw_periods(generator), 0)
        late = (self.event_period > HORIZON // 2)[:, None]
        self.scores = np.where(late, [1.5, 0.0, 0.0, -1.0], [0.0, 0.0, 0.0, -1.0]) + np.outer(debt, [0, 0, 0, 1.5])
        shares = softmax(self.scores, axis=1)
        drawn = (generator.random((clients, 1)) > shares.cumsum(axis=1)[:, :-1]).sum(axis=1)
        self.cause = np.where(self.declined, drawn, -1)

    def _draw_periods(self, generator: np.random.Generator) -> np.ndarray:
        comes = generator.random(self.hazard.shape) < self.hazard
        comes[:, -1] = True
        return 1 + comes.argmax(axis=1)

    def timing(self, config: DeclineLearnerConfig = CONFIG, weight: np.ndarray | None = None) -> TimingModel:
        return TimingModel.fit(
            self.matrix,
            self.event_period,
            horizon_periods=HORIZON,
            config=config,
            contract=self.contract,
            run=RUN,
            weight=weight,
        )

    def causes(self, config: DeclineLearnerConfig = CONFIG, cause: np.ndarray | None = None) -> CauseModel:
        return CauseModel.fit(
            self.matrix,
            self.event_period,
            self.cause if cause is None else cause,
            causes=CAUSES,
            horizon_periods=HORIZON,
            config=config,
            contract=self.contract,
            run=RUN,
        )

"""The curve of decline: the served probability accumulated step by step, and divided among causes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from models.learners.decline.cause import CauseModel
from models.learners.decline.timing import TimingModel
from models.vocab import DeclineRule, FloatArray


@dataclass(frozen=True, kw_only=True)
class DeclineCurves:
    """Chance of the event up to each step. Under rule ``lapse`` the event is the return, else the decline.

    Attributes:
        ends: the periods with which the steps end, (n_steps,); the last one is the horizon.
        event: what ``probability`` is the chance of.
        probability: (n_clients, n_steps), never falling; in the last step that of decline, or one less it.
        incidence: cause -> (n_clients, n_steps), the part of ``probability`` due to it; empty where causes are unknown.
    """

    ends: tuple[int, ...]
    event: Literal["decline", "return"]
    probability: FloatArray
    incidence: dict[str, FloatArray] = field(default_factory=dict)

    @property
    def survival(self) -> FloatArray:
        """Chance that the event has not come yet at the end of each step. (n_clients, n_steps)."""
        return np.asarray(1.0 - self.probability)

    @classmethod
    def of(
        cls,
        matrix: FloatArray,
        decline_probability: FloatArray,
        *,
        rule: DeclineRule,
        timing: TimingModel,
        causes: CauseModel | None = None,
    ) -> DeclineCurves:
        """Curves of clients with features (n, n_features) and a served probability of decline (n,)."""
        happens = 1.0 - decline_probability if rule == "lapse" else decline_probability
        reached = timing.predict(matrix)
        return cls(
            ends=timing.ends,
            event="return" if rule == "lapse" else "decline",
            probability=happens[:, None] * reached,
            incidence={} if causes is None else _incidence(matrix, happens, reached, causes),
        )


def _incidence(
    matrix: FloatArray, happens: FloatArray, reached: FloatArray, causes: CauseModel
) -> dict[str, FloatArray]:
    added = np.diff(reached, axis=1, prepend=0.0)
    parts = np.moveaxis(added[:, :, np.newaxis] * causes.predict_steps(matrix), 2, 0)
    until = happens[:, None] * np.cumsum(parts, axis=2)
    return dict(zip(causes.causes, until, strict=True))

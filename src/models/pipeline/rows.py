"""Panel rows as learners take them: encoded features beside every outcome, and how much each row counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.config.root import Config
from models.errors import InternalError, TooLittleDataError
from models.learners.contract import FeatureContract
from models.panel.panel import Panel
from models.vocab import BoolArray, FloatArray, IntArray

MIN_CLIENTS = 50


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows in order of origin and client. Shapes (n_rows,), ``matrix`` (n_rows, n_features).

    ``cause`` is None where the book does not tell how a decline came about.
    """

    matrix: FloatArray
    value: FloatArray
    margin: FloatArray
    credit_loss: FloatArray | None
    defaulted: BoolArray | None
    declined: BoolArray
    event_period: IntArray
    cause: IntArray | None
    origin: IntArray

    @property
    def latest(self) -> BoolArray:
        """Which rows stand at the latest origin."""
        return np.asarray(self.origin == self.origin.max())

    def weights(self, half_life: float | None) -> FloatArray | None:
        """How much each row counts, 1 at the latest origin and half as much ``half_life`` periods before."""
        return age_weights(self.origin, half_life)


def age_weights(origin: IntArray, half_life: float | None) -> FloatArray | None:
    """1 for rows of the latest origin and half as much ``half_life`` periods before; None if all count alike. (n,)."""
    if half_life is None:
        return None
    return np.asarray(0.5 ** ((origin.max() - origin) / half_life))


def rows_of(panel: Panel, contract: FeatureContract) -> Rows:
    """Encode a panel that has its targets."""
    if panel.value is None or panel.declined is None or panel.event_period is None:
        raise InternalError("models can only learn from a panel with targets")
    if panel.finished is not None and not panel.finished.all():
        raise InternalError("an outcome that is not complete is none to learn from")
    return Rows(
        matrix=contract.encode(panel.features),
        value=panel.value,
        margin=panel.value if panel.margin is None else panel.margin,
        credit_loss=panel.credit_loss,
        defaulted=panel.defaulted,
        declined=panel.declined,
        event_period=panel.event_period,
        cause=panel.cause if _causes_were_told(panel) else None,
        origin=panel.origin,
    )


def _causes_were_told(panel: Panel) -> bool:
    """By the end of the latest outcomes: what becomes known later must not teach models that learned before."""
    return panel.causes_from is None or bool((panel.origin >= panel.causes_from).any())


def require_clients(panel: Panel, latest: int) -> None:
    """Raise ``TooLittleDataError`` if too few clients were active at the latest origin to learn from."""
    clients = int(np.count_nonzero(panel.origin == latest))
    if clients < MIN_CLIENTS:
        raise TooLittleDataError(
            rule=f"models need at least {MIN_CLIENTS} clients active at the latest origin to learn from",
            got=f"{clients} at {panel.grid.start_of(latest)}",
            remedy="bring a larger book, a longer time.activity_periods or a shorter time.horizon_periods",
        )


def contract_of(panel: Panel, config: Config) -> FeatureContract:
    """The features of a panel, with the categories that it shows."""
    return FeatureContract.learn(panel.features, panel.units, config.features.max_categories)

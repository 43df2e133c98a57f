"""The settings of the simulation as arrays indexed by type or product, and the codes that index them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.config.base import Section
from models.config.simulation import PRODUCTS, SimulationConfig
from models.vocab import ExitCause, FloatArray, NeedType, RelationshipType, Stage

STAGES = tuple(Stage)
ACQUISITION, DEVELOPMENT, MATURITY, DECLINE, CHURNED = range(5)
TYPES = tuple(RelationshipType)
STRATEGIC, TRANSACTIONAL, PARTNERSHIP, PROBLEM_SOLVING = range(4)
NEEDS = tuple(NeedType)
FUNDING, RESOURCES, RISK = range(3)
CAUSES = tuple(ExitCause)
MATURED, REFINANCED, DORMANT, DEFAULTED = range(4)
NO_CAUSE = -1
CENTS = 100

VALUE_WEIGHTS = {
    "interest": 1,
    "fee": 1,
    "recovery": 1,
    "funding_cost": -1,
    "service_cost": -1,
    "write_off": -1,
}
"""What makes up value: the sign of each kind of cashflow."""
ACTIVITY_KINDS = ("interest", "fee")
"""Cashflows that show that a client does business with the lender."""


@dataclass(frozen=True, kw_only=True)
class Economics:
    """``types`` and ``products`` hold one array per setting, of shape (4,) and (6,)."""

    config: SimulationConfig
    types: Mapping[str, FloatArray]
    products: Mapping[str, FloatArray]
    mix: FloatArray
    """Product chances of a type and need, shape (4, 3, 6); rows sum to one."""

    @classmethod
    def of(cls, config: SimulationConfig) -> Economics:
        """The arrays of a config."""
        types = [config.types[str(name)] for name in TYPES]
        products = [config.products[name] for name in PRODUCTS]
        return cls(
            config=config,
            types=_arrays(types, skip=("product_mix",)),
            products=_arrays(products),
            mix=_mix(np.array([each.product_mix for each in types])),
        )


def _arrays(sections: Sequence[Section], skip: tuple[str, ...] = ()) -> dict[str, FloatArray]:
    names = [name for name in type(sections[0]).model_fields if name not in skip]
    return {name: np.array([getattr(each, name) for each in sections], dtype=np.float64) for name in names}


NEED_TILT = np.array(
    [
        [1.0, 1.2, 1.2, 0.6, 1.3, 1.2],
        [2.0, 1.0, 0.7, 1.2, 0.6, 0.8],
        [0.6, 0.8, 1.2, 3.0, 0.8, 0.9],
    ]
)
"""How a need shifts the mix: to loans for funding, to projects for resources, to guarantees for risk."""


def _mix(by_type: FloatArray) -> FloatArray:
    weights = by_type[:, None, :] * NEED_TILT[None, :, :]
    return np.asarray(weights / weights.sum(axis=2, keepdims=True))

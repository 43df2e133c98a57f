"""Maximum likelihood over positive parameters, shared by all buy-till-you-die models."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol, Self

import numpy as np
import scipy

from models.errors import TooLittleDataError, UserError
from models.learners.btyd.history import PurchaseHistory
from models.vocab import FloatArray

Objective = Callable[[FloatArray], tuple[float, FloatArray]]

LOWEST = 1e-4
HIGHEST = 1e4
"""Between these the parameters are sought, where time and size are measured in multiples of what is usual."""

_FEWEST_REPEATERS = 10
_MAX_ITERATIONS = 500
_ROUNDS = 5
"""How often the search may start anew where it stopped, on a ridge that is nearly flat."""

_FLAT = 1e-6
_FLAT_ENOUGH = 1e-4
"""Slopes per client, in the logarithm of a parameter: sought, and accepted where steps no longer gain anything."""


class PurchaseModel(Protocol):
    """What BG/NBD, MBG/NBD and Pareto/NBD have in common."""

    @classmethod
    def fit(cls, history: PurchaseHistory) -> Self:
        """Learn from histories; raise ``TooLittleDataError`` where they do not determine the parameters."""

    def expected_purchases(self, history: PurchaseHistory, horizon_periods: float) -> FloatArray:
        """Expected number of purchases within the horizon after the as-of date. Shape (n_clients,)."""

    def probability_alive(self, history: PurchaseHistory) -> FloatArray:
        """Probability that the client has not dropped out at the as-of date. Shape (n_clients,)."""

    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Logarithm of the probability density of the histories."""

    def to_json(self) -> str:
        """The parameters as text."""

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Parameters above zero, each a field of a frozen dataclass, and their way to text and back."""

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) and value > 0 for value in asdict(self).values()):
            raise UserError(
                rule=f"the parameters of {type(self).__name__} must be finite and above zero",
                got=asdict(self),
                remedy="fit the model anew",
            )

    def to_json(self) -> str:
        """The parameters as text; numbers come back to the bit."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        data: dict[str, Any] = json.loads(text)
        return cls(**{field.name: float(data[field.name]) for field in fields(cls)})


def summit(objective: Objective, *, start: FloatArray, model: str) -> FloatArray:
    """Parameters (n_parameters,) at which the mean log-likelihood per client is highest.

    ``objective`` takes parameters above zero and returns the mean log-likelihood and its gradient. The search (BFGS)
    runs over logarithms within ``LOWEST`` and ``HIGHEST``. A summit on that edge is a limit of the model, e.g.
    of clients that never leave or that all buy alike, and is taken as such. Raises ``TooLittleDataError`` where the
    search does not end on a summit.

    >>> top = summit(lambda at: (-((at[0] - 3) ** 2), -2 * (at - 3)), start=np.ones(1), model="toy")
    >>> round(float(top[0]), 4)
    3.0
    """

    def descent(logs: FloatArray, /) -> tuple[float, FloatArray]:
        parameters = np.exp(logs)
        value, slope = objective(parameters)
        return -value, -slope * parameters

    low, high = math.log(LOWEST), math.log(HIGHEST)
    logs, steepest = np.asarray(np.log(start), dtype=np.float64), math.inf
    for _ in range(_ROUNDS):
        bounds = [(low, high)] * logs.size
        found = scipy.optimize.minimize(
            descent,
            logs,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": _MAX_ITERATIONS, "ftol": 1e-15, "gtol": _FLAT / 10, "maxls": 50},
        )
        logs = np.asarray(found.x, dtype=np.float64)
        slope = descent(logs)[1]
        steepest = float(np.abs(np.clip(logs - slope, low, high) - logs).max())  # what points over the edge is flat
        if steepest < _FLAT:
            break
    if not steepest < _FLAT_ENOUGH:
        raise TooLittleDataError(
            rule=f"the search for the parameters of {model} must end on a summit of the likelihood",
            got=f"a slope of {steepest:.2g} per client where it stopped",
            remedy="take more clients, a longer history, or another model",
        )
    return np.asarray(np.exp(logs))


def require_repeaters(repeaters: int, *, model: str) -> None:
    """Raise ``TooLittleDataError`` unless at least 10 clients came back."""
    if repeaters < _FEWEST_REPEATERS:
        raise TooLittleDataError(
            rule=f"{model} needs at least {_FEWEST_REPEATERS} clients that came back",
            got=f"{repeaters:,}",
            remedy="take more clients or a longer history",
        )


def require_horizon(horizon_periods: float) -> None:
    """Raise ``UserError`` unless the horizon is finite and not negative."""
    if not (math.isfinite(horizon_periods) and horizon_periods >= 0):
        raise UserError(
            rule="the horizon must be finite and not negative",
            got=horizon_periods,
            remedy="give the number of periods after the as-of date",
        )

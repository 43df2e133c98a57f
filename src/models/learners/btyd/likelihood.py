"""Maximum likelihood over positive parameters, and what all models share; the likelihoods live with their models."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol, Self

import numpy as np
from scipy.optimize import minimize

from models.errors import TooLittleDataError, UserError
from models.learners.btyd.history import PurchaseHistory
from models.vocab import FloatArray

Objective = Callable[[FloatArray], tuple[float, FloatArray]]

LOWEST = 1e-5
HIGHEST = 1e5
"""Between these the parameters are sought, where time or size is measured in multiples of its mean."""

_MAX_ITERATIONS = 500
_FLAT = 1e-5
"""Slope per client in the logarithm of a parameter at which a summit counts as reached."""

_NEAR_EDGE = 1e-3


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


def summit(objective: Objective, *, names: tuple[str, ...], start: FloatArray, model: str) -> FloatArray:
    """Parameters (n_parameters,) above zero at which the mean log-likelihood per client is highest.

    ``objective`` takes parameters and returns the mean log-likelihood and its gradient. The search runs over
    logarithms with BFGS within bounds, so that it needs no constraint and no unit. Raises ``TooLittleDataError``
    where it does not end on a summit, or where the likelihood still rises at a bound: clients without
    difference, or of whom none ever leaves, leave a parameter undetermined.

    >>> top = summit(lambda at: (-((at[0] - 3) ** 2), -2 * (at - 3)), names=("r",), start=np.ones(1), model="toy")
    >>> round(float(top[0]), 6)
    3.0
    """

    def descent(logs: FloatArray) -> tuple[float, FloatArray]:
        parameters = np.exp(logs)
        value, slope = objective(parameters)
        return -value, -slope * parameters

    edge = [(math.log(LOWEST), math.log(HIGHEST))] * len(names)
    options = {"maxiter": _MAX_ITERATIONS, "ftol": 1e-15, "gtol": 1e-9, "maxls": 50}
    found = minimize(descent, np.log(start), jac=True, method="L-BFGS-B", bounds=edge, options=options)
    logs = np.asarray(found.x, dtype=np.float64)
    at_edge = [n for n, x in zip(names, logs, strict=True) if min(x - edge[0][0], edge[0][1] - x) < _NEAR_EDGE]
    if at_edge:
        raise _undetermined(model, f"{' and '.join(at_edge)} at the edge of {LOWEST:g} to {HIGHEST:g}")
    steepest = float(np.abs(descent(logs)[1]).max())
    if not steepest < _FLAT:
        raise _undetermined(model, f"a slope of {steepest:.2g} after {found.nit} steps")
    return np.exp(logs)


def require_repeaters(repeaters: int, *, fewest: int, model: str) -> None:
    """Raise ``TooLittleDataError`` unless at least ``fewest`` clients came back."""
    if repeaters < fewest:
        raise TooLittleDataError(
            rule=f"{model} needs at least {fewest} clients that came back",
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


def _undetermined(model: str, got: str) -> TooLittleDataError:
    return TooLittleDataError(
        rule=f"the likelihood of {model} must have a summit that determines its parameters",
        got=got,
        remedy="take more clients, a longer history, or another model",
    )

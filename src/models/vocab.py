"""The words of the field as types, and the protocols that outer layers fulfil. No logic lives here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal, NewType, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

ClientId = NewType("ClientId", str)
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
TextArray = NDArray[np.str_]

TuneModel = Literal["value", "decline", "both"]
TuneObjective = Literal["log_loss", "auc", "profit"]


class Aim(StrEnum):
    """What a policy is searched for: fewer reviews, less credit loss, more profit of offers, or steady tiers.

    ``BALANCED`` raises the weakest of the first three.
    """

    SCREENING = "screening"
    CREDIT_LOSS = "credit_loss"
    PROFIT = "profit"
    STABILITY = "stability"
    BALANCED = "balanced"


Item = TypeVar("Item")


DeclineRule = Literal["lapse", "drop", "default"]
"""What counts as decline, see ``DeclineConfig``."""


class DateOrder(StrEnum):
    """What comes first in a date of numbers. Dates that begin with the year are read whatever the order is."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Stage(StrEnum):
    """Where a client stands in its life with the lender."""

    ACQUISITION = "acquisition"
    DEVELOPMENT = "development"
    MATURITY = "maturity"
    DECLINE = "decline"
    CHURNED = "churned"


class RelationshipType(StrEnum):
    """What holds the client and the lender together."""

    STRATEGIC = "strategic"
    TRANSACTIONAL = "transactional"
    PARTNERSHIP = "partnership"
    PROBLEM_SOLVING = "problem-solving"


class NeedType(StrEnum):
    """What the client comes for."""

    FUNDING = "funding"
    RESOURCE_INTEGRATION = "resource integration"
    RISK_MANAGEMENT = "risk management"


class ExitCause(StrEnum):
    """How a facility or a relationship ended."""

    MATURED = "matured"
    REFINANCED_AWAY = "refinanced_away"
    DORMANT = "dormant"
    DEFAULT = "default"


class DeclineCause(StrEnum):
    """Why a client declined. A facility that ended on schedule is never the cause."""

    REDUCED = "reduced"
    REFINANCED_AWAY = "refinanced_away"
    DORMANT = "dormant"
    DEFAULT = "default"


class FunnelStage(StrEnum):
    """The steps of an opportunity, first to last."""

    IDENTIFIED = "identified"
    ASSESSED = "assessed"
    DUE_DILIGENCE = "due_diligence"
    APPROVED = "approved"
    SIGNED = "signed"


class Recorder(Protocol):
    """What observes a run. Learners do not know it."""

    def params(self, values: Mapping[str, object]) -> None:
        """Note what the run was asked to do."""

    def metrics(self, values: Mapping[str, float], *, step: int = 0) -> None:
        """Note measured figures; ``step`` numbers the origin."""

    def artifact(self, path: Path, *, folder: str = "") -> None:
        """Keep a file or folder with the run."""


class Progress(Protocol):
    """What shows that long work goes on."""

    def stage(self, title: str) -> None:
        """Say which piece of work begins."""

    def track(self, items: Iterable[Item], *, total: int, title: str) -> Iterable[Item]:
        """Pass ``items`` through, showing how many of ``total`` are done."""


class SilentRecorder:
    """A recorder that keeps nothing."""

    def params(self, values: Mapping[str, object]) -> None:
        """Ignore."""

    def metrics(self, values: Mapping[str, float], *, step: int = 0) -> None:
        """Ignore."""

    def artifact(self, path: Path, *, folder: str = "") -> None:
        """Ignore."""


class SilentProgress:
    """Progress that shows nothing."""

    def stage(self, title: str) -> None:
        """Ignore."""

    def track(self, items: Iterable[Item], *, total: int, title: str) -> Iterable[Item]:  # noqa: ARG002
        """Pass the items through."""
        return items

"""The input of an evaluation: predicted and realised outcomes of the same clients at one test origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.config.policy.tiers import DEFAULT_SCALE
from models.errors import InternalError, TooLittleDataError
from models.vocab import BoolArray, FloatArray, IntArray, TextArray

MIN_CLIENTS = 5
"""No figure of a report is that of fewer clients, so that none of them can be known again."""
NO_CAUSE = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class JudgedCurve:
    """A curve of decline or of return, foreseen and realised.

    Attributes:
        event: what the curve tells of, "decline" or "return".
        ends: last period of each step, rising, the last one the horizon. Shape (n_steps,).
        probability: of the event until the end of each step. Shape (n_clients, n_steps).
        event_period: period of the event, from 1; 0 where it did not happen within the horizon. Shape (n_clients,).
        incidence: cause -> the part of ``probability`` that is this cause's; empty where causes are not known.
        cause: place in ``incidence`` of each client's cause, -1 without event; None where causes are not known.
        known: cause -> what could be known of its chance within the horizon, of a simulated book. Shape (n_clients,).
    """

    event: str
    ends: IntArray
    probability: FloatArray
    event_period: IntArray
    incidence: Mapping[str, FloatArray] = field(default_factory=dict)
    cause: IntArray | None = None
    known: Mapping[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class JudgedCredit:
    """Default and credit loss within the horizon, of a book that knows defaults. Shapes (n_clients,).

    Attributes:
        default_probability: between 0 and 1.
        defaulted: whether the client defaulted; None where the book does not tell.
        known_default: what could be known of the probability, of a simulated book.
        foreseen_loss: expected credit loss in the book's currency; None where none is foreseen.
        realised_loss: None where the book does not tell.
        known_loss: what could be known of it, of a simulated book.
    """

    default_probability: FloatArray
    defaulted: BoolArray | None = None
    known_default: FloatArray | None = None
    foreseen_loss: FloatArray | None = None
    realised_loss: FloatArray | None = None
    known_loss: FloatArray | None = None

    @property
    def columns(self) -> list[FloatArray | BoolArray]:
        """All that is known."""
        every = (self.defaulted, self.known_default, self.foreseen_loss, self.realised_loss, self.known_loss)
        return [self.default_probability, *(each for each in every if each is not None)]


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """The clients of one test origin, without their names. Shapes (n_clients,) unless said otherwise.

    Attributes:
        value: realised within the horizon, in the book's currency.
        declined: whether the client declined within the horizon.
        foreseen_value: in the book's currency, with the interval ``value_low`` to ``value_high``, NaN if there is none.
        decline_probability: between 0 and 1.
        tier: the grade that the predictions would have given, best first in ``tiers``.
        segment: number and name of the segment that serves.
        tenure_days: how long the client was known at the as-of date; NaN where not known.
        size: past value, in the book's currency.
        attributes: one column per attribute by which errors are reported, e.g. region; text, or numbers.
        scores: target (value, decline) -> benchmark, ours first -> ranking; higher is more value or more risk.
        level: share of clients that the intervals claim to hold.
        known_value: what could be known of the value, of a simulated book.
        credit: of default and credit loss; None where the book knows no defaults.
    """

    value: FloatArray
    declined: BoolArray
    foreseen_value: FloatArray
    value_low: FloatArray
    value_high: FloatArray
    decline_probability: FloatArray
    tier: TextArray
    segment: TextArray
    tenure_days: FloatArray
    size: FloatArray
    attributes: pd.DataFrame
    scores: Mapping[str, Mapping[str, FloatArray]]
    level: float
    tiers: tuple[str, ...] = DEFAULT_SCALE.names
    curve: JudgedCurve | None = None
    known_value: FloatArray | None = None
    credit: JudgedCredit | None = None

    def __post_init__(self) -> None:
        lengths = {len(array) for array in self._columns()}
        if lengths != {len(self.value)}:
            raise InternalError(f"a report needs columns of one length, got {sorted(lengths)}")
        if len(self) < MIN_CLIENTS:
            raise TooLittleDataError(
                rule=f"a report needs at least {MIN_CLIENTS} clients",
                got=len(self),
                remedy="choose a test origin at which more clients are active",
            )

    def __len__(self) -> int:
        return len(self.value)

    def _columns(self) -> list[FloatArray | BoolArray | IntArray | TextArray | pd.DataFrame]:
        own = (
            self.value, self.declined, self.foreseen_value, self.value_low, self.value_high, self.decline_probability,
            self.tier, self.segment, self.tenure_days, self.size, self.attributes,
        )  # fmt: skip
        scores = [score for benchmarks in self.scores.values() for score in benchmarks.values()]
        known = [] if self.known_value is None else [self.known_value]
        credit = [] if self.credit is None else self.credit.columns
        return [*own, *scores, *known, *credit, *_curve_columns(self.curve)]


def _curve_columns(curve: JudgedCurve | None) -> list[FloatArray | IntArray]:
    if curve is None:
        return []
    said = [curve.probability, *curve.incidence.values()]
    if any(each.ndim != 2 or each.shape[1] != len(curve.ends) for each in said):  # noqa: PLR2004
        raise InternalError(f"a curve needs probabilities of {len(curve.ends)} steps")
    if bool(curve.incidence) != (curve.cause is not None):
        raise InternalError("a curve needs both the cause of each client and the incidence of each cause, or neither")
    return [
        *said,
        *curve.known.values(),
        np.asarray(curve.event_period),
        *([] if curve.cause is None else [curve.cause]),
    ]

"""Reads from a panel who turned worse, and by how much; who of them is shown is asked elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from models.config import Config
from models.decisions.warnings import Signal, Turn, Usual, signals_of, turn_of
from models.learners.decline import DeclineCurves
from models.tables.panel import Panel
from models.vocab import BoolArray, FloatArray, IntArray, Tier
from models.workflows.grading import Grader, by_expectation
from models.workflows.recipe import FittedModels, segment_rows
from models.workflows.stakes import at_stake

DECLINE = "decline_probability"
OUTSTANDING = "facility_outstanding"
DEFAULT = "default"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How each client of a block turned until one as-of date. Shapes (n_clients,), but ``turn``.

    Attributes:
        client_id: who.
        signals: what ``turn.signal`` points at.
        turn: how much worse, and by which evidence.
        decline_probability: within the horizon, as served.
        expected_loss: in book currency, see ``expected_loss``.
        top: whether the client is AA, or was at a date looked back at.
    """

    client_id: pd.Series
    signals: tuple[Signal, ...]
    turn: Turn
    decline_probability: FloatArray
    expected_loss: FloatArray
    top: BoolArray

    def __len__(self) -> int:
        return len(self.client_id)

    def warned(self) -> Reading:
        """Only the clients that warn: a few of many, so that a whole book of them can be kept."""
        places = np.flatnonzero(self.turn.severity > 0)
        return replace(
            self,
            client_id=self.client_id.iloc[places].reset_index(drop=True),
            turn=Turn(**{each.name: getattr(self.turn, each.name)[places] for each in fields(Turn)}),
            decline_probability=self.decline_probability[places],
            expected_loss=self.expected_loss[places],
            top=self.top[places],
        )


@dataclass(frozen=True)
class _Scored:
    """One as-of date of a panel: encoded features, and what the models say."""

    rows: Panel
    matrix: FloatArray
    decline: FloatArray
    top: BoolArray


def origins_to_read(config: Config, origin: int = 0, *, first: int | None = None) -> tuple[int, ...]:
    """The origins that a panel must hold to tell how clients turned until ``origin``: it, and those looked back at.

    ``first`` is the first period of the book; before it nothing is known.
    """
    back = [origin - ago for ago in config.warnings.compare_periods]
    return (origin, *(each for each in back if first is None or each > first))


def read_turns(
    models: FittedModels, panel: Panel, config: Config, *, origin: int = 0, grader: Grader | None = None
) -> Reading:
    """How the clients of ``panel`` at ``origin`` turned, compared with themselves at its earlier origins.

    Only ``warnings.compare_periods`` are looked at. A client's figures are its own: they depend on nobody else in the
    panel. ``grader`` is how tiers are given, if not by expected value and decline alone.
    """
    now = _scored(models, panel.at([origin]), grader)
    earlier = [_scored(models, panel.at([each]), grader) for each in origins_to_read(config, origin)[1:]]
    signals = signals_of(config.warnings, (*_numbers(models), DECLINE))
    places = [pd.Index(past.rows.client_id).get_indexer(pd.Index(now.rows.client_id)) for past in earlier]
    before = [_aligned(_figures(past, models, signals), place) for past, place in zip(earlier, places, strict=True)]
    turn = turn_of(
        signals,
        _figures(now, models, signals),
        np.stack(before),
        _usual(models, now, signals, config),
        alone=[dimension.alone for dimension in config.warnings.dimensions.values()],
    )
    return Reading(
        client_id=now.rows.client_id,
        signals=signals,
        turn=turn,
        decline_probability=now.decline,
        expected_loss=expected_loss(models, now.rows, now.matrix, now.decline, config),
        top=_ever_top(now, earlier, places),
    )


def expected_loss(
    models: FittedModels, rows: Panel, matrix: FloatArray, decline: FloatArray, config: Config
) -> FloatArray:
    """What the lender has to expect to lose with each client within the horizon, in book currency: (n_rows,).

    The probability of decline times what the client would bring if it went on as before; where the book tells causes,
    and the features what is outstanding, also the probability of default times what it costs of that.
    """
    lost = decline * at_stake(rows, config)
    if models.causes is None or OUTSTANDING not in rows.features:
        return np.asarray(lost)
    default = _default_probability(models, matrix, decline)
    outstanding = np.nan_to_num(rows.features[OUTSTANDING].to_numpy(dtype=np.float64))
    return np.asarray(lost + default * config.warnings.loss_given_default * np.maximum(outstanding, 0.0))


def _scored(models: FittedModels, rows: Panel, grader: Grader | None) -> _Scored:
    matrix = models.contract.encode(rows.features)
    decline = models.decline.predict(matrix)
    grades = (grader or by_expectation(models.policy))(rows.features, models.value.predict(matrix), decline)
    return _Scored(rows=rows, matrix=matrix, decline=decline, top=np.asarray(grades.tier == Tier.AA.value))


def _numbers(models: FittedModels) -> tuple[str, ...]:
    return tuple(feature.name for feature in models.contract.features if feature.kind == "number")


def _figures(scored: _Scored, models: FittedModels, signals: Sequence[Signal]) -> FloatArray:
    """The signals of one date: (n, n_signals)."""
    with_decline = np.column_stack([scored.matrix, scored.decline])
    return np.asarray(with_decline[:, _columns(models, signals)])


def _columns(models: FittedModels, signals: Sequence[Signal]) -> IntArray:
    """Places of the signals among the features, behind which the probability of decline stands."""
    names = (*models.contract.names, DECLINE)
    return np.array([names.index(signal.feature) for signal in signals], dtype=np.int64)


def _aligned(figures: FloatArray, place: IntArray) -> FloatArray:
    """The rows of ``place``; NaN where that is -1, a client that was not active then."""
    with_nobody = np.vstack([figures, np.full((1, figures.shape[1]), np.nan)])
    return np.asarray(with_nobody[place])


def _usual(models: FittedModels, now: _Scored, signals: Sequence[Signal], config: Config) -> Usual:
    """What the bundle knows of the peers. Of decline the worst begins where ``stages.decline_probability`` says so."""
    rows = len(now.rows)
    if not rows or not models.peers.groups:
        unknown = np.full((rows, len(signals)), np.nan)
        return Usual(middle=unknown, low=unknown, high=unknown)
    segment = models.segments.assign(segment_rows(models.segments, now.rows)).segment
    view = models.peers.of(now.matrix, segment)
    of_decline = np.array([signal.feature == DECLINE for signal in signals])
    places = np.where(of_decline, 0, _columns(models, signals))
    asked = np.broadcast_to(places, (rows, len(signals)))
    limit, least = config.stages.decline_probability, np.array([signal.least for signal in signals])
    return Usual(
        middle=np.where(of_decline, limit - least, view.usual(asked)),
        low=np.where(of_decline, 0.0, view.low(asked)),
        high=np.where(of_decline, limit, view.high(asked)),
    )


def _default_probability(models: FittedModels, matrix: FloatArray, decline: FloatArray) -> FloatArray:
    curves = DeclineCurves.of(matrix, decline, rule=models.rule, timing=models.timing, causes=models.causes)
    return np.asarray(curves.incidence[DEFAULT][:, -1])


def _ever_top(now: _Scored, earlier: Sequence[_Scored], places: Sequence[IntArray]) -> BoolArray:
    top = now.top.copy()
    for past, place in zip(earlier, places, strict=True):
        top |= np.append(past.top, False)[place]
    return top

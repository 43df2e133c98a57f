"""Deterioration of the clients of a panel, with its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from models.book.periods import DAYS_PER_PERIOD
from models.config.policy.tiers import TierScale
from models.config.root import Config
from models.grading.compute import Forecast
from models.panel.panel import Panel
from models.panel.signals import PluggedSignal, plugged_signals
from models.pipeline.past_behaviour import exposure_at_risk
from models.pipeline.pipeline import FittedModels, grade_matrix, score_matrix
from models.pipeline.predictions import GradedForecast, Predictions
from models.vocab import BoolArray, FloatArray, IntArray
from models.warnings.latest_business import RECENCY, EarlierRows, KnownRows, better_than_before
from models.warnings.rules import (
    Deterioration,
    Signal,
    Usual,
    deterioration_of,
    signals_of,
    silence_chances,
)

DECLINE = "decline_probability"
ACTIVE_PERIODS, TENURE = "activity_active_periods", "tenure_days"
_OF_CLIENTS = ("decline_probability", "business_at_risk", "credit_loss", "top")


@dataclass(frozen=True, kw_only=True)
class DeteriorationReading:
    """How each client of a block turned until one as-of date. Shapes (n_clients,), but ``turn``.

    Attributes:
        client_id: who.
        signals: what ``turn.signal`` points at.
        turn: how much worse, and by which evidence.
        decline_probability: within the horizon, as served.
        business_at_risk: in book currency, see ``business_at_risk``.
        credit_loss: expected credit loss within the horizon, in book currency, as served; NaN where it is not known.
        top: whether the client is in a top tier, or was at a date looked back at.
    """

    client_id: pd.Series
    signals: tuple[Signal, ...]
    turn: Deterioration
    decline_probability: FloatArray
    business_at_risk: FloatArray
    credit_loss: FloatArray
    top: BoolArray

    def __len__(self) -> int:
        return len(self.client_id)

    @property
    def at_stake(self) -> FloatArray:
        """Business at risk and credit loss together, in book currency; a loss that is not known adds nothing: (n,)."""
        return self.business_at_risk + np.maximum(np.nan_to_num(self.credit_loss), 0.0)

    def warned(self) -> DeteriorationReading:
        """Only the clients that warn: a few of many, so that a whole book of them can be kept."""
        places = np.flatnonzero(self.turn.severity > 0)
        return replace(
            self,
            client_id=self.client_id.iloc[places].reset_index(drop=True),
            turn=Deterioration(**{each.name: getattr(self.turn, each.name)[places] for each in fields(Deterioration)}),
            **{name: getattr(self, name)[places] for name in _OF_CLIENTS},
        )


@dataclass(frozen=True)
class WarnedForecasts:
    """One as-of date of a panel: its rows, their encoded features, and what the models say of them."""

    rows: Panel
    matrix: FloatArray
    said: GradedForecast
    scale: TierScale

    @property
    def top(self) -> BoolArray:
        """Who is in a top tier."""
        return self.scale.is_top(self.said.grades.tier)


@dataclass(frozen=True)
class Served(WarnedForecasts):
    """The as-of date that is served, of which the models say more than of those looked back at."""

    said: Predictions


def origins_to_read(config: Config, origin: int = 0, *, first: int | None = None) -> tuple[int, ...]:
    """The origins that a panel must hold to tell how clients turned until ``origin``: it, and those looked back at.

    ``first`` is the first period of the book; before it nothing is known.
    """
    back = [origin - ago for ago in config.warnings.compare_periods]
    return (origin, *(each for each in back if first is None or each > first))


def read_deteriorations(
    models: FittedModels,
    panel: Panel,
    config: Config,
    *,
    origin: int = 0,
    served: Served | None = None,
    earlier: EarlierRows | None = None,
) -> DeteriorationReading:
    """How the clients of ``panel`` at ``origin`` turned, compared with themselves at its earlier origins.

    Only ``warnings.compare_periods`` are looked at, and for clients that would warn the last date before their latest
    business: who is worth more and risks less than then has not turned. A client's figures are its own: they depend on
    nobody else in the panel. ``served`` is what the models say at ``origin``, if that is known already. ``panel`` may
    hold more origins; ``earlier`` brings the rows of those that it does not hold, else clients go without them.
    """
    now = served or _served(models, panel.at([origin]))
    back = [each for each in origins_to_read(config, origin)[1:] if (panel.origin == each).any()]
    past = [_scored(models, panel.at([each])) for each in back]
    plugged = plugged_signals(config)
    signals = signals_of(config.warnings, (*_numbers(models), DECLINE, *(each.name for each in plugged)))
    places = [pd.Index(each.rows.client_id).get_indexer(pd.Index(now.rows.client_id)) for each in past]
    then = [_figures(each, models, signals, plugged) for each in past]
    before = [_aligned(figures, place) for figures, place in zip(then, places, strict=True)]
    turn = deterioration_of(
        signals,
        _figures(now, models, signals, plugged),
        np.array(before).reshape(len(before), len(now.rows), len(signals)),
        _usual(models, now, signals, config, plugged),
        alone=[dimension.alone for dimension in config.warnings.dimensions.values()],
        telling=_telling(now.rows, signals, config),
    )
    turn = turn.unless(better_than_before(models, now.rows, now.said, turn.severity > 0, KnownRows(panel, earlier)))
    return DeteriorationReading(
        client_id=now.rows.client_id,
        signals=signals,
        turn=_without_usual_decline(turn, signals),
        decline_probability=now.said.decline_probability,
        business_at_risk=business_at_risk(now.rows, now.said, config),
        credit_loss=now.said.credit_loss,
        top=_ever_top(now, past, places),
    )


def business_at_risk(rows: Panel, said: Forecast, config: Config) -> FloatArray:
    """The margin that goes if each client declines, times how likely that is, in book currency: (n_rows,).

    The margin is what the client would bring within the horizon if it went on as before. It is no loss: nothing of it
    has been lent, and what a default costs stands apart as credit loss.
    """
    return np.asarray(said.decline_probability * exposure_at_risk(rows, config))


def _telling(rows: Panel, signals: Sequence[Signal], config: Config) -> BoolArray:
    """Which signals tell anything of which client, (n, n_signals): see ``silence_chances``."""
    tenure, silence = (_column(rows, name) / DAYS_PER_PERIOD[config.time.period] for name in (TENURE, RECENCY))
    chances = silence_chances(signals, _column(rows, ACTIVE_PERIODS), tenure, silence)
    return np.asarray(chances <= config.warnings.silence_chance)


def _column(rows: Panel, name: str) -> FloatArray:
    return rows.features[name].to_numpy(dtype=np.float64)


def _served(models: FittedModels, rows: Panel) -> Served:
    matrix = models.contract.encode(rows.features)
    return Served(rows=rows, matrix=matrix, said=score_matrix(models, matrix, rows), scale=models.policy.scale)


def _scored(models: FittedModels, rows: Panel) -> WarnedForecasts:
    matrix = models.contract.encode(rows.features)
    return WarnedForecasts(rows=rows, matrix=matrix, said=grade_matrix(models, matrix, rows), scale=models.policy.scale)


def _numbers(models: FittedModels) -> tuple[str, ...]:
    return tuple(feature.name for feature in models.contract.features if feature.kind == "number")


def _figures(
    scored: WarnedForecasts, models: FittedModels, signals: Sequence[Signal], plugged: Sequence[PluggedSignal]
) -> FloatArray:
    """The signals of one date: (n, n_signals)."""
    own = [each.of(scored.rows.features) for each in plugged]
    known = np.column_stack([scored.matrix, scored.said.decline_probability, *own])
    return np.asarray(known[:, _columns(models, signals, plugged)])


def _columns(models: FittedModels, signals: Sequence[Signal], plugged: Sequence[PluggedSignal]) -> IntArray:
    """Places of the signals among features, behind which the probability of decline and plug-ins' figures stand."""
    names = (*models.contract.names, DECLINE, *(each.name for each in plugged))
    return np.array([names.index(signal.feature) for signal in signals], dtype=np.int64)


def _aligned(figures: FloatArray, place: IntArray) -> FloatArray:
    """The rows of ``place``; NaN where that is -1, a client that was not active then."""
    with_nobody = np.vstack([figures, np.full((1, figures.shape[1]), np.nan)])
    return np.asarray(with_nobody[place])


def _usual(
    models: FittedModels, now: Served, signals: Sequence[Signal], config: Config, plugged: Sequence[PluggedSignal]
) -> Usual:
    """What the bundle knows of the peers. Where decline is worst the config says, and of its own figure a plug-in."""
    rows = len(now.rows)
    if not rows or not models.peers.groups:
        unknown = np.full((rows, len(signals)), np.nan)
        return Usual(middle=unknown, low=unknown, high=unknown)
    view = models.peers.of(now.matrix, now.said.segment)
    of_decline = np.array([signal.feature == DECLINE for signal in signals])
    figures_of = {each.name: each.usual for each in plugged}
    of_plugin = np.array([signal.feature in figures_of for signal in signals])
    places = np.where(of_decline | of_plugin, 0, _columns(models, signals, plugged))
    asked = np.broadcast_to(places, (rows, len(signals)))
    limit, least = config.warnings.decline_probability, np.array([signal.least for signal in signals])
    usual = {
        "middle": np.where(of_decline, limit - least, view.usual(asked)),
        "low": np.where(of_decline, 0.0, view.low(asked)),
        "high": np.where(of_decline, limit, view.high(asked)),
    }
    for place, signal in enumerate(signals):
        if signal.feature in figures_of:
            for name, values in usual.items():
                values[:, place] = getattr(figures_of[signal.feature], name)
    return Usual(**usual)


def _without_usual_decline(turn: Deterioration, signals: Sequence[Signal]) -> Deterioration:
    """The usual decline is not reported: the bundle knows it of features only."""
    of_decline = np.array([signal.feature == DECLINE for signal in signals])
    return replace(turn, usual=np.where(of_decline[turn.signal] & (turn.signal >= 0), np.nan, turn.usual))


def _ever_top(now: WarnedForecasts, earlier: Sequence[WarnedForecasts], places: Sequence[IntArray]) -> BoolArray:
    top = now.top.copy()
    for past, place in zip(earlier, places, strict=True):
        top |= np.append(past.top, False)[place]
    return top

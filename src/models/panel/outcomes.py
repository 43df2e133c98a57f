"""Outcomes of a block of clients after one as-of date, complete or censored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.book.measures import ACTIVITY, WRITE_OFF
from models.config.root import Config
from models.panel.block import Block
from models.panel.blocks import PreparedBook
from models.panel.cutoff import Future, Past, future_of
from models.panel.splits import elapsed_periods
from models.panel.targets import (
    NO_CAUSE,
    SO_FAR,
    Activity,
    decline_causes,
    declined,
    event_periods,
    present_value,
    standing,
)
from models.vocab import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Outcomes as ``Panel`` describes them; those that are not complete are NaN, False, 0 and -1."""

    value: FloatArray
    margin: FloatArray
    credit_loss: FloatArray | None
    defaulted: BoolArray | None
    declined: BoolArray
    event_period: IntArray
    cause: IntArray | None
    finished: BoolArray
    so_far: Mapping[int, FloatArray]


@dataclass(frozen=True, kw_only=True)
class Afterwards:
    """What lies after the as-of date of a ``past``, which begins period ``origin``; all before ``last`` is known."""

    prepared: PreparedBook
    config: Config
    block: Block
    past: Past
    origin: int
    last: int

    def outcomes(self) -> Outcomes:
        """Of each client of the block, complete or not."""
        horizon = self.config.time.horizon_periods
        return self._complete(horizon) if self._is_over(horizon) else self._unknown()

    def _complete(self, horizon: int) -> Outcomes:
        config, future = self.config, self._future(horizon)
        activity, rule, endings = self._activity(future), config.decline, future.endings
        only_matured = None if endings is None else endings.only_matured
        declines = declined(activity, rule, only_matured=only_matured)
        margin = self._margin(future)
        lost = None if future.credit_loss is None else self._present(future.credit_loss)
        return Outcomes(
            value=margin if lost is None else margin - lost,
            margin=margin,
            credit_loss=lost,
            defaulted=self._defaulted(future, lost),
            declined=declines,
            event_period=event_periods(activity, rule, only_matured=only_matured),
            cause=decline_causes(declines, endings) if self._tells_causes and endings is not None else None,
            finished=np.ones(self.past.clients, dtype=np.bool_),
            so_far=self._so_far(),
        )

    def _present(self, per_period: FloatArray) -> FloatArray:
        rate, period = self.config.value.discount_rate_annual, self.config.time.period
        return present_value(per_period, annual_rate=rate, period=period)

    def _margin(self, future: Future) -> FloatArray:
        """With the recoveries of earlier write-offs, where these are client value."""
        counted = self.config.credit.past_recoveries == "value"
        return self._present(future.margin + future.past_recoveries if counted else future.margin)

    def _defaulted(self, future: Future, lost: FloatArray | None) -> BoolArray | None:
        """Whether anything was written off, or ended in default anew; None where value counts no write-offs."""
        return None if lost is None else future.defaulted

    def _unknown(self) -> Outcomes:
        clients = self.past.clients
        counts_losses = WRITE_OFF in self.block.cube.measures.value_weights
        return Outcomes(
            value=np.full(clients, np.nan),
            margin=np.full(clients, np.nan),
            credit_loss=np.full(clients, np.nan) if counts_losses else None,
            defaulted=np.zeros(clients, dtype=np.bool_) if counts_losses else None,
            declined=np.zeros(clients, dtype=np.bool_),
            event_period=np.zeros(clients, dtype=np.int64),
            cause=np.full(clients, NO_CAUSE, dtype=np.int64) if self._tells_causes else None,
            finished=np.zeros(clients, dtype=np.bool_),
            so_far=self._so_far(),
        )

    def _so_far(self) -> dict[int, FloatArray]:
        return {elapsed: self.standing_after(elapsed) for elapsed in elapsed_periods(self.config)}

    def standing_after(self, elapsed: int) -> FloatArray:
        """How outcomes stand after so many periods, as ``standing`` tells; NaN where not all of them are known."""
        if not self._is_over(elapsed):
            return np.full((self.past.clients, len(SO_FAR)), np.nan)
        future = self._future(elapsed)
        return standing(self._activity(future), self.config.decline, future.endings)

    def _is_over(self, periods: int) -> bool:
        return self.origin + periods <= self.last

    def _future(self, periods: int) -> Future:
        grid, block = self.prepared.grid, self.block
        start, end = grid.start_of(self.origin), grid.start_of(self.origin + periods)
        return future_of(block.cube, self.origin, periods, start, end, block.facilities, defaults=block.defaults)

    def _activity(self, future: Future) -> Activity:
        periods = self.config.time.activity_periods
        return Activity(
            past_sum=self.past.total(ACTIVITY, periods),
            past_periods=periods,
            sum_so_far=future.activity_so_far,
            count_so_far=future.count_so_far,
            default_so_far=future.default_so_far,
        )

    @property
    def _tells_causes(self) -> bool:
        return (
            self.prepared.first_cause is not None
            and self.config.decline.rule == "drop"
            and self.block.facilities is not None
        )

"""Forecasts for a part of the horizon: what a served curve and a value say should have come by then.

How a part of the horizon stands to the whole of it is learned from earlier as-of dates whose horizon is over, as a few
shares of the whole book; no model is asked. Ranking is therefore that of the forecasts, and levels hold for the book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from models.config.root import Config
from models.errors import InternalError
from models.learners.decline.curves import DeclineCurves
from models.panel.blocks import PreparedBook
from models.panel.elapsed import outcomes_at
from models.panel.panel import Panel
from models.panel.targets import discount_factors
from models.vocab import BoolArray, FloatArray


@dataclass(frozen=True, kw_only=True)
class PartOfHorizon:
    """How the first ``elapsed`` periods of a horizon stand to all of it.

    Attributes:
        event: what curves tell: the onset of a decline, or a return.
        dates: the earlier as-of dates that taught it, none where no horizon was over; then the event is taken to decide
            at once, and value to come evenly.
        declined_after_event: of clients whose event had come by then, the share that stood as declined.
        declined_without: of the others; under rule ``drop`` those are behind, and catch up or not.
        margin: share of the margin that had come by then; ``loss``: of the credit loss.
        margin_range: the lowest and the highest such share of any one date.
    """

    elapsed: int
    horizon: int
    event: Literal["decline", "return"]
    dates: tuple[date, ...]
    declined_after_event: float
    declined_without: float
    margin: float
    margin_range: tuple[float, float]
    loss: float

    @property
    def is_whole(self) -> bool:
        """Whether the horizon is over."""
        return self.elapsed == self.horizon

    def declined(self, curves: DeclineCurves) -> FloatArray:
        """The chance that each client stands as declined by now. (n_clients,).

        Chance of the event until now times the one share, and of no event times the other.
        """
        if self.is_whole:
            return np.asarray(curves.probability[:, -1] if curves.event == "decline" else curves.survival[:, -1])
        ends = np.array([0, *curves.ends], dtype=np.float64)
        until = np.column_stack([np.zeros(len(curves.probability)), curves.probability])
        place = int(np.clip(np.searchsorted(ends, self.elapsed, side="right") - 1, 0, len(ends) - 2))
        way = (self.elapsed - ends[place]) / (ends[place + 1] - ends[place])
        event = until[:, place] + way * (until[:, place + 1] - until[:, place])
        return np.asarray(event * self.declined_after_event + (1.0 - event) * self.declined_without)

    def value(self, margin: FloatArray, credit_loss: FloatArray) -> FloatArray:
        """What each client should have brought by now, of its expected margin and credit loss. (n_clients,)."""
        return np.asarray(margin * self.margin - credit_loss * self.loss)


def parts_of_horizon(
    prepared: PreparedBook, config: Config, elapsed: Sequence[int], *, until: int, first: int, dates: int
) -> dict[int, PartOfHorizon]:
    """Elapsed periods -> how they stand to the horizon, by the latest ``dates`` as-of dates whose horizon is over.

    The horizon is over before period ``until`` of the grid of ``prepared``; no date lies before period ``first``. Dates
    lie as far apart as origins do.
    """
    horizon, spacing = config.time.horizon_periods, config.origins.spacing_periods
    origins = list(range(until - horizon, first - 1, -spacing))[:dates][::-1]
    found = outcomes_at(prepared, config, origins, sorted({*elapsed, horizon}), until=until) if origins else {}
    return {each: _part(each, found, config) for each in elapsed}


def _part(elapsed: int, found: Mapping[int, Panel], config: Config) -> PartOfHorizon:
    horizon, lapses = config.time.horizon_periods, config.decline.rule == "lapse"
    if not found or not len(found[horizon]):
        return _evenly(elapsed, config)
    then, whole = found[elapsed], found[horizon]
    if then.declined is None or whole.event_period is None:
        raise InternalError("a part of the horizon needs outcomes")
    origins = np.unique(then.origin)
    came = (whole.event_period > 0) & (whole.event_period <= elapsed)
    even = elapsed / horizon
    at = [then.origin == each for each in origins]
    shares = [_share(_at(then.margin, each), _at(whole.margin, each), even) for each in at]
    return PartOfHorizon(
        elapsed=elapsed,
        horizon=horizon,
        event="return" if lapses else "decline",
        dates=tuple(then.grid.start_of(int(each)) for each in origins),
        declined_after_event=_mean(then.declined[came], 0.0 if lapses else 1.0),
        declined_without=_mean(then.declined[~came], 1.0 if lapses else 0.0),
        margin=_share(then.margin, whole.margin, even),
        margin_range=(min(shares, default=even), max(shares, default=even)),
        loss=_share(then.credit_loss, whole.credit_loss, even),
    )


def _evenly(elapsed: int, config: Config) -> PartOfHorizon:
    horizon, lapses = config.time.horizon_periods, config.decline.rule == "lapse"
    factors = discount_factors(horizon, annual_rate=config.value.discount_rate_annual, period=config.time.period)
    share = float(factors[:elapsed].sum() / factors.sum())
    return PartOfHorizon(
        elapsed=elapsed,
        horizon=horizon,
        event="return" if lapses else "decline",
        dates=(),
        declined_after_event=0.0 if lapses else 1.0,
        declined_without=1.0 if lapses else 0.0,
        margin=share,
        margin_range=(share, share),
        loss=share,
    )


def _mean(came: BoolArray, otherwise: float) -> float:
    return float(came.mean()) if came.size else otherwise


def _at(amounts: FloatArray | None, chosen: BoolArray) -> FloatArray | None:
    return None if amounts is None else amounts[chosen]


def _share(then: FloatArray | None, whole: FloatArray | None, otherwise: float) -> float:
    """How much of a total had come; ``otherwise`` where there was none to come, or less than nothing."""
    if then is None or whole is None or not whole.sum() > 0:
        return otherwise
    return float(then.sum() / whole.sum())

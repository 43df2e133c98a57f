"""Outcomes of a book's clients in the first periods after a date, block by block, from what the book knows now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.config.root import Config
from models.monitoring.rules import NOT_BEHIND, Settled, settled_shares, stands
from models.panel.block import Block
from models.panel.blocks import PreparedBook
from models.panel.cutoff import past_of
from models.panel.outcomes import Afterwards, Outcomes
from models.panel.reach import active_before, may_be_processed
from models.panel.targets import SO_FAR
from models.vocab import IntArray

PAST_DATES = 4
"""Of so many dates whose horizon is over, at most, it is learned how often who is behind stays behind."""


@dataclass(frozen=True, kw_only=True)
class SinceThen:
    """Clients after so many periods.

    ``clients`` is indexed by client_id: group, stand (see ``rules.stands``), declined (as if the horizon had ended),
    defaulted, value (realised and discounted), active before the date.
    """

    periods: int
    clients: pd.DataFrame

    @property
    def stand(self) -> IntArray:
        """How each client stands."""
        return np.asarray(self.clients["stand"].to_numpy(dtype=np.int64))


@dataclass(frozen=True, kw_only=True)
class PastDates:
    """Of earlier dates whose horizon is over: by stand how many declines had set in, and how much of value had come."""

    dates: int
    settled: dict[int, Settled]
    value_share: float | None


def since_then(prepared: PreparedBook, config: Config, origin: int, periods: int) -> SinceThen:
    """The clients of a book ``periods`` after the start of period ``origin`` of its grid."""
    shorter = _with_horizon(config, periods)
    parts = [_of_block(prepared, shorter, block, origin) for block in _blocks(prepared, origin + periods)]
    clients = pd.concat(parts, ignore_index=True).set_index("client_id")
    return SinceThen(periods=periods, clients=clients)


def past_dates(prepared: PreparedBook, config: Config, origin: int, periods: int, *, known: int) -> PastDates | None:
    """What dates before ``origin`` tell of outcomes after ``periods``, with all before period ``known`` known.

    None where the book is too young: no horizon is over since a date with a history as long as learning asks for.
    """
    horizon, spacing = config.time.horizon_periods, config.origins.spacing_periods
    latest = min(known - horizon, origin - 1)
    first = prepared.first_period + config.origins.min_history_periods
    origins = range(latest, first - 1, -spacing)[:PAST_DATES]
    if not len(origins):
        return None
    stand, set_in, value, whole = [], [], 0.0, 0.0
    for each in origins:
        then, end = since_then(prepared, config, each, periods), _whole(prepared, config, each)
        active = then.clients["active"].to_numpy(dtype=np.bool_)
        stand.append(then.stand[active])
        set_in.append((end["declined"] & (end["event_period"] <= periods)).to_numpy(dtype=np.bool_)[active])
        value, whole = value + float(then.clients["value"][active].sum()), whole + float(end["value"][active].sum())
    return PastDates(
        dates=len(origins),
        settled=settled_shares(np.concatenate(stand), np.concatenate(set_in)),
        value_share=value / whole if value > 0 and whole > 0 else None,
    )


def _whole(prepared: PreparedBook, config: Config, origin: int) -> pd.DataFrame:
    """Declined, event_period and value of each client at the end of the horizon, in the order of the blocks."""
    parts = []
    for block in _blocks(prepared, origin + config.time.horizon_periods):
        _, outcomes = _outcomes(prepared, _with_horizon(config, config.time.horizon_periods), block, origin)
        parts.append(pd.DataFrame({name: getattr(outcomes, name) for name in ("declined", "event_period", "value")}))
    return pd.concat(parts, ignore_index=True)


def _blocks(prepared: PreparedBook, last: int) -> Iterator[Block]:
    return iter(prepared.blocks(prepared.block_numbers, last))


def _of_block(prepared: PreparedBook, config: Config, block: Block, origin: int) -> pd.DataFrame:
    periods = config.time.horizon_periods
    after, outcomes = _outcomes(prepared, config, block, origin)
    standing = after.standing_after(periods)
    stand = stands(outcomes.declined, standing[:, SO_FAR.index("pace")], config.decline.share)
    clients = len(block.client_id)
    return pd.DataFrame(
        {
            "client_id": block.client_id.to_numpy(),
            "group": block.group_key,
            "active": active_before(after.past, config.time.activity_periods) & may_be_processed(block, config.privacy),
            "stand": stand,
            "declined": stand != NOT_BEHIND,
            "defaulted": np.zeros(clients, dtype=np.bool_) if outcomes.defaulted is None else outcomes.defaulted,
            "value": outcomes.value,
        }
    )


def _outcomes(prepared: PreparedBook, config: Config, block: Block, origin: int) -> tuple[Afterwards, Outcomes]:
    past = past_of(
        block.cube, origin, prepared.grid.start_of(origin), block.first_day, block.facilities, block.opportunities
    )
    last = origin + config.time.horizon_periods
    after = Afterwards(prepared=prepared, config=config, block=block, past=past, origin=origin, last=last)
    return after, after.outcomes()


def _with_horizon(config: Config, periods: int) -> Config:
    """The same as if outcomes were counted over fewer periods, and asked about only when these are over."""
    time = config.time.model_copy(update={"horizon_periods": periods})
    origins = config.origins.model_copy(update={"learn_unfinished": False})
    return config.model_copy(update={"time": time, "origins": origins})

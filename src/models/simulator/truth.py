"""Monte Carlo truth at an as-of date: the state run forward many times with fresh noise, and summed up.

Value and decline are those of ``targets``, on the futures' margin and activity. A client's exit cause is
default if it defaulted by the horizon's end; else none if it then has a facility open; else the cause of the
facility that closed last within the horizon; and dormant if it had none and signed none. The cause of a client's
decline comes from ``targets`` on the same facts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.random import SeedSequence, default_rng

from models.config.simulation import SimulationConfig
from models.panel.facilities import cause_of_key
from models.panel.targets import DECLINE_CAUSES, Activity, Endings, decline_causes, declined, present_value
from models.simulator.arrow import text
from models.simulator.economics import (
    CAUSES,
    CENTS,
    DEFAULTED,
    DORMANT,
    NEEDS,
    NO_CAUSE,
    STAGES,
    TYPES,
    Economics,
)
from models.simulator.intervention import share_avoided
from models.simulator.latent import relationship_type
from models.simulator.sinks import MonthTally
from models.simulator.state import BookState
from models.simulator.step import step
from models.simulator.world import World, future_world
from models.vocab import BoolArray, FloatArray, IntArray

WORLD_FUTURES, BLOCK_FUTURES = 2, 2
TRUTH_STREAM, CHECK_STREAM = 0, 1
ROWS_AT_ONCE = 60_000
CAUSE_COLUMNS = tuple(f"exit_{cause}_probability" for cause in ("none", *CAUSES))
LOSS_HALVES = ("avoided_loss_first_half", "avoided_loss_second_half")
PART_COLUMNS = ("expected_margin", "expected_credit_loss", "expected_past_recoveries")
"""Value is margin less credit loss; recoveries of what was written off before are no part of it."""
LOSS_COLUMNS = ("expected_loss", "expected_loss_se", "avoided_loss", "avoided_loss_se", *LOSS_HALVES)
"""Net loss within the horizon, and what of it acting at the as-of date avoids: over all paths, and over half of them,
so that a list made of one half can be judged by the other."""
DECLINE_COLUMNS = tuple(f"decline_{cause}_probability" for cause in DECLINE_CAUSES)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A block at an as-of date: who was there, in which state, after which activity.

    ``clients`` are positions in the block, ``state`` holds just these; ``past``, shape (n_clients,), is their
    activity over the window before, in cents.
    """

    as_of: int
    clients: IntArray
    state: BookState
    past: FloatArray

    @classmethod
    def of(cls, state: BookState, tally: MonthTally, *, as_of: int, activity_periods: int) -> Moment:
        """The block at the start of month ``as_of``, with the clients that had arrived."""
        clients = np.flatnonzero(state.clients.arrival < as_of)
        there = state.only(clients)
        there.clients.last_cause[:] = NO_CAUSE
        past = tally.activity[max(as_of - activity_periods, 0) : as_of].sum(axis=0)
        return cls(as_of=as_of, clients=clients, state=there, past=past[clients])


@dataclass(frozen=True, kw_only=True)
class TrueOutcomes:
    """What became of clients on each path. Shapes (paths, n_clients); amounts in currency; causes -1: none.

    ``value`` is ``margin`` less ``credit_loss``; ``past_recoveries`` are those of what was written off before.
    ``defaulted``: something was written off. ``cause`` is the exit cause, ``decline_cause`` why the client declined.
    ``loss`` is the net loss of clients that defaulted within the horizon, ``avoided`` what of it would not have arisen
    had they been acted on at the as-of date.
    """

    value: FloatArray
    margin: FloatArray
    credit_loss: FloatArray
    past_recoveries: FloatArray
    defaulted: BoolArray
    declined: BoolArray
    cause: IntArray
    decline_cause: IntArray
    loss: FloatArray
    avoided: FloatArray


def run_forward(
    moment: Moment, world: World, economics: Economics, *, paths: int, seed: int, block: int, stream: int
) -> TrueOutcomes:
    """Run the block forward ``paths`` times, each with fresh noise and a fresh macro cycle.

    The cycle of a path is the same in all blocks. ``stream`` tells apart futures that must not share noise.
    """
    ahead = future_world(
        economics.config,
        world,
        as_of=moment.as_of,
        paths=paths,
        seed=SeedSequence(seed, spawn_key=(0, WORLD_FUTURES, stream, moment.as_of)),
    )
    at_once = max(1, ROWS_AT_ONCE // max(len(moment.clients), 1))
    parts = [
        _run_paths(
            moment,
            ahead.paths(slice(first, min(first + at_once, paths))),
            economics,
            count=min(at_once, paths - first),
            noise=SeedSequence(seed, spawn_key=(BLOCK_FUTURES, stream, moment.as_of, block, first)),
        )
        for first in range(0, paths, at_once)
    ]
    return TrueOutcomes(
        **{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(TrueOutcomes)},
    )


def _run_paths(moment: Moment, world: World, economics: Economics, *, count: int, noise: SeedSequence) -> TrueOutcomes:
    horizon, size = economics.config.truth.horizon_periods, len(moment.clients)
    state, generator = moment.state.tiled(count), default_rng(noise)
    standing = moment.state.facilities
    tally = MonthTally(
        months=horizon,
        clients=count * size,
        first_new_facility=moment.state.next_facility,
        lost_before=standing.number[standing.workout_months > 0],
    )
    for ahead in range(horizon):
        tally.month = ahead
        step(state, moment.as_of + ahead, world=world, economics=economics, noise=generator, sink=tally)
    return _outcomes(state, tally, np.tile(moment.past, count), economics.config, shape=(count, size))


def _outcomes(
    state: BookState, tally: MonthTally, past: FloatArray, config: SimulationConfig, *, shape: tuple[int, int]
) -> TrueOutcomes:
    settings = config.truth
    margin, lost, recovered = (
        present_value(each / CENTS, annual_rate=settings.discount_rate_annual, period="month")
        for each in (tally.margin, tally.loss, tally.past_recoveries)
    )
    activity = Activity(
        past_sum=past,
        past_periods=settings.activity_periods,
        sum_so_far=tally.activity.cumsum(axis=0),
        count_so_far=tally.activity_count.cumsum(axis=0),
        default_so_far=tally.default_month <= np.arange(len(tally.activity))[:, None],
    )
    endings, loss = endings_of(state, tally), losses_of(tally)
    declines = declined(activity, settings.decline, only_matured=endings.only_matured)
    return TrueOutcomes(
        value=(margin - lost).reshape(shape),
        margin=margin.reshape(shape),
        credit_loss=lost.reshape(shape),
        past_recoveries=recovered.reshape(shape),
        defaulted=~np.isnan(tally.default_month).reshape(shape),
        declined=declines.reshape(shape),
        cause=exit_causes(state).reshape(shape),
        decline_cause=decline_causes(declines, endings).reshape(shape),
        loss=loss.reshape(shape),
        avoided=(loss * share_avoided(tally.default_month, config.intervention)).reshape(shape),
    )


def losses_of(tally: MonthTally) -> FloatArray:
    """Net loss of each client that defaulted since the as-of date, in currency, not below zero. Shape (n_clients,)."""
    return np.where(np.isnan(tally.default_month), 0.0, np.maximum(tally.loss.sum(axis=0), 0.0) / CENTS)


def endings_of(state: BookState, tally: MonthTally) -> Endings:
    """What became of facilities: ``tally`` began at the as-of date, ``state`` is that at the horizon's end."""
    return Endings(
        only_matured=(tally.ends > 0) & (tally.ends == tally.ends_on_schedule),
        defaulted=state.clients.defaulted,
        still_open=state.clients.open_facilities > 0,
        last_cause=cause_of_key(tally.last_end),
    )


def exit_causes(state: BookState) -> IntArray:
    """How each client ended since the as-of date, -1 for not at all. Shape (n_clients,)."""
    clients = state.clients
    ended = np.where(clients.last_cause == NO_CAUSE, DORMANT, clients.last_cause)
    return np.select([clients.defaulted, clients.open_facilities > 0], [DEFAULTED, NO_CAUSE], default=ended)


def truth_table(moment: Moment, outcomes: TrueOutcomes, ids: pa.Array, as_of: int) -> pa.Table:
    """One row per client; ``as_of`` in days since 1970. Standard errors are those of the mean over paths."""
    clients, size = moment.state.clients, len(moment.clients)
    columns: dict[str, pa.Array] = {
        "client_id": ids.take(pa.array(moment.clients)),
        "as_of": pa.array(np.full(size, as_of, dtype=np.int32)).cast(pa.date32()),
        "active": pa.array(moment.past > 0),
        "stage": text(clients.stage, [str(stage) for stage in STAGES]),
        "relationship_type": text(relationship_type(clients), [str(kind) for kind in TYPES]),
        "need_type": text(clients.need, [str(need) for need in NEEDS]),
        "satisfaction": pa.array(clients.satisfaction),
        "credit_quality": pa.array(clients.credit),
    }
    columns |= _mean_and_error("expected_value", outcomes.value)
    columns |= {
        name: pa.array(each.mean(axis=0))
        for name, each in zip(
            PART_COLUMNS, (outcomes.margin, outcomes.credit_loss, outcomes.past_recoveries), strict=True
        )
    }
    columns["default_probability"] = pa.array(outcomes.defaulted.mean(axis=0))
    columns |= _mean_and_error("decline_probability", outcomes.declined.astype(np.float64))
    for cause, name in zip((NO_CAUSE, *range(len(CAUSES))), CAUSE_COLUMNS, strict=True):
        columns[name] = pa.array((outcomes.cause == cause).mean(axis=0))
    for code, name in enumerate(DECLINE_COLUMNS):
        columns[name] = pa.array((outcomes.decline_cause == code).mean(axis=0))
    columns |= _mean_and_error("expected_loss", outcomes.loss) | _mean_and_error("avoided_loss", outcomes.avoided)
    halves = np.array_split(outcomes.avoided, 2)
    columns |= {name: pa.array(half.mean(axis=0)) for name, half in zip(LOSS_HALVES, halves, strict=True)}
    return pa.table(columns)


def _mean_and_error(name: str, values: FloatArray) -> dict[str, pa.Array]:
    """Mean over paths and its standard error; both shapes (n_clients,)."""
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return {name: pa.array(values.mean(axis=0)), f"{name}_se": pa.array(error)}


TRUTH_SCHEMA = pa.schema(
    [
        ("client_id", pa.string()),
        ("as_of", pa.date32()),
        ("active", pa.bool_()),
        ("stage", pa.string()),
        ("relationship_type", pa.string()),
        ("need_type", pa.string()),
        ("satisfaction", pa.float64()),
        ("credit_quality", pa.float64()),
        ("expected_value", pa.float64()),
        ("expected_value_se", pa.float64()),
        *((name, pa.float64()) for name in (*PART_COLUMNS, "default_probability")),
        ("decline_probability", pa.float64()),
        ("decline_probability_se", pa.float64()),
        *((name, pa.float64()) for name in (*CAUSE_COLUMNS, *DECLINE_COLUMNS, *LOSS_COLUMNS)),
    ]
)

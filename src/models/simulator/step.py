"""One month of a block of the book: the state machine that both the book and its futures run on."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from models.simulator.economics import ACQUISITION, CENTS, CHURNED, Economics
from models.simulator.latent import (
    Month,
    move_credit,
    move_stage,
    relationship_type,
    run_campaign,
    serve,
)
from models.simulator.lending import lend
from models.simulator.pipeline import move_pipeline
from models.simulator.sinks import Sink
from models.simulator.state import BookState
from models.simulator.world import World
from models.vocab import IntArray

RENEWABLE_MONTHS = 4
QUARTER = 3
LAST_DAY = 28
COST_PER_FACILITY = 0.15


def step(state: BookState, number: int, *, world: World, economics: Economics, noise: Generator, sink: Sink) -> None:
    """Move the state through month ``number`` and tell the sink what happened.

    What happens depends on the state, the world and the noise, and on nothing that came before.
    """
    month = Month(number=number, world=world, economics=economics, noise=noise, sink=sink)
    clients = state.clients
    serve(clients, month)
    run_campaign(clients, month)
    defaulting = move_credit(clients, month)
    move_stage(clients, month)
    lend(state, month, defaulting)
    move_pipeline(state, month)
    _count(state, month)
    _charge_service(state, month)


def _count(state: BookState, month: Month) -> None:
    """Sum up, per client, what next month's decisions look at."""
    clients, facilities, size = state.clients, state.facilities, len(state.clients)
    performing = facilities.workout_months == 0
    held = facilities.client[performing]
    clients.open_facilities = np.bincount(held, minlength=size)
    owed = np.bincount(held, weights=facilities.outstanding[performing], minlength=size)
    clients.exposure = owed.astype(np.int64)
    ending = performing & (facilities.maturity - month.number <= RENEWABLE_MONTHS)
    clients.renewable = np.bincount(facilities.client[ending], minlength=size)
    asked = np.bincount(state.opportunities.client, minlength=size)
    idle = (clients.open_facilities == 0) & (asked == 0) & (clients.arrival <= month.number)
    clients.idle_months = np.where(idle, clients.idle_months + 1, 0).astype(np.int16)


def _charge_service(state: BookState, month: Month) -> None:
    clients, types = state.clients, month.economics.types
    due = (month.number - clients.arrival) % QUARTER == 0
    served = due & (clients.arrival < month.number) & (clients.stage != CHURNED) & (clients.stage != ACQUISITION)
    rows = np.flatnonzero(served & (clients.open_facilities > 0))
    fixed = types["service_cost_quarter"][relationship_type(clients)[rows]]
    effort = (1 + COST_PER_FACILITY * clients.open_facilities[rows]) * np.exp(
        0.1 * month.noise.standard_normal(len(rows))
    )
    cents = np.rint(fixed * effort * CENTS).astype(np.int64)
    rows, cents = rows[cents > 0], cents[cents > 0]
    nothing: IntArray = np.full(len(rows), -1)
    month.sink.cashflows("service_cost", rows, nothing, cents, np.full(len(rows), LAST_DAY))

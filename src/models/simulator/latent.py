"""Monthly transitions of clients' latent state: satisfaction, credit, arrears, stage.

Stages follow each other and last. A client is acquired until its first deal, grows for about two years, as a first
programme of projects is built up, then keeps a plateau with renewals until it turns away, is lost or defaults. One
that turns away shrinks where all can see it: it withdraws what it had asked for, uses its lines no more and pays its
loans down, at once or over a year. Won over, it is mature again; won back after it was lost, it begins anew. These
durations are reasoned, from how lenders describe the life cycle of a relationship, and not estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from models.book.contract import INTERACTION_KINDS
from models.simulator.columns import AnyArray
from models.simulator.economics import (
    ACQUISITION,
    CHURNED,
    DECLINE,
    DEVELOPMENT,
    MATURITY,
    PROBLEM_SOLVING,
    Economics,
)
from models.simulator.sinks import Sink
from models.simulator.state import ClientColumns, ContactColumns
from models.simulator.world import World
from models.vocab import BoolArray, FloatArray, IntArray

TROUBLE_MONTHS = 24
GRACE_MONTHS_ACQUISITION = 8
MEETING_RATE = 0.10
EVENT_RATE = 0.015
ANSWERED_CAMPAIGN = 0.2
GIVEN_UP = 0.2


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month for one block: when, where, under which settings, with which noise, into which sink."""

    number: int
    world: World
    economics: Economics
    noise: Generator
    sink: Sink

    def cycle(self, clients: ClientColumns) -> FloatArray:
        """Standing of each client's country in the cycle."""
        return np.asarray(self.world.cycle[self.number][clients.row])

    def competition(self, clients: ClientColumns) -> FloatArray:
        """Strength of competitors' offers to each client."""
        return np.asarray(self.world.competition[self.number][clients.row])


def relationship_type(clients: ClientColumns) -> IntArray:
    """The type that a client counts as now: one that got out of trouble is problem-solving for two years."""
    return np.where(clients.trouble_months > 0, PROBLEM_SOLVING, clients.own_type)


def engaged(clients: ClientColumns, month: int) -> BoolArray:
    """Who has arrived and is not lost."""
    return np.asarray((clients.arrival <= month) & (clients.stage != CHURNED))


def serve(clients: ClientColumns, month: Month) -> None:
    """Answer enquiries, fast or slowly; satisfaction follows, and complaints."""
    settings, noise, size = month.economics.config.service, month.noise, len(clients)
    _change_teams(clients, month)
    here = engaged(clients, month.number)
    kind = relationship_type(clients)
    asked = np.flatnonzero(here & (noise.random(size) < month.economics.types["contacts"][kind]))
    delay = clients.service[asked] + 0.45 * noise.standard_normal(len(asked))
    hours = month.economics.types["response_hours"][kind[asked]] * np.exp(delay)
    felt = np.clip(delay, -1.2, 2.0)
    complains = noise.random(len(asked)) < settings.complaint_rate * np.exp(felt - 0.4 * clients.satisfaction[asked])
    settled = hours * (1 + np.exp(0.83 + 0.7 * noise.standard_normal(len(asked))))
    harm = settings.complaint_harm * np.clip(np.log(settled / 60), 0.2, 1.5)
    impulse = np.zeros(size)
    impulse[asked] = -settings.slow_answer * felt - harm * complains
    rest = clients.satisfaction_mean + settings.memory * (clients.satisfaction - clients.satisfaction_mean)
    clients.satisfaction = rest + settings.shock * noise.standard_normal(size) + impulse
    _tell(clients, month, "enquiry", asked, response=hours)
    _tell(
        clients,
        month,
        "complaint",
        asked[complains],
        response=hours[complains],
        resolution=settled[complains],
    )
    _meet(clients, month, here)


def _change_teams(clients: ClientColumns, month: Month) -> None:
    settings, noise, size = month.economics.config.service, month.noise, len(clients)
    clients.service = settings.service_memory * clients.service + settings.service_shock * noise.standard_normal(size)
    changed = np.flatnonzero(noise.random(size) < settings.manager_change)
    clients.service[changed] = 0.35 + 0.5 * noise.standard_normal(len(changed))


def _meet(clients: ClientColumns, month: Month, here: BoolArray) -> None:
    chance = month.noise.random(len(clients))
    served = here & (clients.open_facilities > 0)
    _tell(clients, month, "meeting", np.flatnonzero(served & (chance < MEETING_RATE)))
    _tell(clients, month, "event", np.flatnonzero(served & (chance > 1 - EVENT_RATE)))


def _tell(
    clients: ClientColumns,
    month: Month,
    kind: str,
    who: IntArray,
    *,
    response: FloatArray | None = None,
    resolution: FloatArray | None = None,
    campaign: int = -1,
) -> None:
    nothing = np.full(len(who), np.nan)
    contacts = ContactColumns(
        client=who,
        kind=np.full(len(who), INTERACTION_KINDS.index(kind)),
        response=nothing if response is None else response,
        resolution=nothing if resolution is None else resolution,
        campaign=np.full(len(who), campaign),
        mood=clients.satisfaction[who],
    )
    month.sink.contacts(contacts)


def run_campaign(clients: ClientColumns, month: Month) -> None:
    """Address clients, at random or the satisfied ones, if a campaign starts this month."""
    clients.campaign_months = np.maximum(clients.campaign_months - 1, 0).astype(np.int16)
    campaign = int(month.world.campaigns.starting[month.number])
    if campaign < 0:
        return
    settings, chance = month.economics.config.campaigns, month.noise.random(len(clients))
    eligible = engaged(clients, month.number) & (clients.stage != ACQUISITION) & ~clients.defaulted
    aimed = np.full(len(clients), settings.reach)
    if not month.world.campaigns.randomised[campaign]:
        aimed = 2 * settings.reach / (1 + np.exp(-1.5 * clients.satisfaction))
    reached = eligible & (chance < aimed)
    clients.campaign_months[reached] = settings.months
    _tell(clients, month, "campaign", np.flatnonzero(reached), campaign=campaign)
    _tell(
        clients,
        month,
        "response",
        np.flatnonzero(reached & (chance < ANSWERED_CAMPAIGN * aimed)),
        campaign=campaign,
    )


def move_credit(clients: ClientColumns, month: Month) -> BoolArray:
    """Move credit quality and arrears; returns who defaults this month. Shape (n_clients,)."""
    settings, noise, size = month.economics.config.credit, month.noise, len(clients)
    rest = clients.credit_mean + settings.memory * (clients.credit - clients.credit_mean)
    drift = settings.cycle_drift * month.cycle(clients)
    jumps = settings.jump_size * (noise.random(size) < settings.jump_rate)
    clients.credit = rest + drift + settings.shock * noise.standard_normal(size) - jumps
    return _move_arrears(clients, month, noise.random(size))


def _move_arrears(clients: ClientColumns, month: Month, chance: FloatArray) -> BoolArray:
    settings = month.economics.config.credit
    stress = -settings.quality_effect * clients.credit - settings.cycle_effect * month.cycle(clients)
    rate = np.minimum(settings.arrears_annual / 12 * np.exp(stress), 0.4)
    owing = (clients.open_facilities > 0) & ~clients.defaulted
    late = clients.arrears > 0
    cured = late & (chance < settings.cure_rate)
    failing = late & ~cured & (clients.arrears >= settings.default_after_months)
    starting = owing & ~late & (clients.exposure > 0) & (chance < rate)
    clients.arrears = np.where(cured | failing, 0, clients.arrears + (late | starting)).astype(np.int16)
    clients.trouble_months = np.where(
        cured & (chance < settings.cure_rate / 2), TROUBLE_MONTHS, np.maximum(clients.trouble_months - 1, 0)
    ).astype(np.int16)
    clients.defaulted |= failing
    return failing


def move_stage(clients: ClientColumns, month: Month) -> None:
    """Let clients settle, decline, steady, be lost or ask anew. A default is a decline, whatever the client wants."""
    settings, types, chance = (
        month.economics.config.lifecycle,
        month.economics.types,
        month.noise.random(len(clients)),
    )
    kind, stage = relationship_type(clients), clients.stage
    lifted = np.where(clients.campaign_months > 0, 1 + types["campaign_lift"][kind], 1.0)
    declining = np.where(np.isin(stage, (DEVELOPMENT, MATURITY)), decline_rate(clients, month, kind), 0.0)
    back = types["return_rate"][kind] * np.exp(0.6 * np.clip(clients.satisfaction, -2, 2)) * lifted
    back = np.where(clients.abrupt, 0.2 * back, back)
    gone = (clients.idle_months >= settings.churn_after_months) | _given_up(clients, chance)
    free = ~clients.defaulted & (clients.arrival <= month.number)
    rules = [
        (gone & (stage != CHURNED), CHURNED),
        (clients.defaulted & np.isin(stage, (DEVELOPMENT, MATURITY)), DECLINE),
        (free & (chance < declining), DECLINE),
        (free & (stage == DEVELOPMENT) & (chance > 1 - maturing_rate(clients, month)), MATURITY),
        (free & (stage == MATURITY) & (chance > 1 - settings.revival_rate), DEVELOPMENT),
        (free & (stage == DECLINE) & (chance > 1 - back), MATURITY),
        (free & (stage == CHURNED) & (chance < settings.win_back_rate * lifted), ACQUISITION),
    ]
    _enter(clients, np.select([who for who, _ in rules], [to for _, to in rules], default=-1), month)


def _given_up(clients: ClientColumns, chance: FloatArray) -> BoolArray:
    """Prospects without a deal for long, and with none in sight, of whom the lender hopes no more."""
    hopeless = (clients.stage_months >= GRACE_MONTHS_ACQUISITION) & (clients.idle_months > 0)
    return np.asarray((clients.stage == ACQUISITION) & hopeless & (chance < GIVEN_UP))


def maturing_rate(clients: ClientColumns, month: Month) -> FloatArray:
    """Chance that a growing client settles this month: a Weibull hazard of its months of growth. Shape (n_clients,)."""
    settings = month.economics.config.lifecycle
    shape, scale = settings.growing_steadiness, settings.growing_months
    hazard = shape / scale * (clients.stage_months / scale) ** (shape - 1)
    return np.asarray(1 - np.exp(-hazard))


def decline_rate(clients: ClientColumns, month: Month, kind: IntArray) -> FloatArray:
    """Chance that a client starts to decline this month. Shape (n_clients,)."""
    settings = month.economics.config.lifecycle
    pull = settings.competition_effect * clients.price_sensitivity * month.competition(clients)
    push = settings.satisfaction_effect * np.clip(clients.satisfaction, -2.5, 2.5)
    loyal = np.where(clients.stage == DEVELOPMENT, settings.growing_loyalty, 1.0)
    rate = month.economics.types["decline_rate"][kind] * loyal * np.exp(pull - push)
    return np.asarray(np.minimum(rate, 0.4))


def _enter(clients: ClientColumns, to: AnyArray, month: Month) -> None:
    moved = (to >= 0) & (to != clients.stage)
    falling = np.flatnonzero(moved & (to == DECLINE))
    share = month.economics.types["abrupt_share"][relationship_type(clients)[falling]]
    clients.abrupt[falling] = month.noise.random(len(falling)) < share
    woken = moved & (clients.stage == CHURNED)
    clients.idle_months[woken] = 0
    clients.stage = np.where(moved, to, clients.stage).astype(np.int16)
    known = clients.arrival <= month.number
    clients.stage_months = np.where(moved, 0, clients.stage_months + known).astype(np.int16)

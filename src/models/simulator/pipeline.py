"""The funnel: opportunities arise, advance, drop out or are signed, and then become facilities."""

from __future__ import annotations

import numpy as np

from models.simulator.columns import AnyArray
from models.simulator.economics import ACQUISITION, CENTS, CHURNED, DECLINE, DEVELOPMENT, MATURITY
from models.simulator.latent import Month, relationship_type
from models.simulator.state import BookState, ClientColumns, FacilityColumns, OpportunityColumns
from models.simulator.world import COUNTRIES
from models.vocab import BoolArray, FloatArray, IntArray

SIGNED = 4
RENEWAL_RATE = 0.40
COURTED = 2.5
EXPECTED_HASTE = 1.35
EXPECTED_LOSS = 0.30
ROUND_TO = 1_000 * CENTS
LARGEST_LIMIT = 40_000_000 * CENTS
"""What lies above is left to other lenders; one borrower must not bring the book down."""
MOST_FACILITIES = 8
SHORTEST_TENOR, LONGEST_TENOR = 3, 360


def move_pipeline(state: BookState, month: Month) -> None:
    """Move the open opportunities, sign what got through, and create new ones."""
    _advance(state, month)
    won = state.opportunities.stage == SIGNED
    _sign(state, state.opportunities.take(won), month)
    fresh = _new(state, month)
    month.sink.entered(fresh)
    state.opportunities = state.opportunities.take(~won).joined(fresh)


def _new(state: BookState, month: Month) -> OpportunityColumns:
    clients, noise = state.clients, month.noise
    able = (clients.arrival <= month.number) & ~clients.defaulted & (clients.arrears == 0)
    able &= clients.open_facilities < MOST_FACILITIES
    first = clients.arrival == month.number
    fresh = able & ((noise.random(len(clients)) < _rate(clients, month)) | first)
    loyal = np.where(clients.stage == DECLINE, np.where(clients.abrupt, 0.0, 0.05), clients.stage != CHURNED)
    again = able & (noise.random(len(clients)) < 1 - (1 - RENEWAL_RATE * loyal) ** clients.renewable)
    client = np.concatenate([np.flatnonzero(fresh), np.flatnonzero(again)])
    number = state.next_opportunity + np.arange(len(client))
    state.next_opportunity += len(client)
    product = _product(clients, client, month)
    return OpportunityColumns(
        number=number,
        client=client,
        stage=np.zeros(len(client), dtype=np.int64),
        product=product,
        amount=_amount(clients, client, product, month),
        day=noise.integers(1, 29, len(client)),
        expected=first[client] | (np.arange(len(client)) >= np.count_nonzero(fresh)),
    )


def _rate(clients: ClientColumns, month: Month) -> FloatArray:
    settings, types = month.economics.config.lifecycle, month.economics.types
    kind = relationship_type(clients)
    by_stage = np.zeros(5)
    by_stage[[ACQUISITION, DEVELOPMENT, MATURITY]] = 0.4, 1.0, settings.mature_factor
    by_stage[DECLINE] = settings.decline_factor
    factor = np.where((clients.stage == DECLINE) & clients.abrupt, 0.0, by_stage[clients.stage])
    lift = np.where(clients.campaign_months > 0, 1 + types["campaign_lift"][kind], 1.0)
    courted = (clients.open_facilities == 0) & np.isin(clients.stage, (DEVELOPMENT, MATURITY))
    factor = np.where(courted, COURTED * factor, factor)
    mood = np.exp(0.15 * month.cycle(clients) + 0.15 * np.clip(clients.satisfaction, -2, 2))
    rate = settings.opportunity_rate * types["new_business"][kind] * factor * lift * mood
    return np.asarray(np.minimum(rate, 0.9))


def _product(clients: ClientColumns, client: IntArray, month: Month) -> IntArray:
    mix = month.economics.mix[relationship_type(clients)[client], clients.need[client]]
    chance = month.noise.random(len(client))
    picked = (chance[:, None] > np.cumsum(mix, axis=1)).sum(axis=1)
    return np.asarray(np.minimum(picked, mix.shape[1] - 1))


def _amount(clients: ClientColumns, client: IntArray, product: IntArray, month: Month) -> IntArray:
    factor = np.log(month.economics.products["size_factor"])[product]
    size = np.exp(clients.log_limit[client] + factor + 0.5 * month.noise.standard_normal(len(client)))
    return _rounded(size * CENTS)


def _rounded(cents: AnyArray) -> IntArray:
    whole = np.maximum(np.rint(cents / ROUND_TO), 10) * ROUND_TO
    return np.asarray(np.minimum(whole, LARGEST_LIMIT), dtype=np.int64)


def _advance(state: BookState, month: Month) -> None:
    open_ones, clients, settings = state.opportunities, state.clients, month.economics.config.lifecycle
    chance = month.noise.random(len(open_ones))
    haste = np.where(open_ones.expected, EXPECTED_HASTE, 1.0)
    loss = np.where(open_ones.expected, EXPECTED_LOSS, 1.0) * _reluctance(clients, month)[open_ones.client]
    forward = chance < np.minimum(np.array(settings.advance)[open_ones.stage] * haste, 0.9)
    lost = ~forward & (chance > 1 - np.minimum(np.array(settings.lose)[open_ones.stage] * loss, 0.95))
    lost |= clients.defaulted[open_ones.client]
    forward &= ~lost
    open_ones.stage = open_ones.stage + forward
    for stage in range(1, SIGNED + 1):
        here = forward & (open_ones.stage == stage)
        month.sink.entered(open_ones.take(here))
    month.sink.ended(open_ones.take(lost), won=False)
    state.opportunities = open_ones.take(~lost)


def _reluctance(clients: ClientColumns, month: Month) -> FloatArray:
    offers = 0.2 * clients.price_sensitivity * month.competition(clients)
    weak = 0.25 * np.clip(-clients.credit, -1, 3)
    unhappy = -0.25 * np.clip(clients.satisfaction, -2, 2)
    leaving = 2.5 * (clients.stage == DECLINE)
    return np.asarray(np.exp(offers + weak + unhappy + leaving))


def _sign(state: BookState, won: OpportunityColumns, month: Month) -> None:
    signed = _facilities(state, won, month)
    month.sink.ended(won, won=True)
    month.sink.signed(signed)
    fee = np.rint(signed.limit * month.economics.products["upfront_fee"][signed.product]).astype(np.int64)
    month.sink.cashflows("fee", signed.client, signed.number, fee, signed.sign_day)
    state.next_facility += len(signed)
    state.facilities = state.facilities.joined(signed)
    clients = state.clients
    # a prospect that was given up may still sign what it had asked for
    started = np.unique(won.client[np.isin(clients.stage[won.client], (ACQUISITION, CHURNED))])
    clients.stage[started] = DEVELOPMENT
    clients.stage_months[started] = 0


def _facilities(state: BookState, won: OpportunityColumns, month: Month) -> FacilityColumns:
    noise, size, product = month.noise, len(won), won.product
    terms = month.economics.products
    tenor = terms["tenor_median_months"][product] * np.exp(terms["tenor_spread"][product] * noise.standard_normal(size))
    months = np.clip(np.rint(tenor), SHORTEST_TENOR, LONGEST_TENOR).astype(np.int64)
    lgd = np.clip(terms["lgd"][product] + 0.12 * noise.standard_normal(size), 0.05, 0.9)
    nothing = np.zeros(size, dtype=np.int64)
    use = _use(won, month)
    return FacilityColumns(
        number=state.next_facility + np.arange(size),
        client=won.client,
        product=product,
        limit=_rounded(won.amount * np.exp(0.08 * noise.standard_normal(size))),
        spread=_spread(state.clients, won, month),
        lgd=np.round(lgd, 3),
        collateral=_collateral(lgd, noise.standard_normal(size)),
        signed=np.full(size, month.number, dtype=np.int64),
        sign_day=won.day,
        pay_day=noise.integers(1, 29, size),
        maturity=month.number + months,
        draw_months=np.minimum(terms["draw_months"][product], months // 3).astype(np.int64),
        use=use,
        utilisation=0.4 * use,
        unused_months=np.zeros(size, dtype=np.int16),
        workout_months=np.zeros(size, dtype=np.int16),
        **{name: nothing.copy() for name in _COUNTERS},
    )


_COUNTERS = (
    "drawn", "repaid", "written_off", "outstanding", "interest_due", "fee_due", "cost_due", "recoverable",
)  # fmt: skip


def _collateral(lgd: FloatArray, noise: FloatArray) -> FloatArray:
    """Cover over the limit: the more of it, the less is lost."""
    return np.asarray(np.round(np.clip(1.5 - 1.3 * lgd + 0.15 * noise, 0, 3), 2), dtype=np.float64)


def _use(won: OpportunityColumns, month: Month) -> FloatArray:
    """Loans are drawn nearly in full; lines are used to a half, more or less."""
    draws, terms = month.noise.beta(4.0, 3.0, len(won)), month.economics.products
    line = _is_line(terms["revolving"], terms["funded"])[won.product]
    return np.asarray(np.where(line, draws, 0.88 + 0.2 * draws).clip(0, 1))


def _is_line(revolving: FloatArray, funded: FloatArray) -> BoolArray:
    return np.asarray((revolving > 0) | (funded == 0))


def _spread(clients: ClientColumns, won: OpportunityColumns, month: Month) -> FloatArray:
    base = month.economics.products["spread_bp"][won.product]
    emerging = np.array([each.emerging for each in COUNTRIES])[clients.row[won.client] % len(COUNTRIES)]
    tilt = -0.14 * clients.credit[won.client] + 0.12 * month.noise.standard_normal(len(won)) + 0.2 * emerging
    return np.asarray(np.rint(base * np.exp(np.clip(tilt, -0.6, 0.9)) / 5) * 5 / 10_000)

"""The work lists of a book at one as-of date: what of each client they look at, and who fits on which."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from models.book.periods import MONTHS_PER_PERIOD
from models.config.lists import CapacityConfig, CutOrCoverConfig
from models.config.root import Config
from models.lists.rules import (
    Benefit,
    Purpose,
    Success,
    debt_headroom,
    growth_foreseen,
    may_grow,
    mean_share_avoided,
    offer_profit,
    within_share,
)
from models.panel.panel import Panel
from models.pipeline.past_behaviour import exposure_at_risk
from models.pipeline.predictions import Predictions
from models.vocab import BoolArray, DeclineCause, FloatArray, IntArray, TextArray

GUARDED = (Purpose.ACT_EARLY, Purpose.CUT_OR_COVER)
"""Lists of clients whose credit is in doubt."""
OUTSTANDING, LIMIT, NEED = "facility_outstanding", "facility_open_limit", "funnel_open_amount"
_LEVERAGE, _MARGIN, _REVENUE = "accounts_leverage", "accounts_margin", "accounts_revenue"
_WON, _ARREARS = "funnel_won_share_ever", "arrears_days"


@dataclass(frozen=True, kw_only=True)
class ListInputs:
    """What lists look at of each client. Shapes (n_clients,); amounts in book currency over the horizon.

    Attributes:
        value: what is expected of the client, less what it may lose; with its bounds.
        declines: probability of decline, with its bounds; ``defaults``: of default; NaN where the book knows none.
        credit_loss: expected, with its bounds; NaN where the book knows no defaults.
        avoided: share of a credit loss that acting now avoids.
        stake: what the client would bring if it went on as before.
        exposure: drawn; NaN where the book knows no facilities. ``limit``: of open facilities.
        need: amount of open opportunities, NaN where the book knows none; ``headroom``: debt the client can still
            bear, NaN where nothing tells.
        won: share of its ended opportunities that were won, NaN where none ended.
        may_grow: nothing forbids to lend it more.
    """

    client_id: TextArray
    value: FloatArray
    value_low: FloatArray
    value_high: FloatArray
    declines: FloatArray
    declines_low: FloatArray
    declines_high: FloatArray
    defaults: FloatArray
    credit_loss: FloatArray
    credit_loss_low: FloatArray
    credit_loss_high: FloatArray
    avoided: FloatArray
    stake: FloatArray
    exposure: FloatArray
    limit: FloatArray
    need: FloatArray
    headroom: FloatArray
    won: FloatArray
    may_grow: BoolArray

    def __len__(self) -> int:
        return len(self.client_id)

    @property
    def committed(self) -> FloatArray:
        """What is committed to each client: its open limits, or what is drawn where that is more."""
        return np.fmax(self.limit, self.exposure)

    @classmethod
    def joined(cls, parts: Sequence[ListInputs]) -> ListInputs:
        """The clients of several blocks, at least one, as one."""
        return cls(**{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)})


def list_inputs(rows: Panel, said: Predictions, config: Config, *, capped: BoolArray) -> ListInputs:
    """What lists look at of the clients of a block; ``capped`` (n_rows,): a cap of the policy holds the tier down."""
    known = {name: _column(rows, name) for name in (LIMIT, NEED, _LEVERAGE, _MARGIN, _REVENUE, _WON, _ARREARS)}
    exposure = np.maximum(_column(rows, OUTSTANDING), 0.0)
    settings, limit = config.lists, np.nan_to_num(known[LIMIT])
    return ListInputs(
        client_id=rows.client_id.to_numpy(dtype=np.str_),
        value=said.value,
        value_low=said.value_low,
        value_high=said.value_high,
        declines=said.decline_probability,
        declines_low=said.decline_low,
        declines_high=said.decline_high,
        defaults=said.default_probability,
        credit_loss=said.credit_loss,
        credit_loss_low=said.credit_loss_low,
        credit_loss_high=said.credit_loss_high,
        avoided=_avoided(said, len(rows), config),
        stake=exposure_at_risk(rows, config),
        exposure=exposure,
        limit=limit,
        need=known[NEED],
        headroom=debt_headroom(known[_LEVERAGE], known[_MARGIN] * known[_REVENUE], known[LIMIT], settings.grow),
        won=known[_WON],
        may_grow=may_grow(said.default_probability, known[_ARREARS] > 0, capped, settings.grow),
    )


def _avoided(said: Predictions, rows: int, config: Config) -> FloatArray:
    """By the time of default where causes are known, else as if it came at any time of the horizon alike."""
    ends = np.asarray(said.curves.ends, dtype=np.float64)
    incidence = said.curves.incidence.get(DeclineCause.DEFAULT)
    if incidence is None:
        incidence = np.tile(ends / ends[-1], (rows, 1))
    middle = (ends + np.concatenate([[0.0], ends[:-1]])) / 2 * MONTHS_PER_PERIOD[config.time.period]
    return mean_share_avoided(incidence, middle, config.lists.act_early.effect)


def _column(rows: Panel, name: str) -> FloatArray:
    if name not in rows.features:
        return np.full(len(rows), np.nan)
    return rows.features[name].to_numpy(dtype=np.float64)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


@dataclass(frozen=True, kw_only=True)
class RankedClients:
    """Every client by one purpose. Shapes (n_clients,).

    ``order`` is by what clients are taken, highest first: the benefit, or where work is not what is scarce the benefit
    per unit of what is. ``probability`` and ``amount`` are what the reason tells.
    """

    order: FloatArray
    benefit: Benefit
    probability: FloatArray
    amount: FloatArray


def ranked(inputs: ListInputs, config: Config, success: Success) -> dict[Purpose, RankedClients]:
    """Every client of a whole book by each purpose; those that need what the book does not know are left out."""
    found = {
        Purpose.REVIEW_NEXT: _review(inputs),
        Purpose.KEEP: _keep(inputs, config, success),
        Purpose.GROW: _grow(inputs, config),
    }
    if not np.isnan(inputs.credit_loss).all():
        found |= {Purpose.ACT_EARLY: _act(inputs), Purpose.CUT_OR_COVER: _cut(inputs, config)}
    return {purpose: found[purpose] for purpose in Purpose if purpose in found}


def _review(inputs: ListInputs) -> RankedClients:
    benefit = Benefit(expected=inputs.value, low=inputs.value_low, high=inputs.value_high)
    return RankedClients(order=inputs.value, benefit=benefit, probability=inputs.declines, amount=inputs.value)


def _act(inputs: ListInputs) -> RankedClients:
    loss, low, high = (
        each * inputs.avoided for each in (inputs.credit_loss, inputs.credit_loss_low, inputs.credit_loss_high)
    )
    return RankedClients(
        order=np.nan_to_num(loss),
        benefit=Benefit(expected=loss, low=low, high=high),
        probability=inputs.defaults,
        amount=inputs.credit_loss,
    )


def _keep(inputs: ListInputs, config: Config, success: Success) -> RankedClients:
    """An offer averts no default: what it can avert is the rest of the decline."""
    costs, mean = config.lists.keep, float(inputs.stake.mean()) if len(inputs) else 0.0
    leaves, low, high = (
        np.maximum(each - np.nan_to_num(inputs.defaults), 0.0)
        for each in (inputs.declines, inputs.declines_low, inputs.declines_high)
    )
    profit = offer_profit(leaves, inputs.stake, success.share, costs, mean)
    benefit = Benefit(
        expected=profit,
        low=offer_profit(low, inputs.stake, success.low, costs, mean),
        high=offer_profit(high, inputs.stake, success.high, costs, mean),
    )
    return RankedClients(order=profit, benefit=benefit, probability=leaves, amount=inputs.stake)


def _grow(inputs: ListInputs, config: Config) -> RankedClients:
    """The larger of the growth that is foreseen and the margin of open opportunities, of clients that can bear more.

    An opportunity brings its amount, as far as it can be borne, times the chance of signing, times what the book earns
    of its limits, less what of it is expected to be lost.
    """
    bearable = np.where(inputs.may_grow, np.fmin(np.nan_to_num(inputs.need), inputs.headroom), 0.0)
    has_room = inputs.may_grow & ~(inputs.headroom <= 0)
    lent = _margin_of_lending(inputs, bearable, config)
    stays = 1.0 - inputs.declines
    grown = Benefit(
        expected=growth_foreseen(inputs.value, stays, inputs.stake),
        low=inputs.value_low - inputs.stake,
        high=inputs.value_high - inputs.stake,
    )
    expected, low, high = (
        np.where(has_room, np.maximum(np.maximum(foreseen, margin), 0.0), 0.0)
        for foreseen, margin in (
            (grown.expected, lent.expected),
            (grown.low, lent.low),
            (grown.high, lent.high),
        )
    )
    return RankedClients(
        order=expected,
        benefit=Benefit(expected=expected, low=low, high=high),
        probability=inputs.declines,
        amount=np.maximum(bearable, 0.0),
    )


def _margin_of_lending(inputs: ListInputs, amount: FloatArray, config: Config) -> Benefit:
    """What lending an amount brings in the horizon; the chance of signing is the share of the book that was won."""
    ended = inputs.won[~np.isnan(inputs.won)]
    chance = float(ended.mean()) if len(ended) else 0.0
    committed = float(inputs.limit.sum())
    earned = float(inputs.stake.sum()) / committed if committed > 0 else 0.0
    lost = np.nan_to_num(inputs.defaults) * config.credit.loss_given_default
    expected, low, high = (
        chance * amount * ((1.0 - declines) * earned - lost)
        for declines in (inputs.declines, inputs.declines_high, inputs.declines_low)
    )
    return Benefit(expected=expected, low=low, high=high)


def _cut(inputs: ListInputs, config: Config) -> RankedClients:
    """By what is expected to be lost of a unit that is committed, since that is what is scarce."""
    depth = config.lists.cut_or_cover.depth
    saved, low, high = (each * depth for each in (inputs.credit_loss, inputs.credit_loss_low, inputs.credit_loss_high))
    return RankedClients(
        order=np.nan_to_num(_ratio(inputs.credit_loss, inputs.committed)),
        benefit=Benefit(expected=saved, low=low, high=high),
        probability=inputs.defaults,
        amount=np.nan_to_num(inputs.exposure),
    )


@dataclass(frozen=True, kw_only=True)
class ChosenClients:
    """One list: the places of its clients, first to act on first; how many fit, and how many more would pay."""

    ranking: RankedClients
    place: IntArray
    capacity: int
    waiting: int


def chosen_lists(
    inputs: ListInputs, rankings: Mapping[Purpose, RankedClients], config: Config
) -> dict[Purpose, ChosenClients]:
    """Who fits on each list: whoever brings something, the best first, equals by id, until the capacity is used up.

    Nobody is to grow whom another list wants to protect from, or to cut.
    """
    barred = np.zeros(len(inputs), dtype=np.bool_)
    found = {}
    for purpose in sorted(rankings, key=lambda each: each is Purpose.GROW):  # growth last
        wanted = ~barred if purpose is Purpose.GROW else np.ones_like(barred)
        found[purpose] = _chosen(inputs, purpose, rankings[purpose], config, wanted)
        if purpose in GUARDED:
            barred[found[purpose].place] = True
    return {purpose: found[purpose] for purpose in rankings}


def _chosen(
    inputs: ListInputs, purpose: Purpose, ranking: RankedClients, config: Config, wanted: BoolArray
) -> ChosenClients:
    settings = getattr(config.lists, purpose)
    by_id = np.argsort(inputs.client_id, kind="stable")
    order = by_id[np.argsort(-ranking.order[by_id], kind="stable")]
    pays = order[((ranking.benefit.expected > 0) & wanted)[order]]
    capacity = _capacity(inputs, order, ranking, settings)
    return ChosenClients(
        ranking=ranking, place=pays[:capacity], capacity=capacity, waiting=max(len(pays) - capacity, 0)
    )


def _capacity(
    inputs: ListInputs, order: IntArray, ranking: RankedClients, settings: CapacityConfig | CutOrCoverConfig
) -> int:
    if isinstance(settings, CutOrCoverConfig):
        return min(int(within_share(inputs.committed[order], ranking.order[order], settings).sum()), settings.most)
    return min(math.ceil(round(settings.share * len(inputs), 9)), settings.most)

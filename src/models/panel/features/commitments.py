"""What is open: facilities signed and not ended, their tenor and terms, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.book.periods import DAYS_PER_YEAR
from models.panel.facilities import FOREVER, Facilities
from models.panel.features.causes import BALANCE, CONTRACTS, LIMITS
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.words import LESS, SHORTER, SMALLER, FigureUnit, Said, Saying, Topic, words_for
from models.vocab import BoolArray, FloatArray

_TERMS_TOPIC = Topic("terms", Said("spread and collateral", "利差与抵押"))
_NONE_OPEN = Said("no facility is open", "没有存续融资项目")
_COUNT = Saying(
    figure=FigureUnit.COUNT,
    description=Said("number of open facilities", "存续融资项目数"),
    statement=Said("the number of open facilities is {value}", "存续融资项目数为{value}"),
    missing=_NONE_OPEN,
    none=_NONE_OPEN,
    than=SMALLER,
)
_LIMIT = Saying(
    figure=FigureUnit.MONEY,
    description=Said("limits of open facilities", "在用授信额度"),
    statement=Said("the limits of open facilities come to {value}", "在用授信额度合计{value}"),
    missing=_NONE_OPEN,
    none=Said("no limit is open", "没有在用授信额度"),
    than=LESS,
)
_LIMIT_MEAN = Saying(
    figure=FigureUnit.MONEY,
    description=Said("average limit of all facilities so far", "历来融资项目平均额度"),
    statement=Said("the average limit of all facilities so far is {value}", "历来融资项目平均额度为{value}"),
    missing=Said("no facility was ever signed", "从未签署融资项目"),
)
_TENOR = Saying(
    figure=FigureUnit.YEARS,
    description=Said("average remaining tenor of open facilities", "存续融资项目平均剩余期限"),
    statement=Said("open facilities have {value} left to run on average", "存续融资项目平均剩余期限为{value}"),
    missing=Said("no facility with a maturity is open", "没有约定到期日的存续融资项目"),
    than=SHORTER,
)
_MATURING = Saying(
    figure=FigureUnit.SHARE,
    description=Said("share of open limits that matures within {years}", "{years}内到期的在用授信额度占比"),
    statement=Said("{value} of the open limits mature within {years}", "{value}的在用授信额度将在{years}内到期"),
    missing=Said("no limit with a maturity is open", "没有约定到期日的在用授信额度"),
    none=Said("none of the open limits mature within {years}", "没有在用授信额度将在{years}内到期"),
    than=LESS,
)
_LARGEST = Saying(
    figure=FigureUnit.SHARE,
    description=Said("share of the largest facility in the open limits", "最大融资项目占在用授信额度的比例"),
    statement=Said("the largest facility makes up {value} of the open limits", "最大融资项目占在用授信额度的{value}"),
    missing=_NONE_OPEN,
    than=LESS,
)
_SPREAD = Saying(
    figure=FigureUnit.BASIS_POINTS,
    description=Said("average spread of open facilities", "存续融资项目平均利差"),
    statement=Said("the average spread of open facilities is {value}", "存续融资项目平均利差为{value}"),
    missing=Said("no open facility has a known spread", "没有已知利差的存续融资项目"),
)
_COLLATERAL = Saying(
    figure=FigureUnit.SHARE,
    description=Said("average collateral cover of open facilities", "存续融资项目平均抵押覆盖率"),
    statement=Said(
        "collateral covers {value} of the open facilities on average", "存续融资项目平均抵押覆盖率为{value}"
    ),
    missing=Said("no open facility has a known collateral", "没有已知抵押的存续融资项目"),
    than=LESS,
)
_OUTSTANDING = Saying(
    figure=FigureUnit.MONEY,
    description=Said("outstanding balance", "贷款余额"),
    statement=Said("the outstanding balance is {value}", "贷款余额为{value}"),
    missing=Said("the outstanding balance is not known", "贷款余额未知"),
    none=Said("nothing is outstanding", "没有贷款余额"),
)
_UTILISATION = Saying(
    figure=FigureUnit.SHARE,
    description=Said("outstanding balance as a share of the open limits", "额度使用率"),
    statement=Said("the outstanding balance is {value} of the open limits", "额度使用率为{value}"),
    missing=_NONE_OPEN,
)


def commitment_features(known: FeatureInputs) -> Iterator[Feature]:
    """Count, limit, remaining tenor, maturing share and terms of the open facilities. None without the table."""
    facilities = known.past.facilities
    if facilities is None:
        return
    sums = _Sums(facilities, known.past.clients)
    day = known.past.day
    still_open = (facilities.closed == FOREVER) & (facilities.maturity > day)
    limit = sums.of(facilities.limit_steps, still_open)
    count = sums.of(np.ones(len(facilities.client)), still_open)
    yield Feature("facility_open_count", "facilities", count, words_for(_COUNT, LIMITS))
    money = limit * known.past.measures.money_step
    yield Feature("facility_open_limit", known.currency, money, words_for(_LIMIT, LIMITS))
    mean = _mean_limit(known, facilities, sums)
    yield Feature("facility_limit_mean", known.currency, mean, words_for(_LIMIT_MEAN, LIMITS))
    yield from _tenor_features(known, facilities, sums, still_open)
    yield from _term_features(facilities, sums, still_open, limit)
    yield from _drawn_features(known, money)


class _Sums:
    """Sums facilities up to their clients; whole steps stay exact below 2^53."""

    def __init__(self, facilities: Facilities, clients: int) -> None:
        self._client = facilities.client
        self._clients = clients

    def of(self, values: object, chosen: BoolArray) -> FloatArray:
        weights = np.where(chosen, np.nan_to_num(np.asarray(values, dtype=np.float64)), 0.0)
        return np.bincount(self._client, weights=weights, minlength=self._clients).astype(np.float64)


def _mean_limit(known: FeatureInputs, facilities: Facilities, sums: _Sums) -> FloatArray:
    everything = np.ones(len(facilities.client), dtype=np.bool_)
    total = sums.of(facilities.limit_steps, everything)
    return ratio(total, sums.of(everything, everything)) * known.past.measures.money_step


def _tenor_features(
    known: FeatureInputs, facilities: Facilities, sums: _Sums, still_open: BoolArray
) -> Iterator[Feature]:
    remaining = (facilities.maturity.astype(np.float64) - known.past.day) / DAYS_PER_YEAR
    dated = still_open & (facilities.maturity != FOREVER)
    limit = sums.of(facilities.limit_steps, dated)
    tenor = ratio(sums.of(facilities.limit_steps * remaining, dated), limit)
    yield Feature("facility_remaining_tenor", "years", tenor, words_for(_TENOR, CONTRACTS))
    for years in (1, 3):
        soon = sums.of(facilities.limit_steps, dated & (remaining < years))
        said = words_for(_MATURING, CONTRACTS, years=Said("a year" if years == 1 else f"{years} years", f"{years}年"))
        yield Feature(f"facility_maturing_share_{years}y", "share", ratio(soon, limit), said)


def _term_features(facilities: Facilities, sums: _Sums, still_open: BoolArray, limit: FloatArray) -> Iterator[Feature]:
    largest = np.zeros(len(limit))
    np.maximum.at(largest, facilities.client[still_open], facilities.limit_steps[still_open].astype(np.float64))
    yield Feature("facility_largest_share", "share", ratio(largest, limit), words_for(_LARGEST, LIMITS))
    for name, unit, values, saying in (
        ("spread_bp", "basis points", facilities.spread_bp, _SPREAD),
        ("collateral_cover", "ratio", facilities.collateral_cover, _COLLATERAL),
    ):
        known_terms = still_open & ~np.isnan(values)
        weighted = sums.of(facilities.limit_steps * np.nan_to_num(values), known_terms)
        mean = ratio(weighted, sums.of(facilities.limit_steps, known_terms))
        yield Feature(f"facility_{name}_mean", unit, mean, words_for(saying, _TERMS_TOPIC))


def _drawn_features(known: FeatureInputs, open_limit: FloatArray) -> Iterator[Feature]:
    """Drawn and not yet repaid, where the config measures both."""
    names = {flow.name for flow in known.past.measures.flows}
    if not {"drawdown", "repayment"} <= names:
        return
    outstanding = known.past.total("drawdown") - known.past.total("repayment")
    if "write_off" in names:
        outstanding = outstanding - known.past.total("write_off")
    yield Feature("facility_outstanding", known.currency, outstanding, words_for(_OUTSTANDING, BALANCE))
    utilised = ratio(outstanding, open_limit)
    yield Feature("facility_utilisation", "share", utilised, words_for(_UTILISATION, BALANCE))

"""Open commitments: facilities signed and not ended, tenor, terms, drawn amounts, products and counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from models.book.periods import DAYS_PER_YEAR
from models.book.state_tables import BALANCES
from models.panel.balances import balances_before, outstanding_amounts
from models.panel.facilities import FOREVER, Facilities
from models.panel.features.causes import BALANCE, CONTRACTS, LIMITS
from models.panel.features.inputs import Feature, FeatureInputs, ratio, summed
from models.panel.features.words import LESS, OWN_FIGURES, SHORTER, SMALLER, FigureUnit, Template, Topic, words_for
from models.text import Text
from models.vocab import BoolArray, FloatArray

_YEARS = {1: Text("a year"), 3: Text("{count} year", plural="{count} years").filled(count=3)}
_TERMS_TOPIC = Topic("terms", Text("spread and collateral"))
_NONE_OPEN = Text("no facility is open")
_COUNT = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of open facilities"),
    statement=Text("the number of open facilities is {value}"),
    missing=_NONE_OPEN,
    none=_NONE_OPEN,
    than=SMALLER,
)
_LIMIT = Template(
    figure=FigureUnit.MONEY,
    description=Text("limits of open facilities"),
    statement=Text("the limits of open facilities come to {value}"),
    missing=_NONE_OPEN,
    none=Text("no limit is open"),
    than=LESS,
)
_LIMIT_MEAN = Template(
    figure=FigureUnit.MONEY,
    description=Text("average limit of all facilities so far"),
    statement=Text("the average limit of all facilities so far is {value}"),
    missing=Text("no facility was ever signed"),
)
_TENOR = Template(
    figure=FigureUnit.YEARS,
    description=Text("average remaining tenor of open facilities"),
    statement=Text("open facilities have {value} left to run on average"),
    missing=Text("no facility with a maturity is open"),
    than=SHORTER,
)
_MATURING = Template(
    figure=FigureUnit.SHARE,
    description=Text("share of open limits that matures within {years}"),
    statement=Text("{value} of the open limits mature within {years}"),
    missing=Text("no limit with a maturity is open"),
    none=Text("none of the open limits mature within {years}"),
    than=LESS,
)
_LARGEST = Template(
    figure=FigureUnit.SHARE,
    description=Text("share of the largest facility in the open limits"),
    statement=Text("the largest facility makes up {value} of the open limits"),
    missing=_NONE_OPEN,
    than=LESS,
)
_SPREAD = Template(
    figure=FigureUnit.BASIS_POINTS,
    description=Text("average spread of open facilities"),
    statement=Text("the average spread of open facilities is {value}"),
    missing=Text("no open facility has a known spread"),
)
_COLLATERAL = Template(
    figure=FigureUnit.SHARE,
    description=Text("average collateral cover of open facilities"),
    statement=Text("collateral covers {value} of the open facilities on average"),
    missing=Text("no open facility has a known collateral"),
    than=LESS,
)
_OWN_MEAN = Template(
    figure=FigureUnit.NUMBER,
    description=Text("average {label} of open facilities"),
    statement=Text("the average {label} of open facilities is {value}"),
    missing=Text("the {label} of open facilities is not known"),
)
_OUTSTANDING = Template(
    figure=FigureUnit.MONEY,
    description=Text("outstanding balance"),
    statement=Text("the outstanding balance is {value}"),
    missing=Text("the outstanding balance is not known"),
    none=Text("nothing is outstanding"),
)
_UTILISATION = Template(
    figure=FigureUnit.SHARE,
    description=Text("outstanding balance as a share of the open limits"),
    statement=Text("the outstanding balance is {value} of the open limits"),
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
    yield from _own_features(known, facilities, sums, still_open)
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
    for years, label in _YEARS.items():
        soon = sums.of(facilities.limit_steps, dated & (remaining < years))
        said = words_for(_MATURING, CONTRACTS, years=label)
        yield Feature(f"facility_maturing_share_{years}y", "share", ratio(soon, limit), said)


def _term_features(facilities: Facilities, sums: _Sums, still_open: BoolArray, limit: FloatArray) -> Iterator[Feature]:
    largest = np.zeros(len(limit))
    np.maximum.at(largest, facilities.client[still_open], facilities.limit_steps[still_open].astype(np.float64))
    yield Feature("facility_largest_share", "share", ratio(largest, limit), words_for(_LARGEST, LIMITS))
    for name, unit, values, saying in (
        ("spread_bp", "basis points", facilities.spread_bp, _SPREAD),
        ("collateral_cover", "ratio", facilities.collateral_cover, _COLLATERAL),
    ):
        mean = _weighted_mean(facilities, sums, still_open, values)
        yield Feature(f"facility_{name}_mean", unit, mean, words_for(saying, _TERMS_TOPIC))


def _weighted_mean(facilities: Facilities, sums: _Sums, still_open: BoolArray, values: FloatArray) -> FloatArray:
    """Mean over the open facilities of which the value is known, weighted by limit. Shape (n_clients,)."""
    known_terms = still_open & ~np.isnan(values)
    weighted = sums.of(facilities.limit_steps * np.nan_to_num(values), known_terms)
    return ratio(weighted, sums.of(facilities.limit_steps, known_terms))


def _own_features(
    known: FeatureInputs, facilities: Facilities, sums: _Sums, still_open: BoolArray
) -> Iterator[Feature]:
    """Own numbers of facilities as means over the open ones, weighted by limit."""
    for place, name in enumerate(known.settings.facility_means):
        unit, label = known.own.unit_of("facilities", name), known.labels.of(name)
        mean = _weighted_mean(facilities, sums, still_open, facilities.own[:, place])
        figure = OWN_FIGURES.get(unit or "", FigureUnit.NUMBER)
        counted = known.currency if unit == "money" else unit or "as recorded"
        said = words_for(_OWN_MEAN, Topic(f"facility_{name}", label), figure=figure, label=label)
        yield Feature(f"facility_{name}_mean", counted, mean, said)


def _drawn_features(known: FeatureInputs, open_limit: FloatArray) -> Iterator[Feature]:
    """What is outstanding, and its share of the limits: those of the balances where they are reported."""
    past, period = known.past, known.labels.period
    outstanding, reported = outstanding_amounts(past, period), balances_before(past, period)
    if outstanding is None:
        return
    yield Feature("facility_outstanding", known.currency, outstanding, words_for(_OUTSTANDING, BALANCE))
    limit = open_limit if reported is None else np.where(reported.covered, reported.limit, open_limit)
    utilised = ratio(outstanding, limit)
    yield Feature("facility_utilisation", "share", utilised, words_for(_UTILISATION, BALANCE))


_UNREPORTED: Final = Text("no balance of the client is reported")
_UNDRAWN = Template(
    figure=FigureUnit.MONEY,
    description=Text("undrawn limits as last reported"),
    statement=Text("undrawn limits come to {value}"),
    missing=_UNREPORTED,
    none=Text("no limit is left to draw"),
    than=LESS,
)
_REPORTED_LIMIT = Template(
    figure=FigureUnit.MONEY,
    description=Text("limits as last reported"),
    statement=Text("the reported limits come to {value}"),
    missing=_UNREPORTED,
    none=Text("no limit is reported"),
    than=LESS,
)
_USE_CHANGE = Template(
    figure=FigureUnit.POINTS,
    description=Text("change of the used share of the reported limits {span}"),
    statement=Text("the used share of the reported limits changed by {value} {span}"),
    missing=Text("the change of the used share of the limits {span} is not known"),
    none=Text("the used share of the reported limits did not change {span}"),
    signed=True,
)


def balance_features(known: FeatureInputs) -> Iterator[Feature]:
    """Undrawn and limits, and by how much their use changed over each window. None without the table."""
    if BALANCES not in known.past.reports:
        return
    now = balances_before(known.past, known.labels.period)
    nothing = np.full(known.past.clients, np.nan)
    undrawn = nothing if now is None else np.where(now.covered, now.undrawn, np.nan)
    yield Feature("balance_undrawn_last", known.currency, undrawn, words_for(_UNDRAWN, BALANCE))
    limit = nothing if now is None else np.where(now.covered, now.limit, np.nan)
    yield Feature("balance_limit_last", known.currency, limit, words_for(_REPORTED_LIMIT, BALANCE))
    for window in known.settings.windows:
        before = balances_before(known.past, known.labels.period, ago=window)
        change = (
            nothing
            if now is None or before is None
            else ratio(now.drawn, now.limit) - ratio(before.drawn, before.limit)
        )
        said = words_for(_USE_CHANGE, BALANCE, span=known.labels.span(window))
        yield Feature(f"balance_used_change_{window}p", "share", change, said)


_TOPIC = Topic("product_mix", Text("product mix"))
_UNUSED = Text("no product of the mix was used so far")
_SHARE = Template(
    figure=FigureUnit.SHARE,
    description=Text("share of {label} in the product mix so far"),
    statement=Text("{label} made up {value} of the product mix so far"),
    missing=_UNUSED,
    than=LESS,
)
_CONCENTRATION = Template(
    figure=FigureUnit.SHARE,
    description=Text("concentration of the product mix"),
    statement=Text("the concentration of the product mix is {value}"),
    missing=_UNUSED,
)
_PRODUCTS = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of kinds of products used so far"),
    statement=Text("the number of kinds of products used so far is {value}"),
    missing=_UNUSED,
    none=_UNUSED,
    than=SMALLER,
)


def mix_features(known: FeatureInputs) -> Iterator[Feature]:
    """Share of each mix measure in their sum, their concentration (Herfindahl) and how many were ever used.

    Shares are taken over the whole past. Herfindahl is 1 for a single product, 1/n for n equal ones.
    """
    if not known.settings.mix:
        return
    amounts = np.stack([known.past.total(name) for name in known.settings.mix])
    whole = summed(amounts)
    shares = [ratio(amount, whole) for amount in amounts]
    for name, share in zip(known.settings.mix, shares, strict=True):
        yield Feature(f"{name}_share_ever", "share", share, words_for(_SHARE, _TOPIC, label=known.labels.of(name)))
    concentration = np.asarray(sum(share * share for share in shares))
    yield Feature("mix_concentration_ever", "ratio", concentration, words_for(_CONCENTRATION, _TOPIC))
    used = sum((known.past.count(name) > 0).astype(np.float64) for name in known.settings.mix)
    yield Feature("mix_products_ever", "products", np.asarray(used), words_for(_PRODUCTS, _TOPIC))


_KIND_TOPIC = Topic("facilities_signed", Text("facilities signed, by kind"))
_NONE_SIGNED = Text("no {label} were signed so far")
_KIND_COUNT = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of {label} signed so far"),
    statement=Text("the number of {label} signed so far is {value}"),
    missing=_NONE_SIGNED,
    none=_NONE_SIGNED,
    than=SMALLER,
)


def facility_count_features(known: FeatureInputs) -> Iterator[Feature]:
    """One column per count of the config, whether they are still open or not. None without the table."""
    facilities = known.past.facilities
    if facilities is None:
        return
    for place, name in enumerate(known.settings.facility_counts):
        chosen = facilities.client[facilities.counted[:, place]]
        count = np.bincount(chosen, minlength=known.past.clients).astype(np.float64)
        said = words_for(_KIND_COUNT, _KIND_TOPIC, label=known.labels.facilities[name])
        yield Feature(f"facility_{name}_count_ever", "facilities", count, said)

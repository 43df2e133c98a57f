"""Facilities beside the ledger: their terms, their losses in default, and their flows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_
from typing import Any

import ibis

from models.book.measures import known_on
from models.book.periods import PeriodGrid
from models.config.credit import CreditConfig, ProductCreditConfig
from models.panel.facility_flows import MOVES
from models.panel.ledger import day_number, exact_sum, whole_steps
from models.panel.ledger_plan import LedgerPlan, counted_column, own_column
from models.panel.targets import EXIT_CAUSES, NO_CAUSE

_NEVER_NULL = "!float64"
"""Databases take fractions as they are written for decimals, which Ibis does not know: this cast is not left away."""


def placed_facilities(facilities: Any, losses: Any, places: Any, plan: LedgerPlan) -> Any:
    """One row per facility of the clients in ``places``; ``losses`` as of ``first_write_offs``."""
    step = plan.measures.money_step
    codes = [(str(cause), ibis.literal(code, type="int8")) for code, cause in enumerate(EXIT_CAUSES)]
    return (
        facilities.inner_join(places, "client_id")
        .left_join(losses, "facility_id")
        .select(
            "block",
            "client",
            "facility_id",
            "signed",
            "maturity",
            "closed",
            "written_off",
            cause=facilities.exit_cause.cases(*codes, else_=ibis.literal(NO_CAUSE, type="int8")),
            limit_steps=whole_steps(facilities["limit"].fill_null(0.0), step),
            spread_bp=facilities.spread_bp,
            collateral_cover=facilities.collateral_cover,
            country=facilities.country,
            **_credit_terms(facilities, plan.credit),
            **{counted_column(place): _belongs(facilities, count) for place, count in enumerate(plan.facility_counts)},
            **{own_column(place): facilities[name].cast("float64") for place, name in enumerate(plan.facility_means)},
        )
    )


def _credit_terms(facilities: Any, credit: CreditConfig) -> dict[str, Any]:
    """LGD, conversion and kind of repayment of each facility, see ``CreditConfig``.

    LGD = unsecured LGD x (1 - s) + secured loss x s, with s = min(1, cover x (1 - haircut)), where the book does not
    say it. Source: Basel Committee, CRE32.10 (collateral under the foundation approach).
    """
    cover = facilities.collateral_cover.fill_null(0.0)
    secured = ibis.least(cover * (1.0 - credit.collateral_haircut), 1.0)
    unsecured = _by_product(facilities, credit, "loss_given_default", credit.loss_given_default)
    usual = unsecured * (1.0 - secured) + ibis.least(unsecured, credit.secured_loss) * secured
    conversion = _by_product(facilities, credit, "conversion", credit.conversion)
    return {
        "lgd": ibis.coalesce(facilities.lgd, usual).cast(_NEVER_NULL),
        "unsecured": facilities.lgd.isnull().ifelse(unsecured, ibis.null("float64")),
        "conversion": conversion.cast(_NEVER_NULL),
        "revolving": _by_product(facilities, credit, "revolving", False),
        "amortising": _by_product(facilities, credit, "amortising", False),
    }


def facility_flows(cashflows: Any, places: Any, plan: LedgerPlan, grid: PeriodGrid) -> Any:
    """What moved on each facility per period, see ``FacilityFlows``; rows of cashflows that name a facility."""
    chosen = cashflows.filter(cashflows.facility_id.notnull() & cashflows.kind.isin(list(MOVES.values())))
    known = chosen[known_on("cashflows")].cast("date")
    steps = whole_steps(chosen.amount.cast("float64"), plan.measures.money_step)
    none = ibis.literal(0, type="int64")
    events = chosen.select(
        "client_id",
        "facility_id",
        day=day_number(known),
        period=grid.expression(known),
        **{column: (chosen.kind == kind).ifelse(steps, none) for column, kind in MOVES.items()},
    ).inner_join(places, "client_id")
    return events.group_by("block", "client", "facility_id", "period").aggregate(
        last_day=events.day.max(), **{column: exact_sum(events[column]) for column in MOVES}
    )


def _by_product(facilities: Any, credit: CreditConfig, setting: str, otherwise: float | bool) -> Any:
    """A setting of each facility's product, else that of all."""
    named = {product: _of(each, setting) for product, each in credit.products.items()}
    kind = "boolean" if isinstance(otherwise, bool) else "float64"
    usual = ibis.literal(otherwise, type=kind)
    cases = [(product, ibis.literal(value, type=kind)) for product, value in named.items() if value is not None]
    return facilities["product"].cases(*cases, else_=usual) if cases else usual


def _of(product: ProductCreditConfig, setting: str) -> float | bool | None:
    found: float | bool | None = getattr(product, setting)
    return found


def _belongs(facilities: Any, count: Mapping[str, tuple[str, ...]]) -> Any:
    """Whether a facility is counted; one of which it is not known what it is, is not."""
    matches = [facilities[column].isin(values).fill_null(False) for column, values in count.items()]
    return reduce(and_, matches)


def first_write_offs(cashflows: Any) -> Any:
    """The day of the first write-off of each facility that has any: facility_id, written_off."""
    losses = cashflows.filter((cashflows.kind == "write_off") & cashflows.facility_id.notnull())
    return losses.group_by("facility_id").aggregate(written_off=losses.date.min())

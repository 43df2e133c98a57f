"""Checks of facilities against themselves, their clients and their cashflows."""

from __future__ import annotations

from typing import Any

import ibis

from models.book.plausibility.checks import Check, CheckScope, looked_at, said
from models.text import Text

OWED_KINDS = ("drawdown", "repayment", "write_off")
AFTER_THE_END = ("recovery",)
"""What may still come in after a facility was closed."""
EARLY_DAYS = 31
OVERDUE_DAYS = 90


def _facility(rows: Any) -> Any:
    return said(rows.facility_id)


def _limit_above_zero(scope: CheckScope) -> Any:
    rows = scope.tables["facilities"]
    limit = rows["limit"]
    return looked_at(rows, row=_facility(rows), fails=~(limit.fill_null(0.0) > 0), found="limit " + said(limit))


def _effective_after_signing(scope: CheckScope) -> Any:
    rows = scope.tables["facilities"].filter(lambda each: each.effective.notnull())
    found = "effective " + said(rows.effective) + ", signed " + said(rows.signed)
    return looked_at(rows, row=_facility(rows), fails=rows.effective < rows.signed, found=found)


def _effective_before_maturity(scope: CheckScope) -> Any:
    rows = scope.tables["facilities"].filter(lambda each: each.effective.notnull() & each.maturity.notnull())
    found = "effective " + said(rows.effective) + ", maturity " + said(rows.maturity)
    return looked_at(rows, row=_facility(rows), fails=rows.effective > rows.maturity, found=found)


def _end_has_a_cause(scope: CheckScope) -> Any:
    rows = scope.tables["facilities"].filter(lambda each: each.closed.notnull() | each.exit_cause.notnull())
    found = "closed " + said(rows.closed) + ", exit_cause " + said(rows.exit_cause)
    return looked_at(rows, row=_facility(rows), fails=rows.closed.isnull() | rows.exit_cause.isnull(), found=found)


def _matured_at_maturity(scope: CheckScope) -> Any:
    rows = scope.tables["facilities"].filter(
        lambda each: (each.exit_cause == "matured") & each.maturity.notnull() & each.closed.notnull()
    )
    early = rows.closed < rows.maturity - ibis.interval(days=EARLY_DAYS)
    found = "closed " + said(rows.closed) + ", maturity " + said(rows.maturity)
    return looked_at(rows, row=_facility(rows), fails=early, found=found)


def _closed_after_maturity(scope: CheckScope) -> Any:
    rows = scope.tables["facilities"].filter(lambda each: each.maturity.notnull())
    overdue = rows.maturity < ibis.literal(scope.known_until) - ibis.interval(days=OVERDUE_DAYS)
    return looked_at(
        rows,
        row=_facility(rows),
        fails=overdue & rows.closed.isnull(),
        found="maturity " + said(rows.maturity) + ", not closed",
    )


def _owed(scope: CheckScope) -> Any:
    """Per facility with drawings the highest and the lowest amount owed at the end of a day, in steps."""
    flows = scope.tables["cashflows"]
    flows = flows.filter(flows.kind.isin(OWED_KINDS) & flows.facility_id.notnull())
    change = (flows.kind == "drawdown").ifelse(1, -1) * scope.steps(flows.amount)
    daily = flows.group_by("facility_id", "date").aggregate(change=change.sum().cast("int64"))
    so_far = ibis.cumulative_window(group_by=daily.facility_id, order_by=daily.date)
    running = daily.mutate(owed=daily.change.sum().over(so_far).cast("int64"))
    return running.group_by("facility_id").aggregate(highest=running.owed.max(), lowest=running.owed.min())


def _drawings_within_limit(scope: CheckScope) -> Any:
    limits = scope.tables["facilities"]
    limits = limits.filter(limits["limit"].notnull()).select("facility_id", limit=limits["limit"])
    rows = _owed(scope).inner_join(limits, "facility_id")
    limit = scope.steps(rows["limit"])
    found = "owed " + scope.money(rows.highest) + " of a limit of " + scope.money(limit)
    return looked_at(rows, row=_facility(rows), fails=rows.highest > limit, found=found)


def _repaid_what_was_drawn(scope: CheckScope) -> Any:
    rows = _owed(scope)
    found = "repaid and written off " + scope.money(-rows.lowest) + " more than drawn"
    return looked_at(rows, row=_facility(rows), fails=rows.lowest < 0, found=found)


def _flows_with_facility(scope: CheckScope) -> Any:
    flows, deals = scope.tables["cashflows"], scope.tables["facilities"]
    deals = deals.select("facility_id", "signed", "closed", owner=deals.client_id)
    return flows.filter(flows.facility_id.notnull()).inner_join(deals, "facility_id")


def _cashflow(rows: Any) -> Any:
    return said(rows.facility_id) + ", " + said(rows.date) + ", " + said(rows.kind) + " " + said(rows.amount)


def _cashflow_after_signing(scope: CheckScope) -> Any:
    rows = _flows_with_facility(scope)
    return looked_at(rows, row=_cashflow(rows), fails=rows.date < rows.signed, found="signed " + said(rows.signed))


def _cashflow_before_closing(scope: CheckScope) -> Any:
    rows = _flows_with_facility(scope)
    late = (rows.date > rows.closed) & rows.kind.notin(AFTER_THE_END)
    return looked_at(rows, row=_cashflow(rows), fails=late, found="closed " + said(rows.closed))


def _one_client(scope: CheckScope) -> Any:
    rows = _flows_with_facility(scope)
    found = "client " + said(rows.client_id) + ", the facility's is " + said(rows.owner)
    return looked_at(rows, row=_cashflow(rows), fails=rows.client_id != rows.owner, found=found)


def _known_before_the_deal(scope: CheckScope) -> Any:
    deals = scope.tables["facilities"]
    first = deals.group_by("client_id").aggregate(first=deals.signed.min())
    clients = scope.tables["clients"]
    clients = clients.filter(clients.relationship_start.notnull()).select("client_id", "relationship_start")
    rows = clients.inner_join(first, "client_id")
    return looked_at(
        rows,
        row=said(rows.client_id),
        fails=rows["first"] < rows.relationship_start,
        found="first signed " + said(rows["first"]) + ", relationship from " + said(rows.relationship_start),
    )


_BOTH: dict[str, tuple[str, ...]] = {"facilities": (), "cashflows": ("facility_id",)}

FACILITY_CHECKS = (
    Check(
        name="drawings_within_limit",
        table="facilities",
        rule=Text("Drawn less repaid and written off never exceeds the limit."),
        needs={"facilities": ("limit",), "cashflows": ("facility_id",)},
        rows=_drawings_within_limit,
    ),
    Check(
        name="repaid_what_was_drawn",
        table="facilities",
        rule=Text("Never more is repaid and written off than was drawn."),
        needs=_BOTH,
        rows=_repaid_what_was_drawn,
    ),
    Check(
        name="cashflow_after_signing",
        table="cashflows",
        rule=Text("No cashflow lies before the signing of its facility."),
        needs=_BOTH,
        rows=_cashflow_after_signing,
    ),
    Check(
        name="cashflow_before_closing",
        table="cashflows",
        rule=Text("After a facility was closed only recoveries come in."),
        needs={"facilities": ("closed",), "cashflows": ("facility_id",)},
        rows=_cashflow_before_closing,
    ),
    Check(
        name="cashflow_of_one_client",
        table="cashflows",
        rule=Text("A cashflow and its facility belong to the same client."),
        needs=_BOTH,
        rows=_one_client,
    ),
    Check(
        name="limit_above_zero",
        table="facilities",
        rule=Text("A facility has a limit above zero."),
        needs={"facilities": ("limit",)},
        rows=_limit_above_zero,
    ),
    Check(
        name="effective_after_signing",
        table="facilities",
        rule=Text("A facility is not drawable before it is signed."),
        needs={"facilities": ("effective",)},
        rows=_effective_after_signing,
    ),
    Check(
        name="effective_before_maturity",
        table="facilities",
        rule=Text("A facility is drawable before it matures."),
        needs={"facilities": ("effective", "maturity")},
        rows=_effective_before_maturity,
    ),
    Check(
        name="end_has_a_cause",
        table="facilities",
        rule=Text("A facility has an exit cause exactly if it is closed."),
        needs={"facilities": ("closed", "exit_cause")},
        rows=_end_has_a_cause,
    ),
    Check(
        name="matured_at_maturity",
        table="facilities",
        rule=Text("A facility that matured was closed no more than {days} days before its maturity.").filled(
            days=EARLY_DAYS
        ),
        needs={"facilities": ("closed", "exit_cause", "maturity")},
        rows=_matured_at_maturity,
    ),
    Check(
        name="closed_after_maturity",
        table="facilities",
        rule=Text("A facility is closed within {days} days of its maturity.").filled(days=OVERDUE_DAYS),
        needs={"facilities": ("closed", "maturity")},
        rows=_closed_after_maturity,
    ),
    Check(
        name="known_before_the_deal",
        table="clients",
        rule=Text("The relationship begins no later than the first signing."),
        needs={"clients": ("relationship_start",), "facilities": ()},
        rows=_known_before_the_deal,
    ),
)

"""Checks of state tables: balances, days past due and covenants against themselves and the day before."""

from __future__ import annotations

from functools import partial
from typing import Any

import ibis

from models.book.plausibility.checks import Check, CheckScope, looked_at, said
from models.book.plausibility.reports import once
from models.book.state_tables import ARREARS, BALANCES, BREACHED, COVENANTS
from models.text import Text

SLACK = 0.01
"""A limit may differ by this share of it from what is drawn and undrawn."""
_A_DAY = ("client_id", "facility_id", "date")


def _of_facility(rows: Any) -> Any:
    return said(rows.client_id) + ", " + said(rows.facility_id.fill_null("")) + ", " + said(rows.date)


def _adds_up(scope: CheckScope) -> Any:
    rows = scope.tables[BALANCES].filter(lambda each: each["limit"].notnull() & each.undrawn.notnull())
    apart = (rows.drawn + rows.undrawn - rows["limit"]).abs() > SLACK * rows["limit"]
    found = "drawn " + said(rows.drawn) + ", undrawn " + said(rows.undrawn) + ", limit " + said(rows["limit"])
    return looked_at(rows, row=_of_facility(rows), fails=apart, found=found)


def _rises_by_the_day(scope: CheckScope) -> Any:
    rows = scope.tables[ARREARS]
    before = ibis.window(group_by=[rows.client_id, rows.facility_id], order_by=rows.date)
    rows = rows.mutate(days_before=rows.days_past_due.lag().over(before), day_before=rows.date.lag().over(before))
    rows = rows.filter(rows.day_before.notnull())
    gap = rows.date.cast("date").delta(rows.day_before.cast("date"), unit="day")
    found = said(rows.days_past_due) + " days, " + said(rows.days_before) + " on " + said(rows.day_before)
    return looked_at(rows, row=_of_facility(rows), fails=rows.days_past_due > rows.days_before + gap, found=found)


def _breach_has_no_headroom(scope: CheckScope) -> Any:
    rows = scope.tables[COVENANTS].filter(lambda each: each.headroom.notnull())
    apart = (rows.outcome == BREACHED) != (rows.headroom < 0)
    found = said(rows.outcome) + " with a headroom of " + said(rows.headroom)
    return looked_at(rows, row=_of_facility(rows), fails=apart, found=found)


STATE_CHECKS = (
    Check(
        name="one_balance_a_day",
        table=BALANCES,
        rule=Text("A facility has one balance a day; several are added up."),
        needs={BALANCES: ()},
        rows=partial(once, table=BALANCES, columns=_A_DAY),
    ),
    Check(
        name="drawn_and_undrawn_make_the_limit",
        table=BALANCES,
        rule=Text("What is drawn and undrawn comes to the limit."),
        needs={BALANCES: ("undrawn", "limit")},
        rows=_adds_up,
    ),
    Check(
        name="one_report_of_arrears_a_day",
        table=ARREARS,
        rule=Text("A facility's days past due are reported once a day; the most count."),
        needs={ARREARS: ()},
        rows=partial(once, table=ARREARS, columns=_A_DAY),
    ),
    Check(
        name="days_past_due_rise_by_the_day",
        table=ARREARS,
        rule=Text("Days past due rise by no more than the days since the report before."),
        needs={ARREARS: ()},
        rows=_rises_by_the_day,
    ),
    Check(
        name="breach_has_no_headroom",
        table=COVENANTS,
        rule=Text("A covenant is breached where its headroom is below nothing, and met elsewhere."),
        needs={COVENANTS: ("headroom",)},
        rows=_breach_has_no_headroom,
    ),
)

"""Checks of what is reported about clients and countries: ratings, surveys, financials, macro."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import ibis

from models.book.plausibility.checks import Check, CheckScope, looked_at, said, typical
from models.text import Text

FAR_FROM_GRADE = 20
MIN_GRADE_ROWS = 20
LATE_DAYS = 540


def _of_client(rows: Any, day: str) -> Any:
    return said(rows.client_id) + ", " + said(rows[day])


def _pd_given(scope: CheckScope) -> Any:
    rows = scope.tables["ratings"]
    return looked_at(rows, row=_of_client(rows, "date"), fails=rows.pd.isnull(), found="grade " + said(rows.grade))


def _pd_fits_grade(scope: CheckScope) -> Any:
    rows = scope.tables["ratings"].filter(lambda each: each.grade.notnull() & (each.pd > 0))
    usual = typical(rows, "grade", rows.pd)
    rows = rows.inner_join(usual.filter(usual.counted >= MIN_GRADE_ROWS), "grade")
    apart = (rows.pd > rows.usual * FAR_FROM_GRADE) | (rows.usual > rows.pd * FAR_FROM_GRADE)
    found = (
        "grade " + said(rows.grade) + " with pd " + said(rows.pd) + ", typical is about " + said(rows.usual.round(5))
    )
    return looked_at(rows, row=_of_client(rows, "date"), fails=apart, found=found)


def _survey_answered(scope: CheckScope) -> Any:
    rows = scope.tables["surveys"]
    empty = rows.csat.isnull() & rows.nps.isnull()
    return looked_at(rows, row=_of_client(rows, "date"), fails=empty, found="neither csat nor nps")


def once(scope: CheckScope, *, table: str, columns: Sequence[str]) -> Any:
    """Rows that share the given columns, reported as one."""
    rows = scope.tables[table]
    rows = rows.group_by(list(columns)).aggregate(copies=rows.count())
    row = ibis.literal(", ").join([said(rows[column]) for column in columns])
    return looked_at(rows, row=row, fails=rows.copies > 1, found=said(rows.copies) + " rows")


def _earned_within_revenue(scope: CheckScope) -> Any:
    rows = scope.tables["financials"].filter(lambda each: each.ebitda.notnull() & each.revenue.notnull())
    found = "ebitda " + said(rows.ebitda) + ", revenue " + said(rows.revenue)
    return looked_at(rows, row=_of_client(rows, "period_end"), fails=rows.ebitda > rows.revenue, found=found)


def _published_in_time(scope: CheckScope) -> Any:
    rows = scope.tables["financials"]
    late = rows.published > rows.period_end + ibis.interval(days=LATE_DAYS)
    return looked_at(rows, row=_of_client(rows, "period_end"), fails=late, found="published " + said(rows.published))


def _country_followed(scope: CheckScope) -> Any:
    clients, macro = scope.tables["clients"], scope.tables["macro"]
    homes = clients.filter(clients.country.notnull())
    homes = homes.group_by("country").aggregate(clients=homes.count())
    followed = macro.select(followed="country").distinct()
    rows = homes.left_join(followed, homes.country == followed.followed)
    found = said(rows.clients) + " clients, no macro figures"
    return looked_at(rows, row=said(rows.country), fails=rows.followed.isnull(), found=found)


REPORT_CHECKS = (
    Check(
        name="pd_given",
        table="ratings",
        rule=Text("A rating states a probability of default."),
        needs={"ratings": ("pd",)},
        rows=_pd_given,
    ),
    Check(
        name="pd_fits_grade",
        table="ratings",
        rule=Text("No pd is {times} times over or under the median of its grade.").filled(times=FAR_FROM_GRADE),
        needs={"ratings": ("grade", "pd")},
        rows=_pd_fits_grade,
    ),
    Check(
        name="one_rating_a_day",
        table="ratings",
        rule=Text("A client has one rating a day."),
        needs={"ratings": ()},
        rows=partial(once, table="ratings", columns=("client_id", "date")),
    ),
    Check(
        name="survey_answered",
        table="surveys",
        rule=Text("An answer states satisfaction or recommendation."),
        needs={"surveys": ()},
        rows=_survey_answered,
    ),
    Check(
        name="one_survey_a_day",
        table="surveys",
        rule=Text("A client answers once a day."),
        needs={"surveys": ()},
        rows=partial(once, table="surveys", columns=("client_id", "date")),
    ),
    Check(
        name="one_report_per_publication",
        table="financials",
        rule=Text("A client's year is published once on a day."),
        needs={"financials": ()},
        rows=partial(once, table="financials", columns=("client_id", "period_end", "published")),
    ),
    Check(
        name="earned_within_revenue",
        table="financials",
        rule=Text("Earnings before interest, tax and depreciation do not exceed revenue."),
        needs={"financials": ("ebitda", "revenue")},
        rows=_earned_within_revenue,
    ),
    Check(
        name="published_in_time",
        table="financials",
        rule=Text("Financials are published within {days} days.").filled(days=LATE_DAYS),
        needs={"financials": ()},
        rows=_published_in_time,
    ),
    Check(
        name="one_figure_per_country",
        table="macro",
        rule=Text("A country has one set of figures per period and publication."),
        needs={"macro": ()},
        rows=partial(once, table="macro", columns=("country", "date", "published")),
    ),
    Check(
        name="country_followed",
        table="clients",
        rule=Text("The country of a client has macro figures."),
        needs={"clients": ("country",), "macro": ()},
        rows=_country_followed,
    ),
)

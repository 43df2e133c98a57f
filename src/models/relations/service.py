"""Satisfaction and service, per client: surveys, answers, complaints, participation.

Every function gives a table client_id, top, bottom with one row per client that counts; a figure is the sum of top
over the sum of bottom.
"""

from __future__ import annotations

from typing import Any

import ibis

from models.relations.reading import Reader, Window, whole

PROMOTER, DETRACTOR = 9, 6
HOURS_OF_DAY = 24


def satisfaction(reader: Reader, window: Window) -> Any:
    """Sum of csat (1 to 5) over answers."""
    surveys = reader.table("surveys")
    answers = surveys.filter(window.holds(surveys.date), surveys.csat.notnull())
    return answers.group_by("client_id").agg(top=whole(answers.csat), bottom=answers.count().cast("float64"))


def recommendation(reader: Reader, window: Window) -> Any:
    """Promoters (nps 9 and 10) less detractors (0 to 6) over answers."""
    surveys = reader.table("surveys")
    answers = surveys.filter(window.holds(surveys.date), surveys.nps.notnull())
    verdict = (answers.nps >= PROMOTER).cast("int64") - (answers.nps <= DETRACTOR).cast("int64")
    return answers.group_by("client_id").agg(top=verdict.sum().cast("float64"), bottom=answers.count().cast("float64"))


def answer_time(reader: Reader, window: Window) -> Any:
    """Hours until enquiries were first answered over their number; those without an answer do not count."""
    return _hours(reader, window, "enquiry", "response_hours")


def settling_time(reader: Reader, window: Window) -> Any:
    """Hours until complaints were settled over their number; open ones do not count."""
    return _hours(reader, window, "complaint", "resolution_hours")


def answered_in_time(reader: Reader, window: Window) -> Any:
    """Enquiries answered within ``kpis.answer_hours`` over enquiries with a known answer."""
    return _in_time(reader, window, "enquiry", "response_hours", reader.config.kpis.answer_hours)


def settled_in_time(reader: Reader, window: Window) -> Any:
    """Complaints settled within ``kpis.settle_hours`` over complaints known to be settled."""
    return _in_time(reader, window, "complaint", "resolution_hours", reader.config.kpis.settle_hours)


def complaints(reader: Reader, window: Window) -> Any:
    """Complaints over clients that were active at the window's start or within it, or that complained.

    Whoever complained and left counts on both sides: a figure of those who stayed would forget why others went.
    """
    rows = reader.table("interactions")
    made = (
        rows.filter(window.holds(rows.date), rows.kind == "complaint")
        .group_by("client_id")
        .agg(made=lambda each: each.count())
    )
    served = reader.active(window.active_before_start, window.end).union(made.select("client_id"), distinct=True)
    joined = served.left_join(made, "client_id")
    return joined.select("client_id", top=joined.made.fill_null(0).cast("float64"), bottom=ibis.literal(1.0))


def participation(reader: Reader, window: Window) -> Any:
    """Campaigns that a client answered over campaigns that addressed it within the window."""
    rows = reader.table("interactions").drop_null("campaign_id")
    reported = (
        rows.filter(window.holds(rows.date), rows.kind == "campaign").select("client_id", "campaign_id").distinct()
    )
    answers = rows.filter(window.holds(rows.date), rows.kind == "response")
    answered = answers.select("client_id", "campaign_id").distinct().mutate(answered=1.0)
    joined = reported.left_join(answered, ["client_id", "campaign_id"])
    kept = joined.select("client_id", answered=joined.answered.fill_null(0.0))
    return kept.group_by("client_id").agg(top=kept.answered.sum(), bottom=kept.count().cast("float64"))


def _hours(reader: Reader, window: Window, kind: str, column: str) -> Any:
    rows = _contacts(reader, window, kind, column)
    return rows.group_by("client_id").agg(top=whole(rows[column]), bottom=rows.count().cast("float64"))


def _in_time(reader: Reader, window: Window, kind: str, column: str, hours: float) -> Any:
    rows = _contacts(reader, window, kind, column)
    return rows.group_by("client_id").agg(
        top=(rows[column] <= hours).cast("int64").sum().cast("float64"), bottom=rows.count().cast("float64")
    )


def _contacts(reader: Reader, window: Window, kind: str, column: str) -> Any:
    """Contacts of a kind within the window; what took until after its end is not known at its end."""
    rows = reader.table("interactions")
    kept = rows.filter(window.holds(rows.date), rows.kind == kind, rows[column].notnull())
    days_left = ibis.date(window.end.isoformat()).delta(kept.date, unit="day")
    return kept.filter(kept[column] <= HOURS_OF_DAY * days_left)

"""Payment behaviour: days past due as reported, or estimated from cashflows; time since default (client, group)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from models.book.state_tables import ARREARS as ARREARS_TABLE
from models.panel.facilities import DEFAULTED, FOREVER, Facilities
from models.panel.features.causes import OVERDUE
from models.panel.features.inputs import Feature, FeatureInputs
from models.panel.features.words import LESS, NEARER, SHORTER, SMALLER, FigureUnit, Template, words_for
from models.panel.reports import Reports
from models.text import Text
from models.vocab import FloatArray, IntArray

ARREARS = "arrears"
"""The measure of payments that are overdue, where the config has one."""
DAYS_PAST_DUE = "arrears_days"
"""The feature that caps and criteria on days past due look at."""
_NOT_KNOWN = Text("it is not known whether the client is in arrears")
_NOT_OVERDUE = Text("the client is not in arrears")
_OVERDUE = Template(
    figure=FigureUnit.DAYS_OVERDUE,
    description=Text("days past due"),
    statement=Text("the client has been past due for {value}"),
    missing=_NOT_KNOWN,
    none=_NOT_OVERDUE,
    than=SHORTER,
)
_ESTIMATED = replace(
    _OVERDUE,
    description=Text("time in arrears without a break (estimated from cashflows)"),
    statement=Text("the client has been in arrears for at least {value} (estimated from cashflows)"),
    estimated=True,
)
_WORST = replace(
    _OVERDUE,
    description=Text("most days past due {span}"),
    statement=Text("the client was past due for at most {value} {span}"),
    none=Text("the client was not past due {span}"),
)
_AMOUNT = Template(
    figure=FigureUnit.MONEY,
    description=Text("amount past due as last reported"),
    statement=Text("{value} is past due"),
    missing=_NOT_KNOWN,
    none=_NOT_OVERDUE,
    than=LESS,
)
_FACILITIES = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of facilities past due"),
    statement=Text("the number of facilities past due is {value}"),
    missing=_NOT_KNOWN,
    none=_NOT_OVERDUE,
    than=SMALLER,
)
_DEFAULT = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since the client's latest default or write-off"),
    statement=Text("the client's latest default or write-off was {value} ago"),
    missing=Text("the client has not defaulted"),
    than=NEARER,
)
_GROUP_DEFAULT = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since the latest default or write-off anywhere in the sponsor group"),
    statement=Text("the latest default or write-off in the sponsor group was {value} ago"),
    missing=Text("nobody in the sponsor group has defaulted"),
    than=NEARER,
)


def standing_features(known: FeatureInputs) -> Iterator[Feature]:
    """Days past due where they are reported or measured; days since a default of the client and of its group."""
    yield from _arrears_features(known)
    if known.past.facilities is None:
        return
    own = _days_since_default(known.past.facilities, known.past.clients, known.past.day)
    yield Feature("default_recency_days", "days", own, words_for(_DEFAULT, OVERDUE))
    if known.groups_known:
        yield Feature(
            "group_default_recency_days", "days", _least_of_group(own, known.group), words_for(_GROUP_DEFAULT, OVERDUE)
        )


def _arrears_features(known: FeatureInputs) -> Iterator[Feature]:
    """Days past due as the table of arrears reports them; where it says nothing of today, estimated from cashflows."""
    table, measured = known.past.reports.get(ARREARS_TABLE), _is_measured(known)
    if table is not None and table.is_reported:
        yield Feature(DAYS_PAST_DUE, "days", _days_past_due(known, table), words_for(_OVERDUE, OVERDUE))
    elif table is not None or measured:
        days = _days_in_arrears(known) if measured else np.full(known.past.clients, np.nan)
        yield Feature(DAYS_PAST_DUE, "days", days, words_for(_ESTIMATED if measured else _OVERDUE, OVERDUE))
    if table is not None:
        yield from _reported_features(known, table)


def _reported_features(known: FeatureInputs, table: Reports) -> Iterator[Feature]:
    """The worst of each window, and what is overdue on how many facilities."""
    standing, clients = _standing(known, table), known.past.clients
    unknown = np.full(clients, 0.0 if table.is_reported else np.nan)
    for window in known.settings.windows:
        rows = table.since(known.day_before(window))
        worst = np.nan_to_num(rows.extreme(rows.numbers["days_past_due"], clients)) + unknown
        said = words_for(_WORST, OVERDUE, span=known.labels.span(window))
        yield Feature(f"{DAYS_PAST_DUE}_max_{window}p", "days", worst, said)
    amount = standing.total(standing.numbers["amount"], clients) + unknown
    yield Feature("arrears_amount_last", known.currency, amount, words_for(_AMOUNT, OVERDUE))
    late = standing.total((standing.numbers["days_past_due"] > 0).astype(np.float64), clients) + unknown
    yield Feature("arrears_facilities_last", "facilities", late, words_for(_FACILITIES, OVERDUE))


def _is_measured(known: FeatureInputs) -> bool:
    return any(flow.name == ARREARS for flow in known.past.measures.flows)


def _days_past_due(known: FeatureInputs, table: Reports) -> FloatArray:
    """The worst of each client's facilities as last reported; 0 where none is listed. Shape (n_clients,)."""
    rows = _standing(known, table)
    return np.nan_to_num(rows.extreme(rows.numbers["days_past_due"], known.past.clients))


def _standing(known: FeatureInputs, table: Reports) -> Reports:
    """What is overdue as last reported, but on facilities that have ended since."""
    rows, facilities = table.standing(), known.past.facilities
    if facilities is None:
        return rows
    ended = np.append(facilities.closed != FOREVER, False)[rows.facility]
    return rows.where(~ended)


def _days_in_arrears(known: FeatureInputs) -> FloatArray:
    """Days since arrears began that were reported in each period since, to the latest; 0 where there are none.

    The first period counts from the last day on which it reported arrears: the client is overdue at least so long.
    """
    place = known.past.measures.flow_index(ARREARS)
    late = np.diff(known.past.events[:, place], axis=0) > 0
    periods = np.logical_and.accumulate(late[::-1], axis=0).sum(axis=0)
    began = known.past.last_day[-np.maximum(periods, 1), place, np.arange(known.past.clients)]
    return np.where(periods > 0, known.past.day - began.astype(np.float64), 0.0)


def _days_since_default(facilities: Facilities, clients: int, day: int) -> FloatArray:
    lost = np.where(facilities.cause == DEFAULTED, facilities.closed, FOREVER)
    latest = np.full(clients, -1, dtype=np.int64)
    for days in (lost, facilities.written_off):
        reported = days != FOREVER
        np.maximum.at(latest, facilities.client[reported], days[reported])
    return np.where(latest < 0, np.nan, day - latest.astype(np.float64))


def _least_of_group(days: FloatArray, group: IntArray) -> FloatArray:
    """The smallest number in each client's group, its own included; NaN where nobody has one. Shapes (n_clients,)."""
    least = np.full(int(group.max(initial=0)) + 1, np.inf)
    np.minimum.at(least, group, np.where(np.isnan(days), np.inf, days))
    return np.where(np.isinf(least[group]), np.nan, least[group])

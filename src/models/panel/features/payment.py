"""Payment behaviour: days in arrears, time since default (client, group)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.panel.facilities import DEFAULTED, FOREVER, Facilities
from models.panel.features.causes import OVERDUE
from models.panel.features.inputs import Feature, FeatureInputs
from models.panel.features.words import NEARER, SHORTER, FigureUnit, Template, words_for
from models.text import Text
from models.vocab import FloatArray, IntArray

ARREARS = "arrears"
"""The measure of payments that are overdue, where the config has one."""
_OVERDUE = Template(
    figure=FigureUnit.DAYS_OVERDUE,
    description=Text("time in arrears without a break"),
    statement=Text("the client has been in arrears for at least {value}"),
    missing=Text("it is not known whether the client is in arrears"),
    none=Text("the client is not in arrears"),
    than=SHORTER,
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
    """Days in arrears where they are measured; days since a default of the client and of its group."""
    if any(flow.name == ARREARS for flow in known.past.measures.flows):
        yield Feature("arrears_days", "days", _days_in_arrears(known), words_for(_OVERDUE, OVERDUE))
    if known.past.facilities is None:
        return
    own = _days_since_default(known.past.facilities, known.past.clients, known.past.day)
    yield Feature("default_recency_days", "days", own, words_for(_DEFAULT, OVERDUE))
    if known.groups_known:
        yield Feature(
            "group_default_recency_days", "days", _least_of_group(own, known.group), words_for(_GROUP_DEFAULT, OVERDUE)
        )


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

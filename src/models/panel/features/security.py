"""Security: collateral as last appraised and guarantees in force, against what is outstanding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from models.book.state_tables import COLLATERAL, GUARANTEES
from models.panel.balances import outstanding_amounts
from models.panel.facilities import FOREVER
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.words import LESS, NEWER, SHORTER, FigureUnit, Template, Topic, words_for
from models.panel.reports import Reports
from models.text import Text
from models.vocab import FloatArray

SECURITY_TOPIC: Final = Topic("security", Text("collateral and guarantees"))
_NONE: Final = Text("no collateral of the client is known")
_NO_GUARANTEE: Final = Text("nobody guarantees for the client")
_VALUE = Template(
    figure=FigureUnit.MONEY,
    description=Text("collateral as last appraised"),
    statement=Text("collateral was last appraised at {value}"),
    missing=_NONE,
    none=Text("all collateral was released"),
    than=LESS,
)
_COVER = Template(
    figure=FigureUnit.SHARE,
    description=Text("collateral as a share of the outstanding balance"),
    statement=Text("collateral comes to {value} of the outstanding balance"),
    missing=_NONE,
    none=Text("all collateral was released"),
    than=LESS,
)
_CHANGE = Template(
    figure=FigureUnit.GROWTH,
    description=Text("change of the appraised collateral {span}"),
    statement=Text("collateral, as appraised, {value} {span}"),
    missing=Text("no collateral was known at either end of the last {window}"),
)
_AGE = Template(
    figure=FigureUnit.DAYS,
    description=Text("age of the oldest appraisal of collateral"),
    statement=Text("the oldest appraisal of collateral is {value} old"),
    missing=_NONE,
    than=NEWER,
)
_GUARANTEED = Template(
    figure=FigureUnit.MONEY,
    description=Text("amount that others guarantee"),
    statement=Text("others guarantee {value}"),
    missing=_NO_GUARANTEE,
    none=_NO_GUARANTEE,
    than=LESS,
)
_GUARANTEED_SHARE = Template(
    figure=FigureUnit.SHARE,
    description=Text("guarantees as a share of the outstanding balance"),
    statement=Text("guarantees come to {value} of the outstanding balance"),
    missing=Text("nothing is outstanding that could be guaranteed"),
    none=_NO_GUARANTEE,
    than=LESS,
)
_ENDS = Template(
    figure=FigureUnit.DAYS,
    description=Text("time until the first guarantee ends"),
    statement=Text("the first of the guarantees ends in {value}"),
    missing=Text("no guarantee with an end is in force"),
    than=SHORTER,
)


def collateral_features(known: FeatureInputs) -> Iterator[Feature]:
    """Value, cover of what is outstanding, change over the longest window, and age. None without the table."""
    table, clients = known.past.reports.get(COLLATERAL), known.past.clients
    if table is None:
        return
    now, window = collateral_standing(known, table), known.settings.windows[-1]
    covered = table.covered(clients)
    value = np.where(covered, now.total(now.numbers["value"], clients), np.nan)
    yield Feature("collateral_value_last", known.currency, value, words_for(_VALUE, SECURITY_TOPIC))
    cover = ratio(value, _outstanding(known))
    yield Feature("collateral_cover_last", "ratio", cover, words_for(_COVER, SECURITY_TOPIC))
    then = table.known_before(known.day_before(window)).standing()
    before = then.total(then.numbers["value"], clients)
    said = words_for(_CHANGE, SECURITY_TOPIC, span=known.labels.span(window), window=known.labels.window(window))
    yield Feature(f"collateral_growth_{window}p", "share", ratio(value - before, value + before), said)
    held = now.where(now.numbers["value"] > 0)
    oldest = held.extreme(held.day.astype(np.float64), clients, np.minimum)
    yield Feature("collateral_age_days", "days", known.past.day - oldest, words_for(_AGE, SECURITY_TOPIC))


def guarantee_features(known: FeatureInputs) -> Iterator[Feature]:
    """What is guaranteed, its share of what is outstanding, and when the first ends. None without the table.

    Of one guarantor the guarantee given last counts, of those that are still in force.
    """
    table, clients = known.past.reports.get(GUARANTEES), known.past.clients
    if table is None:
        return
    rows = table.where(~(table.numbers["until"] <= known.past.day)).standing()
    amount = rows.total(rows.numbers["amount"], clients)
    yield Feature("guaranteed_amount_last", known.currency, amount, words_for(_GUARANTEED, SECURITY_TOPIC))
    share = ratio(amount, _outstanding(known))
    yield Feature("guaranteed_share_last", "ratio", share, words_for(_GUARANTEED_SHARE, SECURITY_TOPIC))
    first = rows.extreme(rows.numbers["until"], clients, np.minimum)
    yield Feature("guaranteed_first_end_days", "days", first - known.past.day, words_for(_ENDS, SECURITY_TOPIC))


def collateral_standing(known: FeatureInputs, table: Reports) -> Reports:
    """The latest appraisals, but of facilities that have ended."""
    rows, facilities = table.standing(), known.past.facilities
    if facilities is None:
        return rows
    return rows.where(np.append(facilities.closed == FOREVER, True)[rows.facility])


def _outstanding(known: FeatureInputs) -> FloatArray:
    found = outstanding_amounts(known.past, known.labels.period)
    return np.full(known.past.clients, np.nan) if found is None else np.maximum(found, 0.0)

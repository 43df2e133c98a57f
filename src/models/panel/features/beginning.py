"""Features of clients without activity: how their relationship began, and what was spent on it.

They are no family of ``FAMILIES``: models of active clients have their whole past to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from models.book.periods import DAYS_PER_PERIOD
from models.panel.facilities import FOREVER
from models.panel.features.inputs import Feature, FeatureInputs
from models.panel.features.words import LESS, NEWER, FigureUnit, Template, Topic, words_for
from models.panel.ledger_plan import WON_FOR
from models.panel.opportunities import Opportunities
from models.text import Text
from models.vocab import FloatArray, IntArray

RELATIONSHIP_DAYS = "relationship_days"
BEGAN_ALIKE = "began_alike"
TENURE = "tenure_days"
"""Since the first activity: not known of who was never active."""
PROSPECT, NEWLY_WON, WAITING, QUIET = "prospect", "newly won", "waiting", "quiet"
"""Without a relationship yet; won within the time in which a client counts as active; before it; once active."""
NOTHING_OPEN = "nothing open"
_STANDS = {
    PROSPECT: Text("prospect", "how a client stands"),
    NEWLY_WON: Text("newly won", "how a client stands"),
    WAITING: Text("waiting", "how a client stands"),
    QUIET: Text("quiet", "how a client stands"),
}
_FURTHEST = {
    NOTHING_OPEN: Text("nothing open", "how far opportunities have come"),
    "identified": Text("identified", "how far opportunities have come"),
    "assessed": Text("assessed", "how far opportunities have come"),
    "due diligence": Text("due diligence", "how far opportunities have come"),
    "approved": Text("approved", "how far opportunities have come"),
    "signed": Text("signed", "how far opportunities have come"),
}
_BOTH = Text("{stands}, {furthest}")
ALIKE_IN_WORDS: Final = {
    f"{stands}, {furthest}": _BOTH.filled(stands=first, furthest=second)
    for stands, first in _STANDS.items()
    for furthest, second in _FURTHEST.items()
}
"""What each category of ``BEGAN_ALIKE`` is called."""
_BEGINNING = Topic("beginning", Text("how the relationship began"))
_SINCE = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since the relationship began"),
    statement=Text("the relationship began {value} ago"),
    missing=Text("it is not known when the relationship began"),
    than=NEWER,
)
_SPENT = Template(
    figure=FigureUnit.MONEY,
    description=Text("cost of winning the client"),
    statement=Text("winning the client cost {value}"),
    missing=Text("the cost of winning the client is not known"),
    than=LESS,
)
_ALIKE = Template(
    figure=FigureUnit.NAME,
    description=Text("how the client stands, and how far its opportunities have come"),
    statement=Text("what came of clients who began alike: {value}"),
    missing=Text("nobody is known to have begun alike"),
)


def beginning_features(known: FeatureInputs, began: IntArray) -> Iterator[Feature]:
    """Days since the relationship began, as ``began_on`` gives it, the cost of winning it, and who began alike."""
    days = np.where(began < known.past.day, known.past.day - began.astype(np.float64), np.nan)
    yield Feature(RELATIONSHIP_DAYS, "days", days, words_for(_SINCE, _BEGINNING))
    yield Feature(BEGAN_ALIKE, "category", _alike(known, days), words_for(_ALIKE, _BEGINNING))
    if WON_FOR in known.attributes and WON_FOR not in known.settings.attributes:
        spent = known.attributes[WON_FOR].to_numpy(dtype=np.float64)
        yield Feature(WON_FOR, known.currency, spent, words_for(_SPENT, _BEGINNING))


def _alike(known: FeatureInputs, days: FloatArray) -> pd.Series:
    """How each client stands, and the furthest stage of an opportunity that it has open. Shape (n_clients,)."""
    lately = known.activity_periods * DAYS_PER_PERIOD[known.labels.period]
    was_active, is_won = ~np.isnan(known.past.tenure_days()), ~np.isnan(days)
    stands = np.select([was_active, ~is_won, days <= lately], [QUIET, PROSPECT, NEWLY_WON], default=WAITING)
    furthest = np.array(list(_FURTHEST))[_furthest(known)]
    return pd.Series(np.char.add(np.char.add(stands, ", "), furthest), dtype="str")


def _furthest(known: FeatureInputs) -> IntArray:
    """The number of the furthest stage that is open, from 1; 0 where nothing is. Shape (n_clients,)."""
    furthest = np.zeros(known.past.clients, dtype=np.int64)
    if known.past.opportunities is not None:
        latest: Opportunities = known.past.opportunities.latest_stages()
        is_open = latest.closed == FOREVER
        np.maximum.at(furthest, latest.client[is_open], latest.stage[is_open] + 1)
    return furthest

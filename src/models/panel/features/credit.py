"""Exposure at default and loss given default of the open facilities."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.book.measures import WRITE_OFF
from models.book.periods import DAYS_PER_PERIOD
from models.panel.facilities import FOREVER, Facilities
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.runoff import balance_steps, has_balances
from models.panel.features.words import LESS, FigureUnit, Template, Topic, words_for
from models.text import Text
from models.vocab import FloatArray

EXPOSURE, SEVERITY = "exposure_at_default", "loss_given_default"
_TOPIC = Topic("exposure", Text("exposure and loss in default"))
_EXPOSURE = Template(
    figure=FigureUnit.MONEY,
    description=Text("exposure at default"),
    statement=Text("the exposure at default is {value}"),
    missing=Text("no exposure is known"),
    none=Text("nothing is exposed to default"),
    than=LESS,
)
_SEVERITY = Template(
    figure=FigureUnit.SHARE,
    description=Text("loss given default"),
    statement=Text("in default {value} of the exposure would be lost"),
    missing=Text("nothing is exposed to default"),
    than=LESS,
)


def credit_features(known: FeatureInputs) -> Iterator[Feature]:
    """Exposure at default (EAD) and its loss given default (LGD), where value counts write-offs."""
    if WRITE_OFF not in known.past.measures.value_weights:
        return
    of_facilities, lost = _exposures(known)
    rest = _balance_beside(known)
    exposure = of_facilities + rest
    usual = known.credit.loss_given_default
    yield Feature(EXPOSURE, known.currency, exposure, words_for(_EXPOSURE, _TOPIC))
    yield Feature(SEVERITY, "share", ratio(lost + rest * usual, exposure), words_for(_SEVERITY, _TOPIC))


def exposures_at_default(facilities: Facilities, day: int, horizon_days: float) -> FloatArray:
    """Mean exposure of each facility over a horizon from ``day`` on, in steps. Shape (n_facilities,).

    EAD = balance x time + CCF x undrawn x time: drawn amounts fall in a straight line to nothing at maturity where a
    facility is amortising, and end with it else; what can be drawn is the limit less what is drawn, of facilities that
    do not revolve less all that ever was. Sources: IFRS 9 B5.5.51 (ECL over the contract), CRE32.29 (EAD with a CCF).
    """
    count = len(facilities)
    balance = np.maximum(facilities.flows.balance(count), 0).astype(np.float64)
    used = np.where(facilities.revolving, balance, facilities.flows.ever_drawn(count))
    undrawn = np.maximum(facilities.limit_steps - used, 0.0)
    is_open = (facilities.closed == FOREVER) & (facilities.written_off == FOREVER)
    left = np.where(facilities.maturity == FOREVER, np.inf, facilities.maturity.astype(np.float64) - day)
    standing = _share_standing(left / horizon_days, amortising=False)
    falling = np.where(facilities.amortising, _share_standing(left / horizon_days, amortising=True), standing)
    drawn = np.where(left > 0, falling, 1.0) * balance  # overdue beyond maturity: all of it stands
    return np.where(is_open, drawn + facilities.conversion * standing * undrawn, 0.0)


def _share_standing(left: FloatArray, *, amortising: bool) -> FloatArray:
    """Mean share of today's exposure over a horizon of which ``left`` is the time to maturity. (n,).

    >>> _share_standing(np.array([0.5, 1.0, 2.0, np.inf]), amortising=True).tolist()
    [0.25, 0.5, 0.75, 1.0]
    >>> _share_standing(np.array([-1.0, 0.5, 2.0]), amortising=False).tolist()
    [0.0, 0.5, 1.0]
    """
    time = np.clip(left, 0.0, 1.0)
    if not amortising:
        return time
    lasting = np.maximum(left, 1.0)  # beyond the horizon
    return np.where(left < 1.0, time / 2, 1.0 - 0.5 / lasting)


def _exposures(known: FeatureInputs) -> tuple[FloatArray, FloatArray]:
    """Exposure of each client's facilities, and what of it default would lose, in currency."""
    facilities, clients = known.past.facilities, known.past.clients
    if facilities is None:
        return np.zeros(clients), np.zeros(clients)
    horizon = known.horizon_periods * DAYS_PER_PERIOD[known.labels.period]
    exposed = exposures_at_default(facilities, known.past.day, horizon) * known.past.measures.money_step
    total, lost = (
        np.asarray(np.bincount(facilities.client, weights=weights, minlength=clients), dtype=np.float64)
        for weights in (exposed, exposed * facilities.lgd)
    )
    return total, lost


def _balance_beside(known: FeatureInputs) -> FloatArray:
    """What is outstanding beside the facilities that cashflows name, in currency; nothing where it is not measured."""
    if not has_balances(known):
        return np.zeros(known.past.clients)
    facilities, clients = known.past.facilities, known.past.clients
    steps = balance_steps(known)
    if facilities is not None:
        named = facilities.flows.balance(len(facilities)).astype(np.float64)
        steps = steps - np.bincount(facilities.client, weights=named, minlength=clients)
    return np.maximum(steps, 0.0) * known.past.measures.money_step

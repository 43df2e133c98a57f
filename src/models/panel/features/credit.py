"""Exposure at default and loss given default of the open facilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.book.measures import WRITE_OFF
from models.book.periods import DAYS_PER_PERIOD
from models.book.state_tables import COLLATERAL
from models.panel.balances import ReportedBalances, balances_before, flow_balance_steps, measures_balances
from models.panel.facilities import FOREVER, Facilities
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.security import collateral_standing
from models.panel.features.words import LESS, FigureUnit, Template, Topic, words_for
from models.panel.reports import Reports
from models.text import Text
from models.vocab import BoolArray, FloatArray, IntArray

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


@dataclass(frozen=True, kw_only=True)
class DrawnAmounts:
    """Drawn and undrawn of each facility in whole steps, and whether it stands at all. Shapes (n_facilities,)."""

    drawn: FloatArray
    undrawn: FloatArray
    stands: BoolArray

    @classmethod
    def by_flows(cls, facilities: Facilities) -> DrawnAmounts:
        """As cashflows say: what can be drawn is the limit less what is drawn, or ever was where none revolves."""
        balance = np.maximum(facilities.flows.balance(len(facilities)), 0).astype(np.float64)
        is_open = (facilities.closed == FOREVER) & (facilities.written_off == FOREVER)
        return cls(
            drawn=balance,
            undrawn=_left_to_draw(facilities, balance, facilities.flows.ever_drawn(len(facilities))),
            stands=is_open,
        )

    def reported_in(self, reported: ReportedBalances, facilities: Facilities, step: float) -> DrawnAmounts:
        """As the table of balances says of clients that it lists: of a facility that it never listed, nothing is drawn.

        Where it tells neither undrawn nor limit, these follow from the limit that was signed.
        """
        rows, count = reported.rows.where(reported.rows.facility >= 0), len(facilities)
        drawn, undrawn, limit = (rows.numbers[name] / step for name in ("drawn", "undrawn", "limit"))
        left = np.where(np.isnan(undrawn), np.maximum(limit - drawn, 0.0), undrawn)
        balance = np.maximum(_summed_at(rows.facility, drawn, count), 0.0)
        tells = _summed_at(rows.facility, ~np.isnan(left), count) > 0
        usual = _left_to_draw(facilities, balance, np.maximum(facilities.flows.ever_drawn(count), balance))
        covered = reported.covered[facilities.client]
        is_over = covered & reported.dropped(count)
        return DrawnAmounts(
            drawn=np.where(covered, balance, self.drawn),
            undrawn=np.where(covered, np.where(tells, _summed_at(rows.facility, left, count), usual), self.undrawn),
            stands=self.stands & ~is_over,
        )


@dataclass(frozen=True, kw_only=True)
class Exposures:
    """Exposure at default in currency: of facilities (n_facilities,), beside them and in all by client (n_clients,)."""

    of_facilities: FloatArray
    beside: FloatArray
    total: FloatArray


def credit_features(known: FeatureInputs) -> Iterator[Feature]:
    """Exposure at default (EAD) and its loss given default (LGD), where value counts write-offs."""
    if WRITE_OFF not in known.past.measures.value_weights:
        return
    exposures = _exposures(known)
    lost = _lost_in_default(known, exposures)
    yield Feature(EXPOSURE, known.currency, exposures.total, words_for(_EXPOSURE, _TOPIC))
    yield Feature(SEVERITY, "share", ratio(lost, exposures.total), words_for(_SEVERITY, _TOPIC))


def exposures_at_default(
    facilities: Facilities, day: int, horizon_days: float, amounts: DrawnAmounts | None = None
) -> FloatArray:
    """Mean exposure of each facility over a horizon from ``day`` on, in steps. Shape (n_facilities,).

    EAD = balance x time + CCF x undrawn x time: drawn amounts fall in a straight line to nothing at maturity where a
    facility is amortising, and end with it else; what can be drawn is the limit less what is drawn, of facilities that
    do not revolve less all that ever was. Sources: IFRS 9 B5.5.51 (ECL over the contract), CRE32.29 (EAD with a CCF).
    """
    found = DrawnAmounts.by_flows(facilities) if amounts is None else amounts
    left = np.where(facilities.maturity == FOREVER, np.inf, facilities.maturity.astype(np.float64) - day)
    standing = _share_standing(left / horizon_days, amortising=False)
    falling = np.where(facilities.amortising, _share_standing(left / horizon_days, amortising=True), standing)
    drawn = np.where(left > 0, falling, 1.0) * found.drawn  # overdue beyond maturity: all of it stands
    return np.where(found.stands, drawn + facilities.conversion * standing * found.undrawn, 0.0)


def _left_to_draw(facilities: Facilities, balance: FloatArray, ever: FloatArray | IntArray) -> FloatArray:
    """The limit less what is drawn, of facilities that do not revolve less all that ever was. In whole steps."""
    return np.maximum(facilities.limit_steps - np.where(facilities.revolving, balance, ever), 0.0)


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


def _exposures(known: FeatureInputs) -> Exposures:
    facilities, clients = known.past.facilities, known.past.clients
    reported = balances_before(known.past, known.labels.period)
    beside = _beside(known, reported)
    if facilities is None:
        return Exposures(of_facilities=np.zeros(0), beside=beside, total=beside)
    step, amounts = known.past.measures.money_step, DrawnAmounts.by_flows(facilities)
    if reported is not None:
        amounts = amounts.reported_in(reported, facilities, step)
    horizon = known.horizon_periods * DAYS_PER_PERIOD[known.labels.period]
    exposed = exposures_at_default(facilities, known.past.day, horizon, amounts) * step
    of_clients = np.bincount(facilities.client, weights=exposed, minlength=clients).astype(np.float64)
    return Exposures(of_facilities=exposed, beside=beside, total=of_clients + beside)


def _lost_in_default(known: FeatureInputs, exposures: Exposures) -> FloatArray:
    """What of the exposure default would lose, in currency, by the LGD of facilities. Shape (n_clients,)."""
    facilities, clients, usual = known.past.facilities, known.past.clients, known.credit.loss_given_default
    lost = np.zeros(clients)
    if facilities is not None:
        weights = exposures.of_facilities * facilities.lgd
        lost = np.bincount(facilities.client, weights=weights, minlength=clients).astype(np.float64)
    lost = lost + exposures.beside * usual
    table = known.past.reports.get(COLLATERAL)
    return lost if table is None else np.where(table.covered(clients), _lost_beyond(known, exposures, table), lost)


def _lost_beyond(known: FeatureInputs, exposures: Exposures, table: Reports) -> FloatArray:
    """The same by collateral as last appraised, which covers its facility, or all of a client that names none.

    Where the book tells the LGD of a facility, that stands, and no collateral of the client is used up by it.
    """
    rows, credit, clients = collateral_standing(known, table), known.credit, known.past.clients
    counted = rows.numbers["value"] * (1.0 - credit.collateral_haircut)
    pool = rows.total(np.where(rows.facility < 0, counted, 0.0), clients)
    facilities = known.past.facilities
    if facilities is None:
        secured = np.minimum(pool, exposures.beside)
        return _loss(exposures.beside, secured, credit.loss_given_default, credit.secured_loss)
    named = rows.facility >= 0
    own = _summed_at(rows.facility[named], counted[named], len(facilities))
    tells, exposed = np.isnan(facilities.unsecured), exposures.of_facilities
    secured = np.where(tells, 0.0, np.minimum(own, exposed))
    bare = np.where(tells, 0.0, exposed - secured)
    open_to_pool = np.bincount(facilities.client, weights=bare, minlength=clients) + exposures.beside
    share = np.nan_to_num(np.minimum(ratio(pool, open_to_pool), 1.0))
    secured = secured + bare * share[facilities.client]
    of_facilities = np.where(
        tells, exposed * facilities.lgd, _loss(exposed, secured, facilities.unsecured, credit.secured_loss)
    )
    beside = _loss(exposures.beside, exposures.beside * share, credit.loss_given_default, credit.secured_loss)
    return np.bincount(facilities.client, weights=of_facilities, minlength=clients).astype(np.float64) + beside


def _loss(exposed: FloatArray, secured: FloatArray, unsecured: FloatArray | float, secured_loss: float) -> FloatArray:
    """What is lost: of what is secured no more than of what is not. Source: CRE32.10 (foundation approach)."""
    return np.asarray(unsecured * (exposed - secured) + np.minimum(unsecured, secured_loss) * secured)


def _beside(known: FeatureInputs, reported: ReportedBalances | None) -> FloatArray:
    """Exposure beside the facilities, in currency: balances that name none, else what flows leave. (n_clients,)."""
    flows = _flows_beside(known)
    if reported is None:
        return flows
    rows = reported.rows.where(reported.rows.facility < 0)
    drawn, undrawn, limit = (rows.numbers[name] for name in ("drawn", "undrawn", "limit"))
    left = np.where(np.isnan(undrawn), np.maximum(limit - drawn, 0.0), undrawn)
    exposed = rows.total(np.maximum(drawn, 0.0), known.past.clients)
    return np.where(reported.covered, exposed + known.credit.conversion * rows.total(left, known.past.clients), flows)


def _flows_beside(known: FeatureInputs) -> FloatArray:
    """What is outstanding beside the facilities that cashflows name, in currency; nothing where it is not measured."""
    if not measures_balances(known.past):
        return np.zeros(known.past.clients)
    facilities, clients = known.past.facilities, known.past.clients
    steps = flow_balance_steps(known.past)
    if facilities is not None:
        named = facilities.flows.balance(len(facilities)).astype(np.float64)
        steps = steps - np.bincount(facilities.client, weights=named, minlength=clients)
    return np.maximum(steps, 0.0) * known.past.measures.money_step


def _summed_at(place: IntArray, values: FloatArray | BoolArray, count: int) -> FloatArray:
    """Sum of the values at each place; what is not known counts as nothing. Shapes (n,) -> (count,)."""
    weights = np.nan_to_num(np.asarray(values, dtype=np.float64))
    return np.bincount(place, weights=weights, minlength=count).astype(np.float64)

"""The funnel: how opportunities pass its layers, their chance of being signed, and which to look at next.

Chances are hazards by stage and time in it, counted from what was known, so that a reviewer can check them by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.book.contract import UNNAMED
from models.metrics.bootstrap import wilson
from models.panel.facilities import FOREVER
from models.panel.opportunities import STAGES
from models.relations.opportunities import Opportunity
from models.vocab import BoolArray, FloatArray, IntArray

SIGNED = len(STAGES) - 1


@dataclass(frozen=True, kw_only=True)
class Passage:
    """How opportunities passed one stage. Shapes (n,); ``days`` until they left it, or until now."""

    entered: BoolArray
    advanced: BoolArray
    lost: BoolArray
    days: IntArray

    def of(self, chosen: BoolArray) -> Passage:
        """The passage of some."""
        return Passage(
            entered=self.entered & chosen,
            advanced=self.advanced & chosen,
            lost=self.lost & chosen,
            days=self.days,
        )


def passage(known: Opportunity, stage: int, day: int) -> Passage:
    """Who entered a stage before signing, who went on from it, who was lost in it, and after how many days."""
    entered = known.entered[:, stage] < FOREVER
    advanced = entered & (known.entered[:, stage + 1] < FOREVER)
    lost = entered & ~advanced & (known.closed < FOREVER)
    left = np.where(advanced, known.entered[:, stage + 1], np.where(lost, known.closed, day))
    days = np.where(entered, left - known.entered[:, stage], 0)
    return Passage(entered=entered, advanced=advanced, lost=lost, days=np.maximum(days, 0))


KINDS = tuple(
    f"{known}, {risk}"
    for known in ("first opportunity", "known client")
    for risk in ("safest third", "middle third", "riskiest third", "not rated")
)
"""What may speed or end an opportunity beside its stage: whether it is its client's first, and the client's rating."""


@dataclass(frozen=True, kw_only=True)
class Chances:
    """Chances by stage before signing (rows) and steps of ``step_days`` in it (columns, the last without end).

    Attributes:
        seen: (4, n_steps) steps that opportunities stood through or left in.
        advance, lose: (4, n_steps) chance of going on, or of being lost, within the step.
        faster, frailer: (8,) how many times as often those of each of ``KINDS`` go on, or are lost.
        signing: (8, 4, n_steps) chance of being signed within the time that is looked ahead.
    """

    step_days: int
    seen: FloatArray
    advance: FloatArray
    lose: FloatArray
    faster: FloatArray
    frailer: FloatArray
    signing: FloatArray

    def of(self, kind: IntArray, stage: IntArray, days: IntArray) -> FloatArray:
        """Chance of being signed in time, of opportunities that stand in a stage for so many days. Shapes (n,)."""
        step = np.minimum(days // self.step_days, self.signing.shape[-1] - 1)
        return np.asarray(self.signing[kind, stage, step])


def kinds_of(known: Opportunity) -> IntArray:
    """The place of each opportunity in ``KINDS``; thirds are those of the known ratings. Shape (n,)."""
    began = known.entered.min(axis=1)
    order = np.lexsort((known.opportunity_id, began, known.client_id))
    is_first = np.zeros(len(known), dtype=np.bool_)
    clients = known.client_id[order]
    is_first[order] = np.concatenate([[True], clients[1:] != clients[:-1]])[: len(known)]
    is_first &= known.client_id != UNNAMED
    rated = known.pd[~np.isnan(known.pd)]
    bounds = np.quantile(rated, (1 / 3, 2 / 3)) if rated.size else np.array([0.0, 0.0])
    third = np.where(np.isnan(known.pd), 3, np.searchsorted(bounds, known.pd))
    return np.where(is_first, 0, len(KINDS) // 2) + third


def learned_chances(
    known: Opportunity, day: int, *, step_days: int, steps: int, ahead_days: int, shrinkage: float
) -> Chances:
    """Chances from what was known before ``day`` (days since 1970); of being signed, within ``ahead_days``.

    An opportunity that is still open counts for the steps that it stood through. The chance of a step of time is drawn
    to that of its stage, as if ``shrinkage`` more opportunities had been seen that went as the stage goes; that of a
    stage nobody was seen in is zero. How much faster or frailer a kind is, is what happened to it over what these
    chances would have had happen, drawn to one likewise.
    Source: Cox (1972), J. R. Stat. Soc. B 34, section 6 (hazards in discrete time).
    """
    kind, passages = kinds_of(known), [passage(known, stage, day) for stage in range(SIGNED)]
    every = np.ones(len(known), dtype=np.bool_)
    seen, gone, lost = _tables(passages, every, step_days, steps)
    advance, lose = (_shrunk(events, seen, shrinkage) for events in (gone, lost))
    by_kind = [_tables(passages, kind == number, step_days, steps) for number in range(len(KINDS))]
    faster, frailer = (
        np.array([(each[place].sum() + shrinkage) / ((each[0] * chance).sum() + shrinkage) for each in by_kind])
        for place, chance in ((1, advance), (2, lose))
    )
    return Chances(
        step_days=step_days,
        seen=seen,
        advance=advance,
        lose=lose,
        faster=faster,
        frailer=frailer,
        signing=np.array(
            [
                _signing(advance * up, lose * down, known.recorded, ahead=-(-ahead_days // step_days))
                for up, down in zip(faster, frailer, strict=True)
            ]
        ),
    )


def _tables(
    passages: Sequence[Passage], chosen: BoolArray, step_days: int, steps: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Seen, gone on and lost by stage and step, of the chosen opportunities. Shapes (4, n_steps)."""
    counted = [_counted(passed.of(chosen), step_days, steps) for passed in passages]
    seen, gone, lost = (np.array([each[place] for each in counted]) for place in range(3))
    return seen, gone, lost


def _counted(passed: Passage, step_days: int, steps: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Steps seen, gone on and lost, by step of time. Shapes (n_steps,)."""
    step = np.minimum(passed.days // step_days, steps - 1)

    def per_step(chosen: BoolArray, weight: IntArray | None = None) -> FloatArray:
        weights = None if weight is None else weight[chosen]
        return np.bincount(step[chosen], weights=weights, minlength=steps).astype(np.float64)

    ended = passed.advanced | passed.lost
    later = np.maximum(passed.days // step_days - (steps - 1), 0)
    reached_last = passed.entered & (passed.days // step_days >= steps - 1)
    # whoever stands in a step stood through all before it; whoever ended in it was seen in it as well
    beyond = np.bincount(step[passed.entered], minlength=steps)
    stood = beyond.sum() - np.cumsum(beyond)
    seen = stood + per_step(ended) + np.where(np.arange(steps) == steps - 1, later[reached_last].sum(), 0)
    return seen.astype(np.float64), per_step(passed.advanced), per_step(passed.lost)


def _shrunk(events: FloatArray, seen: FloatArray, shrinkage: float) -> FloatArray:
    total = seen.sum(axis=1, keepdims=True)
    stage = np.divide(events.sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
    return np.asarray((events + shrinkage * stage) / (seen + shrinkage))


def _signing(advance: FloatArray, lose: FloatArray, recorded: BoolArray, *, ahead: int) -> FloatArray:
    """Chance of being signed within so many steps, by stage and step; a stage not recorded takes no time."""
    over = np.maximum(advance + lose, 1.0)
    advance, lose = advance / over, lose / over
    following = np.minimum(np.arange(advance.shape[1]) + 1, advance.shape[1] - 1)
    signing = np.zeros_like(advance)
    for _ in range(ahead):
        entering = 1.0
        shorter, signing = signing, np.zeros_like(advance)
        for stage in range(SIGNED - 1, -1, -1):
            stays = (1 - advance[stage] - lose[stage]) * shorter[stage, following]
            signing[stage] = advance[stage] * entering + stays if recorded[stage] else entering
            entering = shorter[stage, 0] if recorded[stage] else entering
    return signing


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of the funnel within a window of days. Amounts in currency.

    ``reached`` counts those that came so far within the window, ``advanced`` and ``lost`` those that left in it;
    ``conversion`` is gone on over gone on or lost, with Wilson's 95% interval. ``days`` is the mean stay: days that
    opportunities stood here within the window, also those that still do, over how many left. ``open`` counts those that
    stand here now, whenever they came, with their ``amount``, the part of it that is ``expected`` to be signed in time,
    and their ``risk``: the mean probability of default weighted by amount, of the ``rated`` ones. Of the last layer,
    in which nobody waits, ``amount`` is what was signed within the window.
    """

    stage: str
    is_recorded: bool
    reached: int
    open: int
    advanced: int
    lost: int
    conversion: float | None
    conversion_low: float | None
    conversion_high: float | None
    days: float | None
    amount: float
    expected: float
    rated: int
    risk: float | None


def layers(known: Opportunity, chances: Chances, day: int, *, since: int) -> tuple[Layer, ...]:
    """Every layer, from identified to signed, from day ``since`` until before ``day`` (days since 1970)."""
    waiting_layers = (_layer(known, chances, stage, day, since) for stage in range(SIGNED))
    return (*waiting_layers, _signed_layer(known, since))


def _layer(known: Opportunity, chances: Chances, stage: int, day: int, since: int) -> Layer:
    here, passed = known.is_open & (known.stage == stage), passage(known, stage, day)
    entered = known.entered[:, stage]
    is_inside = entered + passed.days >= since
    advanced = int((passed.advanced & is_inside).sum())
    lost = int((passed.lost & is_inside).sum())
    stood = np.where(passed.entered & is_inside, entered + passed.days - np.maximum(entered, since), 0)
    amount = np.nan_to_num(known.amount[here])
    chance = chances.of(kinds_of(known)[here], np.full(len(amount), stage), passed.days[here])
    rated = ~np.isnan(known.pd[here]) & (amount > 0)
    left = advanced + lost
    ends = wilson(advanced / left, left) if left else (None, None)
    return Layer(
        stage=STAGES[stage],
        is_recorded=bool(known.recorded[stage]),
        reached=int((passed.entered & (entered >= since)).sum()),
        open=int(here.sum()),
        advanced=advanced,
        lost=lost,
        conversion=advanced / left if left else None,
        conversion_low=ends[0],
        conversion_high=ends[1],
        days=float(stood.sum() / left) if left else None,
        amount=float(amount.sum()),
        expected=float((amount * chance).sum()),
        rated=int(rated.sum()),
        risk=float(np.average(known.pd[here][rated], weights=amount[rated])) if rated.any() else None,
    )


def _signed_layer(known: Opportunity, since: int) -> Layer:
    entered = known.entered[:, SIGNED]
    signed = (entered >= since) & (entered < FOREVER)
    amount = float(np.nan_to_num(known.amount[signed]).sum())
    return Layer(
        stage=STAGES[SIGNED],
        is_recorded=bool(known.recorded[SIGNED]),
        reached=int(signed.sum()),
        open=0,
        advanced=0,
        lost=0,
        conversion=None,
        conversion_low=None,
        conversion_high=None,
        days=None,
        amount=amount,
        expected=amount,
        rated=0,
        risk=None,
    )


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Opportunities that wait to be looked at, the best first. Shapes (n,).

    ``row`` is the place among those known; ``expected`` is amount x margin x chance x (1 - risk), in currency, of
    clients that start cold weighed by what is expected of them, see ``waiting``. Where the client has no rating,
    ``risk`` is the mean of those that have one, zero if nobody has.
    """

    row: IntArray
    kind: IntArray
    days: IntArray
    chance: FloatArray
    risk: FloatArray
    expected: FloatArray


def waiting(
    known: Opportunity,
    chances: Chances,
    day: int,
    *,
    stages: tuple[str, ...],
    margin: float,
    cold_value: FloatArray | None = None,
) -> Waiting:
    """Rank the open opportunities of ``stages`` by what a look at each is expected to bring; each takes one place.

    ``cold_value`` (n,) is the value of each client that starts cold, NaN of all others: what such a client asks for
    tells little of what it will bring, so that its opportunity is weighed by both.
    """
    numbers = [STAGES.index(stage) for stage in stages]
    row = np.flatnonzero(known.is_open & np.isin(known.stage, numbers))
    stage = known.stage[row]
    days = day - known.entered[row, stage]
    pd = known.pd[row]
    risk = np.where(np.isnan(pd), np.nanmean(pd) if (~np.isnan(pd)).any() else 0.0, pd)
    kind = kinds_of(known)[row]
    chance = chances.of(kind, stage, days)
    expected = np.nan_to_num(known.amount[row]) * margin * chance * (1 - risk)
    if cold_value is not None:
        expected = weighed_by_value(expected, cold_value[row])
    order = np.lexsort((known.opportunity_id[row], -expected))
    return Waiting(
        row=row[order],
        kind=kind[order],
        days=days[order],
        chance=chance[order],
        risk=risk[order],
        expected=expected[order],
    )


def weighed_by_value(expected: FloatArray, value: FloatArray) -> FloatArray:
    """The geometric mean of what is expected by amount and of ``value``, on the scale of amounts. Shapes (n,).

    Where ``value`` is NaN what is expected stays. The others keep their total, as far as anything is expected of them.

    >>> weighed_by_value(np.array([4.0, 4.0, 5.0]), np.array([1.0, 9.0, np.nan]))
    array([2., 6., 5.])
    """
    weighed = ~np.isnan(value)
    both = np.sqrt(np.where(weighed, np.maximum(value, 0.0) * expected, 0.0))
    total, sums = float(expected[weighed].sum()), float(both.sum())
    return np.where(weighed, both * (total / sums), expected) if sums > 0 else expected


def taken_per_period(known: Opportunity, day: int, *, days: int, periods: int) -> int:
    """How many opportunities due diligence took on per period in so many days before ``day``; at least one."""
    began = known.entered[:, STAGES.index("due_diligence")]
    return max(round(int(((began >= day - days) & (began < day)).sum()) / periods), 1)

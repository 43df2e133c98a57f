"""Effect and cost of one campaign: an effect only where targets were drawn at random, else the reason why not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from models.codec import NOT_WRITTEN
from models.kpis.estimates import KpiEstimate, unknown
from models.metrics.bootstrap import wilson
from models.metrics.uplift import Estimate, adjusted, difference
from models.text import ENGLISH, Phrase, Text
from models.vocab import BoolArray, FloatArray

FEWEST = 20
"""Clients in each arm, below which no effect is reported."""
_NOT_DRAWN: Final = Text("its targets were not drawn at random, so that what they did differently is not its effect")
_NOT_COMPLETE: Final = Text("its outcomes are complete on {day}")
_TOO_FEW: Final = Text("{treated} active clients were addressed and {control} were not; {fewest} of each are needed")
_NO_COST: Final = Text("ROI not known: no cost")
_UNEVEN: Final = Text("the arms earned differently before: the draw was not even")
BALANCED = 0.1
"""Arms whose earlier margins lie further apart than this share of a standard deviation were hardly drawn alike."""


@dataclass(frozen=True, kw_only=True)
class CampaignClients:
    """Clients of one campaign, shapes (n_clients,): margins in currency as long before and after it as was asked."""

    is_active: BoolArray
    is_addressed: BoolArray
    has_answered: BoolArray
    before: FloatArray
    after: FloatArray


@dataclass(frozen=True, kw_only=True)
class CampaignResult:
    """One campaign.

    ``uplift`` is net margin in currency per addressed client, ``roi`` what it earned above its cost as a share of that
    cost; both None with the reason in ``missing`` where no effect can be reported. ``imbalance`` is the distance of the
    arms' earlier margins in standard deviations. ``warning`` tells what makes a reported effect doubtful. ``why`` and
    ``doubt`` are both in every language.
    """

    campaign_id: str
    start: date
    complete_on: date
    channel: str
    cost: float | None
    addressed: int
    answered: int
    response: Estimate | None
    cost_per_answer: float | None
    treated: int = 0
    control: int = 0
    imbalance: float | None = None
    uplift: Estimate | None = None
    roi: Estimate | None = None
    missing: str = ""
    warning: str = ""
    why: Annotated[Text | None, NOT_WRITTEN] = None
    doubt: Annotated[Text | None, NOT_WRITTEN] = None


def campaign_result(
    *,
    campaign_id: str,
    start: date,
    channel: str,
    cost: float | None,
    randomised: bool,
    complete_on: date,
    as_of: date,
    clients: CampaignClients,
) -> CampaignResult:
    """Response of the addressed; uplift and ROI against clients that were active and not drawn.

    Outcomes are counted until before ``complete_on``, and must be known at ``as_of``. The uplift is the difference of
    net margins after the start, each less what the margin before foretells (Welch's interval).
    """
    reported, said = int(clients.is_addressed.sum()), int((clients.is_addressed & clients.has_answered).sum())
    treated, control = clients.is_active & clients.is_addressed, clients.is_active & ~clients.is_addressed
    common = {
        "campaign_id": campaign_id,
        "start": start,
        "complete_on": complete_on,
        "channel": channel,
        "cost": cost,
        "addressed": reported,
        "answered": said,
        "response": _share(said, reported),
        "cost_per_answer": cost / said if cost is not None and said else None,
        "treated": int(treated.sum()),
        "control": int(control.sum()),
    }
    arms = int(treated.sum()), int(control.sum())
    if reason := _why_not(*arms, randomised=randomised, complete_on=complete_on, as_of=as_of):
        why = unknown(reason).why
        return CampaignResult(**common, missing=_english(why), why=why)  # type: ignore[arg-type]
    uplift, imbalance = _uplift(clients, treated, control)
    why = None if cost else _NO_COST
    doubt = None if abs(imbalance) <= BALANCED else _UNEVEN
    return CampaignResult(
        **common,  # type: ignore[arg-type]
        imbalance=imbalance,
        uplift=uplift,
        roi=_roi(uplift, int(treated.sum()), cost),
        missing=_english(why),
        warning=_english(doubt),
        why=why,
        doubt=doubt,
    )


def _english(said: Text | None) -> str:
    return "" if said is None else said.within(ENGLISH)


def pooled_roi(results: Sequence[CampaignResult], nothing: Phrase) -> KpiEstimate:
    """What campaigns with a known effect earned together above their cost; ``nothing`` says why there may be none.

    Distances from the estimate are added squared, as effects of separate draws are independent.
    """
    known = [result for result in results if result.roi is not None and result.cost]
    if not known:
        return unknown(nothing)
    cost = sum(result.cost or 0.0 for result in known)
    parts = [(result.roi, (result.cost or 0.0) / cost) for result in known if result.roi is not None]
    middle = sum(share * roi.estimate for roi, share in parts)
    below = math.hypot(*(share * (roi.estimate - roi.low) for roi, share in parts))
    above = math.hypot(*(share * (roi.high - roi.estimate) for roi, share in parts))
    clients = sum(result.treated + result.control for result in known)
    return KpiEstimate(estimate=middle, low=middle - below, high=middle + above, clients=clients, count=cost)


def _why_not(treated: int, control: int, *, randomised: bool, complete_on: date, as_of: date) -> Text | None:
    if not randomised:
        return _NOT_DRAWN
    if complete_on > as_of:
        return _NOT_COMPLETE.filled(day=complete_on.isoformat())
    if min(treated, control) < FEWEST:
        return _TOO_FEW.filled(treated=treated, control=control, fewest=FEWEST)
    return None


def _uplift(clients: CampaignClients, treated: BoolArray, control: BoolArray) -> tuple[Estimate, float]:
    chosen = treated | control
    after, before, arm = clients.after[chosen], clients.before[chosen], treated[chosen]
    spread = float(before.std())
    apart = float(before[arm].mean() - before[~arm].mean()) / spread if spread > 0 else 0.0
    clean = adjusted(after, before, arm)
    return difference(clean[arm], clean[~arm]), apart


def _roi(uplift: Estimate, treated: int, cost: float | None) -> Estimate | None:
    if not cost:
        return None
    estimate, low, high = (each * treated / cost - 1 for each in (uplift.estimate, uplift.low, uplift.high))
    return Estimate(estimate=estimate, low=low, high=high)


def _share(part: int, whole: int) -> Estimate | None:
    if not whole:
        return None
    low, high = wilson(part / whole, whole)
    return Estimate(estimate=part / whole, low=low, high=high)

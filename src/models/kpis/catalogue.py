"""What each figure of client management means: formula, unit, domain, source, and what it says when it is not known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Form(StrEnum):
    """How a figure comes about, which decides its interval."""

    SHARE = "share"
    RATIO = "ratio"
    CENSUS = "census"
    SCORE = "score"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One figure.

    ``needs`` are the tables without which it is not known; ``grouped_at`` says at which end of the window a client's
    tier and type are taken: what happens within must not decide where it is counted. ``better`` is up or down.
    ``formula`` has places for settings of ``kpis``, e.g. ``{answer_hours:g}``.
    """

    name: str
    title: str
    formula: str
    unit: str
    form: Form
    needs: tuple[str, ...] = ()
    needs_scores: bool = False
    nothing: str = "nobody counts"
    scale: float = 1.0
    least: float = -math.inf
    most: float = math.inf
    grouped_at: Literal["start", "end"] = "end"
    better: Literal["up", "down", ""] = "up"
    source: str = ""


_FARRIS = "Farris et al. (2010), Marketing Metrics"
_ANSWERS = "no enquiry with a known answer lies in the window"
_SETTLED = "no complaint known to be settled lies in the window"
_COSTS = "no client with a known cost was won in the window"

_DEFINITIONS = (
    Definition(
        name="cac",
        title="Cost of winning a client (CAC)",
        formula="acquisition cost / clients won, of clients won in the window whose cost is known",
        unit="currency",
        form=Form.RATIO,
        nothing=_COSTS,
        least=0,
        better="down",
        source=_FARRIS,
    ),
    Definition(
        name="clv_to_cac",
        title="Value over cost of winning (CLV:CAC)",
        formula="expected value within the horizon / acquisition cost, of all clients won in the window whose cost is "
        "known; who left again or is not active yet counts with a value of 0",
        unit="times",
        form=Form.RATIO,
        needs_scores=True,
        nothing=_COSTS,
        source=_FARRIS,
    ),
    Definition(
        name="clv_to_cac_active",
        title="The same of active clients only",
        formula="expected value within the horizon / acquisition cost, of clients won in the window that are active; "
        "higher than CLV:CAC, since money spent on those who left is not counted",
        unit="times",
        form=Form.RATIO,
        needs_scores=True,
        nothing="no client with a known cost that was won in the window was scored",
    ),
    Definition(
        name="margin_to_cac",
        title="Margin so far over cost of winning",
        formula="net margin within the window / acquisition cost, of clients won in the window",
        unit="times",
        form=Form.RATIO,
        nothing=_COSTS,
        source=_FARRIS,
    ),
    Definition(
        name="retention",
        title="Retention",
        formula="clients still active at the window's end / clients active at its start",
        unit="share",
        form=Form.SHARE,
        nothing="no client was active when the window began",
        least=0,
        most=1,
        grouped_at="start",
        source=_FARRIS,
    ),
    Definition(
        name="churn",
        title="Churn",
        formula="clients no longer active at the window's end / clients active at its start",
        unit="share",
        form=Form.SHARE,
        nothing="no client was active when the window began",
        least=0,
        most=1,
        grouped_at="start",
        better="down",
        source=_FARRIS,
    ),
    Definition(
        name="csat",
        title="Satisfaction (CSAT)",
        formula="sum of satisfaction, 1 to 5 / answers",
        unit="points, 1 to 5",
        form=Form.RATIO,
        needs=("surveys",),
        nothing="no answer lies in the window",
        least=1,
        most=5,
        source=_FARRIS,
    ),
    Definition(
        name="nps",
        title="Would recommend us (NPS)",
        formula="100 x (answers of 9 or 10 - answers of 0 to 6) / answers",
        unit="points, -100 to 100",
        form=Form.RATIO,
        needs=("surveys",),
        nothing="no answer lies in the window",
        scale=100,
        least=-100,
        most=100,
        source="Reichheld (2003), Harvard Business Review 81(12)",
    ),
    Definition(
        name="answer_hours",
        title="Time to answer an enquiry",
        formula="hours until first answered / enquiries with a known answer",
        unit="hours",
        form=Form.RATIO,
        needs=("interactions",),
        nothing=_ANSWERS,
        least=0,
        better="down",
    ),
    Definition(
        name="answered_in_time",
        title="Enquiries answered in time",
        formula="enquiries answered within {answer_hours:g} hours / enquiries with a known answer",
        unit="share",
        form=Form.SHARE,
        needs=("interactions",),
        nothing=_ANSWERS,
        least=0,
        most=1,
    ),
    Definition(
        name="complaint_hours",
        title="Time to settle a complaint",
        formula="hours until settled / complaints known to be settled",
        unit="hours",
        form=Form.RATIO,
        needs=("interactions",),
        nothing=_SETTLED,
        least=0,
        better="down",
    ),
    Definition(
        name="settled_in_time",
        title="Complaints settled in time",
        formula="complaints settled within {settle_hours:g} hours / complaints known to be settled",
        unit="share",
        form=Form.SHARE,
        needs=("interactions",),
        nothing=_SETTLED,
        least=0,
        most=1,
    ),
    Definition(
        name="complaints",
        title="Complaints per client",
        formula="complaints in the window / clients that were active at its start or in it, or that complained; also "
        "those that left",
        unit="per client",
        form=Form.RATIO,
        needs=("interactions",),
        nothing="no client was active",
        least=0,
        better="down",
    ),
    Definition(
        name="participation",
        title="Participation in campaigns",
        formula="campaigns that a client answered / campaigns that addressed it, in the window",
        unit="share",
        form=Form.SHARE,
        needs=("interactions", "campaigns"),
        nothing="no campaign addressed anybody in the window",
        least=0,
        most=1,
    ),
    Definition(
        name="campaign_roi",
        title="Campaign ROI",
        formula="(uplift in net margin x addressed active clients - cost) / cost, of randomised campaigns whose "
        "outcomes were complete in the window",
        unit="times cost",
        form=Form.RATIO,
        needs=("campaigns", "interactions"),
        nothing="no campaign with a randomised control and a cost was complete in the window",
        source=_FARRIS,
    ),
    Definition(
        name="upgraded",
        title="Clients in a better tier than before",
        formula="clients in a better tier than in the scores published before / clients in both",
        unit="share",
        form=Form.SHARE,
        nothing="no client stands in both",
        least=0,
        most=1,
    ),
    Definition(
        name="downgraded",
        title="Clients in a worse tier than before",
        formula="clients in a worse tier than in the scores published before / clients in both",
        unit="share",
        form=Form.SHARE,
        nothing="no client stands in both",
        least=0,
        most=1,
        better="down",
    ),
    Definition(
        name="overridden",
        title="Clients whose tier a person decided",
        formula="clients of whom an override counts, also where rules agree or a cap holds it down / clients scored",
        unit="share",
        form=Form.CENSUS,
        needs_scores=True,
        nothing="the scores tell of no overrides",
        least=0,
        most=1,
        better="",
        source="EU 2022/439, Article 39: override data are stored and analysed",
    ),
    Definition(
        name="overridden_up",
        title="Clients that an override put into a better tier",
        formula="clients in a better tier than by rules and caps / clients scored",
        unit="share",
        form=Form.CENSUS,
        needs_scores=True,
        nothing="the scores tell of no overrides",
        least=0,
        most=1,
        better="",
    ),
    Definition(
        name="overridden_down",
        title="Clients that an override put into a worse tier",
        formula="clients in a worse tier than by rules and caps / clients scored",
        unit="share",
        form=Form.CENSUS,
        needs_scores=True,
        nothing="the scores tell of no overrides",
        least=0,
        most=1,
        better="",
    ),
    Definition(
        name="top_share",
        title="Concentration: share of the largest clients",
        formula="net margin of the {top_clients} largest clients / net margin of all clients that earned us anything",
        unit="share",
        form=Form.CENSUS,
        nothing="no client earned us anything in the window",
        least=0,
        most=1,
        better="",
    ),
    Definition(
        name="effective_clients",
        title="Concentration: clients of equal size",
        formula="1 / sum of squared shares of net margin (Herfindahl), of clients that earned us anything",
        unit="clients",
        form=Form.CENSUS,
        nothing="no client earned us anything in the window",
        least=1,
        better="",
        source="Hirschman (1964), American Economic Review 54",
    ),
    Definition(
        name="relationship_score",
        title="Relationship score",
        formula="weighted mean of the parts that the book knows, each from 0 to 100; what a group does not tell counts "
        "as in the whole book",
        unit="points, 0 to 100",
        form=Form.SCORE,
        nothing="none of its parts is known",
        least=0,
        most=100,
    ),
)
CATALOGUE: dict[str, Definition] = {definition.name: definition for definition in _DEFINITIONS}
"""Name -> definition, in the order of a report."""

"""The figures of client management, one entry each: meaning, where its numbers come from, and where it is shown.

A new figure of the book is an entry here and a function in ``relations``.
"""

from __future__ import annotations

from models.kpis.definition import Definition, Form, ShownIn
from models.relations import clients, service
from models.shell.units import KpiUnit
from models.text import Text

_FARRIS = "Farris et al. (2010), Marketing Metrics"
_ANSWERS = Text("no enquiry with a known answer lies in the window")
_SETTLED = Text("no complaint known to be settled lies in the window")
_COSTS = Text("no client with a known cost was won in the window")

_DEFINITIONS = (
    Definition(
        name="cac",
        title=Text("Cost of winning a client (CAC)"),
        formula=Text("acquisition cost / clients won, of clients won in the window whose cost is known"),
        unit=KpiUnit.CURRENCY,
        form=Form.RATIO,
        nothing=_COSTS,
        least=0,
        better="down",
        source=_FARRIS,
        parts=clients.acquisition_cost,
        shown={ShownIn.TILES: 3, ShownIn.TRENDS: 7, ShownIn.GROUPS: 9, ShownIn.OVERVIEW: 3},
    ),
    Definition(
        name="clv_to_cac",
        title=Text("Value over cost of winning (CLV:CAC)"),
        formula=Text(
            "expected value within the horizon / acquisition cost, of all clients won in the window whose cost is "
            "known; who is not active yet counts with what the cold start expects, who is out of reach with 0"
        ),
        unit=KpiUnit.TIMES,
        form=Form.RATIO,
        nothing=_COSTS,
        source=_FARRIS,
        needs_scores=True,
        scored_parts=clients.expected_value,
        shown={ShownIn.TILES: 4, ShownIn.GROUPS: 10, ShownIn.OVERVIEW: 4},
    ),
    Definition(
        name="clv_to_cac_active",
        title=Text("The same of active clients only"),
        formula=Text(
            "expected value within the horizon / acquisition cost, of clients won in the window that are active; "
            "higher than CLV:CAC, since money spent on those who left is not counted"
        ),
        unit=KpiUnit.TIMES,
        form=Form.RATIO,
        nothing=Text("no client with a known cost that was won in the window was scored"),
        needs_scores=True,
        scored_parts=clients.expected_value_of_active,
    ),
    Definition(
        name="margin_to_cac",
        title=Text("Margin so far over cost of winning"),
        formula=Text("net margin within the window / acquisition cost, of clients won in the window"),
        unit=KpiUnit.TIMES,
        form=Form.RATIO,
        nothing=_COSTS,
        source=_FARRIS,
        parts=clients.early_margin,
        shown={ShownIn.OVERVIEW: 5},
    ),
    Definition(
        name="retention",
        title=Text("Retention"),
        formula=Text("clients still active at the window's end / clients active at its start"),
        unit=KpiUnit.SHARE,
        form=Form.SHARE,
        nothing=Text("no client was active when the window began"),
        least=0,
        most=1,
        grouped_at="start",
        source=_FARRIS,
        parts=clients.stayed,
        shown={ShownIn.TILES: 2, ShownIn.TRENDS: 2, ShownIn.GROUPS: 2, ShownIn.OVERVIEW: 2, ShownIn.TERMINAL_GROUPS: 1},
    ),
    Definition(
        name="churn",
        title=Text("Churn"),
        formula=Text("clients no longer active at the window's end / clients active at its start"),
        unit=KpiUnit.SHARE,
        form=Form.SHARE,
        nothing=Text("no client was active when the window began"),
        least=0,
        most=1,
        grouped_at="start",
        better="down",
        source=_FARRIS,
        parts=clients.moved_on,
    ),
    Definition(
        name="csat",
        title=Text("Satisfaction (CSAT)"),
        formula=Text("sum of satisfaction, 1 to 5 / answers"),
        unit=KpiUnit.POINTS_TO_5,
        form=Form.RATIO,
        needs=("surveys",),
        nothing=Text("no answer lies in the window"),
        least=1,
        most=5,
        source=_FARRIS,
        parts=service.satisfaction,
        shown={ShownIn.TILES: 6, ShownIn.TRENDS: 3, ShownIn.GROUPS: 3, ShownIn.OVERVIEW: 7, ShownIn.TERMINAL_GROUPS: 2},
        short_title="CSAT",
    ),
    Definition(
        name="nps",
        title=Text("Would recommend us (NPS)"),
        formula=Text("100 x (answers of 9 or 10 - answers of 0 to 6) / answers"),
        unit=KpiUnit.POINTS_AROUND_0,
        form=Form.RATIO,
        needs=("surveys",),
        nothing=Text("no answer lies in the window"),
        scale=100,
        least=-100,
        most=100,
        source="Reichheld (2003), Harvard Business Review 81(12)",
        parts=service.recommendation,
        shown={ShownIn.TILES: 5, ShownIn.TRENDS: 4, ShownIn.GROUPS: 4, ShownIn.OVERVIEW: 6, ShownIn.TERMINAL_GROUPS: 3},
        short_title="NPS",
    ),
    Definition(
        name="answer_hours",
        title=Text("Time to answer an enquiry"),
        formula=Text("hours until first answered / enquiries with a known answer"),
        unit=KpiUnit.HOURS,
        form=Form.RATIO,
        needs=("interactions",),
        nothing=_ANSWERS,
        least=0,
        better="down",
        parts=service.answer_time,
        shown={ShownIn.GROUPS: 5},
    ),
    Definition(
        name="answered_in_time",
        title=Text("Enquiries answered in time"),
        formula=Text("enquiries answered within {answer_hours:g} hours / enquiries with a known answer"),
        unit=KpiUnit.SHARE,
        form=Form.SHARE,
        needs=("interactions",),
        nothing=_ANSWERS,
        least=0,
        most=1,
        parts=service.answered_in_time,
        shown={ShownIn.TILES: 7, ShownIn.TRENDS: 5, ShownIn.GROUPS: 6, ShownIn.OVERVIEW: 8, ShownIn.TERMINAL_GROUPS: 4},
        short_title="in time",
    ),
    Definition(
        name="complaint_hours",
        title=Text("Time to settle a complaint"),
        formula=Text("hours until settled / complaints known to be settled"),
        unit=KpiUnit.HOURS,
        form=Form.RATIO,
        needs=("interactions",),
        nothing=_SETTLED,
        least=0,
        better="down",
        parts=service.settling_time,
    ),
    Definition(
        name="settled_in_time",
        title=Text("Complaints settled in time"),
        formula=Text("complaints settled within {settle_hours:g} hours / complaints known to be settled"),
        unit=KpiUnit.SHARE,
        form=Form.SHARE,
        needs=("interactions",),
        nothing=_SETTLED,
        least=0,
        most=1,
        parts=service.settled_in_time,
        shown={ShownIn.TILES: 8, ShownIn.GROUPS: 7, ShownIn.OVERVIEW: 9},
    ),
    Definition(
        name="complaints",
        title=Text("Complaints per client"),
        formula=Text(
            "complaints in the window / clients that were active at its start or in it, or that complained; also "
            "those that left"
        ),
        unit=KpiUnit.PER_CLIENT,
        form=Form.RATIO,
        needs=("interactions",),
        nothing=Text("no client was active"),
        least=0,
        better="down",
        parts=service.complaints,
        shown={ShownIn.TRENDS: 6},
    ),
    Definition(
        name="participation",
        title=Text("Participation in campaigns"),
        formula=Text("campaigns that a client answered / campaigns that addressed it, in the window"),
        unit=KpiUnit.SHARE,
        form=Form.SHARE,
        needs=("interactions", "campaigns"),
        nothing=Text("no campaign addressed anybody in the window"),
        least=0,
        most=1,
        parts=service.participation,
        shown={ShownIn.GROUPS: 8, ShownIn.OVERVIEW: 10},
    ),
    Definition(
        name="campaign_roi",
        title=Text("Campaign ROI"),
        formula=Text(
            "(uplift in net margin x addressed active clients - cost) / cost, of randomised campaigns whose "
            "outcomes were complete in the window"
        ),
        unit=KpiUnit.TIMES_COST,
        form=Form.RATIO,
        needs=("campaigns", "interactions"),
        nothing=Text("no campaign with a randomised control and a cost was complete in the window"),
        source=_FARRIS,
        shown={ShownIn.OVERVIEW: 11},
        is_effect=True,
    ),
    Definition(
        name="upgraded",
        title=Text("Clients in a better tier than before"),
        formula=Text("clients in a better tier than in the scores published before / clients in both"),
        unit=KpiUnit.SHARE,
        form=Form.SHARE,
        nothing=Text("no client stands in both"),
        least=0,
        most=1,
    ),
    Definition(
        name="downgraded",
        title=Text("Clients in a worse tier than before"),
        formula=Text("clients in a worse tier than in the scores published before / clients in both"),
        unit=KpiUnit.SHARE,
        form=Form.SHARE,
        nothing=Text("no client stands in both"),
        least=0,
        most=1,
        better="down",
    ),
    Definition(
        name="overridden",
        title=Text("Clients whose tier a person decided"),
        formula=Text(
            "clients of whom an override counts, also where rules agree or a cap holds it down / clients scored"
        ),
        unit=KpiUnit.SHARE,
        form=Form.CENSUS,
        needs_scores=True,
        nothing=Text("the scores tell of no overrides"),
        least=0,
        most=1,
        better="",
        source="EU 2022/439, Article 39: override data are stored and analysed",
    ),
    Definition(
        name="overridden_up",
        title=Text("Clients that an override put into a better tier"),
        formula=Text("clients in a better tier than by rules and caps / clients scored"),
        unit=KpiUnit.SHARE,
        form=Form.CENSUS,
        needs_scores=True,
        nothing=Text("the scores tell of no overrides"),
        least=0,
        most=1,
        better="",
    ),
    Definition(
        name="overridden_down",
        title=Text("Clients that an override put into a worse tier"),
        formula=Text("clients in a worse tier than by rules and caps / clients scored"),
        unit=KpiUnit.SHARE,
        form=Form.CENSUS,
        needs_scores=True,
        nothing=Text("the scores tell of no overrides"),
        least=0,
        most=1,
        better="",
    ),
    Definition(
        name="top_share",
        title=Text("Concentration: share of the largest clients"),
        formula=Text(
            "net margin of the {top_clients} largest clients / net margin of all clients that earned us anything"
        ),
        unit=KpiUnit.SHARE,
        form=Form.CENSUS,
        nothing=Text("no client earned us anything in the window"),
        least=0,
        most=1,
        better="",
        of_concentration=lambda found: found.top_share,
        shown={ShownIn.TRENDS: 8, ShownIn.GROUPS: 11, ShownIn.OVERVIEW: 12, ShownIn.TERMINAL_GROUPS: 5},
        short_title="top",
    ),
    Definition(
        name="effective_clients",
        title=Text("Concentration: clients of equal size"),
        formula=Text("1 / sum of squared shares of net margin (Herfindahl), of clients that earned us anything"),
        unit=KpiUnit.CLIENTS,
        form=Form.CENSUS,
        nothing=Text("no client earned us anything in the window"),
        least=1,
        better="",
        source="Hirschman (1964), American Economic Review 54",
        of_concentration=lambda found: found.effective_clients,
    ),
    Definition(
        name="relationship_score",
        title=Text("Relationship score"),
        formula=Text(
            "weighted mean of the parts that the book knows, each from 0 to 100; what a group does not tell counts "
            "as in the whole book"
        ),
        unit=KpiUnit.POINTS_TO_100,
        form=Form.SCORE,
        nothing=Text("none of its parts is known"),
        least=0,
        most=100,
        shown={ShownIn.TILES: 1, ShownIn.TRENDS: 1, ShownIn.GROUPS: 1, ShownIn.OVERVIEW: 1, ShownIn.TERMINAL_GROUPS: 6},
        short_title="score",
    ),
)
CATALOGUE: dict[str, Definition] = {definition.name: definition for definition in _DEFINITIONS}
"""Name -> definition, in the order of a report."""


def shown_in(place: ShownIn) -> tuple[str, ...]:
    """Names of the figures that stand at a place, in their order there.

    >>> shown_in(ShownIn.TERMINAL_GROUPS)
    ('retention', 'csat', 'nps', 'answered_in_time', 'top_share', 'relationship_score')
    """
    ranks = {name: each.shown[place] for name, each in CATALOGUE.items() if place in each.shown}
    return tuple(sorted(ranks, key=ranks.__getitem__))

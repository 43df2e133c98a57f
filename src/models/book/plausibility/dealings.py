"""Checks of cashflows, contacts, campaigns and the funnel: what happens between client and lender."""

from __future__ import annotations

from typing import Any

import ibis

from models.book.plausibility.checks import Check, CheckScope, looked_at, said, typical
from models.text import Text
from models.vocab import FunnelStage

FAR_FROM_USUAL = 10_000
"""An amount so many times the median of its kind is rather a slip of units than a large deal."""
FAR_BETWEEN_COUNTRIES = 300
"""A country whose typical amount is so far from the book's is rather counted in another currency."""
MIN_COUNTRY_ROWS = 30
STEP_TOLERANCE = 1e-6


def _event(rows: Any, *columns: str) -> Any:
    text = said(rows[columns[0]])
    for column in columns[1:]:
        text = text + ", " + said(rows[column])
    return text


def _amount_not_negative(scope: CheckScope) -> Any:
    rows = scope.tables["cashflows"]
    return looked_at(
        rows, row=_event(rows, "client_id", "date", "kind"), fails=rows.amount < 0, found="amount " + said(rows.amount)
    )


def _amount_in_steps(scope: CheckScope) -> Any:
    rows = scope.tables["cashflows"]
    steps = rows.amount / scope.money_step
    off = (steps - steps.round()).abs() > ibis.greatest(1.0, steps.abs()) * STEP_TOLERANCE
    return looked_at(
        rows, row=_event(rows, "client_id", "date", "kind"), fails=off, found="amount " + said(rows.amount)
    )


def _amount_usual(scope: CheckScope) -> Any:
    rows = scope.tables["cashflows"]
    rows = rows.filter(rows.amount != 0).select("client_id", "date", "kind", "amount", size=rows.amount.abs())
    rows = rows.inner_join(typical(rows, "kind", rows["size"]), "kind")
    found = "amount " + said(rows.amount) + ", typical is about " + said(rows.usual.round(0))
    far = rows["size"] > rows.usual * FAR_FROM_USUAL
    return looked_at(rows, row=_event(rows, "client_id", "date", "kind"), fails=far, found=found)


def _country_in_one_currency(scope: CheckScope) -> Any:
    flows, clients = scope.tables["cashflows"], scope.tables["clients"]
    homes = clients.filter(clients.country.notnull()).select("client_id", "country")
    flows = flows.filter(flows.amount != 0).inner_join(homes, "client_id")
    flows = flows.select("country", book=ibis.literal("all"), size=flows.amount.abs())
    countries = typical(flows, "country", flows["size"])
    everything = typical(flows, "book", flows["size"]).select(book_usual="usual")
    rows = countries.filter(countries.counted >= MIN_COUNTRY_ROWS).cross_join(everything)
    apart = ibis.greatest(rows.usual / rows.book_usual, rows.book_usual / rows.usual) > FAR_BETWEEN_COUNTRIES
    found = "median about " + said(rows.usual.round(2)) + ", the book's is " + said(rows.book_usual.round(2))
    return looked_at(rows, row=said(rows.country), fails=apart, found=found)


def _client_has_business(scope: CheckScope) -> Any:
    flows = scope.tables["cashflows"].select(payer="client_id").distinct()
    clients = scope.tables["clients"]
    rows = clients.left_join(flows, clients.client_id == flows.payer)
    return looked_at(rows, row=said(rows.client_id), fails=rows.payer.isnull(), found="no cashflow")


def _country_in_one_region(scope: CheckScope) -> Any:
    clients = scope.tables["clients"]
    clients = clients.filter(clients.country.notnull() & clients.region.notnull())
    rows = clients.group_by("country").aggregate(
        regions=clients.region.nunique(), first=clients.region.min(), last=clients.region.max()
    )
    found = said(rows.regions) + " regions, among them " + said(rows["first"]) + " and " + said(rows["last"])
    return looked_at(rows, row=said(rows.country), fails=rows.regions > 1, found=found)


def _campaign_rows(scope: CheckScope) -> Any:
    contacts, campaigns = scope.tables["interactions"], scope.tables["campaigns"]
    contacts = contacts.filter(contacts.campaign_id.notnull())
    known = campaigns.select(known_id="campaign_id", start="start")
    return contacts.left_join(known, contacts.campaign_id == known.known_id)


def _campaign_known(scope: CheckScope) -> Any:
    rows = _campaign_rows(scope)
    found = "campaign " + said(rows.campaign_id)
    return looked_at(rows, row=_event(rows, "client_id", "date", "kind"), fails=rows.known_id.isnull(), found=found)


def _campaign_started(scope: CheckScope) -> Any:
    rows = _campaign_rows(scope).filter(lambda each: each.known_id.notnull())
    found = "campaign " + said(rows.campaign_id) + " starts " + said(rows.start)
    return looked_at(rows, row=_event(rows, "client_id", "date", "kind"), fails=rows.date < rows.start, found=found)


def _campaign_named(scope: CheckScope) -> Any:
    rows = scope.tables["interactions"].filter(lambda each: each.kind == "campaign")
    return looked_at(
        rows, row=_event(rows, "client_id", "date", "kind"), fails=rows.campaign_id.isnull(), found="no campaign_id"
    )


def _answered_before_settled(scope: CheckScope) -> Any:
    rows = scope.tables["interactions"].filter(
        lambda each: each.response_hours.notnull() & each.resolution_hours.notnull()
    )
    found = "answered after " + said(rows.response_hours) + " hours, settled after " + said(rows.resolution_hours)
    late = rows.resolution_hours < rows.response_hours
    return looked_at(rows, row=_event(rows, "client_id", "date", "kind"), fails=late, found=found)


def _stages(scope: CheckScope) -> Any:
    """Rows of the funnel with the number of their stage."""
    rows = scope.tables["opportunities"]
    order = ibis.cases(*[(rows.stage == stage, number) for number, stage in enumerate(FunnelStage)])
    return rows.mutate(step=order.cast("int64"))


def _stages_go_forward(scope: CheckScope) -> Any:
    rows = _stages(scope)
    before = ibis.window(group_by=rows.opportunity_id, order_by=[rows.entered, rows.step])
    rows = rows.mutate(earlier=rows.step.lag().over(before), came_from=rows.stage.lag().over(before))
    found = said(rows.stage) + " after " + said(rows.came_from)
    return looked_at(rows, row=_event(rows, "opportunity_id", "entered"), fails=rows.step <= rows.earlier, found=found)


def _one_opportunity(scope: CheckScope) -> Any:
    rows = scope.tables["opportunities"]
    rows = rows.group_by("opportunity_id").aggregate(
        clients=rows.client_id.nunique(), first=rows.client_id.min(), last=rows.client_id.max()
    )
    found = said(rows["first"]) + " and " + said(rows["last"])
    return looked_at(rows, row=said(rows.opportunity_id), fails=rows.clients > 1, found=found)


def _outcome_with_its_day(scope: CheckScope) -> Any:
    rows = scope.tables["opportunities"]
    found = "outcome " + said(rows.outcome) + ", closed " + said(rows.closed)
    return looked_at(
        rows,
        row=_event(rows, "opportunity_id", "stage"),
        fails=rows.outcome.isnull() != rows.closed.isnull(),
        found=found,
    )


def _won_when_signed(scope: CheckScope) -> Any:
    rows = _stages(scope)
    last = rows.group_by("opportunity_id").aggregate(
        outcome=rows.outcome.max(), outcomes=rows.outcome.nunique(), reached=rows.step.max()
    )
    last = last.filter(last.outcome.notnull())
    signed = last.reached == len(FunnelStage) - 1
    stage = ibis.cases(*[(last.reached == number, stage.value) for number, stage in enumerate(FunnelStage)])
    found = said(last.outcome) + ", reached " + said(stage)
    wrong = (last.outcomes > 1) | ((last.outcome == "won") != signed)
    return looked_at(last, row=said(last.opportunity_id), fails=wrong, found=found)


DEALING_CHECKS = (
    Check(
        name="amount_not_negative",
        table="cashflows",
        rule=Text("Amounts are not negative: the kind tells the direction."),
        needs={"cashflows": ()},
        rows=_amount_not_negative,
    ),
    Check(
        name="amount_in_steps",
        table="cashflows",
        rule=Text("Amounts are whole multiples of the smallest amount of the currency."),
        needs={"cashflows": ()},
        rows=_amount_in_steps,
    ),
    Check(
        name="amount_usual",
        table="cashflows",
        rule=Text("No amount exceeds {times:,} times the median of its kind: check its unit.").filled(
            times=FAR_FROM_USUAL
        ),
        needs={"cashflows": ()},
        rows=_amount_usual,
    ),
    Check(
        name="country_in_one_currency",
        table="cashflows",
        rule=Text("No country's median amount is {times} times off the book's: check its currency.").filled(
            times=FAR_BETWEEN_COUNTRIES
        ),
        needs={"cashflows": (), "clients": ("country",)},
        rows=_country_in_one_currency,
    ),
    Check(
        name="client_has_business",
        table="clients",
        rule=Text("A client has at least one cashflow."),
        needs={"clients": (), "cashflows": ()},
        rows=_client_has_business,
    ),
    Check(
        name="country_in_one_region",
        table="clients",
        rule=Text("A country lies in one region."),
        needs={"clients": ("country", "region")},
        rows=_country_in_one_region,
    ),
    Check(
        name="campaign_known",
        table="interactions",
        rule=Text("A contact's campaign stands in campaigns."),
        needs={"interactions": ("campaign_id",), "campaigns": ()},
        rows=_campaign_known,
    ),
    Check(
        name="campaign_started",
        table="interactions",
        rule=Text("No contact of a campaign lies before its first day."),
        needs={"interactions": ("campaign_id",), "campaigns": ()},
        rows=_campaign_started,
    ),
    Check(
        name="campaign_named",
        table="interactions",
        rule=Text("A contact of kind campaign says which campaign."),
        needs={"interactions": ("campaign_id",)},
        rows=_campaign_named,
    ),
    Check(
        name="answered_before_settled",
        table="interactions",
        rule=Text("Nothing is settled before it was answered."),
        needs={"interactions": ("response_hours", "resolution_hours")},
        rows=_answered_before_settled,
    ),
    Check(
        name="stages_go_forward",
        table="opportunities",
        rule=Text("An opportunity enters each stage once, in the order of the funnel."),
        needs={"opportunities": ()},
        rows=_stages_go_forward,
    ),
    Check(
        name="opportunity_of_one_client",
        table="opportunities",
        rule=Text("All rows of an opportunity belong to one client."),
        needs={"opportunities": ()},
        rows=_one_opportunity,
    ),
    Check(
        name="outcome_with_its_day",
        table="opportunities",
        rule=Text("An opportunity has an outcome exactly if it has a day on which it ended."),
        needs={"opportunities": ("outcome", "closed")},
        rows=_outcome_with_its_day,
    ),
    Check(
        name="won_when_signed",
        table="opportunities",
        rule=Text("An ended opportunity is won exactly if it was signed."),
        needs={"opportunities": ("outcome",)},
        rows=_won_when_signed,
    ),
)

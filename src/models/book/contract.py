"""The contract of the book: which tables and columns there are, their types, bounds and references.

``quarantine`` holds rows against it. Units are in the column's note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.book.columns import MAX_AMOUNT, Column, Kind, Reference, TableSchema, Unit, Words
from models.book.state_tables import STATE_TABLES

NAMELESS = "column {} without a name"
"""What a column is called by its place, from 1, where the source gives it no name."""

CASHFLOW_KINDS = (
    "commitment",
    "drawdown",
    "repayment",
    "interest",
    "fee",
    "funding_cost",
    "service_cost",
    "arrears",
    "write_off",
    "recovery",
    "order",
    "cancellation",
)
ALIAS_SEPARATOR = ";"
"""Stands between two other names of a client: no name of a company holds it, while some hold a bar or a comma."""
UNNAMED = "(not named)"
"""The client of opportunities whose source does not say whose they are."""
INTERACTION_KINDS = ("meeting", "enquiry", "complaint", "campaign", "response", "event")


def _text(
    name: str, note: str, *, required: bool = False, allowed: tuple[str, ...] = (), known_with: str | None = None
) -> Column:
    return Column(name=name, kind=Kind.TEXT, note=note, required=required, allowed=allowed, known_with=known_with)


def _id(name: str, note: str) -> Column:
    return Column(name=name, kind=Kind.TEXT, note=note, required=True, words=Words.IDS)


def _country(note: str, *, required: bool = False) -> Column:
    return Column(name="country", kind=Kind.TEXT, note=note, required=required, words=Words.COUNTRIES)


def _number(
    name: str,
    note: str,
    *,
    unit: Unit,
    required: bool = False,
    low: float | None = None,
    high: float | None = None,
) -> Column:
    return Column(name=name, kind=Kind.NUMBER, note=note, required=required, low=low, high=high, unit=unit)


def _amount(name: str, note: str, *, required: bool = False, low: float | None = -MAX_AMOUNT) -> Column:
    return _number(name, f"{note}, in book currency", required=required, low=low, high=MAX_AMOUNT, unit=Unit.MONEY)


def _date(name: str, note: str, *, required: bool = False, past: bool = False) -> Column:
    return Column(name=name, kind=Kind.DATE, note=note, required=required, past=past)


_CLIENT_ID = _id("client_id", "the client, kept byte for byte")
_OF_CLIENT = Reference(column="client_id", table="clients", target="client_id")

CLIENTS = TableSchema(
    name="clients",
    key=("client_id",),
    known_on="relationship_start",
    namesakes=(Reference(column="group_id", table="clients", target="client_id"),),
    columns=(
        _CLIENT_ID,
        _text("group_id", "sponsor group"),
        _text("name", "as it signs"),
        _text("aliases", f"other names: short, former, in another script; a {ALIAS_SEPARATOR!r} between two"),
        _country("where it sits"),
        _text("region", "group of countries"),
        _text("industry", "main line of business"),
        _text("ownership", "state, private, foreign, ..."),
        _amount("registered_capital", "paid-in capital", low=0),
        _number("employees", "headcount", unit=Unit.COUNT, low=0, high=1e8),
        _date("relationship_start", "first contract"),
        _text("risk_appetite", "conservative, balanced, aggressive"),
        _text("market_position", "leader, established, challenger, niche"),
        _text("esg_grade", "environmental and social grade"),
        _text("acquisition_channel", "how the client came"),
        _amount("acquisition_cost", "spent to win the client", low=0),
        _text("manager", "relationship manager; tells who answers for the client, and no model looks at it"),
        _text("branch", "office that keeps the client; no model looks at it"),
        Column(name="consent", kind=Kind.TRUTH, note="agreed to data processing"),
    ),
)

NEVER_LEARNED = ("aliases", "manager", "branch")
"""Columns of clients that no model may learn from: they tell who looks after a client, and what else it is called."""

FACILITIES = TableSchema(
    name="facilities",
    key=("facility_id",),
    known_on="signed",
    references=(_OF_CLIENT,),
    ordered=(("signed", "maturity"), ("signed", "closed")),
    columns=(
        _id("facility_id", "the facility"),
        _CLIENT_ID,
        _text("product", "loan, guarantee, ..."),
        _text("sector", "what is financed"),
        _country("where it is"),
        _text("purpose", "what the money is for"),
        _amount("limit", "commitment", low=0),
        _date("signed", "the day it became known", required=True, past=True),
        _date("effective", "drawable from"),
        _date("maturity", "contractual end, known at signing"),
        _date("closed", "actual end", past=True),
        _text(
            "exit_cause",
            "how it ended",
            allowed=("matured", "refinanced_away", "dormant", "default"),
            known_with="closed",
        ),
        _number("collateral_cover", "collateral over limit", unit=Unit.RATIO, low=0, high=100),
        _number(
            "spread_bp", "margin over the base rate, in basis points", unit=Unit.BASIS_POINTS, low=-1_000, high=10_000
        ),
        _number("lgd", "loss given default, as a share", unit=Unit.SHARE, low=0, high=1),
    ),
)

CASHFLOWS = TableSchema(
    name="cashflows",
    references=(_OF_CLIENT, Reference(column="facility_id", table="facilities", target="facility_id")),
    columns=(
        _CLIENT_ID,
        _text("facility_id", "the facility it belongs to"),
        _date("date", "value date", required=True, past=True),
        _text("kind", "what it is", required=True, allowed=CASHFLOW_KINDS),
        _amount("amount", "size; the kind tells the direction", required=True),
    ),
)

INTERACTIONS = TableSchema(
    name="interactions",
    references=(_OF_CLIENT,),
    columns=(
        _CLIENT_ID,
        _date("date", "day of contact", required=True, past=True),
        _text("channel", "visit, phone, portal, ..."),
        _text("kind", "what it was", required=True, allowed=INTERACTION_KINDS),
        _number("response_hours", "until first answered", unit=Unit.HOURS, low=0, high=1e5),
        _number("resolution_hours", "until settled", unit=Unit.HOURS, low=0, high=1e5),
        _text("campaign_id", "campaign it belongs to"),
        _text("text", "note in any language"),
    ),
)

SURVEYS = TableSchema(
    name="surveys",
    references=(_OF_CLIENT,),
    columns=(
        _CLIENT_ID,
        _date("date", "day of answer", required=True, past=True),
        _number("csat", "satisfaction, 1 to 5", unit=Unit.SCORE, low=1, high=5),
        _number("nps", "would recommend, 0 to 10", unit=Unit.SCORE, low=0, high=10),
    ),
)

RATINGS = TableSchema(
    name="ratings",
    references=(_OF_CLIENT,),
    columns=(
        _CLIENT_ID,
        _date("date", "day of the decision", required=True, past=True),
        _text("grade", "credit grade"),
        _number("pd", "probability of default within a year, as a share", unit=Unit.SHARE, low=0, high=1),
    ),
)

FINANCIALS = TableSchema(
    name="financials",
    references=(_OF_CLIENT,),
    ordered=(("period_end", "published"),),
    columns=(
        _CLIENT_ID,
        _date("period_end", "end of the reported year", required=True),
        _date("published", "known from this day", required=True, past=True),
        _amount("revenue", "revenue of the year", low=0),
        _amount("ebitda", "earnings before interest, tax, depreciation"),
        _amount("debt", "interest-bearing debt", low=0),
        _amount("equity", "book equity"),
        _amount("cash", "cash at hand", low=0),
    ),
)

CAMPAIGNS = TableSchema(
    name="campaigns",
    key=("campaign_id",),
    known_on="start",
    ordered=(("start", "end"),),
    columns=(
        _id("campaign_id", "the campaign"),
        _date("start", "first day", required=True, past=True),
        _date("end", "last day"),
        _text("channel", "how it reached clients"),
        _amount("cost", "total cost", low=0),
        Column(name="randomised", kind=Kind.TRUTH, note="targets were drawn at random"),
    ),
)

OPPORTUNITIES = TableSchema(
    name="opportunities",
    references=(_OF_CLIENT,),
    ordered=(("entered", "closed"),),
    columns=(
        _id("opportunity_id", "the opportunity; one row per stage entered"),
        _CLIENT_ID,
        _text(
            "stage",
            "step of the funnel",
            required=True,
            allowed=("identified", "assessed", "due_diligence", "approved", "signed"),
        ),
        _date("entered", "day the stage was entered", required=True, past=True),
        _amount("amount", "expected commitment", low=0),
        _text("outcome", "how it ended", allowed=("won", "lost"), known_with="closed"),
        _date("closed", "day it ended", past=True),
    ),
)

MACRO = TableSchema(
    name="macro",
    ordered=(("date", "published"),),
    columns=(
        _country("the country", required=True),
        _date("date", "end of the measured period", required=True),
        _date("published", "known from this day", required=True, past=True),
        _number("gdp_growth", "real, annual, as a share", unit=Unit.SHARE, low=-1, high=1),
        _number("policy_rate", "annual, as a share", unit=Unit.SHARE, low=-0.1, high=10),
    ),
)

TIER = "tier"
"""The column that holds a tier of the policy: what it may say the config tells, see ``with_tiers``."""

ENTRY = "entry"
"""The column that only decisions from the review database have: the number of their approval."""

OVERRIDES = TableSchema(
    name="overrides",
    key=("client_id", "decided_on"),
    references=(_OF_CLIENT,),
    ordered=(("decided_on", "valid_until"),),
    known_on=ENTRY,  # of two decisions of one day the one that two people signed stays
    columns=(
        _CLIENT_ID,
        _text(TIER, "the tier that a person asks for", required=True),
        _text("reason", "why the rules do not do justice to the client", required=True),
        _text("decided_by", "who answers for it", required=True),
        _date("decided_on", "counts at as-of dates after this day", required=True),
        _date("valid_until", "counts at as-of dates before this day", required=True),
        Column(name=ENTRY, kind=Kind.INTEGER, note="of the chain of decisions that approved it; never in a file"),
    ),
)
"""Tiers that people ask for. Of a client's decisions the latest counts, also where it ends the one before early."""


def with_tiers(schema: TableSchema, tiers: Sequence[str]) -> TableSchema:
    """The contract of a table under a policy with these tiers."""
    if schema.name != OVERRIDES.name:
        return schema
    columns = (replace(each, allowed=tuple(tiers)) if each.name == TIER else each for each in schema.columns)
    return replace(schema, columns=tuple(columns))


TABLES: dict[str, TableSchema] = {
    schema.name: schema
    for schema in (
        CLIENTS,
        FACILITIES,
        CASHFLOWS,
        INTERACTIONS,
        SURVEYS,
        RATINGS,
        FINANCIALS,
        CAMPAIGNS,
        OPPORTUNITIES,
        MACRO,
        *STATE_TABLES,
        OVERRIDES,
    )
}
"""All tables, those that others refer to first."""

REQUIRED_TABLES = ("clients", "cashflows")

DECISION_TABLES = ("overrides",)
"""What people decide about clients: it is no fact of the lender's business, and no feature looks at it."""

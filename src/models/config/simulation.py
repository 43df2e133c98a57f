"""The economics of the simulated book: every rate with unit, bounds and reason. Drawing lives in ``tables``.

Rates are per month unless a name says otherwise, shares lie between 0 and 1, amounts are in book currency.
The defaults aim at a mid-sized development lender; each was checked against the book that it yields.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from models.config.base import Count, OpenShare, PositiveFloat, Section, Share
from models.config.sections import DeclineConfig

PRODUCTS = ("project_loan", "corporate_loan", "revolving_credit", "guarantee", "trade_finance", "bridge_loan")
"""The products of the simulated lender, in the order of every product mix."""

Rate = Annotated[float, Field(ge=0, le=0.5)]
NotNegative = Annotated[float, Field(ge=0)]
SmallShare = Annotated[float, Field(ge=0, le=0.009)]
Mix = Annotated[tuple[NotNegative, ...], Field(min_length=len(PRODUCTS), max_length=len(PRODUCTS))]


class RelationshipEconomics(Section):
    """What differs between the four relationship types."""

    share: Share = Field(description="Share of clients of this type. Bulk business has the heads, not the money.")
    limit_median: PositiveFloat = Field(description="Typical facility limit, in book currency.")
    limit_spread: PositiveFloat = Field(description="Standard deviation of the log limit between clients.")
    product_mix: Mix = Field(description="Weights of project loan ... bridge loan (order of PRODUCTS).")
    new_business: NotNegative = Field(description="Opportunities against the book's average; big clients do more.")
    contacts: NotNegative = Field(description="Enquiries per month; complex business asks more.")
    response_hours: PositiveFloat = Field(description="Typical hours until answered; dedicated teams are fast.")
    decline_rate: Rate = Field(description="Chance per month to start declining; loyalty keeps it low.")
    abrupt_share: Share = Field(description="Of declines, how many are abrupt: price shoppers leave at once.")
    return_rate: Rate = Field(description="Chance per month that a declining client is won over and steadies.")
    credit_mean: float = Field(ge=-3, le=3, description="Average credit quality, in standard deviations.")
    service_cost_quarter: NotNegative = Field(description="Fixed cost of serving, per client and quarter.")
    campaign_lift: float = Field(
        ge=-0.9, le=5, description="Known effect: extra share of new opportunities while a campaign works."
    )
    answers_surveys: Share = Field(description="Share of surveys answered; the closer, the more answers.")


class ProductEconomics(Section):
    """What differs between products."""

    tenor_median_months: Count = Field(description="Median contractual life.")
    tenor_spread: NotNegative = Field(description="Standard deviation of the log tenor.")
    draw_months: Annotated[int, Field(ge=0)] = Field(description="Months of S-curve drawdown; 0: at once.")
    amortising: bool = Field(description="Repaid in instalments after a grace period, not in one sum.")
    revolving: bool = Field(description="Drawn and repaid at will.")
    funded: bool = Field(description="Money goes out; a guarantee only earns fees.")
    pay_months: Count = Field(description="Months between two payments.")
    size_factor: PositiveFloat = Field(description="Limit against the client's typical limit.")
    spread_bp: Annotated[float, Field(ge=0, le=2_000)] = Field(description="Margin over the base rate, basis points.")
    upfront_fee: Rate = Field(description="Share of the limit, paid at signing.")
    running_fee: Rate = Field(description="A year, on what is not drawn; of a guarantee, on the limit.")
    lgd: Share = Field(description="Mean loss given default; collateral and rank set it.")


def _types() -> dict[str, RelationshipEconomics]:
    return {
        "strategic": RelationshipEconomics(
            share=0.09, limit_median=5e6, limit_spread=0.65, product_mix=(5, 3, 2, 2, 0.5, 0.1),
            new_business=1.5, contacts=0.45, response_hours=5, decline_rate=0.009, abrupt_share=0.15,
            return_rate=0.015, credit_mean=1.0, service_cost_quarter=12_000, campaign_lift=0.05,
            answers_surveys=0.55,
        ),
        "transactional": RelationshipEconomics(
            share=0.55, limit_median=1.5e6, limit_spread=0.65,
            product_mix=(0.3, 2.5, 3.5, 1.2, 2.2, 0.2), new_business=0.95, contacts=0.16,
            response_hours=20, decline_rate=0.015, abrupt_share=0.35, return_rate=0.011,
            credit_mean=-0.1, service_cost_quarter=350, campaign_lift=0.45, answers_surveys=0.15,
        ),
        "partnership": RelationshipEconomics(
            share=0.24, limit_median=2.6e6, limit_spread=0.6, product_mix=(2, 3, 2.5, 1.5, 1, 0.1),
            new_business=1.1, contacts=0.26, response_hours=10, decline_rate=0.008, abrupt_share=0.15,
            return_rate=0.017, credit_mean=0.3, service_cost_quarter=1_500, campaign_lift=0.25,
            answers_surveys=0.40,
        ),
        "problem-solving": RelationshipEconomics(
            share=0.12, limit_median=2e6, limit_spread=0.65, product_mix=(0.5, 2, 2, 1, 1, 4),
            new_business=0.8, contacts=0.36, response_hours=12, decline_rate=0.011, abrupt_share=0.2,
            return_rate=0.013, credit_mean=-0.7, service_cost_quarter=2_000, campaign_lift=0.0,
            answers_surveys=0.30,
        ),
    }  # fmt: skip


def _products() -> dict[str, ProductEconomics]:
    return {
        "project_loan": ProductEconomics(
            tenor_median_months=84, tenor_spread=0.3, draw_months=18, amortising=True, revolving=False,
            funded=True, pay_months=3, size_factor=1.6, spread_bp=270, upfront_fee=0.010,
            running_fee=0.004, lgd=0.25,
        ),
        "corporate_loan": ProductEconomics(
            tenor_median_months=48, tenor_spread=0.35, draw_months=3, amortising=True, revolving=False,
            funded=True, pay_months=3, size_factor=1.0, spread_bp=250, upfront_fee=0.005,
            running_fee=0.003, lgd=0.37,
        ),
        "revolving_credit": ProductEconomics(
            tenor_median_months=30, tenor_spread=0.25, draw_months=0, amortising=False, revolving=True,
            funded=True, pay_months=1, size_factor=0.8, spread_bp=230, upfront_fee=0.003,
            running_fee=0.005, lgd=0.42,
        ),
        "guarantee": ProductEconomics(
            tenor_median_months=24, tenor_spread=0.35, draw_months=0, amortising=False, revolving=False,
            funded=False, pay_months=3, size_factor=0.7, spread_bp=0, upfront_fee=0.002,
            running_fee=0.016, lgd=0.35,
        ),
        "trade_finance": ProductEconomics(
            tenor_median_months=14, tenor_spread=0.35, draw_months=0, amortising=False, revolving=False,
            funded=True, pay_months=1, size_factor=0.5, spread_bp=280, upfront_fee=0.002,
            running_fee=0.0, lgd=0.35,
        ),
        "bridge_loan": ProductEconomics(
            tenor_median_months=16, tenor_spread=0.30, draw_months=0, amortising=False, revolving=False,
            funded=True, pay_months=1, size_factor=0.9, spread_bp=420, upfront_fee=0.012,
            running_fee=0.0, lgd=0.42,
        ),
    }  # fmt: skip


class CycleEconomics(Section):
    """The macro cycle, rates and competitors: common to all clients, whatever their number."""

    period_months: Annotated[float, Field(ge=24, le=240)] = Field(
        default=60, description="Length of the business cycle; about five years."
    )
    damping: OpenShare = Field(default=0.992, description="Memory of the cycle per month; near 1 it lasts.")
    local_share: Share = Field(default=0.45, description="Share of a country's growth that is its own.")
    base_rate: Share = Field(default=0.025, description="Mean lending base rate, a year.")
    base_rate_swing: Annotated[float, Field(ge=0, le=0.1)] = Field(
        default=0.006, description="Rise of the base rate per standard deviation of the cycle, a year later."
    )
    competition_memory: OpenShare = Field(default=0.93, description="Month-to-month memory of competitors' offers.")


class CreditEconomics(Section):
    """Credit quality, in standard deviations above the book's average, and what follows from it."""

    memory: OpenShare = Field(default=0.975, description="Month-to-month memory: a half-life over two years.")
    shock: NotNegative = Field(default=0.12, description="Standard deviation of the monthly change.")
    jump_rate: Rate = Field(default=0.0025, description="Fraud, lost contracts: a fall at once, 3% of clients a year.")
    jump_size: NotNegative = Field(default=1.4, description="Size of such a fall, in standard deviations.")
    between_clients: NotNegative = Field(default=0.55, description="Standard deviation of clients' own means.")
    between_groups: NotNegative = Field(default=0.35, description="The same for sponsor groups: they fall together.")
    arrears_annual: Rate = Field(default=0.026, description="Clients of average quality entering arrears, a year.")
    quality_effect: NotNegative = Field(default=0.95, description="Fall of the log rate per unit of quality.")
    cycle_effect: NotNegative = Field(default=0.45, description="Rise of the log rate per unit of downturn.")
    cycle_drift: NotNegative = Field(
        default=0.012, description="Monthly gain of quality per unit of upturn: years of boom heal balance sheets."
    )
    cure_rate: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.30, description="Arrears cured per month; about two thirds never default."
    )
    default_after_months: Count = Field(default=3, description="Ninety days overdue.")
    workout_months: Count = Field(default=12, description="Recoveries are paid over this time.")
    funding_premium_bp: NotNegative = Field(default=60, description="Own funding over the base rate, basis points.")


class LifecycleEconomics(Section):
    """How clients grow, decline, leave and return, and how facilities end early."""

    opening_share: Share = Field(
        default=0.42,
        description="Clients taken over in the first half year, as when a lender moves its book.",
    )
    opportunity_rate: Rate = Field(default=0.38, description="New opportunities of a growing client.")
    mature_factor: Share = Field(default=0.6, description="Opportunities of a mature client against a growing one.")
    decline_factor: Share = Field(default=0.04, description="The same for a declining client.")
    growing_months: Count = Field(default=24, description="Growth lasts about two years from the first deal.")
    growing_steadiness: Annotated[float, Field(ge=1, le=20)] = Field(
        default=10,
        description="Weibull shape of that time: 1 is memoryless; at 10 nine in ten take 18 to 27 months.",
    )
    growing_loyalty: Share = Field(default=0.4, description="Declines of a growing client against a mature one.")
    revival_rate: Rate = Field(default=0.001, description="Mature clients that grow anew; one in eighty a year.")
    win_back_rate: Rate = Field(default=0.01, description="Lost clients that ask again; about a tenth a year.")
    churn_after_months: Count = Field(default=9, description="Nothing open and nothing asked for so long: churned.")
    satisfaction_effect: NotNegative = Field(default=0.7, description="Fall of the log decline rate per unit.")
    competition_effect: NotNegative = Field(default=0.25, description="Rise of log exit rates per unit of offers.")
    refinance_rate: Rate = Field(default=0.011, description="Facilities of content clients refinanced elsewhere.")
    refinance_slow: NotNegative = Field(default=4.5, description="The same, times this, in slow decline.")
    refinance_abrupt: Rate = Field(default=0.25, description="Chance per month when a client leaves at once.")
    prepayment_fee: Rate = Field(default=0.005, description="Share of what is repaid early.")
    partial_prepayment: Rate = Field(default=0.006, description="Loans of which a fifth is repaid early.")
    prepayment_slow: Rate = Field(default=0.35, description="The same in slow decline, of any term loan.")
    advance: tuple[Share, Share, Share, Share] = Field(
        default=(0.55, 0.50, 0.52, 0.68), description="Chance per month to reach assessed, ..., signed."
    )
    lose: tuple[Share, Share, Share, Share] = Field(
        default=(0.42, 0.33, 0.24, 0.12), description="Chance per month to drop out of each step."
    )


class ServiceEconomics(Section):
    """Service, satisfaction and competitors, in standard deviations of satisfaction."""

    memory: OpenShare = Field(default=0.955, description="Month-to-month memory of satisfaction.")
    shock: NotNegative = Field(default=0.13, description="Monthly change without a reason that we see.")
    service_memory: OpenShare = Field(default=0.93, description="A team's speed changes slowly.")
    service_shock: NotNegative = Field(default=0.14, description="Monthly change of the log response time.")
    manager_change: Rate = Field(default=0.012, description="A new relationship manager: speed is drawn anew.")
    slow_answer: NotNegative = Field(default=0.30, description="Fall of satisfaction per unit of log delay.")
    complaint_rate: Rate = Field(default=0.05, description="Complaints per enquiry answered in the usual time.")
    complaint_harm: NotNegative = Field(default=0.40, description="Fall of satisfaction by an unsettled complaint.")


class CampaignEconomics(Section):
    """Campaigns: some drawn at random, so that their effect can be measured, some aimed at good clients."""

    per_year: Annotated[int, Field(ge=0, le=12)] = Field(default=4, description="One a quarter.")
    randomised_share: Share = Field(default=0.5, description="Share of campaigns whose targets are drawn at random.")
    reach: Share = Field(default=0.30, description="Share of eligible clients that is addressed.")
    months: Count = Field(default=4, description="How long the effect lasts.")
    cost: NotNegative = Field(default=40_000, description="Mean cost of one campaign, in book currency.")


class DirtEconomics(Section):
    """How far the written tables depart from the clean book; the truth keeps the clean values."""

    missing_share: SmallShare = Field(default=0.004, description="Rows with one optional value lost.")
    late_share: SmallShare = Field(default=0.002, description="Rows entered or published weeks late.")
    dirty_share: SmallShare = Field(default=0.001, description="Rows that break the contract; quarantine finds them.")
    ledger_factor: Share = Field(default=0.2, description="Cashflows come from accounts: this much of those shares.")

    @model_validator(mode="after")
    def _few(self) -> DirtEconomics:
        total = self.missing_share + self.late_share + self.dirty_share
        if total >= 0.01:  # noqa: PLR2004
            raise ValueError(f"missing, late and dirty rows must stay below 1% together, got {total:.2%}")
        return self


class InterventionEconomics(Section):
    """What acting on a client before it defaults brings. It moves no row of the book, where nobody was acted on.

    The sizes are assumptions. Their direction is that of Altman and Karlin (2009), "The re-emergence of distressed
    exchanges", J. Credit Risk 5: who restructures in time recovers more, and about half of them fail again.
    """

    lead_months: Count = Field(
        default=6, description="So long before the default the action must begin to have its full effect."
    )
    prevented: Share = Field(
        default=0.40, description="Defaults that then do not happen; the share falls evenly to nothing without lead."
    )
    recovered_more: Share = Field(
        default=0.25, description="Of the loss on all others, so much is recovered on top: by collateral and plan."
    )


class TruthConfig(Section):
    """What the truth is the truth of, and how exactly it is computed. Must agree with the book's settings."""

    horizon_periods: Count = Field(default=12, description="Months in which outcomes are counted.")
    activity_periods: Count = Field(default=12, description="Months of activity with which they are compared.")
    decline: DeclineConfig = DeclineConfig(rule="drop", share=0.5)
    discount_rate_annual: Annotated[float, Field(ge=0, lt=1)] = 0.0
    paths: Annotated[int, Field(ge=2, le=10_000)] = Field(
        default=100, description="Futures per client and as-of date; error of a probability at most 5 points."
    )
    max_clients: Annotated[int, Field(ge=0)] = Field(
        default=20_000,
        description="Truth for the first blocks with at most this many clients; each is a fair sample.",
    )


class SimulationConfig(Section):
    """The whole economics of the simulated book."""

    start: date = Field(default=date(2018, 1, 1), description="First day of the book; the first of a month.")
    block_clients: Annotated[int, Field(ge=100, le=100_000)] = Field(
        default=5_000, description="Clients simulated together; part of the book's identity, like the seed."
    )
    types: dict[str, RelationshipEconomics] = Field(default_factory=_types)
    products: dict[str, ProductEconomics] = Field(default_factory=_products)
    cycle: CycleEconomics = CycleEconomics()
    credit: CreditEconomics = CreditEconomics()
    lifecycle: LifecycleEconomics = LifecycleEconomics()
    service: ServiceEconomics = ServiceEconomics()
    campaigns: CampaignEconomics = CampaignEconomics()
    dirt: DirtEconomics = DirtEconomics()
    intervention: InterventionEconomics = InterventionEconomics()
    truth: TruthConfig = TruthConfig()
    states: bool = Field(
        default=False, description="Whether state tables are written: balances, days past due, collateral, ..."
    )

    @model_validator(mode="after")
    def _complete(self) -> SimulationConfig:
        if self.start.day != 1:
            raise ValueError(f"start must be the first day of a month, got {self.start}")
        if set(self.types) != set(_types()):
            raise ValueError(f"types must be {', '.join(_types())}, got {', '.join(self.types)}")
        if set(self.products) != set(PRODUCTS):
            raise ValueError(f"products must be {', '.join(PRODUCTS)}, got {', '.join(self.products)}")
        return self

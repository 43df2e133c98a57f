"""The names that features can have: a slip in a policy is refused where it is read, not silently unknown of all.

Measures, counts of facilities and attributes are named by the config; beside them stand the columns and kinds of every
book, since a policy may serve books that differ in what they know. A number of periods may be any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.config.features import FeaturesConfig
from models.config.policy.dimensions import CriterionConfig
from models.config.policy.policy import PolicyConfig
from models.config.policy.problems import unknown_name
from models.config.policy.rules import CapConfig
from models.errors import UserError

_Asking = CapConfig | CriterionConfig
_WINDOW = re.compile(r"(?<=_)\d+p$")
ANY_WINDOW = "{window}p"

CATEGORIES = (
    "country",
    "region",
    "industry",
    "ownership",
    "risk_appetite",
    "market_position",
    "esg_grade",
    "acquisition_channel",
)
GIVEN_CATEGORIES = ("esg_grade_last",)
"""Text features that a state table gives."""
"""Text columns of clients that can be attributes: criteria give points by name for them, and caps have no bounds."""
_NUMBERS = ("registered_capital", "employees", "acquisition_cost")
FLOWS = (
    *("commitment", "drawdown", "repayment", "interest", "fee", "funding_cost", "service_cost", "arrears"),
    *("write_off", "recovery", "order", "cancellation"),
    *("meeting", "enquiry", "complaint", "campaign", "response", "event", "response_hours", "resolution_hours"),
)
"""What books measure of cashflows and interactions, by the names of kinds and columns."""
STATES = ("csat", "nps", "pd", "revenue", "ebitda", "debt", "equity", "cash")
_MACRO = ("gdp_growth", "policy_rate")
_OF_FLOW = (
    *("{name}_sum_{window}p", "{name}_count_{window}p", "{name}_recency_days", "{name}_share_ever"),
    *("{name}_share_{window}p", "{name}_mean_{window}p", "{name}_trend_{window}p"),
)
_OF_STATE = (
    *("{name}_last", "{name}_age_days", "{name}_change_{window}p", "{name}_movement_{window}p", "group_{name}_mean"),
)
_OF_CONTEXT = tuple("{name}_activity_" + part + "_{window}p" for part in ("count", "size", "growth"))
_OF_MACRO = ("macro_{name}_last", "macro_{name}_change_{window}p")
ALWAYS = (
    *("value_sum_{window}p", "value_sum_ever"),
    *(
        f"activity_{part}_{ANY_WINDOW}"
        for part in ("sum", "count", "size", "growth", "volatility", "peak_share", "pace")
    ),
    *("activity_size_ever", "activity_count_ever", "activity_count_per_year", "activity_recency_days"),
    *("activity_recency_share", "activity_gap_mean", "activity_gap_variation", "activity_active_periods"),
    *("activity_overdue", "tenure_days", "mix_concentration_ever", "mix_products_ever"),
    *("facility_open_count", "facility_open_limit", "facility_limit_mean", "facility_remaining_tenor"),
    *("exposure_at_default", "loss_given_default"),
    *("facility_maturing_share_1y", "facility_maturing_share_3y", "facility_largest_share", "facility_spread_bp_mean"),
    *("facility_collateral_cover_mean", "facility_outstanding", "facility_utilisation", "facility_runs_share"),
    *("facility_runs_against_before", "facility_balance_outlook", "facility_activity_outlook"),
    *("facility_signed_recency_days", "facility_early_end_recency_days", "facility_first_maturity_days"),
    *("facility_last_maturity_days", "facility_early_end_share_{window}p", "facility_limit_growth_{window}p"),
    *("balance_level_{window}p", "balance_growth_{window}p", "balance_per_activity_{window}p"),
    *("arrears_days_max_{window}p", "arrears_amount_last", "arrears_facilities_last"),
    *("arrears_days", "default_recency_days", "group_default_recency_days", "campaign_response_share_{window}p"),
    *("balance_undrawn_last", "balance_limit_last", "balance_used_change_{window}p"),
    *("collateral_value_last", "collateral_cover_last", "collateral_growth_{window}p", "collateral_age_days"),
    *("guaranteed_amount_last", "guaranteed_share_last", "guaranteed_first_end_days"),
    *("covenant_breached_last", "covenant_headroom_min", "covenant_breach_count_{window}p"),
    *("covenant_breach_recency_days", "covenant_age_days", "esg_grade_last", "esg_grade_age_days"),
    *("political_risk_last", "political_risk_change_{window}p", "political_risk_projects_max"),
    *("sovereign_notch_last", "sovereign_notch_change_{window}p", "sanctions_last"),
    *("accounts_leverage", "accounts_gearing", "accounts_cash_cover", "accounts_margin", "accounts_interest_cover"),
    *("accounts_growth", "accounts_revenue", "accounts_age_days"),
    *("funnel_open_count", "funnel_open_amount", "funnel_days_in_stage", "funnel_deepest_stage"),
    *("funnel_won_share_ever", "funnel_won_count_1y", "funnel_lost_count_1y", "funnel_new_count_{window}p"),
    *("funnel_new_recency_days", "funnel_step_recency_days", "funnel_open_per_limit", "funnel_open_per_maturing"),
    *("group_activity_count_{window}p", "group_value_sum_{window}p", "group_clients"),
)
"""Features whose names hang on nothing that a config names."""


def possible_features(features: FeaturesConfig) -> frozenset[str]:
    """Every name that a feature of a book with this section can have; a number of periods reads ``{window}p``."""
    tones = [f"tone_{number}" for number in range(1, features.text_components + 1)]
    measured = {*features.measures, *FLOWS, *STATES, *tones}
    macro = {*features.macro, *_MACRO}
    attributes = {*features.attributes, *CATEGORIES, *_NUMBERS}
    return frozenset(
        (
            *ALWAYS,
            *attributes,
            *_named((*_OF_FLOW, *_OF_STATE), measured),
            *_named(_OF_CONTEXT, {*features.context, *CATEGORIES}),
            *_named(_OF_MACRO, macro),
            *_named(("facility_{name}_count_ever",), set(features.facility_counts)),
            *_named(("facility_{name}_mean",), set(features.facility_means)),
        )
    )


def is_of_family(name: str, features: FeaturesConfig) -> bool:
    """Whether a name is one that a plug-in of ``features.families`` may give: what these are only their code tells."""
    return any(name.startswith(f"{family}_") for family in features.families)


def feature_problems(policy: PolicyConfig, features: FeaturesConfig) -> list[UserError]:
    """Features that a policy looks at and no book with this section can have, and numbers asked of what is text."""
    known = possible_features(features)
    spelt = [name.replace(ANY_WINDOW, f"{features.windows[-1]}p") for name in known]
    problems = list(_taken_names(policy, known))
    for place, asked in _looking_at(policy):
        if asked.feature in policy.tier_rules or is_of_family(asked.feature or "", features):
            continue
        if _WINDOW.sub(ANY_WINDOW, asked.feature or "") not in known:
            problems.append(unknown_name(f"policy.{place}: the feature", asked.feature or "", spelt))
        elif asked.feature in {*CATEGORIES, *GIVEN_CATEGORIES} and _asks_a_number(asked):
            problems.append(_is_text(place, asked))
    if _WINDOW.sub(ANY_WINDOW, policy.stability.arrears) not in known - {*CATEGORIES, *GIVEN_CATEGORIES}:
        problems.append(unknown_name("policy.stability.arrears: the feature", policy.stability.arrears, spelt))
    return problems


def _taken_names(policy: PolicyConfig, known: frozenset[str]) -> Iterator[UserError]:
    """A tier rule must not stand in the place of a feature."""
    for name in policy.tier_rules:
        if _WINDOW.sub(ANY_WINDOW, name) in known:
            yield UserError(
                rule=f"policy.tier_rules.{name} must not be called as a feature is",
                got=name,
                remedy="give the entry point of the plug-in a name of its own",
            )


def _is_text(place: str, asked: _Asking) -> UserError:
    by_cap = isinstance(asked, CapConfig)
    return UserError(
        rule=f"policy.{place}: a number must be asked of a feature that is one",
        got=f"{asked.feature}, which is text",
        remedy="let the cap act on or_missing alone" if by_cap else "give points by name",
    )


def _named(templates: tuple[str, ...], names: set[str]) -> Iterator[str]:
    return (template.replace("{name}", name) for template in templates for name in names)


def _looking_at(policy: PolicyConfig) -> Iterator[tuple[str, _Asking]]:
    """Criteria and caps that look at features, with where they stand."""
    for name, dimension in policy.dimensions.items():
        yield from ((f"dimensions.{name}", criterion) for criterion in dimension.criteria if criterion.feature)
    yield from ((f"caps.{cap.name}", cap) for cap in policy.caps)


def _asks_a_number(asked: _Asking) -> bool:
    if isinstance(asked, CapConfig):
        return asked.above is not None or asked.below is not None
    return not asked.points

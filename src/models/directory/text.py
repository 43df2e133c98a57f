"""Words about the clients of a book, in every language: columns, values of facets, and why one is not scored."""

from __future__ import annotations

from datetime import date
from typing import Final

from models.config.root import Config
from models.directory.columns import NO, NONE, YES
from models.directory.standing import Reach
from models.grading.override_text import fate_name
from models.panel.features.labels import STRETCHES
from models.profiles.kind_names import KINDS
from models.text import ENGLISH, Language, Text

REFUSED: Final = Text("the client refused the processing of its data: no model looks at it")
_NOT_SCORED: Final = {
    Reach.QUIET: Text("active once, but not in the {window} before {day}, and nothing was asked for since"),
    Reach.UNSERVED: Text("not active in the {window} before {day}, and these models speak of active clients only"),
    Reach.REFUSED: REFUSED,
}


def not_scored(reach: Reach, config: Config, as_of: date, language: Language = ENGLISH) -> str:
    """Why the models say nothing of a client; "" of one that they speak of."""
    if reach not in _NOT_SCORED:
        return ""
    window = STRETCHES[config.time.period].filled(count=config.time.activity_periods)
    return _NOT_SCORED[reach].within(language, window=window, day=as_of.isoformat())


COLUMN_NAMES: Final = {
    "client_id": Text("Id", "column of clients"),
    "name": Text("Client", "column of clients"),
    "aliases": Text("Other names", "column of clients"),
    "group_id": Text("Group", "column of clients"),
    "country": Text("Country", "column of clients"),
    "region": Text("Region", "column of clients"),
    "industry": Text("Industry", "column of clients"),
    "ownership": Text("Ownership", "column of clients"),
    "manager": Text("Relationship manager", "column of clients"),
    "branch": Text("Branch", "column of clients"),
    "consent": Text("Consent", "column of clients"),
    "relationship_start": Text("Client since", "column of clients"),
    "esg_grade": Text("ESG grade", "column of clients"),
    "scored": Text("Scored", "column of clients"),
    "reach": Text("Reach of the models", "column of clients"),
    "not_scored": Text("Why not scored", "column of clients"),
    "tier": Text("Tier", "column of clients"),
    "tier_before": Text("Tier before", "column of clients"),
    "moved": Text("Moved", "column of clients"),
    "moved_by": Text("Moved by", "column of clients"),
    "tier_reason": Text("Reason of the tier", "column of clients"),
    "next_tier": Text("Next tier", "column of clients"),
    "stage": Text("Stage", "column of clients"),
    "segment": Text("Segment", "column of clients"),
    "relationship_type": Text("Relationship type", "column of clients"),
    "need_type": Text("Need type", "column of clients"),
    "value_class": Text("Value class", "column of clients"),
    "value": Text("Value", "column of clients"),
    "value_low": Text("Value, lower bound", "column of clients"),
    "value_high": Text("Value, upper bound", "column of clients"),
    "margin": Text("Expected margin", "column of clients"),
    "credit_loss": Text("Expected credit loss", "column of clients"),
    "business_at_risk": Text("Business at risk", "column of clients"),
    "decline_probability": Text("Probability of decline", "column of clients"),
    "default_probability": Text("Probability of default", "column of clients"),
    "warning": Text("Warning", "column of clients"),
    "warning_severity": Text("Severity of the warning", "column of clients"),
    "cap": Text("Cap", "column of clients"),
    "override": Text("Override", "column of clients"),
    "outstanding": Text("Outstanding", "column of clients"),
    "limit": Text("Limit", "column of clients"),
    "utilisation": Text("Limit used", "column of clients"),
    "days_overdue": Text("Days overdue", "column of clients"),
    "rating": Text("Rating", "column of clients"),
    "rated_on": Text("Rated on", "column of clients"),
    "pd": Text("PD of the rating", "column of clients"),
    "monitoring_months": Text("Months between reviews", "column of clients"),
}
_NOT_KNOWN: Final = Text("not known", "value of a facet")
_VALUES: Final = {
    "moved": {
        "up": Text("up", "way of a tier"),
        "down": Text("down", "way of a tier"),
        "appeared": Text("newly scored", "way of a tier"),
        "vanished": Text("scored no more", "way of a tier"),
        "other tiers": Text("tiers are others", "way of a tier"),
        NONE: Text("stayed", "way of a tier"),
    },
    "warning": {
        "shown": Text("shown", "state of a warning"),
        "held back": Text("held back", "state of a warning"),
        "without news": Text("without news", "state of a warning"),
        NONE: Text("none", "state of a warning"),
    },
    "cap": {NONE: Text("none", "cap")},
    "override": {NONE: Text("none", "override")},
    "reach": {
        Reach.ACTIVE.value: Text("active", "reach"),
        Reach.BEGINNING.value: Text("beginning", "reach"),
        Reach.UNSERVED.value: Text("not served", "reach"),
        Reach.QUIET.value: Text("quiet", "reach"),
        Reach.REFUSED.value: Text("refused", "reach"),
    },
}
_TRUTHS: Final = {YES: Text("yes", "truth"), NO: Text("no", "truth")}
_KINDS: Final = ("stage", "relationship_type", "need_type", "value_class")


def column_name(column: str, language: Language) -> str:
    """What a column of the index is called."""
    return COLUMN_NAMES[column].within(language)


def value_name(column: str, value: str, language: Language) -> str:
    """What a value of a column is called; what the book or the policy named keeps its name.

    >>> [value_name(*each, ENGLISH) for each in (("moved", "none"), ("country", "Kenya"), ("manager", ""))]
    ['stayed', 'Kenya', 'not known']
    """
    if not value:
        return _NOT_KNOWN.within(language)
    known = _VALUES.get(column, _TRUTHS if column in ("consent", "scored") else {})
    if value in known:
        return known[value].within(language)
    if column == "override":
        return fate_name(value, language)
    return KINDS[value].within(language) if column in _KINDS and value in KINDS else value

"""Groups features of one common cause, so that they count as one reason.

Money overdue shows as an amount, as its timing and as days in arrears; kept apart, each of the three may lose against
a smaller cause that stands in one line. Whatever a family of features shares with another is named here.
"""

from __future__ import annotations

from typing import Final

from models.book.measures import ACTIVITY
from models.config.features import MeasureConfig
from models.config.root import Config
from models.panel.features.words import Topic
from models.text import Text

OVERDUE: Final = Topic("standing", Text("arrears and default"))
BALANCE: Final = Topic("balance", Text("drawn balance"))
CONTRACTS: Final = Topic("contracts", Text("maturities and contracted business"))
LIMITS: Final = Topic("facilities", Text("facilities and limits"))
DEBT: Final = Topic("indebtedness", Text("indebtedness"))
EARNINGS: Final = Topic("earnings", Text("revenue and margin"))
FUNNEL: Final = Topic("funnel", Text("business in the making"))
COMPLAINTS: Final = Topic("complaints", Text("complaints"))
CAMPAIGNS: Final = Topic("campaigns", Text("campaigns and responses"))
SATISFACTION: Final = Topic("satisfaction", Text("satisfaction"))

_BY_KINDS: Final = (
    ("cashflows", frozenset({"arrears", "write_off", "recovery"}), OVERDUE),
    ("cashflows", frozenset({"drawdown", "repayment"}), BALANCE),
    ("interactions", frozenset({"complaint"}), COMPLAINTS),
    ("interactions", frozenset({"campaign", "response"}), CAMPAIGNS),
)
"""A measure of nothing but some of these kinds belongs to the cause."""
_BY_COLUMN: Final = {
    ("interactions", "resolution_hours"): COMPLAINTS,
    ("surveys", "csat"): SATISFACTION,
    ("surveys", "nps"): SATISFACTION,
    ("financials", "revenue"): EARNINGS,
    ("financials", "ebitda"): EARNINGS,
    ("financials", "debt"): DEBT,
    ("financials", "equity"): DEBT,
    ("financials", "cash"): DEBT,
}


def shared_causes(config: Config) -> dict[str, Topic]:
    """The cause of each measure that shares one with others; a measure that is not named is a cause by itself."""
    activity = _of_kinds("cashflows", frozenset(config.activity.kinds))
    found = {name: _shared(spec) for name, spec in config.features.measures.items()}
    return {name: topic for name, topic in {**found, ACTIVITY: activity}.items() if topic is not None}


def _shared(spec: MeasureConfig) -> Topic | None:
    return _BY_COLUMN.get((spec.table, spec.column)) or _of_kinds(spec.table, frozenset(spec.kinds))


def _of_kinds(table: str, kinds: frozenset[str]) -> Topic | None:
    fitting = (topic for of_table, members, topic in _BY_KINDS if of_table == table and kinds and kinds <= members)
    return next(fitting, None)

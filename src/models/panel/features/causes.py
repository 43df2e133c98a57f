"""Which features a person would call one cause: all that stems from one thing is one reason, whatever it is read from.

Money overdue shows as an amount, as its timing and as days in arrears; told apart, each of the three may lose against
a smaller cause that stands in one line. Whatever a family of features shares with another is named here.
"""

from __future__ import annotations

from typing import Final

from models.book.measures import ACTIVITY
from models.config.root import Config
from models.config.sections import MeasureConfig
from models.panel.features.words import Said, Topic

OVERDUE: Final = Topic("standing", Said("arrears and default", "逾期与违约"))
BALANCE: Final = Topic("balance", Said("drawn balance", "贷款余额"))
CONTRACTS: Final = Topic("contracts", Said("maturities and contracted business", "到期安排与合同约定业务"))
LIMITS: Final = Topic("facilities", Said("facilities and limits", "融资项目与授信额度"))
DEBT: Final = Topic("indebtedness", Said("indebtedness", "负债水平"))
EARNINGS: Final = Topic("earnings", Said("revenue and margin", "营收与盈利"))
FUNNEL: Final = Topic("funnel", Said("business in the making", "在谈项目"))
COMPLAINTS: Final = Topic("complaints", Said("complaints", "投诉"))
CAMPAIGNS: Final = Topic("campaigns", Said("campaigns and responses", "营销活动及响应"))
SATISFACTION: Final = Topic("satisfaction", Said("satisfaction", "客户满意度"))

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

"""The columns of the index of clients: which there are, which are facets, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CellKind(StrEnum):
    """The type of a column, which tells how a page writes it."""

    TEXT = "text"
    MONEY = "money"
    SHARE = "share"
    NUMBER = "number"
    DAYS = "days"
    DATE = "date"
    TRUTH = "yes or no"

    @property
    def counts(self) -> bool:
        """Whether it is a number, of which the largest is looked for first."""
        return self in {CellKind.MONEY, CellKind.SHARE, CellKind.NUMBER, CellKind.DAYS}


@dataclass(frozen=True)
class IndexColumn:
    """A column by its name and type, and whether it is a facet; ``absent`` is the facet's value where nothing is known.

    "none" says that there is none; where the book may be silent it is "".
    """

    name: str
    kind: CellKind = CellKind.TEXT
    facet: bool = False
    absent: str = ""


NONE = "none"
"""Not moved, not warned, not capped, not overridden."""
YES, NO = "yes", "no"
_T, _M, _S, _N, _D = CellKind.TEXT, CellKind.MONEY, CellKind.SHARE, CellKind.NUMBER, CellKind.DAYS
COLUMNS = (
    IndexColumn("client_id"),
    IndexColumn("name"),
    IndexColumn("aliases"),
    IndexColumn("group_id"),
    IndexColumn("country", facet=True),
    IndexColumn("region", facet=True),
    IndexColumn("industry", facet=True),
    IndexColumn("ownership"),
    IndexColumn("manager", facet=True),
    IndexColumn("branch", facet=True),
    IndexColumn("consent", CellKind.TRUTH, facet=True),
    IndexColumn("relationship_start", CellKind.DATE),
    IndexColumn("esg_grade"),
    IndexColumn("scored", CellKind.TRUTH, facet=True),
    IndexColumn("reach"),
    IndexColumn("not_scored"),
    IndexColumn("tier", facet=True),
    IndexColumn("tier_before", facet=True),
    IndexColumn("moved", facet=True, absent=NONE),
    IndexColumn("moved_by"),
    IndexColumn("tier_reason"),
    IndexColumn("next_tier"),
    IndexColumn("stage", facet=True),
    IndexColumn("segment", facet=True),
    IndexColumn("relationship_type", facet=True),
    IndexColumn("need_type", facet=True),
    IndexColumn("value_class"),
    IndexColumn("value", _M),
    IndexColumn("value_low", _M),
    IndexColumn("value_high", _M),
    IndexColumn("margin", _M),
    IndexColumn("credit_loss", _M),
    IndexColumn("business_at_risk", _M),
    IndexColumn("decline_probability", _S),
    IndexColumn("default_probability", _S),
    IndexColumn("warning", facet=True, absent=NONE),
    IndexColumn("warning_severity", _N),
    IndexColumn("cap", facet=True, absent=NONE),
    IndexColumn("override", facet=True, absent=NONE),
    IndexColumn("outstanding", _M),
    IndexColumn("limit", _M),
    IndexColumn("utilisation", _S),
    IndexColumn("days_overdue", _D),
    IndexColumn("rating"),
    IndexColumn("rated_on", CellKind.DATE),
    IndexColumn("pd", _S),
    IndexColumn("monitoring_months", _N),
)
"""In the order of files and exports. Every column can be shown and sorted by."""
BY_NAME = {column.name: column for column in COLUMNS}
FACETS = tuple(column for column in COLUMNS if column.facet)
FACET_NAMES = tuple(column.name for column in FACETS)
SEARCHED = ("name", "aliases", "client_id", "group_id", "country")
"""Columns in which words are looked for; of ``name`` and ``aliases`` also the pinyin."""
DEFAULT_SORT, DEFAULT_DESCENDING = "value", True
MANAGER, BRANCH = (FACET_NAMES.index(name) for name in ("manager", "branch"))

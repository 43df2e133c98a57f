"""The answers that a book cannot give, by the tables and columns that it does not bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.book.contract import TABLES
from models.init.proposal import CASHFLOWS, CLIENTS, FACILITIES, BookProposal
from models.text import ENGLISH, Language, Text

_COSTS = {"funding_cost", "service_cost"}
_LACK = Text("no {missing}: {without_it}")
_NO_CASHFLOWS = Text("value and decline cannot be learned; say which table they are in")
_NO_FACILITIES = Text("limits, maturities, products and exposure at default are not known")
_NO_COSTS = Text("value is income before costs")
_NO_LOSSES = Text("past losses are not known")


@dataclass(frozen=True, kw_only=True)
class Lack:
    """Something that a book does not bring, by its name in the contract, and what cannot be had without it."""

    missing: str
    without_it: Text

    def __str__(self) -> str:
        return self.within(ENGLISH)

    def within(self, language: Language) -> str:
        """Both in one language."""
        return _LACK.within(language, missing=self.missing, without_it=self.without_it)


_TABLES = {
    "arrears": Text("caps on days overdue cannot hold, but for what flows of arrears let estimate"),
    "balances": Text("exposure and utilisation are estimated from drawdowns and repayments"),
    "ratings": Text("caps on the rating and its age cannot be checked"),
    "financials": Text("leverage, cash cover and growth of clients are not known"),
    "interactions": Text("service, meetings and enquiries tell nothing"),
    "surveys": Text("satisfaction and NPS are not known"),
    "opportunities": Text("there is no funnel, and quiet clients are not known to ask for something"),
    "campaigns": Text("acquisition costs and campaigns have no figures"),
    "collateral": Text("loss in default rests on shares of the section credit"),
}
_COLUMNS = (
    (CLIENTS, "name", Text("pages call clients by their ids")),
    (CLIENTS, "country", Text("regions and country risk are not known")),
    (CLIENTS, "industry", Text("peers are not those of the industry")),
    (CLIENTS, "group_id", Text("sponsor groups are not seen, and count as strangers")),
    (CLIENTS, "consent", Text("who did not agree to data processing cannot be left out")),
    (FACILITIES, "limit", Text("exposure at default and utilisation are not known")),
    (FACILITIES, "maturity", Text("what matures soon is not known")),
    (FACILITIES, "product", Text("there is no product mix")),
)


def lacks(proposal: BookProposal) -> tuple[Lack, ...]:
    """What the tables that were made out do not bring, what matters most first."""
    return tuple(_lacks(proposal))


def _lacks(proposal: BookProposal) -> Iterator[Lack]:
    found = {each.name: set(each.columns) for each in proposal.tables}
    if CASHFLOWS not in found:
        yield Lack(missing=CASHFLOWS, without_it=_NO_CASHFLOWS)
    if FACILITIES not in found:
        yield Lack(missing=FACILITIES, without_it=_NO_FACILITIES)
    kinds = _kinds(proposal)
    if CASHFLOWS in found and kinds and not kinds & _COSTS and "order" not in kinds:
        yield Lack(missing="funding_cost, service_cost", without_it=_NO_COSTS)
    if CASHFLOWS in found and kinds and not kinds & {"write_off"} and "order" not in kinds:
        yield Lack(missing="write_off", without_it=_NO_LOSSES)
    for table, without_it in _TABLES.items():
        if table not in found and (table in TABLES or table == "arrears"):
            yield Lack(missing=table, without_it=without_it)
    for table, column, without_it in _COLUMNS:
        if table in found and column not in found[table]:
            yield Lack(missing=f"{table}.{column}", without_it=without_it)


def _kinds(proposal: BookProposal) -> set[str]:
    """The kinds of cashflows that are known before any row is read."""
    table = proposal.table(CASHFLOWS)
    if table is None:
        return set()
    flows = {flow.kind for flow in table.flows}
    return {*table.kinds.values(), *flows, *([table.kind] if table.kind else [])}

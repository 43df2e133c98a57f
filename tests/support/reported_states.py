"""Features of the state tables of a random book once more, by pandas on its rows."""

from __future__ import annotations

import pandas as pd

from support.before_as_of import DAY, ratio, typed, within
from support.random_books import Frames

WINDOWS = (1, 3, 6, 12)
AGENCY = {"AAA": 1.0, "Ba1": 11.0}


class ReportedStates:
    """All by groupby; a facility is its client's, and known, or it is as if the row named none."""

    def __init__(self, book: Frames) -> None:
        self.clients = book["clients"].set_index("client_id")
        tables = {name: typed(frame) for name, frame in book.items()}
        facilities = tables["facilities"]
        self.facilities = facilities[facilities.signed < DAY].fillna({"limit": 0.0}).set_index("facility_id")
        self.tables = tables
        self.out: dict[str, pd.Series] = {}

    def features(self) -> pd.DataFrame:
        self.arrears()
        self.balances()
        self.collateral()
        self.covenants()
        self.guarantees()
        self.esg()
        self.countries()
        return pd.DataFrame(self.out)

    def per_client(self, values: pd.Series) -> pd.Series:
        return values.reindex(self.clients.index)

    def known(self, name: str, before: pd.Timestamp = DAY) -> pd.DataFrame:
        rows = self.tables[name]
        rows = rows[rows.date < before].copy()
        if "facility_id" in rows:
            place = rows.facility_id.map(self.facilities.client_id)
            rows["of"] = rows.facility_id.where(place == rows.client_id)
        return rows

    def standing(self, name: str, *apart: str, lists: bool = False, before: pd.Timestamp = DAY) -> pd.DataFrame:
        """The rows of the last day of each facility and what else tells rows apart, of facilities that stand."""
        rows = self.known(name, before)
        keys = ["client_id", *(["facility_id"] if "facility_id" in rows else []), *apart]
        last = rows.groupby(keys, dropna=False).date.transform("max")
        latest = rows[rows.date == last]
        ends = rows.date.dt.is_month_end | (rows.date.dt.day == 1) | (rows.date.dt.days_in_month - rows.date.dt.day < 3)
        if lists and ends.mean() >= 0.95:
            latest = latest[latest.date > rows.date.max() - pd.Timedelta(days=7)]
        closed = latest["of"].map(self.facilities.closed) if "of" in latest else pd.Series(pd.NaT, latest.index)
        return latest[~(closed < before)]

    def arrears(self) -> None:
        rows = self.standing("arrears", lists=True)
        dpd = rows.days_past_due.astype(float)
        by = rows.client_id
        self.out["arrears_days"] = self.per_client(dpd.groupby(by).max()).fillna(0.0)
        self.out["arrears_amount_last"] = self.per_client(rows.amount.astype(float).groupby(by).sum()).fillna(0.0)
        self.out["arrears_facilities_last"] = self.per_client((dpd > 0).groupby(by).sum()).fillna(0.0)
        for window in WINDOWS:
            late = within(self.known("arrears"), window)
            worst = late.days_past_due.astype(float).groupby(late.client_id).max()
            self.out[f"arrears_days_max_{window}p"] = self.per_client(worst).fillna(0.0)

    def balances(self) -> None:
        rows = self.standing("balances", lists=True)
        drawn, undrawn, limit = (rows[name].astype(float) for name in ("drawn", "undrawn", "limit"))
        agreed = rows["of"].map(self.facilities.limit).astype(float)
        limit = limit.fillna((drawn + undrawn).fillna(agreed))
        left = undrawn.fillna((limit - drawn).clip(lower=0.0))
        covered = pd.Series(self.clients.index.isin(self.known("balances").client_id), self.clients.index)
        sums = {
            name: self.per_client(values.groupby(rows.client_id).sum()).fillna(0.0)
            for name, values in (("drawn", drawn), ("left", left), ("limit", limit))
        }
        self.out["balance_undrawn_last"] = sums["left"].where(covered)
        self.out["balance_limit_last"] = sums["limit"].where(covered)
        flows = self.tables["cashflows"]
        flows = flows[flows.date < DAY]
        owed = flows.assign(amount=flows.amount * flows.kind.map({"drawdown": 1.0, "repayment": -1.0}).fillna(0.0))
        by_flows = self.per_client(owed.groupby("client_id").amount.sum()).fillna(0.0)
        self.outstanding = sums["drawn"].where(covered, by_flows).astype(float)
        self.out["facility_outstanding"] = self.outstanding

    def collateral(self) -> None:
        rows = self.standing("collateral", "kind")
        value = self.per_client(rows.value.astype(float).groupby(rows.client_id).sum()).fillna(0.0)
        covered = self.clients.index.isin(self.known("collateral").client_id)
        self.out["collateral_value_last"] = value.where(covered)
        self.out["collateral_cover_last"] = ratio(value.where(covered), self.outstanding.clip(lower=0.0))
        held = rows[rows.value > 0]
        self.out["collateral_age_days"] = (DAY - self.per_client(held.groupby("client_id").date.min())).dt.days

    def covenants(self) -> None:
        rows, every = self.known_tests(), self.known("covenants")
        tested = self.clients.index.isin(every.client_id)
        breached = (rows.outcome == "breached").groupby(rows.client_id).sum()
        self.out["covenant_breached_last"] = self.per_client(breached).fillna(0.0).where(tested)
        self.out["covenant_headroom_min"] = self.per_client(rows.headroom.astype(float).groupby(rows.client_id).min())
        found = every[every.outcome == "breached"]
        for window in WINDOWS:
            count = self.per_client(within(found, window).groupby("client_id").size()).fillna(0.0)
            self.out[f"covenant_breach_count_{window}p"] = count.where(tested)
        for name, of in (("covenant_breach_recency_days", found), ("covenant_age_days", every)):
            self.out[name] = (DAY - self.per_client(of.groupby("client_id").date.max())).dt.days

    def known_tests(self) -> pd.DataFrame:
        rows = self.known("covenants")
        last = rows.groupby(["client_id", "facility_id", "covenant"], dropna=False).date.transform("max")
        return rows[rows.date == last]

    def guarantees(self) -> None:
        rows = self.tables["guarantees"].assign(
            **{name: pd.to_datetime(self.tables["guarantees"][name]) for name in ("from", "until")}
        )
        rows = rows[rows["from"] < DAY]
        rows = rows[~(rows.until <= DAY)]
        rows = rows[rows["from"] == rows.groupby(["client_id", "guarantor"])["from"].transform("max")]
        amount = self.per_client(rows.amount.astype(float).groupby(rows.client_id).sum()).fillna(0.0)
        self.out["guaranteed_amount_last"] = amount
        self.out["guaranteed_share_last"] = ratio(amount, self.outstanding.clip(lower=0.0))
        first = self.per_client(rows.groupby("client_id").until.min())
        self.out["guaranteed_first_end_days"] = (first - DAY).dt.days

    def esg(self) -> None:
        rows = self.known("esg").sort_values(["date", "grade"])
        last = rows.groupby("client_id").tail(1).set_index("client_id")
        self.out["esg_grade_last"] = self.per_client(last.grade)
        self.out["esg_grade_age_days"] = (DAY - self.per_client(last.date)).dt.days

    def countries(self) -> None:
        rows = self.tables["countries"]
        rows = rows[rows.published < DAY].assign(notch=rows.sovereign_rating.map(AGENCY))
        here = self.clients.country
        risk = {name: self.last(rows, name) for name in ("political_risk", "notch", "sanctions")}
        self.out["political_risk_last"] = here.map(risk["political_risk"])
        self.out["sovereign_notch_last"] = here.map(risk["notch"])
        for window in WINDOWS:
            then = self.last(rows[rows.published < DAY - pd.DateOffset(months=window)], "political_risk")
            self.out[f"political_risk_change_{window}p"] = here.map(risk["political_risk"]) - here.map(then)
        still = self.facilities[~(self.facilities.closed < DAY) & ~(self.facilities.maturity <= DAY)]
        for name in ("political_risk", "sanctions"):
            worst = still.country.map(risk[name]).groupby(still.client_id).max()
            self.out[f"{name}_of_projects"] = self.per_client(worst)
        self.out["political_risk_projects_max"] = self.out.pop("political_risk_of_projects")
        both = pd.concat([here.map(risk["sanctions"]), self.out.pop("sanctions_of_projects")], axis=1)
        self.out["sanctions_last"] = both.max(axis=1)

    def last(self, rows: pd.DataFrame, name: str) -> pd.Series:
        known = rows.dropna(subset=name).sort_values("published")
        return known.groupby("country")[name].last().astype(float)

"""Every feature of a random book once more, by pandas on its tables: what the panel is held against."""

from __future__ import annotations

import pandas as pd

from support.before_as_of import DAY, ratio, typed, unbroken, within
from support.random_books import Frames

WINDOWS = (1, 3, 6, 12)
HORIZON = 3
FAR = pd.Timestamp("2200-01-01")
ACTIVITY = ["commitment", "drawdown"]
KINDS = {
    "activity": ACTIVITY,
    "drawdown": ["drawdown"],
    "repayment": ["repayment"],
    "interest": ["interest"],
    "arrears": ["arrears"],
    "all_flows": None,
}
PRODUCTS = {"loan": ["loan"], "guarantee": ["guarantee", "letter_of_credit"]}
WEIGHTS = {"interest": 1.0, "fee": 0.5, "funding_cost": -1.0}


class Expected:
    """All features of a book by groupby; one attribute per table, as known before the as-of date."""

    def __init__(self, book: Frames) -> None:
        self.clients = book["clients"].set_index("client_id")
        self.all = {name: typed(frame) for name, frame in book.items()}
        flows = self.all["cashflows"].merge(
            self.all["facilities"][["facility_id", "product", "signed"]], on="facility_id", how="left"
        )
        flows["product"] = flows["product"].where(flows["signed"] <= flows["date"])
        self.flows = flows[flows.date < DAY]
        self.out: dict[str, pd.Series] = {}

    def features(self) -> pd.DataFrame:
        self.amounts()
        self.timing()
        self.facilities()
        self.runoff()
        self.limits()
        self.outlook()
        self.standing()
        self.contacts()
        self.states()
        self.funnel()
        self.around()
        return pd.DataFrame(self.out)

    def per_client(self, values: pd.Series) -> pd.Series:
        return values.reindex(self.clients.index)

    def total(self, rows: pd.DataFrame, column: str = "amount") -> pd.Series:
        return self.per_client(rows.groupby("client_id")[column].sum()).fillna(0.0).astype(float)

    def count(self, rows: pd.DataFrame) -> pd.Series:
        return self.per_client(rows.groupby("client_id").size()).fillna(0.0)

    def of(self, name: str) -> pd.DataFrame:
        if name in PRODUCTS:
            return self.flows[self.flows.kind.isin(ACTIVITY) & self.flows["product"].isin(PRODUCTS[name])]
        return self.flows if KINDS[name] is None else self.flows[self.flows.kind.isin(KINDS[name])]

    def value(self, rows: pd.DataFrame) -> pd.Series:
        margin = rows.assign(amount=rows.amount * rows.kind.map(WEIGHTS).fillna(0.0))
        return self.total(margin)

    def amounts(self) -> None:
        for name in (*KINDS, *PRODUCTS):
            rows = self.of(name)
            self.out[f"{name}_recency_days"] = (DAY - self.per_client(rows.groupby("client_id").date.max())).dt.days
            for window in WINDOWS:
                self.out[f"{name}_sum_{window}p"] = self.total(within(rows, window))
                self.out[f"{name}_count_{window}p"] = self.count(within(rows, window))
        for window in WINDOWS:
            self.out[f"value_sum_{window}p"] = self.value(within(self.flows, window))
        activity = self.of("activity")
        self.out["value_sum_ever"] = self.value(self.flows)
        self.out["activity_count_ever"] = self.count(activity)
        for label, rows in (("12p", within(activity, 12)), ("ever", activity)):
            self.out[f"activity_size_{label}"] = ratio(self.total(rows), self.count(rows))
        for window in WINDOWS[:-1]:
            now, before = self.total(within(activity, window)), self.total(within(activity, window, ago=window))
            self.out[f"activity_growth_{window}p"] = ratio(now - before, now + before)
        shares = {
            name: ratio(self.total(self.of(name)), sum(self.total(self.of(n)) for n in PRODUCTS)) for name in PRODUCTS
        }
        self.out |= {f"{name}_share_ever": share for name, share in shares.items()}
        self.out["mix_concentration_ever"] = sum(share**2 for share in shares.values())
        self.out["mix_products_ever"] = sum((self.count(self.of(name)) > 0).astype(float) for name in PRODUCTS)

    def timing(self) -> None:
        activity = self.of("activity")
        month = activity.date.dt.to_period("M")
        monthly = activity.groupby(["client_id", month]).amount.sum().unstack(fill_value=0.0)
        months = pd.period_range(DAY.to_period("M") - 12, periods=12, freq="M")
        monthly = monthly.reindex(index=self.clients.index, columns=months, fill_value=0.0).fillna(0.0).astype(float)
        self.out["activity_volatility_12p"] = ratio(monthly.std(axis=1, ddof=0), monthly.mean(axis=1))
        self.out["activity_peak_share_12p"] = ratio(monthly.max(axis=1).clip(lower=0.0), monthly.sum(axis=1))
        first, last = (self.per_client(activity.groupby("client_id").date.agg(way)) for way in ("min", "max"))
        tenure, recency = (DAY - first).dt.days, (DAY - last).dt.days
        self.out["tenure_days"] = tenure
        self.out["activity_count_per_year"] = self.count(activity) / (tenure / 365.25).clip(lower=1.0)
        self.out["activity_recency_share"] = recency / tenure.clip(lower=1.0)
        number = activity.assign(month=month.dt.year * 12 + month.dt.month)
        number = number.drop_duplicates(["client_id", "month"]).sort_values("month")
        gaps = number.assign(gap=number.groupby("client_id").month.diff()).dropna(subset="gap").groupby("client_id").gap
        self.out["activity_gap_mean"] = self.per_client(gaps.mean())
        self.out["activity_gap_variation"] = self.per_client(gaps.std(ddof=0) / gaps.mean())
        self.out["activity_active_periods"] = self.count(number)
        self.out["activity_overdue"] = ratio(recency, (last - first).dt.days / self.per_client(gaps.count()))

    def facilities(self) -> None:
        known = self.all["facilities"]
        known = known[known.signed < DAY].assign(limit=lambda rows: rows.limit.fillna(0.0).astype(float))
        is_open = ~(known.closed < DAY) & ~(known.maturity <= DAY)
        still = known[is_open].assign(years=lambda rows: (rows.maturity - DAY).dt.days / 365.25)
        limit = self.total(still, "limit")
        self.out["facility_open_count"] = self.count(still)
        self.out["facility_open_limit"] = limit
        self.out["facility_limit_mean"] = self.per_client(known.groupby("client_id").limit.mean())
        dated = still.dropna(subset="years")
        dated_limit = self.total(dated, "limit")
        self.out["facility_remaining_tenor"] = ratio(self.weighted(dated, "years"), dated_limit)
        for years in (1, 3):
            soon = self.total(dated[dated.years < years], "limit")
            self.out[f"facility_maturing_share_{years}y"] = ratio(soon, dated_limit)
        self.out["facility_largest_share"] = ratio(
            self.per_client(still.groupby("client_id").limit.max()).fillna(0), limit
        )
        for term in ("spread_bp", "collateral_cover"):
            reported = still.dropna(subset=term)
            self.out[f"facility_{term}_mean"] = ratio(self.weighted(reported, term), self.total(reported, "limit"))
        backed = known["product"].isin(PRODUCTS["guarantee"]) & (known.purpose == "new plant")
        for name, rows in (("loan", known[known["product"] == "loan"]), ("backed_plant", known[backed])):
            self.out[f"facility_{name}_count_ever"] = self.count(rows)
        drawn = self.total(self.of("drawdown")) - self.total(self.of("repayment"))
        self.out["facility_outstanding"], self.out["facility_utilisation"] = drawn, ratio(drawn, limit)

    def weighted(self, rows: pd.DataFrame, column: str) -> pd.Series:
        return self.total(rows.assign(amount=rows.limit * rows[column].astype(float)))

    def standing(self) -> None:
        known = self.all["facilities"]
        known = known[known.signed < DAY]
        losses = self.flows[self.flows.kind == "write_off"].groupby("facility_id").date.min()
        defaulted = known.closed.where((known.exit_cause == "default") & (known.closed < DAY))
        lost = pd.DataFrame({"default": defaulted, "loss": losses.reindex(known.facility_id).to_numpy()})
        latest = known.assign(day=lost.max(axis=1)).groupby("client_id").day.max()
        self.out["default_recency_days"] = (DAY - self.per_client(latest)).dt.days
        group = self.group()
        nearest = self.out["default_recency_days"].groupby(group).min()
        self.out["group_default_recency_days"] = group.map(nearest)
        late = self.of("arrears")
        months = late.groupby("client_id").date.agg(lambda days: set(days.dt.to_period("M")))
        last = late.groupby(["client_id", late.date.dt.to_period("M")]).date.max()
        self.out["arrears_days"] = self.per_client(
            pd.Series({client: unbroken(client, reported, last) for client, reported in months.items()})
        ).fillna(0.0)

    def runoff(self) -> None:
        drawn, repaid, activity = (self.of(name) for name in ("drawdown", "repayment", "activity"))
        days = [DAY - pd.DateOffset(months=ago) for ago in range(7)]
        owed = [self.total(drawn[drawn.date < day]) - self.total(repaid[repaid.date < day]) for day in days]
        balance = [(100 * each).round() for each in owed]
        year = (100 * self.total(within(activity, 6))).round()
        self.out["balance_level_6p"] = ratio(balance[0], sum(balance[:6]) / 6)
        self.out["balance_per_activity_6p"] = ratio(balance[0], year)
        for window in (1, 2, 3, 6):
            if window in (1, 3):
                now = (100 * self.total(within(activity, window))).round()
                self.out[f"activity_pace_{window}p"] = ratio(now / window, year / 6)
            self.out[f"balance_growth_{window}p"] = ratio(balance[0] - balance[window], balance[0] + balance[window])

    def limits(self) -> None:
        known = self.all["facilities"].fillna({"limit": 0.0}).query("signed < @DAY")
        ended = known[known.closed < DAY]
        in_time = ended.exit_cause.isna() & (ended.closed >= ended.maturity)
        early = ended[(ended.exit_cause != "matured") & ~in_time]
        for window in WINDOWS:
            day = DAY - pd.Timedelta(days=window * 365.25 / 12)
            lost, now = self.total(early[early.closed >= day], "limit"), self.out["facility_open_limit"]
            self.out[f"facility_early_end_share_{window}p"] = ratio(lost, lost + now)
            if window < 12:
                then = known[(known.signed < day) & ~(known.closed < day) & ~(known.maturity <= day)]
                before = self.total(then, "limit")
                self.out[f"facility_limit_growth_{window}p"] = ratio(now - before, now + before)
        dated = known[~(known.closed < DAY) & (known.maturity > DAY)].groupby("client_id").maturity
        self.out["facility_first_maturity_days"] = (self.per_client(dated.min()) - DAY).dt.days
        self.out["facility_last_maturity_days"] = (self.per_client(dated.max()) - DAY).dt.days

    def outlook(self) -> None:
        """Days that limits run on, and ran, in mean months."""
        known = self.all["facilities"].fillna({"limit": 0.0}).query("signed < @DAY")
        span = pd.Timedelta(days=HORIZON * 365.25 / 12)
        still = known[~(known.closed < DAY) & ~(known.maturity <= DAY)]
        ahead = (still.maturity.fillna(FAR).clip(upper=DAY + span) - DAY) / pd.Timedelta(days=1)
        ended = known[["closed", "maturity"]].min(axis=1).fillna(FAR).clip(upper=DAY)
        ran = ((ended - known.signed.clip(lower=DAY - span)) / pd.Timedelta(days=1)).clip(lower=0.0)
        ahead_days = self.total(still.assign(amount=still.limit * ahead))
        kept = ratio(ahead_days, self.total(still, "limit") * (span / pd.Timedelta(days=1)))
        self.out["facility_runs_share"] = kept
        self.out["facility_runs_against_before"] = ratio(ahead_days, self.total(known.assign(amount=known.limit * ran)))
        self.out["facility_balance_outlook"] = self.out["balance_level_6p"] * kept
        self.out["facility_activity_outlook"] = self.out["activity_pace_1p"] * kept
        in_time = known.exit_cause.isna() & (known.closed >= known.maturity)
        early = known[(known.closed < DAY) & (known.exit_cause != "matured") & ~in_time]
        for name, days in (
            ("signed", known.groupby("client_id").signed),
            ("early_end", early.groupby("client_id").closed),
        ):
            self.out[f"facility_{name}_recency_days"] = (DAY - self.per_client(days.max())).dt.days

    def contacts(self) -> None:
        contacts, deals = self.known("interactions", "date"), self.known("opportunities", "entered")
        meetings = contacts[contacts.kind == "meeting"]
        self.out["meetings_recency_days"] = (DAY - self.per_client(meetings.groupby("client_id").known.max())).dt.days
        for window in WINDOWS:
            self.out[f"meetings_count_{window}p"] = self.count(within(meetings, window, "known"))
        waits = contacts[contacts.kind.isin(["enquiry", "complaint"])].rename(columns={"response_hours": "number"})
        for name, rows in (("waiting", waits), ("pipeline", deals.rename(columns={"amount": "number"}))):
            for window in WINDOWS:
                self.out[f"{name}_mean_{window}p"] = self.mean(within(rows, window, "known"))
            before = self.mean(within(rows, 1, "known", ago=1))
            self.out[f"{name}_trend_1p"] = self.mean(within(rows, 1, "known")) - before
        self.state("latest_waiting", waits.rename(columns={"number": "value"}))

    def mean(self, rows: pd.DataFrame) -> pd.Series:
        return self.per_client(rows.astype({"number": float}).groupby("client_id").number.mean())

    def known(self, table: str, column: str) -> pd.DataFrame:
        rows = self.all[table].rename(columns={column: "known"})
        return rows[rows.known < DAY]

    def states(self) -> None:
        for name, table in (("pd", "ratings"), ("csat", "surveys")):
            self.state(name, self.known(table, "date").rename(columns={name: "value"}))
        accounts = self.known("financials", "published")
        revenue, ebitda = (accounts.rename(columns={name: "value"}) for name in ("revenue", "ebitda"))
        now, before = self.last(revenue, 0), self.last(revenue, 12)
        self.out["accounts_revenue"] = now
        self.out["accounts_growth"] = ratio(now - before, before)
        self.out["accounts_age_days"] = self.age(revenue)
        self.out["accounts_margin"] = ratio(self.last(ebitda, 0), now)
        self.out["accounts_interest_cover"] = ratio(self.last(ebitda, 0), self.out["interest_sum_12p"])

    def state(self, name: str, rows: pd.DataFrame) -> None:
        now = self.last(rows, 0)
        self.out[f"{name}_last"], self.out[f"{name}_age_days"] = now, self.age(rows)
        for window in WINDOWS:
            self.out[f"{name}_change_{window}p"] = now - self.last(rows, window)
        history = pd.concat([self.last(rows, ago) for ago in range(13)], axis=1)
        self.out[f"{name}_movement_12p"] = history.diff(axis=1).abs().sum(axis=1)
        rated = pd.DataFrame({"value": now, "group": self.group()}).dropna()
        sums = self.group().map(rated.groupby("group").value.sum()).fillna(0.0) - now.fillna(0.0)
        counts = self.group().map(rated.groupby("group").value.count()).fillna(0.0) - now.notna()
        self.out[f"group_{name}_mean"] = ratio(sums, counts)

    def last(self, rows: pd.DataFrame, ago: int) -> pd.Series:
        before = rows[rows.known < DAY - pd.DateOffset(months=ago)].dropna(subset="value")
        return self.per_client(before.sort_values(["known", "value"]).groupby("client_id").value.last()).astype(float)

    def age(self, rows: pd.DataFrame) -> pd.Series:
        latest = rows.dropna(subset="value").groupby("client_id").known.max()
        return (DAY - self.per_client(latest)).dt.days

    def funnel(self) -> None:
        steps = ["identified", "assessed", "due_diligence", "approved", "signed"]
        rows = self.known("opportunities", "entered").assign(step=lambda found: found.stage.map(steps.index) + 1)
        rows = rows.sort_values(["known", "step"]).groupby(["client_id", "opportunity_id"], as_index=False).tail(1)
        ended = rows[rows.closed < DAY]
        still = rows[~(rows.closed < DAY)].assign(days=lambda found: (DAY - found.known).dt.days)
        self.out["funnel_open_count"] = self.count(still)
        self.out["funnel_open_amount"] = self.total(still.fillna({"amount": 0.0}))
        self.out["funnel_days_in_stage"] = ratio(self.total(still, "days"), self.count(still))
        self.out["funnel_deepest_stage"] = self.per_client(still.groupby("client_id").step.max()).fillna(0)
        self.out["funnel_won_share_ever"] = ratio(self.count(ended[ended.outcome == "won"]), self.count(ended))
        recent = ended[ended.closed >= DAY - pd.Timedelta(days=365)]
        for outcome in ("won", "lost"):
            self.out[f"funnel_{outcome}_count_1y"] = self.count(recent[recent.outcome == outcome])
        entries = self.known("opportunities", "entered").assign(step=lambda found: found.stage.map(steps.index))
        first = entries.sort_values(["known", "step"]).groupby(["client_id", "opportunity_id"], as_index=False).head(1)
        for window in WINDOWS:
            lately = first.known >= DAY - pd.Timedelta(days=window * 365.25 / 12)
            self.out[f"funnel_new_count_{window}p"] = self.count(first[lately])
        for name, rows in (("new", first), ("step", entries)):
            self.out[f"funnel_{name}_recency_days"] = (
                DAY - self.per_client(rows.groupby("client_id").known.max())
            ).dt.days
        limits = self.all["facilities"].fillna({"limit": 0.0}).query("signed < @DAY")
        limits = limits[~(limits.closed < DAY) & ~(limits.maturity <= DAY)]
        soon = limits[limits.maturity < DAY + pd.Timedelta(days=365)]
        for name, against in (("limit", limits), ("maturing", soon)):
            self.out[f"funnel_open_per_{name}"] = ratio(self.out["funnel_open_amount"], self.total(against, "limit"))

    def group(self) -> pd.Series:
        """A client without a group is alone, even where a group bears its id."""
        alone = "alone " + pd.Series(self.clients.index, index=self.clients.index)
        return ("in " + self.clients.group_id).where(self.clients.group_id.notna(), alone)

    def others(self, values: pd.Series) -> pd.Series:
        return self.group().map(values.groupby(self.group()).sum()) - values

    def around(self) -> None:
        activity = self.of("activity")
        for window in WINDOWS:
            self.out[f"group_activity_count_{window}p"] = self.others(self.count(within(activity, window)))
        self.out["group_value_sum_12p"] = self.others(self.value(within(self.flows, 12)))
        self.out["group_clients"] = self.others((self.count(activity) > 0).astype(float))
        for column in ("country", "region"):
            place = self.clients[column]
            for window in WINDOWS:
                rows = within(activity, window)
                count = place.map(self.count(rows).groupby(place).sum())
                self.out[f"{column}_activity_count_{window}p"] = count
                self.out[f"{column}_activity_size_{window}p"] = ratio(
                    place.map(self.total(rows).groupby(place).sum()), count
                )
                before = place.map(self.count(within(activity, window, ago=window)).groupby(place).sum())
                if window != WINDOWS[-1]:
                    self.out[f"{column}_activity_growth_{window}p"] = ratio(count - before, count + before)
        economy = self.known("macro", "published").dropna(subset="gdp_growth").sort_values("known")
        latest = economy.groupby("country").gdp_growth.last()
        year_ago = economy[economy.known < DAY - pd.DateOffset(months=12)].groupby("country").gdp_growth.last()
        country = self.clients.country
        self.out["macro_gdp_growth_last"] = country.map(latest).astype(float)
        self.out["macro_gdp_growth_change_12p"] = (country.map(latest) - country.map(year_ago)).astype(float)
        self.out["country"], self.out["industry"] = country, self.clients.industry

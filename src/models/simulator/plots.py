"""Figures by which one judges whether a simulated book is plausible."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from models.errors import MissingFileError

_SIGNED = (
    "CASE WHEN kind IN ('interest', 'fee', 'recovery') THEN amount "
    "WHEN kind IN ('funding_cost', 'service_cost', 'write_off') THEN -amount ELSE 0 END"
)


def plausibility_figure(folder: Path) -> Figure:
    """Twelve panels: value concentration, defaults and cycle, tenor, utilisation, ratings, survival, funnel ...

    ``folder`` is what the simulator wrote. Raises ``MissingFileError`` if it is not there.
    """
    if not (folder / "truth.parquet").is_file():
        raise MissingFileError(folder / "truth.parquet", remedy="run clientvalue simulate first")
    figure = Figure(figsize=(17, 13), layout="constrained")
    panels = (
        _concentration, _defaults, _tenors, _utilisation,
        _ratings, _survival, _funnel, _sizes,
        _flows, _decline, _satisfaction, _events,
    )  # fmt: skip
    with duckdb.connect() as book:
        for file in sorted(folder.glob("*.parquet")):
            book.sql(f"CREATE VIEW \"{file.stem}\" AS FROM read_parquet('{file}')")
        for axes, draw in zip(figure.subplots(3, 4).flat, panels, strict=True):
            draw(book, axes)
    return figure


def _concentration(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    margin = book.sql(
        f"SELECT coalesce(sum({_SIGNED}), 0) AS margin FROM clients LEFT JOIN cashflows "  # noqa: S608
        "USING (client_id) GROUP BY client_id ORDER BY margin DESC"
    ).fetchnumpy()["margin"]
    share = np.cumsum(margin) / margin.sum()
    top = share[max(len(share) // 10 - 1, 0)]
    axes.plot(np.linspace(0, 100, len(share)), 100 * share)
    axes.axvline(10, color="grey", lw=0.7)
    axes.set(title=f"Margin: top 10% bring {top:.0%}", xlabel="% of clients", ylabel="% of margin")


def _defaults(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    frame = book.sql(
        """
        WITH quarters AS (
            SELECT unnest(generate_series(min(signed), max(signed), INTERVAL 3 MONTH))::DATE AS quarter
            FROM facilities
        ), failed AS (
            SELECT client_id, min(date) AS day FROM cashflows WHERE kind = 'write_off' GROUP BY client_id
        ), held AS (
            SELECT quarter, count(DISTINCT client_id) AS clients FROM quarters
            JOIN facilities ON signed <= quarter AND coalesce(closed, DATE '9999-01-01') > quarter
            GROUP BY quarter
        )
        SELECT quarter, 4.0 * count(failed.client_id) / any_value(clients) AS rate
        FROM held LEFT JOIN failed ON day >= quarter AND day < quarter + INTERVAL 3 MONTH
        GROUP BY quarter ORDER BY quarter
        """
    ).df()
    growth = book.sql("SELECT date, 100 * avg(gdp_growth) AS growth FROM macro GROUP BY ALL ORDER BY ALL").df()
    rate = frame["rate"].rolling(4, min_periods=1).mean()
    axes.plot(frame["quarter"], 100 * rate, color="tab:red")
    axes.set(title="Defaults, % of clients a year (red); growth", ylabel="%")
    axes.set_ylim(bottom=0)
    axes.tick_params(axis="x", rotation=45)
    axes.twinx().plot(growth["date"], growth["growth"], color="tab:grey", ls="--")


def _tenors(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    frame = book.sql("SELECT product, date_diff('month', signed, maturity) AS months FROM facilities").df()
    products = sorted(frame["product"].unique())
    axes.boxplot(
        [frame["months"][frame["product"] == name] for name in products],
        showfliers=False,
        orientation="horizontal",
    )
    axes.set_yticks(range(1, len(products) + 1), [name.replace("_", " ") for name in products])
    axes.set(title="Tenor", xlabel="months")


def _utilisation(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    frame = book.sql(
        """
        WITH owed AS (
            SELECT facility_id, sum(CASE kind WHEN 'drawdown' THEN amount WHEN 'repayment' THEN -amount
                WHEN 'write_off' THEN -amount ELSE 0 END) AS outstanding FROM cashflows GROUP BY facility_id)
        SELECT product, coalesce(outstanding, 0) / "limit" AS used
        FROM facilities LEFT JOIN owed USING (facility_id)
        WHERE closed IS NULL AND product <> 'guarantee' AND "limit" > 0
        """
    ).df()
    for name, used in frame.groupby("product")["used"]:
        axes.hist(used.clip(0, 1), bins=25, histtype="step", density=True, label=str(name).replace("_", " "))
    axes.legend(fontsize=7)
    axes.set(title="Utilisation of open facilities at the end", xlabel="outstanding / limit")


def _ratings(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    frame = book.sql(
        "SELECT grade, median(pd) AS pd, count(*) AS n FROM (SELECT DISTINCT ON (client_id) * FROM ratings "
        "ORDER BY client_id, date DESC) WHERE grade IS NOT NULL GROUP BY grade ORDER BY pd"
    ).df()
    axes.bar(frame["grade"], 100 * frame["n"] / frame["n"].sum())
    axes.set(title="Last rating", ylabel="% of clients")


def _survival(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    """Share of clients still active some months after their first, by type at the first as-of date."""
    frame = book.sql(
        """
        WITH kinds AS (
            SELECT client_id, any_value(relationship_type ORDER BY as_of) AS kind
            FROM truth GROUP BY client_id),
        ends AS (SELECT max(signed) AS day FROM facilities)
        SELECT kinds.kind, min(date) AS first, max(date) AS last, any_value(ends.day) AS final
        FROM cashflows JOIN kinds USING (client_id), ends
        WHERE cashflows.kind IN ('interest', 'fee') AND date <= ends.day GROUP BY client_id, kinds.kind
        """
    ).df()
    lived = (frame["last"] - frame["first"]).dt.days / 30.4
    censored = (frame["final"] - frame["last"]).dt.days < 200  # noqa: PLR2004
    for name in sorted(frame["kind"].unique()):
        mine = (frame["kind"] == name).to_numpy()
        axes.plot(*_kaplan_meier(lived.to_numpy()[mine], ~censored.to_numpy()[mine]), label=name)
    axes.set(title="Survival of relationships", xlabel="months", ylim=(0, 1))
    axes.legend(fontsize=7)


def _kaplan_meier(months: np.ndarray, ended: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    grid = np.arange(0, max(months.max(initial=1), 1))
    at_risk = np.array([(months >= month).sum() for month in grid])
    lost = np.array([(ended & (months >= month) & (months < month + 1)).sum() for month in grid])
    return grid, np.cumprod(1 - lost / np.maximum(at_risk, 1))


def _funnel(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    order = ["identified", "assessed", "due_diligence", "approved", "signed"]
    counts = book.sql("SELECT stage, count(DISTINCT opportunity_id) AS n FROM opportunities GROUP BY stage").df()
    share = counts.set_index("stage")["n"].reindex(order).fillna(0)
    share = 100 * share / max(share.iloc[0], 1)
    bars = axes.bar([name.replace("_", " ") for name in order], share)
    axes.bar_label(bars, fmt="%.0f%%", fontsize=8)
    axes.tick_params(axis="x", rotation=30)
    axes.set(title="Funnel: share of identified that got so far")


def _sizes(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    limits = book.sql('SELECT "limit" FROM facilities WHERE "limit" > 0').df()["limit"]
    axes.hist(np.log10(limits), bins=50)
    axes.set(title="Facility limits", xlabel="log10 of currency")


def _flows(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    frame = book.sql(
        f"SELECT date_trunc('quarter', date) AS quarter, sum({_SIGNED}) / 1e6 AS margin, "  # noqa: S608
        "sum(CASE WHEN kind = 'write_off' THEN amount ELSE 0 END) / 1e6 AS losses FROM cashflows "
        "WHERE date < (SELECT max(signed) FROM facilities) GROUP BY quarter ORDER BY quarter"
    ).df()
    axes.plot(frame["quarter"], frame["margin"], label="margin")
    axes.plot(frame["quarter"], frame["losses"], label="write-offs")
    axes.legend(fontsize=7)
    axes.tick_params(axis="x", rotation=45)
    axes.set(title="Millions a quarter")


def _decline(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    frame = book.sql("SELECT as_of, decline_probability AS p FROM truth WHERE active").df()
    for as_of, each in frame.groupby("as_of")["p"]:
        axes.hist(each, bins=25, histtype="step", label=f"{as_of:%Y-%m-%d}: mean {each.mean():.0%}")
    axes.legend(fontsize=7)
    axes.set(title="True probability of decline, active clients")


def _satisfaction(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    frame = book.sql("SELECT csat FROM surveys WHERE csat BETWEEN 1 AND 5").df()
    counts = frame["csat"].value_counts(normalize=True).sort_index()
    axes.bar(counts.index, 100 * counts)
    axes.set(title="Satisfaction in surveys", xlabel="1 to 5", ylabel="% of answers")


def _events(book: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    frame: pd.DataFrame = book.sql(
        "SELECT exit_cause, product, count(*) AS n FROM facilities WHERE exit_cause IS NOT NULL "
        "GROUP BY ALL ORDER BY ALL"
    ).df()
    table = frame.pivot_table(index="product", columns="exit_cause", values="n", fill_value=0)
    share = table.div(table.sum(axis=1), axis=0)
    left = np.zeros(len(share))
    for cause in share.columns:
        axes.barh([name.replace("_", " ") for name in share.index], share[cause], left=left, label=cause)
        left += share[cause].to_numpy()
    axes.legend(fontsize=7)
    axes.set(title="How facilities ended")

"""The simulated book as a banker would check it: balances, dates, plausibility, and the injected errors."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.book.columns import Kind
from models.book.contract import TABLES
from models.config.simulation import SimulationConfig, TruthConfig
from models.errors import ManyProblemsError, UserError
from models.simulator.book import SIMULATED, SimulationSummary, simulate
from models.simulator.injected_errors import repaired

ARROW = {Kind.TEXT: pa.string(), Kind.NUMBER: pa.float64(), Kind.DATE: pa.date32(), Kind.TRUTH: pa.bool_()}
SMALL = SimulationConfig(block_clients=600, truth=TruthConfig(paths=10), states=True)
MARGIN = (
    "sum(CASE WHEN kind IN ('interest', 'fee', 'recovery') THEN amount "
    "WHEN kind IN ('funding_cost', 'service_cost', 'write_off') THEN -amount ELSE 0 END)"
)


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> SimulationSummary:
    out = tmp_path_factory.mktemp("simulated") / "book"
    return simulate(SMALL, clients=1_500, months=60, seed=5, out=out)


@pytest.fixture(scope="module")
def clean(summary: SimulationSummary) -> Iterator[duckdb.DuckDBPyConnection]:
    """The book with every injected error repaired, as views."""
    repairs = pq.read_table(summary.folder / "truth_clean.parquet")
    with duckdb.connect() as book:
        for name in SIMULATED:
            table = repaired(pq.read_table(summary.folder / f"{name}.parquet"), repairs, name)
            book.register(name, table)
        book.register("truth", pq.read_table(summary.folder / "truth.parquet"))
        yield book


def one(book: duckdb.DuckDBPyConnection, sql: str) -> float:
    return book.sql(sql).fetchall()[0][0]


def test_drawn_less_repaid_less_written_off_never_leaves_zero_and_limit(clean):
    """At the end of every day with a flow, to the cent."""
    clean.sql(
        """
        CREATE OR REPLACE TEMP VIEW moved AS
        SELECT facility_id, date, sum(cents) OVER (PARTITION BY facility_id ORDER BY date) AS outstanding FROM (
            SELECT facility_id, date, sum(CASE WHEN kind = 'drawdown' THEN round(100 * amount)
                WHEN kind IN ('repayment', 'write_off') THEN -round(100 * amount) ELSE 0 END) AS cents
            FROM cashflows WHERE facility_id IS NOT NULL GROUP BY ALL)
        """
    )
    worst = clean.sql(
        'SELECT min(outstanding), max(outstanding - round(100 * "limit")), count(*) '
        "FROM moved JOIN facilities USING (facility_id)"
    ).fetchall()[0]
    assert worst[0] == 0
    assert worst[1] <= 0
    assert worst[2] > 10_000


def test_a_closed_facility_owes_nothing(clean):
    left = one(
        clean,
        """
        SELECT max(abs(owed)) FROM (SELECT sum(CASE kind WHEN 'drawdown' THEN round(100 * amount)
            WHEN 'repayment' THEN -round(100 * amount) WHEN 'write_off' THEN -round(100 * amount) ELSE 0 END) AS owed
        FROM cashflows JOIN facilities USING (facility_id) WHERE closed IS NOT NULL GROUP BY facility_id)
        """,
    )
    assert left == 0


def test_no_cashflow_before_signing_or_after_closing(clean):
    assert (
        one(
            clean,
            "SELECT count(*) FROM cashflows JOIN facilities USING (facility_id) "
            "WHERE date < signed OR date > coalesce(closed, DATE '9999-01-01') "
            "OR cashflows.client_id <> facilities.client_id",
        )
        == 0
    )


def test_amounts_are_whole_cents_above_zero(clean):
    assert (
        one(clean, "SELECT count(*) FROM cashflows WHERE amount <= 0 OR abs(amount * 100 - round(amount * 100)) > 1e-4")
        == 0
    )


def test_interest_is_the_outstanding_at_the_rate_of_the_facility(clean):
    """A bridge loan pays monthly: its second payment is a month's interest on what was drawn after signing."""
    rows = clean.sql(
        """
        WITH firsts AS (
            SELECT facility_id, spread_bp, min(date) FILTER (WHERE kind = 'drawdown') AS drawn_on,
                sum(amount) FILTER (WHERE kind = 'drawdown') AS drawn FROM facilities JOIN cashflows USING (facility_id)
            WHERE product = 'bridge_loan' GROUP BY facility_id, spread_bp
            HAVING count(*) FILTER (WHERE kind = 'drawdown') = 1)
        SELECT drawn, spread_bp, amount FROM firsts JOIN cashflows USING (facility_id)
        WHERE kind = 'interest' AND date > drawn_on AND date < drawn_on + INTERVAL 35 DAY
        """
    ).fetchnumpy()
    base = 12 * rows["amount"] / rows["drawn"] - rows["spread_bp"] / 10_000
    assert len(base) > 20
    assert base.min() > 0
    assert base.max() < 0.06


def test_group_totals_add_up(clean):
    """Every client is in one group, groups lie in one block, and groups sum to the book to the cent."""
    assert one(clean, "SELECT count(*) FROM clients WHERE group_id IS NULL") == 0
    block = "count(DISTINCT floor(substr(client_id, 2)::INT / 600))"
    assert one(clean, f"SELECT max(n) FROM (SELECT {block} AS n FROM clients GROUP BY group_id)") == 1  # noqa: S608
    cents = "round(100 * amount)::BIGINT"
    by_group = (
        f"SELECT sum(s) FROM (SELECT sum({cents}) AS s FROM cashflows JOIN clients USING (client_id) GROUP BY group_id)"  # noqa: S608
    )
    assert one(clean, by_group) == one(clean, f"SELECT sum({cents}) FROM cashflows")  # noqa: S608
    assert one(clean, "SELECT max(n) FROM (SELECT count(*) AS n FROM clients GROUP BY group_id)") >= 4


def test_every_default_is_announced_by_arrears_and_followed_by_recovery(clean):
    unannounced = one(
        clean,
        """
        SELECT count(*) FROM cashflows AS lost WHERE kind = 'write_off' AND NOT EXISTS (
            SELECT 1 FROM cashflows AS late JOIN facilities USING (client_id) WHERE late.client_id = lost.client_id
            AND late.kind = 'arrears' AND late.date < lost.date AND late.date > lost.date - INTERVAL 120 DAY)
        """,
    )
    assert unannounced == 0
    defaults = one(clean, "SELECT count(*) FROM facilities WHERE exit_cause = 'default'")
    recovered = one(clean, "SELECT count(DISTINCT facility_id) FROM cashflows WHERE kind = 'recovery'")
    assert defaults > 10
    assert recovered > 10


def test_the_first_payment_of_a_client_is_not_before_its_relationship(clean):
    assert (
        one(clean, "SELECT count(*) FROM cashflows JOIN clients USING (client_id) WHERE date < relationship_start") == 0
    )


@pytest.mark.parametrize("name", SIMULATED)
def test_each_table_has_exactly_the_columns_and_types_of_the_contract(summary, name):
    schema = pq.read_schema(summary.folder / f"{name}.parquet")
    assert schema.names == [column.name for column in TABLES[name].columns]
    assert schema.types == [ARROW[column.kind] for column in TABLES[name].columns]
    assert pq.read_metadata(summary.folder / f"{name}.parquet").num_rows == summary.rows[name] > 0


def test_the_clean_book_meets_the_contract(clean):
    for schema in map(TABLES.__getitem__, SIMULATED):
        for column in schema.columns:
            filled = f'SELECT count(*) FROM {schema.name} WHERE "{column.name}" IS NULL'  # noqa: S608
            assert not column.required or one(clean, filled) == 0, column.name
            for bound, wrong in ((column.low, "<"), (column.high, ">")):
                outside = f'SELECT count(*) FROM {schema.name} WHERE "{column.name}" {wrong} {bound}'  # noqa: S608
                assert bound is None or one(clean, outside) == 0, column.name
        for first, second in schema.ordered:
            assert one(clean, f'SELECT count(*) FROM {schema.name} WHERE "{first}" > "{second}"') == 0  # noqa: S608
        for reference in schema.references:
            lost = (
                f"SELECT count(*) FROM {schema.name} WHERE {reference.column} IS NOT NULL "  # noqa: S608
                f"AND {reference.column} NOT IN (SELECT {reference.target} FROM {reference.table})"
            )
            assert one(clean, lost) == 0, reference
        if schema.key:
            keys = f"SELECT count(*) - count(DISTINCT {schema.key[0]}) FROM {schema.name}"  # noqa: S608
            assert one(clean, keys) == 0


def test_past_dates_lie_before_the_end(clean, summary):
    for schema in map(TABLES.__getitem__, SIMULATED):
        for column in schema.columns:
            later = f"SELECT count(*) FROM {schema.name} WHERE \"{column.name}\" >= DATE '{summary.known_until}'"  # noqa: S608
            assert not column.past or one(clean, later) == 0, (schema.name, column.name)


def test_an_opportunity_moves_down_the_funnel_one_step_at_a_time(clean):
    broken = one(
        clean,
        """
        WITH steps AS (SELECT opportunity_id, entered, list_position(
            ['identified', 'assessed', 'due_diligence', 'approved', 'signed'], stage) AS step FROM opportunities)
        SELECT count(*) FROM (
            SELECT step - row_number() OVER (PARTITION BY opportunity_id ORDER BY entered) AS gap FROM steps)
        WHERE gap <> 0
        """,
    )
    assert broken == 0
    won = one(clean, "SELECT count(DISTINCT opportunity_id) FROM opportunities WHERE outcome = 'won'")
    assert won == one(clean, "SELECT count(*) FROM opportunities WHERE stage = 'signed'")
    assert won == one(clean, "SELECT count(*) FROM facilities")


def test_fewer_than_one_row_in_a_hundred_has_an_injected_error_and_each_is_noted(summary):
    repairs = pq.read_table(summary.folder / "truth_clean.parquet").to_pandas()
    for name in ("clients", "facilities", "cashflows", "interactions", "ratings", "financials", "opportunities"):
        mine = repairs[repairs["table"] == name]
        assert 0 < len(mine) < 0.0105 * summary.rows[name], name
    assert {"missing", "late", "unknown client", "repeated row", "date beyond the end"} <= set(repairs["defect"])
    cells = repairs.dropna(subset=["column"])
    assert (cells["written"].fillna("") != cells["clean"]).all()


def test_what_is_written_differs_from_the_clean_table_only_where_noted(summary):
    repairs = pq.read_table(summary.folder / "truth_clean.parquet")
    written = pq.read_table(summary.folder / "interactions.parquet")
    clean_rows = repaired(written, repairs, "interactions")
    differing = np.zeros(written.num_rows, dtype=bool)
    for name in written.column_names:
        before, after = written[name].to_pandas(), clean_rows[name].to_pandas()
        differing |= ((before != after) & ~(before.isna() & after.isna())).to_numpy()
    noted = repairs.to_pandas().query("table == 'interactions'")["row"]
    assert set(np.flatnonzero(differing)) == set(noted)


def test_the_truth_says_what_it_is_the_truth_of(summary):
    about = json.loads(pq.read_metadata(summary.folder / "truth.parquet").metadata[b"clientvalue.truth"])
    assert about["paths"] == 10
    assert about["campaign_lift"]["transactional"] == 0.45
    assert [each["as_of"] for each in about["totals_of_active_clients"]] == ["2021-01-01", "2022-01-01"]
    assert about["totals_of_active_clients"][0]["value_se"] > 0


def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("models.simulator.book._commons", lambda plan: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        simulate(SMALL, clients=100, months=3, seed=1, out=tmp_path / "book")
    assert list(tmp_path.iterdir()) == []


def test_an_older_book_is_replaced_but_nothing_else(tmp_path):
    out = tmp_path / "book"
    simulate(SMALL, clients=100, months=4, seed=1, out=out)
    assert simulate(SMALL, clients=120, months=4, seed=1, out=out).rows["clients"] == 120
    (out / "letters.txt").write_text("mine")
    with pytest.raises(UserError, match=r"letters\.txt"):
        simulate(SMALL, clients=100, months=4, seed=1, out=out)
    assert (out / "letters.txt").read_text() == "mine"
    assert pq.read_metadata(out / "clients.parquet").num_rows == 120


def test_every_wrong_number_is_told_at_once(tmp_path):
    with pytest.raises(ManyProblemsError) as caught:
        simulate(SMALL, clients=0, months=1, seed=-1, out=tmp_path / "book")
    assert len(caught.value.problems) == 3
    assert "--clients" in str(caught.value)

"""The simulated book is plausible, carries signal of what lies behind it, and does not change with its size."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from models.config.simulation import DirtEconomics, LifecycleEconomics, SimulationConfig, TruthConfig
from models.simulator.blocks import Plan, Run, SimulatedBlock, run_block, simulate_block, world_of
from models.simulator.book import simulate
from models.simulator.economics import TYPES
from models.simulator.journal import FunnelColumns
from models.simulator.notes import all_notes

PURE = DirtEconomics(missing_share=0, late_share=0, dirty_share=0)
CONFIG = SimulationConfig(block_clients=8_000, dirt=PURE, truth=TruthConfig(paths=2))
PLAN = Plan(config=CONFIG, clients=8_000, months=72, seed=1, as_of=())


@pytest.fixture(scope="module")
def run() -> Run:
    return run_block(PLAN, 0)


@pytest.fixture(scope="module")
def block() -> SimulatedBlock:
    return simulate_block(PLAN, 0)


def default_rates(run: Run) -> np.ndarray:
    """Defaults over clients that owe something, per year of the book."""
    new = np.diff(run.journal.history.defaulted.sum(axis=1), prepend=0).reshape(-1, 12).sum(axis=1)
    owing = (run.journal.history.exposure > 0).sum(axis=1).reshape(-1, 12).mean(axis=1)
    return np.asarray(new / owing)


def test_a_tenth_of_the_clients_brings_most_of_the_margin(run):
    margin = np.sort(run.journal.margin.sum(axis=0))[::-1]
    assert 0.5 < margin[: len(margin) // 10].sum() / margin.sum() < 0.8


def test_defaults_are_few_and_rise_half_a_year_after_the_economy_falls(run):
    rates = default_rates(run)[1:]
    assert 0.005 < rates.mean() < 0.03
    assert rates.min() > 0.003
    assert rates.max() < 0.04
    cycle = world_of(PLAN).cycle.mean(axis=1)
    before = [cycle[year - 6 : year + 6].mean() for year in range(12, 72, 12)]
    assert np.corrcoef(rates, before)[0, 1] < -0.4


def test_a_hundred_cashflows_a_client(run):
    assert 80 < sum(len(each) for each in run.journal.lists.cashflows) / PLAN.clients < 140


def test_the_funnel_narrows_at_every_step_and_most_drop_out(block):
    counts = block.tables["opportunities"].to_pandas()["stage"].value_counts()
    order = ["identified", "assessed", "due_diligence", "approved", "signed"]
    shares = counts[order] / counts["identified"]
    assert (shares.diff().dropna() < 0).all()
    assert 0.1 < shares["signed"] < 0.4


def test_relationships_of_loyal_types_last_longer(run):
    """Among those that came in the first half year: who still has a facility at the end."""
    clients = run.state.clients
    early, lasting = clients.arrival < 6, clients.open_facilities > 0
    share = {name: lasting[early & (clients.own_type == code)].mean() for code, name in enumerate(TYPES)}
    assert share["strategic"] > share["partnership"] > share["transactional"]
    assert share["problem-solving"] < share["partnership"]


def test_tenors_and_utilisation_are_those_of_the_products(block):
    facilities = block.tables["facilities"].to_pandas()
    months = (pd.to_datetime(facilities["maturity"]) - pd.to_datetime(facilities["signed"])).dt.days / 30.44
    median = months.groupby(facilities["product"].astype(str)).median()
    assert median["project_loan"] == pytest.approx(84, rel=0.1)
    assert median["trade_finance"] == pytest.approx(14, rel=0.1)
    used = highest_use(block)
    assert 0.4 < used["revolving_credit"] < 0.8
    assert used["trade_finance"] > 0.85
    assert used["guarantee"] < 0.05


def highest_use(block: SimulatedBlock) -> pd.Series:
    """Mean, per product, of the highest outstanding over the limit; guarantees are drawn only when called."""
    flows, facilities = block.tables["cashflows"].to_pandas(), block.tables["facilities"].to_pandas()
    sign = flows["kind"].astype(str).map({"drawdown": 1.0, "repayment": -1.0, "write_off": -1.0})
    moves = flows[sign.notna()].assign(facility=flows["facility_id"].astype(str), change=flows["amount"] * sign)
    moves = moves.sort_values("date", kind="stable")
    peak = moves.groupby("facility")["change"].cumsum().groupby(moves["facility"]).max()
    share = facilities["facility_id"].map(peak).fillna(0) / facilities["limit"]
    return share.groupby(facilities["product"].astype(str)).mean()


def test_ratings_follow_the_truth_with_a_lag(block, run):
    ratings = block.tables["ratings"].to_pandas()
    month = (pd.to_datetime(ratings["date"]).dt.year - 2018) * 12 + pd.to_datetime(ratings["date"]).dt.month - 1
    client = ratings["client_id"].astype(str).str[1:].astype(int).to_numpy()
    later = (month >= 24).to_numpy() & (ratings["grade"] != "D").to_numpy()
    quality = -np.log(ratings["pd"].to_numpy())
    credit = run.journal.history.credit
    fits = {lag: np.corrcoef(quality[later], credit[month[later] - lag, client[later]])[0, 1] for lag in (0, 4, 18)}
    assert fits[4] > 0.7
    assert fits[4] > fits[0]
    assert fits[4] > fits[18]


def test_surveys_and_notes_sound_like_the_satisfaction_behind_them(block, run):
    surveys = block.tables["surveys"].to_pandas()
    client = surveys["client_id"].astype(str).str[1:].astype(int).to_numpy()
    date = pd.to_datetime(surveys["date"])
    mood = run.journal.history.satisfaction[(date.dt.year - 2018) * 12 + date.dt.month - 1, client]
    assert np.corrcoef(surveys["csat"], mood)[0, 1] > 0.6
    assert len(surveys) < 0.5 * 12 * PLAN.clients
    contacts = block.tables["interactions"].to_pandas()
    text = contacts["text"].astype("str")
    angry = text.str.contains("complain|disappointed|不满|失望", na=False)
    glad = text.str.contains("satisfied|praise|满意，计划|称赞", na=False)
    complaint = contacts["kind"] == "complaint"
    assert complaint[angry].mean() > 3 * complaint[glad].mean()


def test_slow_answers_bring_complaints_and_notes_are_varied(block):
    contacts = block.tables["interactions"].to_pandas()
    hours = np.log(contacts["response_hours"])
    assert hours[contacts["kind"] == "complaint"].mean() > hours[contacts["kind"] == "enquiry"].mean() + 0.15
    texts = contacts["text"].dropna().astype("str")
    assert texts.nunique() > 2_000
    assert 0.02 < texts.str.contains("[一-龥]").mean() < 0.4
    assert len(all_notes()) == len(pc.unique(all_notes()))


def test_accounts_are_published_months_late(block):
    accounts = block.tables["financials"].to_pandas()
    wait = (pd.to_datetime(accounts["published"]) - pd.to_datetime(accounts["period_end"])).dt.days
    assert wait.min() > 60
    assert 90 < wait.median() < 180
    assert (pd.to_datetime(accounts["published"]) < "2024-01-01").all()


def test_randomised_campaigns_have_the_stated_effect_by_type():
    """New opportunities of those addressed against those not, while the campaign works; renewals left out."""
    lifecycle = LifecycleEconomics(opening_share=1.0, growing_months=600)
    config = SimulationConfig(block_clients=30_000, dirt=PURE, lifecycle=lifecycle)
    plan = Plan(config=config, clients=30_000, months=20, seed=4, as_of=())
    run = run_block(plan, 0)
    campaigns = world_of(plan).campaigns
    lift = {name: measured_lift(run, campaigns, code) for code, name in enumerate(TYPES)}
    assert lift["transactional"] == pytest.approx(0.45, abs=0.16)
    assert lift["partnership"] == pytest.approx(0.25, abs=0.16)
    assert lift["transactional"] > lift["strategic"]


def measured_lift(run: Run, campaigns, kind: int) -> float:
    clients, arrivals = run.state.clients, {True: 0.0, False: 0.0}
    entered = FunnelColumns.stacked(run.journal.lists.entered)
    new = entered.take(entered.stage == 0)
    exposed = {True: 0, False: 0}
    for campaign in np.flatnonzero(campaigns.randomised):
        month = campaigns.month[campaign]
        if month < 9 or month + 4 > 20:
            continue
        addressed = np.zeros(len(clients), dtype=bool)
        for contacts in run.journal.lists.contacts:
            mine = (contacts.campaign == campaign) & (contacts.month == month)
            addressed[contacts.client[mine]] = True
        eligible = (clients.own_type == kind) & run.journal.history.open_facilities[month - 1]
        started = np.bincount(new.client[(new.month >= month) & (new.month < month + 4)], minlength=len(clients))
        for treated in (True, False):
            group = eligible & (addressed == treated)
            arrivals[treated] += started[group].sum()
            exposed[treated] += group.sum()
    return arrivals[True] / exposed[True] / (arrivals[False] / exposed[False]) - 1


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_on_one_process_or_two(tmp_path):
    config = SimulationConfig(block_clients=150, truth=TruthConfig(paths=3))
    for name, seed, workers in (("a", 7, 1), ("b", 7, 2), ("c", 8, 1)):
        simulate(config, clients=400, months=26, seed=seed, out=tmp_path / name, workers=workers)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    other = digests(tmp_path / "c")
    assert all(other[name] != digest for name, digest in digests(tmp_path / "a").items() if name != "campaigns.parquet")


def test_a_larger_book_holds_the_smaller_one(tmp_path):
    """Full blocks are the same whatever comes after them, and so is the world around them."""
    config = SimulationConfig(block_clients=200, truth=TruthConfig(paths=3))
    simulate(config, clients=200, months=30, seed=3, out=tmp_path / "small")
    simulate(config, clients=600, months=30, seed=3, out=tmp_path / "large")
    for name in ("clients", "facilities", "cashflows", "interactions", "ratings", "truth", "truth_clean"):
        small, large = (pq.read_table(tmp_path / size / f"{name}.parquet") for size in ("small", "large"))
        assert large.num_rows > small.num_rows
        if name != "truth_clean":
            assert large.slice(0, small.num_rows).equals(small), name
    for name in ("campaigns", "macro"):
        assert pq.read_table(tmp_path / "small" / f"{name}.parquet").equals(
            pq.read_table(tmp_path / "large" / f"{name}.parquet")
        )


def test_another_number_of_clients_does_not_change_the_economics():
    """Two blocks of one world, one of half the size: the same figures within their sampling error."""
    figures = []
    for clients, block in ((4_000, 1), (2_000, 2)):
        config = SimulationConfig(block_clients=clients, dirt=PURE)
        run = run_block(Plan(config=config, clients=clients * (block + 1), months=60, seed=1, as_of=()), block)
        facilities = sum(len(each) for each in run.journal.lists.signed)
        rows = sum(len(each) for each in run.journal.lists.cashflows)
        figures.append((facilities / clients, rows / clients, default_rates(run)[1:].mean()))
    assert figures[0][0] == pytest.approx(figures[1][0], rel=0.08)
    assert figures[0][1] == pytest.approx(figures[1][1], rel=0.08)
    assert figures[0][2] == pytest.approx(figures[1][2], rel=0.45)

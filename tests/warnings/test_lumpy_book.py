"""A book of single deals: one deal in three years that leaves a window is no turn of the client that signed it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.panel.panel import Panel
from models.pipeline.pipeline import score_panel
from models.warnings import compute
from models.warnings.compute import DeteriorationReading, read_deteriorations
from models.warnings.rules import Signal, silence_chances
from support.warned_lender import AS_OF, Warner, panel_at, warner_in

CLIENTS, MONTHS = 240, 60
SECTIONS = {
    "time": {"period": "month", "horizon_periods": 12, "activity_periods": 36},
    "activity": {"kinds": ["drawdown"]},
    "value": {"kinds": {"drawdown": 1.0}},
    "features": {"windows": [6, 12, 24, 36], "measures": {}, "mix": [], "attributes": ["country"], "context": []},
    "origins": {"test": ["2021-07-01"], "spacing_periods": 6, "min_history_periods": 12, "max_count": 4},
    "relationships": {
        "drivers": {
            name: {"features": {feature: 1.0}}
            for name, feature in (
                ("depth", "activity_count_ever"),
                ("standing", "value_sum_ever"),
                ("trust", "tenure_days"),
                ("distress", "activity_recency_days"),
            )
        }
    },
    "needs": {
        "drivers": {
            name: {"features": {feature: 1.0}}
            for name, feature in (
                ("borrowing", "activity_count_ever"),
                ("building", "activity_size_ever"),
                ("protection", "tenure_days"),
            )
        }
    },
}


def lumpy_tables() -> dict[str, pd.DataFrame]:
    """Companies that come back for a deal every two years or so; the larger, the sooner."""
    random = np.random.default_rng(11)
    ids = np.array([f"C{number:03d}" for number in range(CLIENTS)], dtype=object)
    size = random.lognormal(12.0, 1.0, CLIENTS)
    chance = np.clip(0.04 * np.exp(0.5 * (np.log(size) - 12.0)), 0.01, 0.25)
    client, month = np.nonzero(random.random((CLIENTS, MONTHS)) < chance[:, None])
    clients = pd.DataFrame(
        {"client_id": ids, "group_id": None, "name": ids, "country": random.choice(["KE", "BR"], CLIENTS)}
    )
    flows = pd.DataFrame(
        {
            "client_id": ids[client],
            "facility_id": None,
            "date": [date(2018 + each // 12, each % 12 + 1, 15) for each in month.tolist()],
            "kind": "drawdown",
            "amount": np.round(size[client] * random.lognormal(0.0, 0.3, len(client)), 2),
        }
    )
    return {"clients": clients, "cashflows": flows}


@dataclass(frozen=True)
class Lumpy:
    """The models of the book, its clients at every month of three years, and its deals."""

    warner: Warner
    panel: Panel
    deals: pd.DataFrame

    def read(self, *, silence_chance: float) -> DeteriorationReading:
        """Who warns, with another limit on what a silence must be."""
        config = self.warner.config
        rules = config.warnings.model_copy(update={"silence_chance": silence_chance})
        config = config.model_copy(update={"warnings": rules})
        return read_deteriorations(self.warner.models, self.panel, config)


@pytest.fixture(scope="module")
def lumpy(tmp_path_factory: pytest.TempPathFactory) -> Lumpy:
    tables = lumpy_tables()
    warner = warner_in(tmp_path_factory.mktemp("warner"), tables, **SECTIONS)
    panel = panel_at(tmp_path_factory.mktemp("panel"), range(-37, 1), tables, **SECTIONS)
    flows = tables["cashflows"]
    return Lumpy(warner, panel, flows[flows["date"] < AS_OF])


def test_one_deal_that_leaves_a_window_is_no_turn(lumpy: Lumpy) -> None:
    """Without the limit a quarter of the book would warn, each time that a deal grows half a year old."""
    lax, strict = lumpy.read(silence_chance=0.999999).warned(), lumpy.read(silence_chance=0.05).warned()
    assert len(lax) > 10
    assert len(strict) < len(lax) / 3
    activity = list(lumpy.warner.config.warnings.dimensions).index("activity")
    single = lumpy.deals.groupby("client_id").size() == 1
    growing_old, left = (each.client_id[each.turn.warns[:, activity]] for each in (lax, strict))
    assert single.reindex(growing_old).any()
    assert not single.reindex(left).any()


def better_since_the_latest_deal(lumpy: Lumpy) -> set[str]:
    """Worth more and less likely to be gone than in the month before the latest deal, counted from the deals."""
    said = score_panel(lumpy.warner.models, lumpy.panel)
    keys = pd.MultiIndex.from_arrays([lumpy.panel.client_id, lumpy.panel.origin])
    outlook = pd.DataFrame({"value": said.value, "decline": said.decline_probability}, index=keys)
    latest = lumpy.deals.groupby("client_id")["date"].max()
    month = np.array([(day.year - AS_OF.year) * 12 + day.month - AS_OF.month for day in latest])
    now = outlook.reindex(pd.MultiIndex.from_product([latest.index, [0]]))
    then = outlook.reindex(pd.MultiIndex.from_arrays([latest.index, month]))
    rose = now["value"].to_numpy() > then["value"].to_numpy()
    fell = now["decline"].to_numpy() < then["decline"].to_numpy()
    return set(latest.index[rose & fell])


def test_nobody_warns_that_is_worth_more_and_risks_less_than_before_its_latest_deal(
    lumpy: Lumpy, monkeypatch: pytest.MonkeyPatch
) -> None:
    better = better_since_the_latest_deal(lumpy)
    warned = set(lumpy.read(silence_chance=0.999999).warned().client_id)
    assert warned
    assert not warned & better
    monkeypatch.setattr(compute, "better_than_before", lambda models, rows, *_: np.zeros(len(rows), dtype=np.bool_))
    anyway = set(lumpy.read(silence_chance=0.999999).warned().client_id)
    assert anyway - better == warned  # and nobody else is spared
    assert anyway & better


def test_rows_that_the_panel_does_not_hold_are_asked_for(lumpy: Lumpy) -> None:
    """Of a run the panel holds the dates that are compared; earlier rows come from the book, for these clients only."""
    few = replace(lumpy, panel=lumpy.panel.at([0, -1, -3]))
    config = lumpy.warner.config
    lax = config.model_copy(update={"warnings": config.warnings.model_copy(update={"silence_chance": 0.999999})})
    asked: list[tuple[set[str], set[int]]] = []

    def earlier(clients: list[str], origins: list[int]) -> list[Panel]:
        asked.append((set(clients), set(origins)))
        return [lumpy.panel.at(origins)]

    models = lumpy.warner.models
    whole = lumpy.read(silence_chance=0.999999)
    brought = read_deteriorations(models, few.panel, lax, earlier=earlier)
    assert brought.turn.severity.tobytes() == whole.turn.severity.tobytes()
    ((clients, origins),) = asked
    assert set(whole.warned().client_id) - clients <= set(few.panel.client_id)
    assert not origins & {0, -1, -3}
    alone = read_deteriorations(models, few.panel, lax)
    assert (alone.turn.severity > 0).sum() > (whole.turn.severity > 0).sum()


def test_silence_is_as_rare_as_business_is_frequent() -> None:
    quarter = Signal(feature="activity_growth_3p", dimension=0, worse=-1.0, least=0.25)
    overdue = Signal(feature="activity_overdue", dimension=0, worse=1.0, least=1.0)
    csat = Signal(feature="csat_last", dimension=1, worse=-1.0, least=1.0)
    active, tenure, silence = (np.array(each) for each in ([0.0, 6.0, 36.0], [0.0, 24.0, 36.0], [9.0, 2.0, 1.0]))
    chances = silence_chances([quarter, overdue, csat], active, tenure, silence)
    assert chances.tolist() == [[1.0, 1.0, 0.0], [0.75**3, 0.75**2, 0.0], [0.0, 0.0, 0.0]]

"""Twice as many arrears, recomputed by hand; then every other shock, what it moves, and what it must not look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.comparison.scored import scored_version
from models.config.loading import load_config
from models.config.root import Config
from models.grading.compute import facts_of
from models.grading.decision import grade_book
from models.panel.macro import Macro
from models.pipeline.pipeline import score_panel
from models.validation.report import ShockEffect, ShockKind
from models.validation.sensitivity import ShockedBook
from models.validation.shocks import InputShock, ShockPlan
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.lending_book import drawn_tables, write_tables
from support.monitored_book import known_before
from support.trained_lender import TrainedLender
from validation.conftest import Filed

DEMO = Path(__file__).parents[2] / "configs" / "demo.yaml"


def effect_of(filed: Filed, key: str) -> ShockEffect:
    return next(each for each in filed.written.report.sensitivity.effects if each.key == key)


def by_hand(filed: Filed, edited: pd.DataFrame) -> pd.DataFrame:
    """Clients with tier, value and decline before and after their features were edited, and the tier after."""
    version, models = filed.version, filed.version.bundle.models
    panel = replace(version.panel, features=edited)
    said = score_panel(models, panel)
    return pd.DataFrame(
        {
            "tier": version.tier,
            "value_before": version.said.value,
            "value": said.value,
            "decline_before": version.said.decline_probability,
            "decline": said.decline_probability,
            "tier_after": grade_book(models.policy, facts_of(said, panel)).tier,
        }
    )


def require_as_by_hand(effect: ShockEffect, rows: pd.DataFrame) -> None:
    assert effect.before.value == pytest.approx(rows["value_before"].sum())
    assert effect.after.value == pytest.approx(rows["value"].sum(), rel=1e-12)
    assert effect.after.decline == pytest.approx(rows["decline"].mean(), rel=1e-12)
    assert effect.up + effect.down == (rows["tier"] != rows["tier_after"]).sum()
    by_tier = rows.groupby("tier").agg(
        clients=("value", "size"),
        value=("value", "sum"),
        decline=("decline", "mean"),
        before=("decline_before", "mean"),
    )
    left = rows["tier"].ne(rows["tier_after"]).groupby(rows["tier"]).sum()
    assert {each.tier for each in effect.tiers} == set(by_tier.index)
    for each in effect.tiers:
        hand = by_tier.loc[each.tier]
        assert (each.before.clients, each.moved) == (hand["clients"], left[each.tier])
        assert each.after.value == pytest.approx(hand["value"], rel=1e-12)
        assert each.after.decline == pytest.approx(hand["decline"], rel=1e-12)
        assert each.before.decline == pytest.approx(hand["before"], rel=1e-12)


def test_twice_as_many_arrears_are_those_of_a_panel_with_doubled_columns(filed: Filed) -> None:
    features = filed.version.panel.features
    overdue = [name for name in features if name.startswith(("arrears_sum_", "arrears_count_"))] + ["arrears_days"]
    assert len(overdue) == 7  # over three windows each, and how long
    edited = features.assign(**{name: 2 * features[name] for name in overdue})
    effect = effect_of(filed, "arrears")
    assert sorted(effect.inputs) == sorted(overdue)
    assert effect.touched == (features[overdue] > 0).any(axis=1).sum() > 0
    require_as_by_hand(effect, by_hand(filed, edited))


def test_one_standard_deviation_is_that_of_the_clients_and_stays_within_what_is_seen(filed: Filed) -> None:
    leading = filed.shocked.plan.leading
    weight = filed.version.bundle.reference.weight
    numbers = filed.version.panel.features.select_dtypes("number")
    assert leading[0] == max((name for name in numbers if numbers[name].std() > 0), key=lambda name: weight[name])
    column = filed.version.panel.features[leading[0]]
    for way, sign in (("up", 1), ("down", -1)):
        moved = (column + sign * column.std()).clip(column.min(), column.max())
        edited = filed.version.panel.features.assign(**{leading[0]: moved})
        require_as_by_hand(effect_of(filed, f"{leading[0]}-{way}-deviation"), by_hand(filed, edited))
        edited = filed.version.panel.features.assign(
            **{leading[0]: (column * (1 + sign * 0.1)).clip(column.min(), column.max())}
        )
        require_as_by_hand(effect_of(filed, f"{leading[0]}-{way}-share"), by_hand(filed, edited))


def test_less_business_takes_a_fifth_of_amounts_and_counts_and_leaves_arrears(filed: Filed) -> None:
    features, effect = filed.version.panel.features, effect_of(filed, "business")
    assert {"value_sum_12p", "activity_count_3p", "fee_sum_6p", "loan_count_12p"} <= set(effect.inputs)
    assert not [name for name in effect.inputs if name.startswith("arrears")]
    require_as_by_hand(
        effect, by_hand(filed, features.assign(**{name: 0.8 * features[name] for name in effect.inputs}))
    )


def test_what_the_book_does_not_tell_is_said_to_be_left_out(filed: Filed) -> None:
    found = filed.written.report.sensitivity
    assert {each.kind for each in found.effects} == {ShockKind.INPUT, ShockKind.SCENARIO}
    assert [each.title for each in found.left_out] == ["Ratings one notch worse", "Macro stress"]
    assert "downturn" in {each.key for each in found.effects}  # which stands for the economy


def test_nothing_that_became_known_later_changes_a_shock(trained: TrainedLender, filed: Filed, tmp_path: Path) -> None:
    when = date(2022, 7, 1)
    place = write_tables(tmp_path / "early", known_before(drawn_tables(), when))
    overrides = [f"book.path={place}", f"book.known_until={when}", f"run.work_dir={tmp_path}"]
    early = load_config(trained.config_file, overrides)
    books = ((filed.book, filed.config), (open_book(early, None, SilentProgress()), early))
    whole, cut = (
        ShockedBook(
            book=book,
            version=scored_version(book, filed.version.bundle, config, when),
            sizes=config.validation.model_copy(update={"shocked_inputs": 2}),
        ).sensitivity()
        for book, config in books
    )
    assert whole == cut
    assert whole.as_of == when


# shocks that the lender's book has no tables for, of hand-made clients


def plan(config: Config, **columns: list[float]) -> ShockPlan:
    features = pd.DataFrame({name: np.array(values, dtype=np.float64) for name, values in columns.items()})
    values = {"gdp_growth": np.array([[np.nan, 0.02], [0.01, 0.02], [0.03, 0.02], [0.05, 0.08]])}
    macro = Macro(first=0, countries=("BR", "CN"), values=values)
    return ShockPlan(features=features, known=list(features), weight={}, config=config, macro=macro)


def shocked(shock: InputShock, features: pd.DataFrame) -> dict[str, list[float]]:
    moved = shock.applied(features)
    return {name: moved[name].round(6).tolist() for name in shock.changes}


@pytest.fixture(scope="module")
def demo() -> Config:
    return load_config(DEMO)


def scenario(made: ShockPlan, key: str) -> InputShock:
    return next(each for each in made.scenarios if each.key == key)


def test_ratings_one_notch_worse_are_the_median_step_worse_and_so_are_their_changes(demo: Config) -> None:
    made = plan(demo, pd_last=[0.01, 0.02, 0.06, 0.9], pd_change_12p=[0.0, 0.01, -0.02, 0.1], group_pd_mean=[0.01] * 4)
    assert made.notch == pytest.approx(3.0)  # of steps of 2, 3 and 15
    assert shocked(scenario(made, "ratings"), made.features) == {
        "pd_last": [0.03, 0.06, 0.18, 1.0],
        "pd_change_12p": [0.02, 0.05, 0.1, 0.2],
        "group_pd_mean": [0.03] * 4,
    }


def test_a_cut_limit_is_fuller_where_what_is_drawn_stays(demo: Config) -> None:
    made = plan(
        demo,
        facility_open_limit=[100.0],
        facility_utilisation=[0.5],
        facility_limit_growth_3p=[0.25],
        pd_age_days=[3.0],
    )
    assert shocked(scenario(made, "limits"), made.features) == {
        "facility_open_limit": [80.0],
        "facility_utilisation": [0.625],
        "facility_limit_growth_3p": [0.0],
    }


def test_the_economy_moves_by_two_deviations_of_its_own_past_both_ways(demo: Config) -> None:
    made = plan(demo, macro_gdp_growth_last=[0.03], macro_gdp_growth_change_24p=[0.01])
    deviation = np.sqrt(
        (2 * 0.02**2 + 0 + 3 * 0.015**2 + 0.045**2) / 7
    )  # of three dates of one, four of another country
    down, up = sorted(made.of_economy, key=lambda each: each.key)
    assert (down.key, up.key) == ("macro-gdp_growth-down", "macro-gdp_growth-up")
    assert shocked(up, made.features)["macro_gdp_growth_last"] == [round(0.03 + 2 * deviation, 6)]
    assert shocked(down, made.features)["macro_gdp_growth_change_24p"] == [round(0.01 - 2 * deviation, 6)]
    named = demo.model_copy(update={"validation": demo.validation.model_copy(update={"macro": {"gdp_growth": -0.03}})})
    (only,) = plan(named, macro_gdp_growth_last=[0.03]).of_economy
    assert shocked(only, made.features) == {"macro_gdp_growth_last": [0.0]}

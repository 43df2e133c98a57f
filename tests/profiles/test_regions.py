"""Regions: a place with a third of the value is key, a fast-growing one emerging; the strong in each get more."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from models.codec import from_plain, to_plain
from models.config.kinds import DriverConfig, RegionsConfig
from models.profiles.regions import RegionFacts, RegionModel, region_table

PLACES = ("Europe",) * 4 + ("Asia",) * 4 + ("Africa",) * 4
FRAME = pd.DataFrame({"capital": [4.0, 3.0, 2.0, 1.0] * 3})
POTENTIAL = DriverConfig(features={"capital": 1.0})
FACTS = RegionFacts(
    place=pd.Series(PLACES, dtype="str"),
    value=np.array([30.0, 10, 5, 5, 10, 5, 5, 5, 5, 5, 5, 10]),
    decline=np.repeat([0.2, 0.4, 0.5], 4),
    growth=np.repeat([0.0, 0.5, np.nan], 4),
    activity=np.full(12, 10.0),
    loss=np.repeat([1.0, 0.0, np.nan], 4),
)


def model(**settings: object) -> tuple[RegionModel, RegionsConfig]:
    config = RegionsConfig.model_validate({"min_clients": 4, "key_share": 0.4, "potential": POTENTIAL, **settings})
    return RegionModel.fit(FRAME, FACTS, config), config


def kinds(fitted: RegionModel) -> Mapping[str, str]:
    return {place.name: place.kind.value for place in fitted.places}


def test_figures_make_a_key_region_and_an_emerging_market() -> None:
    fitted, _ = model()
    assert kinds(fitted) == {"Europe": "key region", "Asia": "emerging market", "Africa": "other"}


def test_the_figures_by_hand() -> None:
    europe = next(place for place in model()[0].places if place.name == "Europe")
    assert (europe.clients, europe.value_share, europe.largest_share) == (4, 0.5, 0.6)
    assert (europe.decline, europe.growth, europe.loss) == pytest.approx((0.2, 0.0, 0.1))
    africa = next(place for place in model()[0].places if place.name == "Africa")
    assert (africa.growth, africa.loss) == (None, None)


def test_a_decision_goes_before_figures_and_few_clients_prove_nothing() -> None:
    assert kinds(model(key=["Africa"], emerging=["Europe"])[0])["Africa"] == "key region"
    assert kinds(model(key=["Africa"], emerging=["Europe"])[0])["Europe"] == "emerging market"
    assert kinds(model(min_clients=5)[0])["Asia"] == "other"


def test_new_and_unknown_places_are_other() -> None:
    fitted, _ = model()
    later = pd.Series(["Europe", "Atlantis", None], dtype="str")
    assert fitted.classes(later).tolist() == ["key region", "other", "other"]


def test_potential_is_high_for_the_strong_of_each_class() -> None:
    fitted, config = model(high_share=0.25)
    classes = fitted.classes(FACTS.place)
    assert fitted.potential(FRAME, classes, config).tolist() == ["high", "ordinary", "ordinary", "ordinary"] * 3
    unknown = pd.DataFrame({"capital": [np.nan]})
    assert fitted.potential(unknown, np.array(["other"]), config).tolist() == ["ordinary"]


def test_the_cross_table_holds_every_client_and_all_value() -> None:
    fitted, config = model()
    classes = fitted.classes(FACTS.place)
    table = region_table(classes, fitted.potential(FRAME, classes, config), FACTS.value, FACTS.decline)
    assert len(table) == 6
    assert table["clients"].sum() == 12
    assert table["value"].sum() == FACTS.value.sum()
    assert table.loc[0, ["region_class", "potential"]].tolist() == ["key region", "high"]
    assert table.loc[0, "value_at_risk"] == pytest.approx(30 * 0.2)


def test_a_book_without_places_has_no_key_region() -> None:
    nowhere = pd.Series([None] * 12, dtype="str")
    facts = RegionFacts(**{**vars(FACTS), "place": nowhere})
    fitted = RegionModel.fit(FRAME, facts, RegionsConfig(potential=POTENTIAL))
    assert fitted.places == ()
    assert set(fitted.classes(nowhere)) == {"other"}


def test_it_comes_back_from_text() -> None:
    fitted, _ = model()
    assert from_plain(RegionModel, to_plain(fitted), subject="regions", remedy="none") == fitted

"""Shares of the top tier by country are those of a groupby; their ratios and ranges those of scipy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats.contingency import relative_risk

from models.validation.fairness import risk_ratio, selection
from models.validation.text import claims
from validation.conftest import Filed


def rows_of(filed: Filed) -> pd.DataFrame:
    features, version = filed.version.panel.features, filed.version
    size = pd.qcut(features["value_sum_ever"].rank(method="average"), 5, labels=False)
    return pd.DataFrame(
        {
            "region": features["country"],  # the book has no region
            "size": size,
            "top": version.tier == "AA",
            "decline": version.said.decline_probability,
        }
    )


def test_shares_of_the_top_tier_are_those_of_a_groupby(filed: Filed) -> None:
    rows, found = rows_of(filed), filed.written.report.selection
    assert found.tiers == ("AA",)
    hand = rows.groupby("region").agg(clients=("top", "size"), selected=("top", "sum"), decline=("decline", "mean"))
    large = hand[hand["clients"] >= 30]
    mine = {each.name: each for each in found.groups if each.by == "region"}
    assert found.pooled["region"] == len(hand) - len(large)
    assert set(large.index) <= set(mine)
    for name, each in large.iterrows():
        group = mine[str(name)]
        assert (group.clients, group.selected) == (each["clients"], each["selected"])
        assert group.decline == pytest.approx(each["decline"])
        others = rows[rows["region"] != name]["top"]
        assert group.ratio == pytest.approx((each["selected"] / each["clients"]) / others.mean())
    assert sum(each.clients for each in mine.values()) == len(rows)


def test_ranges_of_ratios_are_those_of_katz_as_scipy_has_them() -> None:
    for counts in ((10, 100, 40, 200), (3, 31, 90, 400), (120, 121, 60, 90)):
        other = relative_risk(*counts)
        range_ = other.confidence_interval(0.95)
        assert risk_ratio(*counts) == pytest.approx((other.relative_risk, range_.low, range_.high))
    assert risk_ratio(0, 50, 10, 100) is not None  # nobody of a group may be chance
    assert risk_ratio(5, 50, 0, 100) is None


def test_a_group_far_from_parity_is_off_and_small_ones_are_pooled(filed: Filed) -> None:
    clients = len(filed.version.panel)
    top = np.arange(clients) % 4 == 0
    tier = np.where(top, "AA", "B")
    country = np.where(top | (np.arange(clients) % 3 == 0), "KE", "BR").astype(object)
    country[:5] = ["A1", "A2", "A3", "A4", "A5"]
    features = filed.version.panel.features.assign(country=country)
    panel = type(filed.version.panel)(**{**vars(filed.version.panel), "features": features})
    version = type(filed.version)(**{**vars(filed.version), "panel": panel, "tier": tier})
    found = selection(version, filed.config.validation)
    groups = {each.name: each for each in found.groups if each.by == "region"}
    assert groups["BR"].selected == 0
    assert groups["BR"].is_off
    assert groups["KE"].is_off
    assert found.pooled["region"] == 5
    assert groups["other"].clients == 5


def test_where_nothing_was_compared_nobody_is_told_that_all_is_well(filed: Filed) -> None:
    report = filed.written.report
    alone = replace(report, selection=replace(report.selection, groups=(), pooled={"size": 0}))
    said = [claim.said for claim in claims(alone)["fairness"] if claim.figure == "selection"]
    assert said == ["Not compared by region: the book tells no two groups that are large enough."]

"""A tier has one colour, by its rank, wherever it is drawn; a small book's amounts are told in a unit that fits."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

from rich.console import Console

from models.config.policy.tiers import DEFAULT_SCALE, Colour, TierConfig, TierScale
from models.overview.plots import risk_chart
from models.overview.report import ClientSample
from models.overview.text import OverviewWords
from models.scoring.policy_in_force import GradedBy
from models.scoring.report import Predicted
from models.scoring.terminal import tiers_table
from models.segments.plots import mix_chart
from models.segments.text import ProfileWords
from models.shell.tier_styles import CLASSES, tier_style, tier_styles
from models.text import ENGLISH

COLOURS = DEFAULT_SCALE.colours()


def test_a_tier_has_the_same_colour_on_every_plot() -> None:
    sample = ClientSample(tier=("B", "AA"), value=(10.0, 1_000.0), decline_probability=(0.5, 0.1))
    whole: list[Any] = [
        SimpleNamespace(name=name, share=share) for name, share in (("B", 0.6), ("AA", 0.3), ("not known", 0.1))
    ]
    mixes = {"tier": {each.name: each.share for each in whole}}
    segment: Any = SimpleNamespace(number=0, name="large", name_zh="大", mixes=mixes)
    overview: Any = SimpleNamespace(sample=sample, currency="USD", tier_colours=COLOURS, called={})
    segments: Any = SimpleNamespace(segments=[segment], tier_colours=COLOURS, tier_names={})
    dots = {key.label: key.css for key in risk_chart(overview, OverviewWords(overview, ENGLISH)).legend}
    drawn = mix_chart("tier", ProfileWords(segments), whole)
    bars = {key.label: key.css.removeprefix("bar ") for key in drawn.legend}
    assert dots == {"AA": tier_style("AA", COLOURS), "B": tier_style("B", COLOURS)}
    assert {name: bars[name] for name in dots} == dots
    assert bars["not known"] not in dots.values()


def test_colours_go_by_rank_whatever_tiers_are_called() -> None:
    metals = TierScale(tuple(TierConfig(name=name) for name in ("gold", "silver", "bronze")))
    named = tier_styles(["gold", "silver"], metals.colours())
    assert list(named.values()) == [tier_style("AA", COLOURS), tier_style("A", COLOURS)]
    many = TierScale(tuple(TierConfig(name=f"T{number}") for number in range(8)))
    assert len(set(tier_styles(many.names, many.colours()).values())) == len(many)


def test_a_policy_may_choose_the_colour_of_a_tier() -> None:
    scale = TierScale((TierConfig(name="good", colour="violet"), TierConfig(name="rest")))
    assert tier_styles(scale.names, scale.colours()) == {"good": "s5", "rest": "ours"}


def test_every_colour_has_a_style_of_its_own() -> None:
    assert set(CLASSES) == set(get_args(Colour))
    assert len(set(CLASSES.values())) == len(CLASSES)


def test_a_small_book_is_not_told_to_be_worth_nothing() -> None:
    reported = Predicted(
        folder=Path(),
        run_key="k",
        as_of=date(2024, 1, 1),
        model_version="m",
        clients=3,
        tiers={"AA": 1, "B": 2},
        value_by_tier={"AA": 12_345.0, "B": -345.0},
        decline_by_tier={"AA": 0.1, "B": 0.4},
        value_between={"": (11_500.0, 12_500.0)},
        overrides={},
        policy=GradedBy(policy="p", models="p"),
    )
    console = Console(width=80, record=True)
    console.print(tiers_table(reported, "USD"))
    said = console.export_text()
    assert "12.3k" in said
    assert "-345" in said
    assert re.search(r"12\.0k +11\.5k to\s+12\.5k", said)
    assert "0.0" not in said

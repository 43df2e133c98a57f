"""What cannot tell kinds of clients apart: refused in a sentence, or left aside and said so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from support.lending_book import Lender, lender_in

Command = Callable[..., Any]
NIL = "features.measures.nil={kinds: [write_off]}"
"""Nobody in the book ever had a write-off: the same for all."""

REFUSED = {
    "shares that do not sum to one": (
        ["relationships.drivers.depth.features.activity_count_ever=0.7"],
        ("relationships.drivers.depth", "must sum to 1", "got 0.7 from activity_count_ever 0.7: divide each by 0.7"),
    ),
    "text as a number": (
        ["needs.drivers.borrowing.features={country: 1.0}"],
        ("a driver must name a number feature", "country is text", "write country=one of its categories"),
    ),
    "only a constant feature": (
        [NIL, "learners.segments.features=[nil_sum_12p]"],
        ("3 clusters need at least as many clients that differ", "got 1", "lower learners.segments.clusters"),
    ),
    "more clusters than a page can tell": (
        ["learners.segments.clusters=100000"],
        ("learners.segments.clusters", "less than or equal to 20", "got 100000"),
    ),
}


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return lender_in(tmp_path_factory.mktemp("lender"))


def train(command: Command, lender: Lender, settings: list[str]) -> Any:
    overrides = [part for setting in settings for part in ("--set", setting)]
    return command("train", "--config", lender.config_file, "--json", *overrides)


@pytest.mark.parametrize(("settings", "reported"), REFUSED.values(), ids=REFUSED)
def test_kinds_that_cannot_be_told_are_refused(
    settings: list[str], reported: tuple[str, ...], lender: Lender, command: Command
) -> None:
    ended = train(command, lender, settings)
    assert (ended.code, ended.out) == (2, "")
    message = ended.err.partition("error: ")[2]
    assert "Traceback" not in ended.err
    assert "values above" not in message
    for words in reported:
        assert words in " ".join(message.split()), message


def test_what_tells_nothing_is_left_aside_and_a_feature_that_is_unknown_is_named(
    lender: Lender, command: Command
) -> None:
    """A constant among segment features, a driver that nobody knows, and a category that no client is of."""
    ended = train(
        command,
        lender,
        [
            NIL,
            "learners.segments.features=[nil_sum_12p, value_sum_12p, tenure_days]",
            "needs.drivers.borrowing.features={shoe_size: 1.0}",
            "needs.drivers.building.features={industry=spaceflight: 1.0}",
        ],
    )
    assert ended.code == 0, ended.err
    assert "so needs go without: shoe_size" in " ".join(ended.err.split())
    report = json.loads(ended.out)["report"]
    assert report["kinds"]["unknown_features"]["needs"] == ["shoe_size"]
    assert len(report["segments"]["segments"]) == 3

"""What a segment is called holds for most of its clients, and no name says the opposite of another one's medians."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.config.segments import SegmentsConfig
from models.learners.segments.model import SegmentModel
from models.learners.segments.names import names_of
from models.vocab import FloatArray

FEATURES = ("volume", "growth", "tenure", "guarantees")
WORDS = {
    name: {"high": {"en": f"{{very}}more {name}", "zh": name}, "low": {"en": f"{{very}}less {name}", "zh": name}}
    for name in FEATURES
}
CONFIG = SegmentsConfig(features=FEATURES, words=WORDS, clusters={"fewest": 3, "most": 5}, resamples=2)
SIDES = {"more": 1.0, "less": -1.0}
Word = tuple[int, float, bool]
"""Feature, side and whether it is very far."""


def words_in(name: str) -> list[Word]:
    """The graded words of a name.

    >>> words_in("very more growth, less tenure (1 of 2)")
    [(1, 1.0, True), (2, -1.0, False)]
    """
    parts = [part.split() for part in name.partition(" (")[0].split(", ")]
    return [(FEATURES.index(part[-1]), SIDES[part[-2]], part[0] == "very") for part in parts if part[-2] in SIDES]


def require_order(names: tuple[str, ...], medians: FloatArray) -> None:
    """A segment that is told "more" lies above every one told "less" or told nothing, and "very" farthest out."""
    said = [{(place, side): very for place, side, very in words_in(name)} for name in names]
    for (one, mine), (other, theirs) in itertools.permutations(enumerate(said), 2):
        for (place, side), is_very in mine.items():
            gap = side * (medians[one, place] - medians[other, place])
            if (place, side) not in theirs:
                assert not gap < 0, (names[one], names[other], FEATURES[place])
            elif is_very and not theirs[place, side]:
                assert gap > 0, (names[one], names[other], FEATURES[place])


@given(
    st.integers(2, 7).flatmap(
        lambda rows: st.lists(
            st.lists(st.floats(-3, 3) | st.just(np.nan), min_size=4, max_size=4), min_size=rows, max_size=rows
        )
    )
)
def test_comparing_words_are_in_the_order_of_the_medians(drawn: list[list[float]]) -> None:
    typical = np.array(drawn)
    names = names_of(typical, FEATURES, words=CONFIG.words)
    assert len(set(names)) == len(names)
    require_order(names, typical)
    for row, name in zip(typical, names, strict=True):
        for place, side, very in words_in(name):
            assert side * row[place] >= (1.0 if very else 0.25)
            assert very == (side * row[place] >= 1.0)


def book(seed: int, clients: int = 400) -> FloatArray:
    """Clients with long-tailed amounts, of whom most have no guarantees, and some are not told of."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, 4, clients)
    guarantees = np.where(random.random(clients) < 0.1 + 0.2 * kind, random.beta(1, 3, clients), 0.0)
    matrix = np.column_stack(
        [
            random.lognormal(np.array([9, 10, 12, 10])[kind], 1.0),
            random.normal(np.array([0.4, 0.1, 0.0, -0.2])[kind], 0.2),
            random.gamma(2, np.array([100, 900, 1200, 400])[kind]),
            guarantees,
        ]
    )
    matrix[random.random(matrix.shape) < 0.1] = np.nan
    return matrix


@pytest.mark.parametrize("seed", range(5))
def test_each_word_holds_for_most_clients_of_the_segment(seed: int) -> None:
    matrix = book(seed)
    model = SegmentModel.fit(matrix, CONFIG, seed=seed, least={"guarantees": 0.05})
    label, whole = model.assign(matrix).segment, np.nanmedian(matrix, axis=0)
    medians = np.array([np.nanmedian(matrix[label == number], axis=0) for number in model.numbers])
    require_order(model.names, medians)
    for number, name, median in zip(model.numbers, model.names, medians, strict=True):
        for place, side, _ in words_in(name):
            known = matrix[label == number, place]
            assert side * (median[place] - whole[place]) > (0.05 if FEATURES[place] == "guarantees" else 0.0)
            assert np.mean(side * (known[~np.isnan(known)] - whole[place]) > 0) >= 0.5


def test_a_few_with_much_do_not_name_those_who_have_nothing() -> None:
    random = np.random.default_rng(1)
    kind = np.arange(300) % 3
    volume = random.normal(np.array([0.0, 5.0, 10.0])[kind], 0.5)
    guarantees = np.where((kind == 2) & (random.random(300) < 0.45), 0.9, random.uniform(0.0, 0.003, 300))
    matrix = np.column_stack([volume, random.normal(size=300), random.normal(size=300), guarantees])
    model = SegmentModel.fit(matrix, CONFIG, seed=1)
    label = model.assign(matrix).segment
    for number, name in zip(model.numbers, model.names, strict=True):
        if "more guarantees" in name:
            assert np.median(guarantees[label == number]) > np.median(guarantees)

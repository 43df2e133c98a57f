"""Every part that the bench of ``predict`` times is a function that stands where the bench looks for it."""

from __future__ import annotations

import pytest
from bench.overhead import _owner
from bench.predict import PARTS

PLACES = [place for functions in PARTS.values() for place in functions]


@pytest.mark.parametrize("place", PLACES)
def test_a_part_is_a_function_of_the_project_or_of_lightgbm(place: str) -> None:
    owner, name = _owner(place)
    assert name in vars(owner)
    assert callable(getattr(owner, name))

"""The economics refuse what no book could have, and say why each figure is what it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pydantic import ValidationError

from models.config.base import Section
from models.config.simulation import SimulationConfig
from models.simulator.economics import Economics


def test_more_than_one_dirty_row_in_a_hundred_is_refused():
    with pytest.raises(ValidationError, match="below 1% together, got 1\\.10%"):
        SimulationConfig.model_validate({"dirt": {"missing_share": 0.006, "late_share": 0.004, "dirty_share": 0.001}})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": "2018-01-15"}, "first day of a month"),
        ({"types": {}}, "types must be strategic"),
        ({"products": {}}, "products must be project_loan"),
        ({"credit": {"cure_rat": 0.2}}, "Extra inputs"),
        ({"truth": {"paths": 1}}, "greater than or equal to 2"),
    ],
)
def test_a_broken_economy_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        SimulationConfig.model_validate(changes)


def test_every_setting_says_what_it_is():
    undocumented = [name for name, described in settings(SimulationConfig()) if not described]
    named_by_their_section = {"types", "products", "cycle", "credit", "lifecycle", "service", "campaigns", "dirt"}
    named_by_their_section |= {"intervention"}
    assert set(undocumented) <= named_by_their_section | {"truth", "decline", "discount_rate_annual", "rule", "share"}


def settings(section: Section) -> Iterator[tuple[str, bool]]:
    for name, field in type(section).model_fields.items():
        yield name, bool(field.description)
        inner = getattr(section, name)
        for each in inner.values() if isinstance(inner, dict) else [inner]:
            if isinstance(each, Section):
                yield from settings(each)


def test_a_product_mix_is_a_distribution_tilted_by_need():
    economics = Economics.of(SimulationConfig())
    np.testing.assert_allclose(economics.mix.sum(axis=2), 1.0)
    funding, resources, risk = economics.mix[0]
    assert resources[0] > funding[0], "resource integration asks for projects"
    assert risk[3] > funding[3], "risk management asks for guarantees"

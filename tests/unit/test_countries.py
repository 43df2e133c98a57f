"""Where countries lie: the World Bank's regions, under each name a country goes by."""

from __future__ import annotations

import pytest

from models.tables.sources.countries import region_of


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("Brazil", "Latin America and the Caribbean"),
        ("Cote D'Ivoire", "Sub-Saharan Africa"),
        ("Turkiye", "Europe and Central Asia"),
        ("World Region", "World"),
        ("Atlantis", None),
    ],
)
def test_countries_have_the_world_banks_regions(country: str, region: str | None) -> None:
    assert region_of(country) == region

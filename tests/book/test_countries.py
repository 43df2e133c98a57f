"""Where countries lie: the World Bank's regions, under each name a country goes by."""

from __future__ import annotations

import pytest

from models.book.sources.countries import GROUP, REGIONS, SYNONYMS, place_of, region_of


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


AMERICAS, MIDDLE_EAST = "Latin America and the Caribbean", "Middle East and North Africa"


@pytest.mark.parametrize(
    ("spelling", "region"),
    [
        ("Latin America Region", AMERICAS),
        ("Latin America and the Caribbean Region", AMERICAS),
        ("Latin America and the Caribbean Subregion", AMERICAS),
        ("LATIN AMERICA & CARIBBEAN", AMERICAS),
        ("Caribbean Subregion", AMERICAS),
        ("Middle East, Pakistan, and Afg Region", MIDDLE_EAST),
        ("Middle East, North Africa, Afghanistan & Pakistan", MIDDLE_EAST),
        ("Middle East and North Africa Subregion", MIDDLE_EAST),
        ("MENA", MIDDLE_EAST),
        ("Eastern and Southern Africa", "Sub-Saharan Africa"),
        ("Eastern & Southern Africa Sub-Region", "Sub-Saharan Africa"),
        ("Western and Central Africa Region", "Sub-Saharan Africa"),
        ("Sub-Saharan Africa", "Sub-Saharan Africa"),
        ("South Africa Region", "Sub-Saharan Africa"),
        ("East Asia and the Pacific", "East Asia and Pacific"),
        ("South East Asia... and Pacific Islands Region", "East Asia and Pacific"),
        ("South Asia Region", "South Asia"),
        ("Southern Asia", "South Asia"),
        ("Central Asia Subregion", "Europe and Central Asia"),
        ("Europe & Central Asia", "Europe and Central Asia"),
        ("World", "World"),
        ("Global", "World"),
    ],
)
def test_groups_of_countries_are_known_by_their_words(spelling: str, region: str) -> None:
    place = place_of(spelling)
    assert (place.region, place.is_group, place.in_ids) == (region, True, GROUP)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("C\u00f4te d\u2019Ivoire", "Cote d'Ivoire"),
        ("S\u00e3o Tom\u00e9 & Pr\u00edncipe", "Sao Tome and Principe"),
        ("Congo, Dem. Rep.", "Congo, Democratic Republic of"),
        ("Democratic Republic of the Congo", "Congo, Democratic Republic of"),
        ("Congo, Rep.", "Congo, Republic of"),
        ("Korea, Rep.", "Korea, Republic of"),
        ("Korea, Dem. People's Rep. of", "Korea, Democratic People's Republic of"),
        ("Micronesia, Fed. Sts.", "Micronesia, Federated States of"),
        ("Venezuela, RB", "Venezuela, Republica Bolivariana de"),
        ("Kingdom of Morocco", "Morocco"),
        ("Saint Kitts and Nevis", "St. Kitts and Nevis"),
        ("SOUTH AFRICA", "South Africa"),
        ("Central African Republic", "Central African Republic"),
        ("United States", "United States"),
        ("T\u00fcrkiye", "Turkiye"),
    ],
)
def test_countries_are_known_by_their_words(spelling: str, name: str) -> None:
    place = place_of(spelling)
    assert (place.name, place.is_group, place.in_ids) == (name, False, name.upper())


@pytest.mark.parametrize(
    "spelling", ["Atlantis", "Country Name Pending", "Republic", "Niger Region", "Asia Region", " "]
)
def test_a_place_that_no_words_tell_keeps_its_name_and_has_no_region(spelling: str) -> None:
    assert (place_of(spelling).name, place_of(spelling).region) == (spelling.strip(), None)


def test_every_listed_spelling_is_the_place_it_stands_for() -> None:
    for region, names in REGIONS.items():
        for name in names.split("; "):
            assert (place_of(name).name, place_of(name).region) == (name, region)
    for spelling, name in SYNONYMS.items():
        assert place_of(spelling).name == name

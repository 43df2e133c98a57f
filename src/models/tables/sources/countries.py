"""Countries as the World Bank lists them, with their region: facts, no data of any client.

Spellings drift between editions of the same file (Turkey, Turkiye). One spelling per country keeps a client
one client. Regions are those of the World Bank's country classification for the fiscal year 2023; a country
that is not listed keeps its name and has no region from here.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

REGIONS = {
    "East Asia and Pacific": (
        "American Samoa; Australia; Brunei Darussalam; Cambodia; China; Fiji; French Polynesia; Guam; "
        "Hong Kong SAR, China; Indonesia; Japan; Kiribati; Korea, Democratic People's Republic of; "
        "Korea, Republic of; Lao People's Democratic Republic; Macao SAR, China; Malaysia; Marshall "
        "Islands; Micronesia, Federated States of; Mongolia; Myanmar; Nauru; New Caledonia; New "
        "Zealand; Northern Mariana Islands; Palau; Papua New Guinea; Philippines; Samoa; Singapore; "
        "Solomon Islands; Taiwan, China; Thailand; Timor-Leste; Tonga; Tuvalu; Vanuatu; Vietnam; East "
        "Asia and Pacific Region; Southeast Asia Region"
    ),
    "Europe and Central Asia": (
        "Albania; Andorra; Armenia; Austria; Azerbaijan; Belarus; Belgium; Bosnia and Herzegovina; "
        "Bulgaria; Channel Islands; Croatia; Cyprus; Czech Republic; Denmark; Estonia; Faroe Islands; "
        "Finland; France; Georgia; Germany; Gibraltar; Greece; Greenland; Hungary; Iceland; Ireland; "
        "Isle of Man; Italy; Kazakhstan; Kosovo; Kyrgyz Republic; Latvia; Liechtenstein; Lithuania; "
        "Luxembourg; Moldova; Monaco; Montenegro; Netherlands; North Macedonia; Norway; Poland; "
        "Portugal; Romania; Russian Federation; San Marino; Serbia; Serbia and Montenegro; Slovak "
        "Republic; Slovenia; Spain; Sweden; Switzerland; Tajikistan; Turkiye; Turkmenistan; Ukraine; "
        "United Kingdom; Uzbekistan; Yugoslavia, former; Yugoslavia, Federal Republic of; Central Asia "
        "Region; Central Europe Region; Eastern Europe Region; Southern Europe Region"
    ),
    "Latin America and the Caribbean": (
        "Antigua and Barbuda; Argentina; Aruba; Bahamas, The; Barbados; Belize; Bolivia; Brazil; "
        "British Virgin Islands; Cayman Islands; Chile; Colombia; Costa Rica; Cuba; Curacao; Dominica; "
        "Dominican Republic; Ecuador; El Salvador; Grenada; Guatemala; Guyana; Haiti; Honduras; "
        "Jamaica; Mexico; Nicaragua; Panama; Paraguay; Peru; Puerto Rico; Sint Maarten (Dutch part); "
        "St. Kitts and Nevis; St. Lucia; St. Martin (French part); St. Vincent and the Grenadines; "
        "Suriname; Trinidad and Tobago; Turks and Caicos Islands; Uruguay; Venezuela, Republica "
        "Bolivariana de; Virgin Islands (U.S.); Caribbean Region; Central America Region; Latin America "
        "Region; South and Central America Region"
    ),
    "Middle East and North Africa": (
        "Algeria; Bahrain; Djibouti; Egypt, Arab Republic of; Iran, Islamic Republic of; Iraq; Israel; "
        "Jordan; Kuwait; Lebanon; Libya; Malta; Morocco; Oman; Qatar; Saudi Arabia; Syrian Arab "
        "Republic; Tunisia; United Arab Emirates; West Bank and Gaza; Yemen, Republic of; MENA Region"
    ),
    "North America": ("Bermuda; Canada; United States"),
    "South Asia": (
        "Afghanistan; Bangladesh; Bhutan; India; Maldives; Nepal; Pakistan; Sri Lanka; Southern Asia Region"
    ),
    "Sub-Saharan Africa": (
        "Angola; Benin; Botswana; Burkina Faso; Burundi; Cabo Verde; Cameroon; Central African "
        "Republic; Chad; Comoros; Congo, Democratic Republic of; Congo, Republic of; Cote d'Ivoire; "
        "Equatorial Guinea; Eritrea; Eswatini; Ethiopia; Gabon; Gambia, The; Ghana; Guinea; "
        "Guinea-Bissau; Kenya; Lesotho; Liberia; Madagascar; Malawi; Mali; Mauritania; Mauritius; "
        "Mozambique; Namibia; Niger; Nigeria; Rwanda; Sao Tome and Principe; Senegal; Seychelles; "
        "Sierra Leone; Somalia; South Africa; South Sudan; Sudan; Tanzania; Togo; Uganda; Zambia; "
        "Zimbabwe; Africa Region; Central Africa Region; Eastern Africa Region; Eastern and Southern "
        "Africa Region; Southern Africa Region; Western Africa Region; Western and Central Africa "
        "Region"
    ),
    "World": ("World Region"),
}
"""Region -> its countries, and the groups of countries that World Bank files use in their place."""

SYNONYMS = {
    "Bahamas": "Bahamas, The",
    "Cape Verde": "Cabo Verde",
    "Caribbean": "Caribbean Region",
    "Czechia": "Czech Republic",
    "Eastern Africa": "Eastern Africa Region",
    "Eastern Europe": "Eastern Europe Region",
    "Eastern and Southern Africa": "Eastern and Southern Africa Region",
    "Egypt": "Egypt, Arab Republic of",
    "Gambia": "Gambia, The",
    "Iran": "Iran, Islamic Republic of",
    "Korea": "Korea, Republic of",
    "Lao PDR": "Lao People's Democratic Republic",
    "Latin America and the Caribbean": "Latin America Region",
    "Libyan Arab Jamahiriya": "Libya",
    "Macedonia, former Yugoslav Republic of": "North Macedonia",
    "Republic of Kosovo": "Kosovo",
    "Saint Lucia": "St. Lucia",
    "Slovakia": "Slovak Republic",
    "South and Central America": "South and Central America Region",
    "Southern Africa": "Southern Africa Region",
    "Southern Europe": "Southern Europe Region",
    "Swaziland": "Eswatini",
    "Tanzania, United Republic of": "Tanzania",
    "Turkey": "Turkiye",
    "Türkiye": "Turkiye",
    "Viet Nam": "Vietnam",
    "Venezuela": "Venezuela, Republica Bolivariana de",
    "Western Africa": "Western Africa Region",
    "Western and Central Africa": "Western and Central Africa Region",
    "World": "World Region",
    "Yemen": "Yemen, Republic of",
    "Yugoslavia": "Yugoslavia, former",
    "Yugoslavia, Fed. Rep. of": "Yugoslavia, Federal Republic of",
}
"""Spelling of some edition -> the spelling used here."""


def region_of(country: str) -> str | None:
    """The region of a country in any of its known spellings.

    >>> region_of("Turkey")
    'Europe and Central Asia'
    """
    return next((row["listed_region"] for row in _listed() if row["spelling"] == country.strip().lower()), None)


def with_country(connection: Any, table: Any) -> Any:
    """``table`` with ``country`` as spelled here, and ``listed_region`` where it is known."""
    listed = connection.create_table("countries", pa.Table.from_pylist(_listed()), temp=True, overwrite=True)
    joined = table.left_join(listed, table.country.strip().lower() == listed.spelling)
    return joined.mutate(country=joined.listed_country.coalesce(joined.country.strip())).drop(
        "listed_country", "spelling"
    )


def _listed() -> list[dict[str, str]]:
    regions = {name: region for region, names in REGIONS.items() for name in names.split("; ")}
    spelled = {name: name for name in regions} | SYNONYMS
    return [
        {"spelling": spelling.lower(), "listed_country": name, "listed_region": regions[name]}
        for spelling, name in spelled.items()
    ]

"""Countries as the World Bank lists them, with their region: facts, no data of any client.

Spellings drift between editions of the same file (Turkey, Turkiye; Latin America Region, Latin America and the
Caribbean Subregion), so a place is known by its words. One spelling per country keeps a client one client. Regions are
those of the World Bank's country classification for the fiscal year 2023; a place that is not listed keeps its name and
has no region from here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import ibis
import pyarrow as pa

from models.notices import Notice, Severity

MAX_PLACES_SHOWN = 5

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
        "Region; Central Europe Region; Eastern Europe Region; Europe and Central Asia Region; Southern "
        "Europe Region"
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
    "North America": ("Bermuda; Canada; United States; North America Region"),
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
    "Burma": "Myanmar",
    "China, People's Republic of": "China",
    "Congo, DR": "Congo, Democratic Republic of",
    "Cote d Ivoire": "Cote d'Ivoire",
    "Czechia": "Czech Republic",
    "Eastern Africa": "Eastern Africa Region",
    "Eastern Europe": "Eastern Europe Region",
    "Eastern and Southern Africa": "Eastern and Southern Africa Region",
    "Egypt": "Egypt, Arab Republic of",
    "Gambia": "Gambia, The",
    "Iran": "Iran, Islamic Republic of",
    "Hong Kong": "Hong Kong SAR, China",
    "Ivory Coast": "Cote d'Ivoire",
    "Korea": "Korea, Republic of",
    "Kyrgyzstan": "Kyrgyz Republic",
    "Lao PDR": "Lao People's Democratic Republic",
    "Laos": "Lao People's Democratic Republic",
    "Latin America and the Caribbean": "Latin America Region",
    "Libyan Arab Jamahiriya": "Libya",
    "Macao": "Macao SAR, China",
    "Macedonia, former Yugoslav Republic of": "North Macedonia",
    "Republic of Kosovo": "Kosovo",
    "Russia": "Russian Federation",
    "Saint Lucia": "St. Lucia",
    "Slovakia": "Slovak Republic",
    "South and Central America": "South and Central America Region",
    "Southern Africa": "Southern Africa Region",
    "Southern Europe": "Southern Europe Region",
    "Swaziland": "Eswatini",
    "Syria": "Syrian Arab Republic",
    "Taiwan": "Taiwan, China",
    "Tanzania, United Republic of": "Tanzania",
    "Turkey": "Turkiye",
    "Türkiye": "Turkiye",
    "UK": "United Kingdom",
    "USA": "United States",
    "United States of America": "United States",
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


GROUP = "SEVERAL COUNTRIES"
"""What stands for every group of countries in a client's id: editions cut and spell groups differently."""

_GROUP_WORDS = frozenset({"region", "regions", "regional", "subregion", "sub"})
_EMPTY_WORDS = frozenset({"and", "of", "the"})
_SHORT = {
    "afg": "afghanistan",
    "dem": "democratic",
    "fed": "federal",
    "federated": "federal",
    "pak": "pakistan",
    "rep": "republic",
    "st": "saint",
    "sts": "states",
}
_COMPASS = {"eastern": "east", "northern": "north", "southeastern": "southeast", "southern": "south", "western": "west"}
_STATE_WORDS = frozenset(
    {"arab", "bolivarian", "bolivariana", "commonwealth", "democratic", "federal", "federation", "islamic", "kingdom"}
    | {"peoples", "plurinational", "rb", "republic", "republica", "sar", "socialist", "state", "states", "union"}
)
"""What a country is by its constitution: editions name it or not. It tells the two Koreas and Congos apart."""
_TOLD_BY: tuple[tuple[str, tuple[frozenset[str], ...]], ...] = (
    ("World Region", (frozenset({"world"}), frozenset({"global"}), frozenset({"worldwide"}))),
    ("MENA Region", (frozenset({"middle", "east"}), frozenset({"north", "africa"}), frozenset({"mena"}))),
    ("MENA Region", (frozenset({"maghreb"}), frozenset({"mashreq"}))),
    ("Latin America Region", (frozenset({"latin", "america"}), frozenset({"caribbean"}))),
    ("Latin America Region", (frozenset({"south", "america"}), frozenset({"central", "america"}))),
    ("Africa Region", (frozenset({"africa"}), frozenset({"saharan"}))),
    ("East Asia and Pacific Region", (frozenset({"pacific"}), frozenset({"east", "asia"}), frozenset({"oceania"}))),
    ("East Asia and Pacific Region", (frozenset({"southeast", "asia"}),)),
    ("Europe and Central Asia Region", (frozenset({"europe"}), frozenset({"central", "asia"}), frozenset({"balkans"}))),
    ("Southern Asia Region", (frozenset({"south", "asia"}),)),
    ("North America Region", (frozenset({"north", "america"}),)),
)
"""Group of countries -> words that tell it, in the order in which they are looked for."""


@dataclass(frozen=True)
class CountryPlace:
    """A country, or a group of them, as spelled here; ``region`` is None where the place is unknown."""

    name: str
    region: str | None
    is_group: bool = False

    @property
    def in_ids(self) -> str:
        """The place as a part of a client's id."""
        return GROUP if self.is_group else self.name.upper()


def place_of(spelling: str) -> CountryPlace:
    """The place of any spelling: signs, accents, ``and``, ``&``, ``Region`` and ``Subregion`` do not matter.

    >>> place_of("Korea, Rep.").name, place_of("Latin America & the Caribbean Subregion").region
    ('Korea, Republic of', 'Latin America and the Caribbean')
    """
    words = _words(spelling)
    as_group = _as_group(words)
    listed = None if words & _GROUP_WORDS else _countries().get(words)
    return (
        listed
        or _groups().get(as_group)
        or _told(words, as_group)
        or _by_name(words)
        or CountryPlace(spelling.strip(), None)
    )


def region_of(country: str) -> str | None:
    """The region of a country in any of its known spellings.

    >>> region_of("Turkey")
    'Europe and Central Asia'
    """
    return place_of(country).region


def with_country(connection: Any, table: Any) -> Any:
    """``table`` with ``country`` as spelled here, ``listed_region`` where it is known, and ``place`` as ids have it."""
    spellings = sorted(filter(None, table.select("country").distinct().country.to_pyarrow().to_pylist()))
    places = [place_of(spelling) for spelling in spellings]
    listed = pa.table(
        {
            "spelling": pa.array(spellings, pa.string()),
            "listed_country": pa.array([place.name for place in places], pa.string()),
            "listed_region": pa.array([place.region for place in places], pa.string()),
            "place": pa.array([place.in_ids for place in places], pa.string()),
        }
    )
    known = connection.create_table("countries", listed, temp=True, overwrite=True)
    joined = table.left_join(known, table.country == known.spelling)
    return joined.mutate(country=joined.listed_country).drop("listed_country", "spelling")


def unknown_places(clients: Any) -> tuple[Notice, ...]:
    """A notice of the clients in places without a region here; none if there are none.

    ``clients`` has the columns ``country`` and ``region``, one row each.
    """
    lost = clients.filter(clients.region.isnull()).group_by("country").aggregate(clients=lambda table: table.count())
    counts = lost.order_by(ibis.desc("clients"), "country").to_pyarrow().to_pylist()
    total = sum(row["clients"] for row in counts)
    if not total:
        return ()
    named = ", ".join(f"{row['country']}: {row['clients']:,}" for row in counts[:MAX_PLACES_SHOWN])
    more = f" and {len(counts) - MAX_PLACES_SHOWN} more" if len(counts) > MAX_PLACES_SHOWN else ""
    return (
        Notice(
            code="unknown_place",
            severity=Severity.WARNING,
            subject="clients.region",
            found=f"places must be those of the World Bank's list, got {total:,} clients of others ({named}{more}), "
            "which have no region",
            remedy="mend the spelling at the source",
            count=total,
        ),
    )


def _words(spelling: str) -> frozenset[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", spelling) if not unicodedata.combining(sign))
    joined = re.sub(r"[.'`\u2018\u2019]", "", plain.casefold())
    words = re.findall(r"[^\W_]+", joined)
    return frozenset(_SHORT.get(word, word) for word in words) - _EMPTY_WORDS


def _as_group(words: frozenset[str]) -> frozenset[str]:
    return frozenset(_COMPASS.get(word, word) for word in words - _GROUP_WORDS)


def _told(words: frozenset[str], as_group: frozenset[str]) -> CountryPlace | None:
    """The group that some of the words tell, of a place that calls itself a region, or of no words but such."""
    telling = frozenset().union(*(each for _, several in _TOLD_BY for each in several))
    if not (words & _GROUP_WORDS or as_group <= telling.union(*_countries())):
        return None
    name = next((name for name, several in _TOLD_BY if any(each <= as_group for each in several)), None)
    return _groups()[_as_group(_words(name))] if name else None


def _by_name(words: frozenset[str]) -> CountryPlace | None:
    """The only country of that name, however it calls its state."""
    bare = words - _STATE_WORDS
    found = {place for known, place in _countries().items() if bare and known - _STATE_WORDS == bare}
    return found.pop() if len(found) == 1 and not words & _GROUP_WORDS else None


@cache
def _countries() -> dict[frozenset[str], CountryPlace]:
    return {_words(spelling): place for spelling, place in _listed().items() if not place.is_group}


@cache
def _groups() -> dict[frozenset[str], CountryPlace]:
    return {_as_group(_words(spelling)): place for spelling, place in _listed().items() if place.is_group}


@cache
def _listed() -> dict[str, CountryPlace]:
    places = {
        name: CountryPlace(name, region, is_group=name.endswith(" Region"))
        for region, names in REGIONS.items()
        for name in names.split("; ")
    }
    return places | {spelling: places[name] for spelling, name in SYNONYMS.items()}

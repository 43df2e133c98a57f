"""Display names of benchmarks, metrics and groups of clients in reports, on pages and in terminals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from models.text import ENGLISH, Language, Spoken, Text, heard

BEST = "best"
"""The ranking that nobody can beat."""
CEILING = "truth"
"""The truth of a simulated book, which is listed among the benchmarks but is an upper bound, not one to beat."""
_NAMES: Final = {
    "ours": Text("clientvalue"),
    "logistic": Text("logistic regression"),
    "last_period": Text("latest window", "benchmark"),
    "past_sum": Text("past sum", "benchmark"),
    "past_count": Text("past count", "benchmark"),
    "recency": Text("recency", "benchmark"),
    "btyd": Text("BG/NBD x Gamma-Gamma"),
    "untuned_lightgbm": Text("untuned LightGBM"),
    CEILING: Text("what can be known"),
    BEST: Text("best possible", "benchmark"),
}
METRICS: Final = {"auc": Text("AUC"), "normalized_gini": Text("normalized Gini")}
"""Main metric of a target -> what it is called."""
_ATTRIBUTES: Final = {
    "tier": Text("tier", "group of clients"),
    "segment": Text("segment", "group of clients"),
    "size": Text("size", "attribute of clients"),
    "tenure": Text("tenure", "attribute of clients"),
    "country": Text("country", "attribute of clients"),
    "region": Text("region", "group of clients"),
    "industry": Text("industry", "attribute of clients"),
    "ownership": Text("ownership", "attribute of clients"),
    "acquisition_channel": Text("acquisition channel", "attribute of clients"),
    "esg_grade": Text("esg grade", "attribute of clients"),
    "risk_appetite": Text("risk appetite", "attribute of clients"),
    "market_position": Text("market position", "attribute of clients"),
}
_GROUPS: Final = {
    "all": Text("all", "group of clients"),
    "any": Text("any", "group of clients"),
    "other": Text("other", "group of clients"),
    "not known": Text("not known", "group of clients"),
    "lowest fifth": Text("lowest fifth"),
    "second fifth": Text("second fifth"),
    "middle fifth": Text("middle fifth"),
    "fourth fifth": Text("fourth fifth"),
    "highest fifth": Text("highest fifth"),
    "likeliest fifth": Text("likeliest fifth"),
    "other four fifths": Text("other four fifths"),
    "all without activity": Text("all without activity"),
    "prospect": Text("prospect", "how a client stands"),
    "newly won": Text("newly won", "how a client stands"),
    "waiting": Text("waiting", "how a client stands"),
    "quiet": Text("quiet", "how a client stands"),
    "under 1 year": Text("under 1 year"),
    "1 to 3 years": Text("1 to 3 years"),
    "3 to 5 years": Text("3 to 5 years"),
    "5 to 10 years": Text("5 to 10 years"),
    "10 years or more": Text("10 years or more"),
}
_CAUSES: Final = {
    "reduced": Text("reduced", "cause of decline"),
    "refinanced_away": Text("refinanced away", "cause of decline"),
    "dormant": Text("dormant", "cause of decline"),
    "default": Text("default", "cause of decline"),
    "matured": Text("matured", "cause of decline"),
}
_BANDS: Final = (
    (re.compile(r"under (?P<edge>[\d.]+%)"), Text("under {edge}", "band of clients")),
    (re.compile(r"over (?P<edge>[\d.]+%)"), Text("over {edge}", "band of clients")),
    (re.compile(r"lowest (?P<edge>[\d.]+%)"), Text("lowest {edge}", "band of clients")),
    (re.compile(r"highest (?P<edge>[\d.]+%)"), Text("highest {edge}", "band of clients")),
    (re.compile(r"(?P<edge>[\d.]+%) to (?P<other>[\d.]+%)"), Text("{edge} to {other}", "band of clients")),
)
"""Names of bands of what was predicted, as reports hold them, and how they are said."""


@dataclass(frozen=True)
class ReportWords:
    """Names of one report in one language; ``called``: name -> what people call it, where the report says it."""

    language: Language = ENGLISH
    called: Mapping[str, Spoken] = field(default_factory=dict)

    def group(self, name: str) -> str:
        """The display name of a group of clients, a tier or a feature."""
        return heard(self.called[name], self.language) if name in self.called else group_name(name, self.language)


PLAIN: Final = ReportWords()
"""Names in English, as reports hold them."""


def benchmark_name(name: str, language: Language = ENGLISH) -> str:
    """The display name of a benchmark.

    >>> benchmark_name("ours"), benchmark_name("past_sum"), benchmark_name("my_rule")
    ('clientvalue', 'past sum', 'my rule')
    """
    return _NAMES[name].within(language) if name in _NAMES else name.replace("_", " ")


def attribute_name(name: str, language: Language = ENGLISH) -> str:
    """By what clients are put together; an attribute of the book's own by its name.

    >>> attribute_name("tenure"), attribute_name("risk_appetite")
    ('tenure', 'risk appetite')
    """
    return _ATTRIBUTES[name].within(language) if name in _ATTRIBUTES else name.replace("_", " ")


def group_name(name: str, language: Language = ENGLISH) -> str:
    """The display name of a group of clients; what the book calls so stays as it is.

    >>> group_name("under 2%"), group_name("Asia")
    ('under 2%', 'Asia')
    """
    if name in _GROUPS:
        return _GROUPS[name].within(language)
    for pattern, said in _BANDS:
        if found := pattern.fullmatch(name):
            return said.within(language, **found.groupdict())
    return name


def cause_name(cause: str, language: Language = ENGLISH) -> str:
    """What a cause of decline is called in a table."""
    return _CAUSES[cause].within(language) if cause in _CAUSES else cause.replace("_", " ")

"""Display names of benchmarks in reports, on pages and in terminals."""

from __future__ import annotations

BEST = "best"
"""The ranking that nobody can beat."""
CEILING = "truth"
"""The truth of a simulated book, which is listed among the benchmarks but is an upper bound, not one to beat."""
_NAMES = {
    "ours": "clientvalue",
    "logistic": "logistic regression",
    "last_period": "latest window",
    "btyd": "BG/NBD x Gamma-Gamma",
    "untuned_lightgbm": "untuned LightGBM",
    CEILING: "what can be known",
    BEST: "best possible",
}


def benchmark_name(name: str) -> str:
    """The display name of a benchmark.

    >>> benchmark_name("ours"), benchmark_name("past_sum")
    ('clientvalue', 'past sum')
    """
    return _NAMES.get(name, name.replace("_", " "))

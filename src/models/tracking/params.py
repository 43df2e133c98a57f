"""Settings as the parameters of a run: flat, and no longer than MLflow keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NOT_IN_NAMES = re.compile(r"[^\w./: -]")
"""What MLflow refuses in the name of a parameter; names of categories may hold anything."""
_LONGEST = 500


def flat_params(values: Mapping[str, object]) -> dict[str, str]:
    """Nested settings by dotted names, each value cut to what MLflow keeps.

    >>> flat_params({"time": {"period": "month", "horizon": 12}, "a[b]": True})
    {'time.period': 'month', 'time.horizon': '12', 'a_b_': 'True'}
    """
    return {_NOT_IN_NAMES.sub("_", name): str(value)[:_LONGEST] for name, value in _flat(values, "").items()}


def _flat(values: Mapping[str, object], prefix: str) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat

"""The record of a version that becomes champion: since when, by whom, why, and in whose place."""

from __future__ import annotations

import getpass
import re
from collections.abc import Mapping
from datetime import UTC, datetime


def champion_tags(reason: str, before: str) -> dict[str, str]:
    """Tags of the version; ``before`` is the champion whose place it takes, empty for the first."""
    return {
        "champion_since": f"{datetime.now(tz=UTC):%Y-%m-%dT%H:%M:%SZ}",
        "champion_by": _user(),
        "champion_because": reason,
        "champion_after": before,
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # as in a container whose user has no name
        return "unknown"


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

"""The record of a version that becomes champion: since when, by whom, why, and in whose place."""

from __future__ import annotations

import getpass
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

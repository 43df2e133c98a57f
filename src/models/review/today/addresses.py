"""Addresses of other screens, as far as they are there."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

Query = Mapping[str, str | tuple[str, ...]]
NO_QUERY: Query = {}


def address_of(name: str, query: Query = NO_QUERY) -> str:
    """Where a screen is, with what is asked of it; empty where there is no such screen."""
    try:
        found = reverse(name)
    except NoReverseMatch:
        return ""
    return f"{found}?{urlencode(query, doseq=True)}" if query else found


def first_of(*addresses: str) -> str:
    """The first address that leads anywhere."""
    return next((each for each in addresses if each), "")

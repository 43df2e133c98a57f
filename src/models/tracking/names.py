"""Names in the registry: the model of a book, and the aliases of who serves, who may next, and who did last."""

from __future__ import annotations

from models.config.root import Config

CHAMPION = "champion"
FETCHED = "bundles"
"""Folder of bundles that were brought from another machine."""
CHALLENGER = "challenger"
"""The newest version, until it serves."""
ARCHIVED = "archived"
"""The version that served last before the champion."""
IF_CHAMPION = "; in the place of the champion: train --replace-champion REASON"


def model_name(settings: Config) -> str:
    """Name of the registered model of a book."""
    return f"clientvalue-{settings.book.name}"

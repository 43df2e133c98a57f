"""Names in the registry: the model of a book, and the alias of the version that serves."""

from __future__ import annotations

from models.config.root import Config

CHAMPION = "champion"
IF_CHAMPION = "; in the place of the champion: train --replace-champion REASON"


def model_name(settings: Config) -> str:
    """Name of the registered model of a book."""
    return f"clientvalue-{settings.book.name}"

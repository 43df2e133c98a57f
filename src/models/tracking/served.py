"""The pyfunc model of versions that were registered before ``endpoint``: a bundle, proved, that scores features.

Files of MLflow that nobody writes anew name this module.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from models.pipeline.bundle import Bundle, read_bundle


class ServedBundle:
    """Scores features that fit the bundle's contract; nothing in it was pickled."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def predict(self, features: pd.DataFrame, params: dict[str, object] | None = None) -> pd.DataFrame:  # noqa: ARG002
        """Value in the book's currency and probability of decline of each row."""
        models = self._bundle.models
        matrix = models.contract.encode(features[list(models.contract.names)])
        return pd.DataFrame(
            {"value": models.value.predict(matrix), "decline_probability": models.decline.predict(matrix)}
        )


def _load_pyfunc(path: str) -> ServedBundle:
    """Called by MLflow with the folder of the bundle."""
    return ServedBundle(read_bundle(Path(path)))

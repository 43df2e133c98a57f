"""Published features: what publishing leaves, and the table read back by whoever scores or draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import UserError
from models.notices import Notice
from models.store.sealed import Remedies, read_manifest

FEATURES = "features.parquet"
LATEST_FEATURES = "latest"
KEYS = ("client_id", "as_of")
"""The first columns; all others are features."""
OF_FEATURES = Remedies(
    "publish them: clientvalue features, or name a folder that it left",
    "publish them again: clientvalue features",
)


@dataclass(frozen=True, kw_only=True)
class PublishedFeatures:
    """What ``features`` leaves: the folder of the table, and whose features it holds.

    ``model_version`` names the bundle whose features they are, ``features`` counts the columns beside the keys.
    """

    folder: Path
    file: Path
    as_of: date
    model_version: str
    clients: int
    features: int
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class FeatureTable:
    """Published features in memory: one row per client, all of one date."""

    as_of: date
    rows: pa.Table

    @cached_property
    def places(self) -> dict[str, int]:
        """Client -> its row."""
        return {client: place for place, client in enumerate(self.rows["client_id"].to_pylist())}

    def of(self, places: list[int]) -> pd.DataFrame:
        """The features of the clients in these rows, without their keys."""
        frame: pd.DataFrame = self.rows.drop_columns(list(KEYS)).take(places).to_pandas()
        return frame


def read_features(folder: Path, *, bundle: str) -> FeatureTable:
    """The table in a published folder, proved by its manifest; ``bundle`` is the key of the models that will read it.

    Raises ``DamagedBundleError``, ``MissingFileError``, and a ``UserError`` where the features are those of others.
    """
    manifest = read_manifest(folder, remedies=OF_FEATURES)
    if manifest.get("bundle") != bundle:
        raise UserError(
            rule=f"features must be those of the models that read them, {bundle[:12]}",
            got=f"those of {str(manifest.get('bundle'))[:12]} in {folder}",
            remedy="publish theirs: clientvalue features --bundle VERSION",
        )
    return FeatureTable(date.fromisoformat(manifest["as_of"]), pq.read_table(folder / FEATURES))

"""What the newest earlier run published of each client, from which kinds and tiers only move with reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from models.errors import DamagedBundleError, MissingFileError
from models.workflows.publish import MANIFEST, read_manifest

SCORES = "scores.parquet"


@dataclass(frozen=True, kw_only=True)
class PreviousScores:
    """The chosen columns of an earlier run, by client; a client that it did not score has missing values.

    ``run_key`` belongs to the key of the run that builds on it: the same past gives the same bytes.
    """

    folder: Path
    as_of: date
    run_key: str
    columns: pd.DataFrame

    def of(self, clients: pd.Series) -> pd.DataFrame:
        """One row per client of ``clients`` (n,), in their order."""
        return self.columns.reindex(clients.to_numpy())


def newest_before(folder: Path, as_of: date) -> Path | None:
    """The scores published below ``folder`` with the latest as-of date before ``as_of``; of several the last published.

    What is not a folder of scores is passed over. None where there is none.
    """
    found = [
        (when, path.stat().st_mtime_ns, path)
        for path in folder.glob(f"[!.]*/{MANIFEST}")
        if not path.parent.is_symlink() and (when := _as_of(path)) is not None and when < as_of
    ]
    return max(found)[-1].parent if found else None


def earlier_scores(folder: Path, as_of: date, columns: Sequence[str]) -> PreviousScores | None:
    """What ``newest_before`` finds below ``folder``, read by ``previous_scores``; None where there is none."""
    newest = newest_before(folder, as_of)
    return None if newest is None else previous_scores(newest, columns)


def previous_scores(folder: Path, columns: Sequence[str]) -> PreviousScores:
    """Read ``columns`` of the scores in a published folder, those that it has.

    Raises ``DamagedBundleError`` if a file is not as it was published, ``MissingFileError`` if there is none.
    """
    manifest = read_manifest(folder)
    path = folder / SCORES
    if not path.is_file():
        raise MissingFileError(path, remedy="name a folder that predict published")
    file = pq.ParquetFile(path)
    kept = [name for name in columns if name in file.schema_arrow.names]
    frame = file.read(columns=kept).to_pandas(strings_to_categorical=True)
    frame.index = pd.Index(file.read(columns=["client_id"])["client_id"].to_pandas())
    try:
        return PreviousScores(
            folder=folder,
            as_of=date.fromisoformat(manifest["as_of"]),
            run_key=manifest["run_key"],
            columns=frame[kept],
        )
    except KeyError as error:
        raise DamagedBundleError(
            rule="a folder of scores must tell its as-of date and run key",
            got=f"no {error}",
            remedy="name a folder that predict published",
        ) from error


def _as_of(manifest: Path) -> date | None:
    try:
        return date.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["as_of"])
    except (ValueError, KeyError, TypeError):
        return None

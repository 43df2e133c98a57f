"""Published folders of scores, and what one of them says of each client: the state that hysteresis needs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from models.config.policy.tiers import DEFAULT_SCALE, TierScale
from models.errors import DamagedBundleError, MissingFileError
from models.store.sealed import MANIFEST, OF_SCORES, read_manifest
from models.text import Spoken

SCORES = "scores.parquet"
CURVES = "curves.parquet"
"""The probability of decline by the end of each part of the horizon."""
COLD_START = "cold_start"
"""The column of scores that marks clients without activity, scored by what came of those who began alike."""
TIER_BY_RULE = "tier_by_rule"
"""What the next run holds on to: the tier before overrides and caps."""
TIER_DIMENSIONS, TIER_CRITERIA = "tier_dimensions", "tier_criteria"
"""The columns on which a grade rests: the number of each dimension, and every criterion with its points."""
POLICY_FILE = "policy.json"
"""The policy that graded, with its cut-offs: with it the clients of a later day can be graded as they were then."""
TIER_SCALE = "tier_scale"
CALLED = "called"
"""The entry of a manifest that says in every language what features and segments are called."""
"""The entry of a manifest that tells the tiers of the policy, best first."""
COLD_EXPLANATIONS = "cold_start_explanations.parquet"
"""What moves their predictions, of whom other features tell; there where any were scored."""
_DATE_LENGTH = len("2023-12-01")
_RUN_NAME = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{12}")
"""As ``run_folder`` names them."""


@dataclass(frozen=True, kw_only=True)
class PreviousScores:
    """The chosen columns of an earlier run, by client; a client that it did not score has missing values.

    ``run_key`` belongs to the key of the run that builds on it: the same past gives the same bytes. ``scale`` are the
    tiers of the policy that graded. ``shown_since`` is the last run within the same period, if there was another one
    since, with its key: what it showed as an alarm is no news.
    """

    folder: Path
    as_of: date
    run_key: str
    columns: pd.DataFrame
    scale: TierScale = DEFAULT_SCALE
    shown_since: Path | None = None
    shown_key: str = ""

    @property
    def alarms_in(self) -> Path:
        """The run that tells what was shown as an alarm."""
        return self.shown_since or self.folder

    @property
    def built_on(self) -> tuple[str, ...]:
        """The keys of all runs that a run which builds on this one looks at."""
        return (self.run_key, self.shown_key) if self.shown_key else (self.run_key,)

    def of(self, clients: pd.Series) -> pd.DataFrame:
        """One row per client of ``clients`` (n,), in their order."""
        return self.columns.reindex(clients.to_numpy())


@dataclass(frozen=True, order=True)
class PublishedRun:
    """A folder of scores by its as-of date and when it was last published, in nanoseconds; the newest comes last."""

    as_of: date
    published: int
    folder: Path


def published_runs(folder: Path) -> list[PublishedRun]:
    """What is published below ``folder``, the newest date last, and of one date what was published last.

    What is not a folder of scores is passed over; one that is named like a run, but whose manifest tells no date, is
    damaged, and counts for the date in its name: whoever reads it gets an error.
    """
    if not folder.is_dir():
        return []
    places = [path for path in folder.iterdir() if not path.name.startswith(".") and not path.is_symlink()]
    return sorted(run for path in places if path.is_dir() and (run := _run_in(path)) is not None)


def previous_scores(folder: Path, columns: Sequence[str]) -> PreviousScores:
    """Read ``columns`` of the scores in a published folder, those that it has.

    Raises ``DamagedBundleError`` if a file is not as it was published, ``MissingFileError`` if there is none.
    """
    manifest = read_manifest(folder, remedies=OF_SCORES)
    path = folder / SCORES
    if SCORES not in manifest["files"]:
        raise MissingFileError(path, remedy=OF_SCORES.missing)
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
            scale=scale_of(manifest),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedBundleError(
            rule="a folder of scores must tell its as-of date and run key",
            got=f"no {error}" if isinstance(error, KeyError) else f"as-of date {manifest['as_of']!r}",
            remedy="name a folder that predict published",
        ) from error


def scale_of(manifest: Mapping[str, Any]) -> TierScale:
    """The tiers of the policy that graded a published run; those of every policy, where it was published before."""
    return TierScale.from_facts(manifest[TIER_SCALE]) if TIER_SCALE in manifest else DEFAULT_SCALE


def called_of(manifest: Mapping[str, object], what: str) -> dict[str, Spoken]:
    """Name -> what people call it, of the ``features`` or ``segments`` of a run; empty of an earlier version's."""
    called = manifest.get(CALLED)
    return dict(called[what]) if isinstance(called, Mapping) else {}


def _run_in(folder: Path) -> PublishedRun | None:
    manifest = folder / MANIFEST
    when = _date_of(manifest) or _date_in(folder.name)
    if when is None:
        return None
    return PublishedRun(when, (manifest if manifest.exists() else folder).stat().st_mtime_ns, folder)


def _date_of(manifest: Path) -> date | None:
    if not manifest.is_file():
        return None
    try:
        return date.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["as_of"])
    except (ValueError, KeyError, TypeError, RecursionError, OSError):
        return None


def _date_in(name: str) -> date | None:
    if _RUN_NAME.fullmatch(name) is None:
        return None
    try:
        return date.fromisoformat(name[:_DATE_LENGTH])
    except ValueError:
        return None

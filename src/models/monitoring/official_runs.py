"""The official publications of a book as monitoring reads them: each run proved by its hashes, with its counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.config.policy.tiers import TierScale
from models.grading.known_overrides import COUNTING
from models.plausibility.compute import Earlier
from models.plausibility.counts import RunCounts, score_counts
from models.publications.ledger import PublicationLedger
from models.publications.previous import COLD_START, CURVES, SCORES, scale_of
from models.scoring.run_counts import earlier_run
from models.store.sealed import OF_SCORES, read_manifest
from models.warnings.report import WARNINGS, AlarmState

_COLUMNS = ("client_id", "value", "value_low", "value_high", "decline_probability", "credit_loss", "tier", "override")


@dataclass(frozen=True)
class MonitoredRun:
    """One official publication: its date, key, bundle, folder, and the tiers of the policy that graded."""

    as_of: date
    run_key: str
    bundle: str
    folder: Path
    scale: TierScale

    @cached_property
    def counts(self) -> RunCounts:
        """Its counts; of a run that was published without any those of its scores alone."""
        found = earlier_run(self.folder, self.as_of)
        if found is not None:
            return found.counts
        table = self._active_rows(pq.read_table(self.folder / SCORES))
        columns = {name: table[name].combine_chunks() for name in table.column_names}
        return RunCounts(clients=table.num_rows, scores=score_counts(columns).scores)

    @property
    def earlier(self) -> Earlier:
        """The same as what the next one is held against."""
        return Earlier(as_of=self.as_of, counts=self.counts)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Active clients by client_id: value, its bounds, decline_probability, credit_loss, tier, override."""
        known = pq.read_schema(self.folder / SCORES).names
        table = pq.read_table(self.folder / SCORES, columns=[*(each for each in _COLUMNS if each in known), COLD_START])
        frame: pd.DataFrame = self._active_rows(table).drop_columns([COLD_START]).to_pandas()
        return frame.set_index("client_id")

    def foreseen_after(self, periods: int) -> Foreseen | None:
        """What the curves foresee until the last of their steps that is over after so many periods; None before it."""
        curves = pq.read_table(self.folder / CURVES, columns=["client_id", "event", "until_period", "probability"])
        ends = [end for end in pc.unique(curves["until_period"]).to_pylist() if end <= periods]
        if not ends:
            return None
        chosen = curves.filter(pc.equal(curves["until_period"], max(ends)))
        chance = pd.Series(chosen["probability"].to_numpy(), index=pd.Index(chosen["client_id"].to_pandas()))
        return Foreseen(event=str(chosen["event"][0].as_py()), periods=int(max(ends)), chance=chance)

    @cached_property
    def shown(self) -> frozenset[str]:
        """Clients that were shown as warned of."""
        file = self.folder / WARNINGS
        if not file.is_file():
            return frozenset()
        table = pq.read_table(file, columns=["client_id", "state"])
        return frozenset(table.filter(pc.equal(table["state"], AlarmState.SHOWN.value))["client_id"].to_pylist())

    @cached_property
    def overridden(self) -> pd.DataFrame:
        """Clients with an override that counts, by client_id: instead_of, the tier had nobody asked, and tier."""
        if "override" not in self.scores:
            return pd.DataFrame({"instead_of": [], "tier": []})
        asked = self.scores["override"]
        counting = np.array([each is not None and each["state"] in COUNTING for each in asked], dtype=np.bool_)
        rows = self.scores[counting]
        return pd.DataFrame({"instead_of": [each["instead_of"] for each in rows["override"]], "tier": rows["tier"]})

    @staticmethod
    def _active_rows(table: pa.Table) -> pa.Table:
        return table.filter(pc.invert(table[COLD_START])) if COLD_START in table.column_names else table


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """Of each client, by client_id, the chance of the event of the curves until so many periods have passed."""

    event: str
    periods: int
    chance: pd.Series


def official_runs(scores: Path, until: date | None, most: int) -> list[MonitoredRun]:
    """The latest official runs below a folder, no later than ``until``, the earliest first; at most so many.

    Raises ``DamagedBundleError`` if a file of one is not as it was published, ``MissingFileError`` where one is gone.
    """
    official = PublicationLedger(scores).official()
    runs = []
    for each in [each for when, each in official.items() if until is None or when <= until][-most:]:
        folder = scores / each.folder
        manifest = read_manifest(folder, remedies=OF_SCORES)
        assert each.as_of is not None  # noqa: S101 - the ledger lists official runs by date
        runs.append(MonitoredRun(each.as_of, each.run_key, each.bundle, folder, scale_of(manifest)))
    return runs

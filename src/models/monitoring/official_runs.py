"""The official publications of a book as monitoring reads them: each run proved by its hashes, with its counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.config.policy.tiers import TierScale
from models.grading.known_overrides import COUNTING
from models.plausibility.compute import Earlier
from models.plausibility.counts import RunCounts, score_counts
from models.publications.past import OfficialRun, official_runs
from models.publications.previous import COLD_START, CURVES, SCORES, scale_of
from models.scoring.run_counts import earlier_run
from models.store.sealed import OF_SCORES, read_manifest
from models.warnings.report import WARNINGS, AlarmState

_COLUMNS = ("client_id", "value", "value_low", "value_high", "decline_probability", "credit_loss", "tier")


@dataclass(frozen=True)
class MonitoredRun:
    """One official publication: its date, key, bundle, folder, and the tiers of the policy that graded.

    ``in_sample`` marks one whose models had learned from what came after its date.
    """

    as_of: date
    run_key: str
    bundle: str
    folder: Path
    scale: TierScale
    in_sample: bool = False

    @cached_property
    def counts(self) -> RunCounts:
        """Its counts; of a run that was published without any those of its scores alone."""
        found = earlier_run(self.folder, self.as_of)
        if found is not None:
            return found.counts
        table = self._active_rows()
        columns = {name: table[name].combine_chunks() for name in table.column_names}
        return RunCounts(clients=table.num_rows, scores=score_counts(columns).scores)

    @property
    def earlier(self) -> Earlier:
        """The same as what the next one is held against."""
        return Earlier(as_of=self.as_of, counts=self.counts)

    def scores(self) -> pd.DataFrame:
        """Active clients by client_id: value, its bounds, decline_probability, credit_loss, tier.

        Read anew at each call: the scores of all publications at once would fill the memory.
        """
        frame: pd.DataFrame = self._active_rows(_COLUMNS).to_pandas()
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
        return frozenset(self.first_seen)

    @cached_property
    def first_seen(self) -> dict[str, date]:
        """Clients that were shown as warned of -> the day on which their warning was first seen."""
        file = self.folder / WARNINGS
        if not file.is_file():
            return {}
        table = pq.read_table(file, columns=["client_id", "state", "first_seen"])
        shown = table.filter(pc.equal(table["state"], AlarmState.SHOWN.value))
        return dict(zip(shown["client_id"].to_pylist(), shown["first_seen"].to_pylist(), strict=True))

    @cached_property
    def overridden(self) -> pd.DataFrame:
        """Clients with an override that counts, by client_id: instead_of, the tier had nobody asked, and tier."""
        rows = self._active_rows(("client_id", "tier", "override"))
        if "override" not in rows.column_names:
            return pd.DataFrame({"instead_of": [], "tier": []})
        states = pc.struct_field(rows["override"], "state")
        rows = rows.filter(pc.is_in(states, value_set=pa.array(sorted(COUNTING), type=states.type)))
        columns = {"instead_of": pc.struct_field(rows["override"], "instead_of"), "tier": rows["tier"]}
        return pd.DataFrame({name: column.to_pandas() for name, column in columns.items()}).set_index(
            pd.Index(rows["client_id"].to_pandas())
        )

    def _active_rows(self, names: Sequence[str] | None = None) -> pa.Table:
        """Columns of these names, those that there are, or all; clients that cold start scored are left away."""
        file = pq.ParquetFile(self.folder / SCORES)
        known = file.schema_arrow.names
        wanted = known if names is None else [each for each in (*names, COLD_START) if each in known]
        table = file.read(columns=wanted)
        if COLD_START not in wanted:
            return table
        return table.filter(pc.invert(table[COLD_START])).drop_columns([COLD_START])


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """Of each client, by client_id, the chance of the event of the curves until so many periods have passed."""

    event: str
    periods: int
    chance: pd.Series


def monitored_runs(scores: Path, until: date, most: int, *, bundle: str | None = None) -> list[MonitoredRun]:
    """The latest official runs below a folder, no later than ``until``, the earliest first; at most so many.

    ``bundle``: only those that models of this key made. Raises ``DamagedBundleError`` if a file of one is not as it was
    published.
    """
    runs = [run for run in official_runs(scores) if run.as_of <= until and bundle in {None, run.entry.bundle}]
    return [_monitored(each) for each in runs[-most:]]


def _monitored(run: OfficialRun) -> MonitoredRun:
    manifest = read_manifest(run.folder, remedies=OF_SCORES)
    knew = bool(manifest.get("in_sample"))
    return MonitoredRun(run.as_of, run.entry.run_key, run.entry.bundle, run.folder, scale_of(manifest), knew)

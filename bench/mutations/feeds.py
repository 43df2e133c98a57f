"""A simulated book trained once, and what prediction makes of it when its feed is changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from bench.mutations.mutators import Frames, Mutation

from models.book.contract import TABLES
from models.book.door import Book
from models.book.guard.profile import DATED
from models.book.loading import load_book
from models.config.loading import load_config
from models.config.root import Config
from models.errors import UserError
from models.notices import Notice
from models.pipeline.bundle import Bundle, read_bundle
from models.pipeline.likeness import likeness_notices, refuse_unlike
from models.scoring.compute import predict_book
from models.scoring.report import Predicted
from models.simulator.book import simulate
from models.training.compute import train_models
from models.vocab import SilentProgress

CONFIG = Path("configs/demo.yaml")
SMALL = (
    "run.bootstrap_resamples=100",
    "learners.value.trees=20",
    "learners.decline.trees=20",
    "origins.max_count=4",
    "origins.group_folds=2",
)
SCORED = ("value", "decline_probability", "tier", "stage", "segment", "relationship_type", "need_type")


class Verdict(StrEnum):
    """What became of a mutated feed."""

    SAME = "same"
    REFUSED = "refused"
    TOLD = "told"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One mutated feed: what became of it, by which findings, and how many clients changed their tier."""

    mutation: str
    kind: str
    verdict: Verdict
    by: str
    tiers_moved: int = 0


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A trained book: its files as frames, the models, and what a clean run says."""

    folder: Path
    config: Config
    frames: Frames
    bundle: Bundle
    book: Book
    notices: tuple[Notice, ...]
    scores: pd.DataFrame

    @classmethod
    def of(cls, folder: Path, *, seed: int, clients: int, months: int = 72, settings: tuple[str, ...] = ()) -> Feed:
        """Simulate, train and predict in ``folder``, as far as that did not happen there before."""
        config = load_config(CONFIG, [*SMALL, f"run.work_dir={folder / 'work'}", *settings])
        source = folder / "book"
        if not source.is_dir():
            simulate(config.simulation, clients=clients, months=months, seed=seed, out=source)
        frames = frames_of(source)
        book = load_book(config, str(source), folder / "work", SilentProgress())
        if not (folder / "bundle").is_dir():
            train_models(book, config, folder / "bundle")
        bundle = read_bundle(folder / "bundle")
        predicted = predict_book(book, bundle, config, folder / "scores")
        return cls(
            folder=folder,
            config=config,
            frames=frames,
            bundle=bundle,
            book=book,
            notices=predicted.notices,
            scores=scores_of(predicted),
        )

    def outcome(self, mutation: Mutation) -> Outcome:
        """What prediction makes of a mutated feed."""
        reported = {"mutation": mutation.name, "kind": mutation.kind}
        changed = self.changed(mutation.change)
        try:
            book = self.opened(changed)
            notices = (*book.notices, *self.unlike(book))
            refuse_unlike(book.name, notices)
            by = self._new(notices, mutation)
            if by:
                return Outcome(**reported, verdict=Verdict.TOLD, by=by)
            predicted = predict_book(book, self.bundle, self.config, changed.parent)
        except UserError as error:
            return Outcome(**reported, verdict=Verdict.REFUSED, by=str(error))
        scores = scores_of(predicted)
        by = self._new(predicted.notices, mutation)
        if by:
            return Outcome(**reported, verdict=Verdict.TOLD, by=by)
        verdict = Verdict.SAME if is_same(self.scores, scores) else Verdict.SILENT
        return Outcome(**reported, verdict=verdict, by="", tiers_moved=tiers_moved(self.scores, scores))

    def changed(self, change: Callable[[Frames], None]) -> Path:
        """The folder of the feed after a change of its frames."""
        frames = dict(self.frames)
        change(frames)
        place = self.folder / f"mutated-{os.getpid()}"
        shutil.rmtree(place, ignore_errors=True)
        return write_frames(frames, place / "book")

    def opened(self, source: Path) -> Book:
        """The checked book of a folder."""
        return load_book(self.config, str(source), self.folder / "work", SilentProgress(), afresh=True)

    def unlike(self, book: Book) -> list[Notice]:
        """What is implausible about a book beside that of training."""
        return likeness_notices(book, self.bundle.profile, self.bundle.config, self.config.guard)

    def _new(self, notices: tuple[Notice, ...], mutation: Mutation) -> str:
        """The codes of notices that a clean run does not have and that name what was changed."""
        known = {(notice.code, notice.subject, notice.severity) for notice in self.notices}
        names = {mutation.table, *mutation.columns}
        new = [each for each in notices if (each.code, each.subject, each.severity) not in known]
        return ", ".join(sorted({each.code for each in new if any(name in str(each) for name in names)}))


def frames_of(folder: Path) -> Frames:
    """The tables of a folder, dates as days."""
    return {
        name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES if (folder / f"{name}.parquet").is_file()
    }


def write_frames(frames: Frames, folder: Path) -> Path:
    """Frames as the Parquet files of a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, rows in frames.items():
        rows.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


ENDS = {"facilities": ("closed", "exit_cause"), "opportunities": ("closed", "outcome")}
"""What becomes known of a row later than the row itself: the day of its end, and how it ended."""


def cut_before(frames: Frames, end: date) -> Frames:
    """What was known before a day: ends that came later are open."""
    cut = {name: rows[rows[DATED[name]] < end] if name in DATED else rows for name, rows in frames.items()}
    for name, (day, how) in ENDS.items():
        if name in cut and day in cut[name]:
            later = cut[name][day].map(lambda each: isinstance(each, date) and each >= end)
            known = {column: cut[name][column].mask(later, None) for column in (day, how) if column in cut[name]}
            cut[name] = cut[name].assign(**known)
    return cut


def scores_of(predicted: Predicted) -> pd.DataFrame:
    """What clients are told by, by their id."""
    table = pq.read_table(predicted.folder / "scores.parquet", columns=["client_id", *SCORED])
    return table.to_pandas().set_index("client_id").sort_index()


def is_same(before: pd.DataFrame, now: pd.DataFrame) -> bool:
    """Whether the same clients have the same scores, to a millionth."""
    if not before.index.equals(now.index):
        return False
    numbers = all(np.allclose(before[name], now[name], rtol=1e-6, atol=1e-6) for name in SCORED[:2])
    return numbers and all(bool((before[name] == now[name]).all()) for name in SCORED[2:])


def tiers_moved(before: pd.DataFrame, now: pd.DataFrame) -> int:
    """Clients that have another tier, or are scored only once."""
    tiers = pd.concat([before["tier"], now["tier"]], axis=1, keys=["before", "now"]).fillna("")
    return int((tiers["before"] != tiers["now"]).sum())

"""One published run as a manager reads it: tiers, value against risk, movers, warnings, funnel and figures as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.backtest.contents import BacktestHeadline
from models.book.door import Book
from models.codec import read
from models.config.policy.tiers import TierScale
from models.config.root import Config
from models.errors import AsOfOutsideBookError
from models.funnel.compute import FunnelExcerpt, book_funnel
from models.grading.coverage import IDLE_CAPS
from models.grading.policy_names import policy_names
from models.grading.report import IdleCap
from models.kpis.report import book_kpis
from models.lists.report import WorkItem, published_lists
from models.notices import notices_of
from models.overview.changes import OF_OVERRIDES, alarms_of, movers_of, overridden, records, with_causes
from models.overview.grades import COLUMNS as GRADE_COLUMNS
from models.overview.grades import grade_summary
from models.overview.report import (
    ClientSample,
    ColdClient,
    ColdStartPart,
    MovedClient,
    OverriddenClient,
    Overview,
    TierLine,
    ValueTotal,
    WarnedClient,
)
from models.panel.definitions import spoken_definitions
from models.pipeline.totals import TotalSpread
from models.publications.previous import COLD_START, SCORES, called_of, scale_of
from models.relations.reading import reading
from models.scoring.policy_in_force import GradedBy
from models.scoring.tier_columns import reason_column_in
from models.scoring.without_effect import settings_changed_since
from models.store.sealed import OF_SCORES, read_manifest
from models.text import Spoken, Text, languages, spoken
from models.vocab import Progress, SilentProgress

SAMPLE = 600
"""So many clients stand in the plot of value against risk."""
CANDIDATES, WORK, COLD = 10, 5, 8
"""So many of each are listed; how many there are stands beside."""
_NO_OPPORTUNITIES: Final = Text("The book has no table of opportunities.")
_NONE_BEGUN: Final = Text("No opportunity had begun before {day}.")
TREATED = ("coverage", "limit_action", "monitoring_months")
"""Parts of a treatment whose mix is reported by tier."""
STRUCTS = {
    "treatment": TREATED,
    "override": OF_OVERRIDES,
}
"""Columns of several parts, and those of them that are reported."""
VALUE_PARTS = ("margin", "credit_loss")
REASONS = {language: reason_column_in(language) for language in languages()}
"""Language -> column with the reason of each tier."""
_COLUMNS = (
    "client_id", "value", "value_low", "value_high", "decline_probability", "tier", *REASONS.values(), "model_version",
    *VALUE_PARTS, "stage", COLD_START, *STRUCTS, *GRADE_COLUMNS,
)  # fmt: skip


def book_overview(
    book: Book,
    config: Config,
    folder: Path,
    *,
    headline: Path | None = None,
    progress: Progress = SilentProgress(),
) -> Overview:
    """Tell of the scores that were published in ``folder``, and of ``book`` as known before their as-of date.

    ``headline`` is the file that a run leaves of what grades and lists would have brought. Movers are set against the
    newest earlier run beside ``folder``. Raises ``DamagedBundleError`` if the scores are not as they were published,
    ``MissingFileError`` if there are none, ``AsOfOutsideBookError`` if the book does not cover their date.
    """
    manifest = read_manifest(folder, remedies=OF_SCORES)
    as_of = date.fromisoformat(manifest["as_of"])
    scores, scale = _scores(folder), scale_of(manifest)
    active, cold = scores[~scores[COLD_START]], scores[scores[COLD_START]]
    progress.stage("Counting figures and funnel")
    plain = _without_past(config)
    kpis = book_kpis(book, plain, folder.parent, as_of=as_of)
    funnel, no_funnel = _funnel(book, plain, as_of, folder.parent)
    movers = movers_of(with_causes(scores, folder, manifest), folder.parent, manifest, scale)
    alarms = alarms_of(folder, manifest, scores, scale)
    overrides = overridden(scores, manifest, scale)
    lists = published_lists(folder, book.currency, first=WORK)
    work = () if lists is None else [item for each in lists.lists for item in each.first]
    listed: list[MovedClient | OverriddenClient | WarnedClient | WorkItem | ColdClient]
    started = _cold_start(cold, scale)
    listed = [*movers.largest, *overrides.largest, *alarms.first, *work, *(() if started is None else started.largest)]
    waiting = () if funnel is None else funnel.candidates
    return Overview(
        book=book.name,
        terms=spoken_definitions(config),
        currency=book.currency,
        as_of=as_of,
        in_sample=bool(manifest.get("in_sample", False)),
        model_version=str(scores["model_version"].iloc[0]),
        run_key=manifest["run_key"],
        policy=GradedBy.of_manifest(manifest),
        clients=len(active),
        value=_value_total(active, manifest),
        tiers=tuple(_tier_lines(active, scale, manifest)),
        grades=grade_summary(active, scale, [IdleCap(**cap) for cap in manifest.get(IDLE_CAPS, ())]),
        tier_colours=dict(scale.colours()),
        top_tiers=scale.top,
        sample=_sample(active),
        cold_start=started,
        movers=movers,
        overrides=overrides,
        alarms=alarms,
        headline=_headline(headline, manifest),
        lists=lists,
        funnel=funnel,
        no_funnel=no_funnel,
        figures=tuple(kpis.whole.values()),
        definitions=kpis.definitions,
        window_start=kpis.window_start,
        notices=(
            *notices_of(manifest.get("notices", ())),
            *settings_changed_since(manifest.get("settings", {}), config),
        ),
        called=policy_names(config.grading, called_of(manifest, "features")),
        names=_names(book, config, [each.client_id for each in (*listed, *waiting)]),
    )


def _headline(path: Path | None, manifest: dict[str, Any]) -> BacktestHeadline | None:
    """The headline of the models that made the scores; None where it is that of others."""
    if path is None or not path.is_file():
        return None
    found = read(BacktestHeadline, path, remedy="run clientvalue run again")
    return found if found.bundle == manifest["bundle"] else None


def _scores(folder: Path) -> pd.DataFrame:
    """The columns that are reported, by client; parts of treatment and override as columns of their own."""
    known = pq.read_schema(folder / SCORES).names
    table = pq.read_table(folder / SCORES, columns=[name for name in _COLUMNS if name in known])
    for column in (name for name in STRUCTS if name in known):
        parts = {name: pc.struct_field(table[column], name) for name in STRUCTS[column]}
        table = table.drop_columns(column)
        for name, part in parts.items():
            called = name if column == "treatment" else f"{column}_{name}"
            table = table.append_column(called, part.cast(pa.string()))
    frame: pd.DataFrame = table.to_pandas()
    said = {language: frame[column].tolist() for language, column in REASONS.items() if column in frame}
    by_language = [dict(zip(said, sentences, strict=True)) for sentences in zip(*said.values(), strict=True)]
    frame["tier_reason"] = pd.Series(by_language, index=frame.index, dtype=object)
    if COLD_START not in frame:  # of a run from before there was a cold start
        frame[COLD_START] = False
    return frame.sort_values("client_id").set_index("client_id", drop=False)


def _value_total(scores: pd.DataFrame, manifest: Mapping[str, Any] | None) -> ValueTotal:
    """The value expected of some clients together, its parts, and where the run tells how sure totals are its interval.

    The parts are None in a book that knows no defaults.
    """
    spread = TotalSpread.of(*(scores[name].to_numpy(dtype=np.float64) for name in ("value", "value_low", "value_high")))
    sure = None if manifest is None else manifest.get("totals")
    between = None if sure is None else spread.interval(**sure)
    parts = [scores[name].sum() if name in scores and scores[name].notna().all() else None for name in VALUE_PARTS]
    margin, lost = (None if part is None else float(part) for part in parts)
    return ValueTotal(
        expected=spread.total,
        low=None if between is None else between[0],
        high=None if between is None else between[1],
        margin=None if lost is None else margin,
        credit_loss=lost,
    )


def _tier_lines(scores: pd.DataFrame, scale: TierScale, manifest: Mapping[str, Any] | None) -> Iterable[TierLine]:
    total = scores["value"].sum()
    for tier in scale.names:
        held = scores[scores["tier"] == tier]
        if not len(held):
            continue
        yield TierLine(
            tier=tier,
            clients=len(held),
            share=len(held) / len(scores),
            value=_value_total(held, manifest),
            value_share=float(held["value"].sum() / total) if total else 0.0,
            decline=float(held["decline_probability"].mean()),
            treatments={name: _counted(held[name]) for name in TREATED if name in held},
        )


def _cold_start(cold: pd.DataFrame, scale: TierScale) -> ColdStartPart | None:
    if not len(cold):
        return None
    ranked = cold.sort_values("value", ascending=False, kind="stable").head(COLD)
    names = [each.name for each in fields(ColdClient)]
    return ColdStartPart(
        clients=len(cold),
        value=float(cold["value"].sum()),
        decline=float(cold["decline_probability"].mean()),
        tiers=tuple(_tier_lines(cold, scale, None)),
        stages=_counted(cold["stage"]),
        largest=tuple(ColdClient(**row) for row in records(ranked[names])),
    )


def _counted(said: pd.Series) -> dict[str, int]:
    counts = said.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return {str(name): int(count) for name, count in counts.items()}


def _sample(scores: pd.DataFrame) -> ClientSample:
    """Clients drawn by a hash of their ids: the same ones whatever the order of rows."""
    drawn = np.argsort(pd.util.hash_array(scores["client_id"].to_numpy(dtype=object)), kind="stable")[:SAMPLE]
    chosen = scores.iloc[np.sort(drawn)]
    return ClientSample(
        tier=tuple(chosen["tier"].tolist()),
        value=tuple(chosen["value"].tolist()),
        decline_probability=tuple(chosen["decline_probability"].tolist()),
    )


def _funnel(book: Book, config: Config, as_of: date, scores: Path) -> tuple[FunnelExcerpt | None, Spoken]:
    if "opportunities" not in book.tables:
        return None, spoken(_NO_OPPORTUNITIES)
    try:
        found = book_funnel(book, config, as_of=as_of, scores=scores)
    except AsOfOutsideBookError:
        return None, spoken(_NONE_BEGUN.filled(day=as_of.isoformat()))
    return FunnelExcerpt.of(found, first=CANDIDATES), ""


def _without_past(config: Config) -> Config:
    """The same settings without trend, groups and judged rankings: one page tells of one date, in seconds."""
    kpis = config.kpis.model_copy(update={"trend_points": 1, "dimensions": ()})
    return config.model_copy(update={"kpis": kpis, "funnel": config.funnel.model_copy(update={"judged_at": 0})})


def _names(book: Book, config: Config, clients: Iterable[str]) -> dict[str, str]:
    asked = sorted(set(clients))
    if not asked:
        return {}
    with reading(book, config) as reader:
        table = reader.table("clients")
        found = reader.frame(table.filter(table.client_id.isin(asked)).select("client_id", "name"))
    known = found[found["name"].notna()]
    return dict(zip(known["client_id"].tolist(), known["name"].tolist(), strict=True))

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
from models.grading.known_overrides import COUNTING
from models.grading.policy_names import policy_names
from models.grading.report import IdleCap
from models.kpis.report import book_kpis
from models.kpis.tier_moves import tier_places
from models.lists.report import WorkItem, published_lists
from models.movers.report import MOVERS as MOVERS_FILE
from models.notices import notices_of
from models.overview.grades import COLUMNS as GRADE_COLUMNS
from models.overview.grades import grade_summary
from models.overview.report import (
    ABSENT,
    AlarmSummary,
    ClientSample,
    ColdClient,
    ColdStartPart,
    MovedClient,
    Movers,
    Overridden,
    OverriddenClient,
    Overview,
    TierLine,
    ValueTotal,
    WarnedClient,
)
from models.panel.definitions import spoken_definitions
from models.pipeline.totals import TotalSpread
from models.publications.past import scores_of_key
from models.publications.previous import COLD_START, SCORES, called_of, scale_of
from models.relations.reading import reading
from models.scoring.policy_in_force import GradedBy
from models.scoring.tier_columns import reason_column_in
from models.scoring.without_effect import settings_changed_since
from models.store.sealed import OF_SCORES, read_manifest
from models.text import Spoken, Text, languages, spoken
from models.vocab import Progress, SilentProgress
from models.warnings.report import STAKE_WEIGHT, WARNINGS, AlarmState
from models.warnings.text import rank_formula, warning_terms

SAMPLE = 600
"""So many clients stand in the plot of value against risk."""
MOVERS, ALARMS, CANDIDATES, WORK, COLD = 8, 25, 10, 5, 8
"""So many of each are listed, of alarms all that are shown whatever the budget; how many there are stands beside."""
_NO_OPPORTUNITIES: Final = Text("The book has no table of opportunities.")
_NONE_BEGUN: Final = Text("No opportunity had begun before {day}.")
TREATED = ("coverage", "limit_action", "monitoring_months")
"""Parts of a treatment whose mix is reported by tier."""
STRUCTS = {
    "treatment": TREATED,
    "override": ("state", "tier", "instead_of", "by", "on", "until", "reason"),
}
"""Columns of several parts, and those of them that are reported."""
VALUE_PARTS = ("margin", "credit_loss")
REASONS = {language: reason_column_in(language) for language in languages()}
"""Language -> column with the reason of each tier."""
_CAUSES = ("moved_by", "dimension", "criterion", "cap")
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
    movers = _movers(_with_causes(scores, folder, manifest), folder.parent, manifest, scale)
    alarms = _alarms(folder, manifest, scores, scale)
    overrides = _overridden(scores, manifest, scale)
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
        largest=tuple(ColdClient(**row) for row in _records(ranked[names])),
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


def _movers(scores: pd.DataFrame, published: Path, manifest: dict[str, Any], scale: TierScale) -> Movers:
    earlier = scores_of_key(published, manifest["previous"], ("tier",))
    if earlier is None:
        return Movers(names=(*scale.names, ABSENT))
    both = pd.DataFrame({"before": earlier.columns["tier"].astype(object), "now": scores["tier"].astype(object)})
    known = scale.with_others(earlier.scale.names)
    size = len(known) + 1
    before, now = (tier_places(both[name], known) for name in ("before", "now"))
    met = (before < len(scale)) & (now < len(scale))
    counts = np.bincount(before * size + now, minlength=size * size).reshape(size, size)
    moved = both[(before < len(known)) & (now < len(known)) & (before != now)]
    return Movers(
        before=earlier.as_of,
        names=(*known.names, ABSENT),
        counts=tuple(tuple(row) for row in counts.tolist()),
        upgraded=int((met & (now < before)).sum()),  # a lower number is a better tier
        downgraded=int((met & (now > before)).sum()),
        largest=tuple(_largest(scores.loc[moved.index].assign(before=moved["before"]))),
    )


def _with_causes(scores: pd.DataFrame, folder: Path, manifest: dict[str, Any]) -> pd.DataFrame:
    """The scores with what moved each client, where the run tells it; null for who did not move."""
    if MOVERS_FILE not in manifest["files"]:
        return scores.assign(**dict.fromkeys(_CAUSES))
    reported = [name for name in _CAUSES if name in pq.read_schema(folder / MOVERS_FILE).names]
    moved = pq.read_table(folder / MOVERS_FILE, columns=["client_id", *reported]).to_pandas().set_index("client_id")
    whole = moved.reindex(columns=list(_CAUSES)).astype(object)
    return scores.join(whole.where(whole.notna(), None))


def _overridden(scores: pd.DataFrame, manifest: dict[str, Any], scale: TierScale) -> Overridden:
    """Runs from before there were overrides tell of none."""
    if "override_state" not in scores:
        return Overridden(clients=0, share=0.0, up=0, down=0, fates={}, largest=())
    counting = scores[scores["override_state"].isin(COUNTING)]
    now, unasked = (tier_places(counting[name], scale) for name in ("tier", "override_instead_of"))
    ranked = counting.sort_values("value", ascending=False, kind="stable").head(MOVERS)
    parts = [f"override_{name}" for name in STRUCTS["override"]]
    rows = ranked[["client_id", "tier", "value", "decline_probability", *parts]]
    return Overridden(
        clients=len(counting),
        share=len(counting) / len(scores),
        up=int((now < unasked).sum()),  # a lower number is a better tier
        down=int((now > unasked).sum()),
        fates=dict(manifest["overrides"]),
        largest=tuple(OverriddenClient(**row) for row in _records(rows)),
    )


def _largest(moved: pd.DataFrame) -> list[MovedClient]:
    ranked = moved.sort_values("value", ascending=False, kind="stable").head(MOVERS)
    columns = ["client_id", "before", "tier", "value", "decline_probability", *_CAUSES, "tier_reason"]
    return [MovedClient(**row) for row in _records(ranked[columns])]


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain values by column, with None for what is missing."""
    plain = rows.astype(object).where(rows.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _alarms(folder: Path, manifest: dict[str, Any], scores: pd.DataFrame, scale: TierScale) -> AlarmSummary:
    """Runs from before business at risk and credit loss stood apart tell how many warn, and of no one in particular."""
    if WARNINGS not in manifest["files"]:
        return AlarmSummary(counts={}, first=())
    if STAKE_WEIGHT not in manifest:
        return AlarmSummary(counts=dict(manifest["alarms"]), first=())
    names = [each.name for each in fields(WarnedClient) if each.name != "tier"]
    table = pq.read_table(folder / WARNINGS, columns=["state", *names])
    shown = table.filter(pc.equal(table["state"], AlarmState.SHOWN)).drop_columns("state").sort_by("rank")
    rows = shown.slice(0, max(ALARMS, manifest["alarms"]["always_shown"])).to_pylist()
    tiers = scores["tier"].reindex([row["client_id"] for row in rows]).tolist()
    return AlarmSummary(
        counts=dict(manifest["alarms"]),
        first=tuple(
            WarnedClient(**{**row, "dimensions": tuple(row["dimensions"])}, tier=tier)
            for row, tier in zip(rows, tiers, strict=True)
        ),
        ranked={each: rank_formula(manifest[STAKE_WEIGHT], scale.top, each) for each in languages()},
        terms={each: warning_terms(each) for each in languages()},
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

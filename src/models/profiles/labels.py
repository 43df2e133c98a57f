"""Compares types by the config's weights with labels by people, and learns weights from those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd

from models.codec import OMITTED_IF_NONE
from models.config.kinds import KindsConfig
from models.config.root import Config
from models.errors import MissingColumnError, MissingFileError, TooLittleDataError, UnreadableFileError, UserError
from models.lazy import lazy
from models.metrics.ranking import auc
from models.panel.panel import Panel
from models.profiles.model import KindsModel
from models.profiles.types import NEEDS, RELATIONSHIPS, Memberships, driver_scores, memberships_of
from models.vocab import FloatArray, IntArray, TextArray

sklearn_linear = lazy("sklearn.linear_model")
sklearn_metrics = lazy("sklearn.metrics")

FOLDS = 5
LABEL = "label"


@dataclass(frozen=True, kw_only=True)
class LabelAgreement:
    """Share of clients of the labelled kind, Cohen's kappa, and the AUC of each kind's degree against the others.

    AUCs are None for a kind that all or none have; ``macro_auc`` is their mean over the others.
    """

    agreement: float | None
    kappa: float | None
    auc: Mapping[str, float | None]
    macro_auc: float | None


@dataclass(frozen=True, kw_only=True)
class LearnedAgreement(LabelAgreement):
    """The same of weights that were learned on other clients, and those learned on all."""

    base: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class LabelReport:
    """How well the config's weights and learned ones agree with the labels of ``clients`` clients.

    ``note`` says why nothing was learned, where nothing was.
    """

    clients: int
    config: LabelAgreement
    learned: LearnedAgreement | None
    note: Annotated[str | None, OMITTED_IF_NONE] = None


def read_labels(path: Path, axis: str, kinds: Sequence[str]) -> pd.DataFrame:
    """Columns client_id, label and, where the file has it, as_of. The label may stand under the name of ``axis``.

    Raises ``MissingFileError``, ``UnreadableFileError``, ``MissingColumnError``, and ``UserError`` for unknown kinds.
    """
    if not path.is_file():
        raise MissingFileError(path, remedy="mend or unset labels in the config")
    try:
        whole = (
            pd.read_parquet(path)
            if path.suffix == ".parquet"
            else pd.read_csv(path, dtype="str", keep_default_na=False)
        )
    except (OSError, ValueError) as error:
        raise UnreadableFileError(
            rule="labels must be a Parquet or CSV file", got=path, remedy="mend or unset labels in the config"
        ) from error
    frame = whole.rename(columns={} if LABEL in whole else {axis: LABEL})
    missing = [name for name in ("client_id", LABEL) if name not in frame]
    if missing:
        raise MissingColumnError("labels", missing, list(map(str, frame.columns)))
    frame = frame[[name for name in ("client_id", LABEL, "as_of") if name in frame]].dropna()
    frame = frame[frame[LABEL] != ""].reset_index(drop=True)
    unknown = sorted(set(frame[LABEL]) - set(kinds))
    if unknown:
        raise UserError(
            rule=f"labels of {axis} must be among {', '.join(kinds)}",
            got=", ".join(map(str, unknown[:5])),
            remedy=f"mend them in {path}",
        )
    return frame


def label_reports(model: KindsModel, panel: Panel, config: Config) -> Mapping[str, LabelReport]:
    """Axis with labels -> how well the config's weights and learned ones agree with them.

    ``panel`` holds the rows of one as-of date. Weights are learned and judged on different sponsor groups.
    """
    axes = (
        ("relationship_type", RELATIONSHIPS, config.relationships, model.relationships),
        ("need_type", NEEDS, config.needs, model.needs),
    )
    reports = {}
    for axis, kinds, settings, positions in axes:
        if settings.labels is not None:
            scores = driver_scores(panel.features, positions, settings)
            labels = _labels_of(panel, read_labels(Path(settings.labels), axis, kinds))
            reports[axis] = compared_with_labels(scores, labels, panel.group_fold(FOLDS), settings, kinds)
    return reports


def compared_with_labels(
    scores: FloatArray, labels: TextArray, fold: IntArray, settings: KindsConfig, kinds: Sequence[str]
) -> LabelReport:
    """Agreement of two sets of weights with ``labels`` (n,), empty where a client has none; ``fold`` (n,).

    The learned weights that judge a fold were learned on the others; those reported were learned on all.
    """
    reported = labels != ""
    scores, labels, fold = scores[reported], labels[reported], fold[reported]
    given = agreement(memberships_of(scores, settings, kinds), labels)
    drivers = list(settings.drivers)
    try:
        learned = learned_weights(scores, labels, drivers=drivers, kinds=kinds)
        degrees = np.empty((len(labels), len(kinds)))
        for number in np.unique(fold):
            mine = fold == number
            others = learned_weights(scores[~mine], labels[~mine], drivers=drivers, kinds=kinds)
            degrees[mine] = memberships_of(scores[mine], with_weights(settings, others), kinds).degrees
    except TooLittleDataError as error:
        return LabelReport(clients=len(labels), config=given, learned=None, note=str(error))
    whole = memberships_of(scores, with_weights(settings, learned), kinds)
    judged = Memberships(kinds=whole.kinds, drivers=whole.drivers, scores=scores, parts=whole.parts, degrees=degrees)
    by_learned = LearnedAgreement(**vars(agreement(judged, labels)), base=learned.base, weights=learned.weights)
    return LabelReport(clients=len(labels), config=given, learned=by_learned)


def agreement(reported: Memberships, labels: TextArray) -> LabelAgreement:
    """How well degrees agree with labels."""
    aucs = {
        kind: auc(labels == kind, reported.degrees[:, place]) if 0 < (labels == kind).sum() < len(labels) else None
        for place, kind in enumerate(reported.kinds)
    }
    known = [each for each in aucs.values() if each is not None]
    several = len(set(labels) | set(reported.kind)) > 1
    return LabelAgreement(
        agreement=float((reported.kind == labels).mean()) if len(labels) else None,
        kappa=float(sklearn_metrics.cohen_kappa_score(labels, reported.kind)) if several else None,
        auc=aucs,
        macro_auc=float(np.mean(known)) if known else None,
    )


def with_weights(settings: KindsConfig, learned: LearnedWeights) -> KindsConfig:
    """The same drivers with other weights."""
    update = {"base": dict(learned.base), "weights": {kind: dict(each) for kind, each in learned.weights.items()}}
    return settings.model_copy(update=update)


def _labels_of(panel: Panel, labels: pd.DataFrame) -> TextArray:
    """The latest label up to the as-of date of each row, empty where there is none. Shape (n_rows,)."""
    if "as_of" in labels:
        as_of = pd.Timestamp(panel.grid.start_of(int(panel.origin.max())))
        labels = labels.assign(as_of=pd.to_datetime(labels["as_of"]))
        labels = labels[labels["as_of"] <= as_of].sort_values(["client_id", "as_of"], kind="stable")
    latest = labels.drop_duplicates("client_id", keep="last").set_index("client_id")[LABEL]
    return np.asarray(latest.reindex(panel.client_id.to_numpy()).astype("str").fillna("").to_numpy(dtype=np.str_))


PENALTY = 1.0
"""Inverse strength of the ridge, in scikit-learn's sense; driver scores lie between -1 and 1."""
MIN_LABELS = 10
"""Of each kind that is learned."""


@dataclass(frozen=True, kw_only=True)
class LearnedWeights:
    """Log-odds in the form of the config: ``base`` per kind, and ``weights`` per kind and driver."""

    base: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]


def learned_weights(
    scores: FloatArray, labels: TextArray, *, drivers: Sequence[str], kinds: Sequence[str]
) -> LearnedWeights:
    """Fit ``labels`` (n,) on ``scores`` (n, d), where NaN is unknown and speaks for none.

    Raises ``TooLittleDataError`` if a kind has too few labels: its weights would be chance.
    """
    counts = {kind: int((labels == kind).sum()) for kind in kinds}
    scarce = {kind: count for kind, count in counts.items() if count < MIN_LABELS}
    if scarce:
        raise TooLittleDataError(
            rule=f"each kind must have at least {MIN_LABELS} labels",
            got=", ".join(f"{count} of {kind}" for kind, count in scarce.items()),
            remedy="label more clients, or unset labels and keep the weights of the config",
        )
    order = np.lexsort((*np.nan_to_num(scores).T, labels))  # sums do not depend on the order of rows
    fitted = sklearn_linear.LogisticRegression(C=PENALTY, max_iter=1_000).fit(
        np.nan_to_num(scores)[order], labels[order]
    )
    places = [list(fitted.classes_).index(kind) for kind in kinds]
    return LearnedWeights(
        base={kind: float(fitted.intercept_[place]) for kind, place in zip(kinds, places, strict=True)},
        weights={
            kind: dict(zip(drivers, fitted.coef_[place].tolist(), strict=True))
            for kind, place in zip(kinds, places, strict=True)
        },
    )

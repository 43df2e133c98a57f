"""All clients in another tier than in an earlier run, with what moved each and who did it, and the matrix of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.codec import to_json_text
from models.config.policy.tiers import TierScale
from models.grading.decision import TierDecisions
from models.grading.fitted import GradingPolicy
from models.grading.known_overrides import COUNTING
from models.grading.moves import MoveCauses, MovedBy
from models.movers.earlier import EarlierPolicy, redecided
from models.movers.matrix import RunOfMoves, move_matrix
from models.movers.published_grades import override_states, published_grades
from models.movers.report import MATRIX, MOVERS, MoveMatrix
from models.movers.rules import (
    UNDECIDED,
    Attribution,
    MoveCause,
    MovedPart,
    MoveWay,
    attributed,
    moved_parts,
    of_activity,
    override_events,
)
from models.publications.previous import SCORES, PreviousScores
from models.vocab import BoolArray, TextArray

SCHEMA = pa.schema(
    [
        ("client_id", pa.string()),
        ("as_of_before", pa.date32()),
        ("as_of", pa.date32()),
        ("way", pa.string()),
        ("tier_before", pa.string()),
        ("tier", pa.string()),
        ("value_before", pa.float64()),
        ("value", pa.float64()),
        ("decline_before", pa.float64()),
        ("decline", pa.float64()),
        ("moved_by", pa.string()),
        ("dimension", pa.string()),
        ("criterion", pa.string()),
        ("cap", pa.string()),
        ("part", pa.string()),
        ("cause", pa.string()),
        ("override_event", pa.string()),
        ("tier_reason_before", pa.string()),
        ("tier_reason", pa.string()),
    ]
)
_REPORTED = ("moved_by", "dimension", "criterion", "cap", "part", "cause", "override_event")
_WIDE = ("decline_probability", "tier_reason")
"""Columns that are read of movers only."""


@dataclass(frozen=True, kw_only=True)
class BuiltOn:
    """What a run builds on: earlier scores, how they were graded, and the present facts by each policy of that.

    ``decided``: per policy of ``earlier`` one entry per block. ``refused`` are clients who refuse the processing of
    their data by now: whatever tier they had, they are in no list of moves.
    """

    scores: PreviousScores
    earlier: EarlierPolicy
    decided: Sequence[Sequence[TierDecisions]] = ()
    refused: tuple[str, ...] = ()

    @property
    def run(self) -> RunOfMoves:
        """The earlier run."""
        scores = self.scores
        return RunOfMoves(folder=scores.folder, as_of=scores.as_of, scale=scores.scale, run_key=scores.run_key)


@dataclass(frozen=True, kw_only=True)
class MovesFound:
    """The movers as ``SCHEMA``, by client, and the matrix of all clients."""

    movers: pa.Table
    matrix: MoveMatrix


def write_movers(draft: Path, built_on: BuiltOn | None, policy: GradingPolicy, *, as_of: date) -> dict[str, int | str]:
    """Write movers and matrix of the scores in ``draft`` against those built on, empty ones without; returns counts.

    Raises ``DamagedBundleError`` if the earlier scores are not as they were published.
    """
    now = RunOfMoves(folder=draft, as_of=as_of, scale=policy.scale)
    found = MovesFound(movers=SCHEMA.empty_table(), matrix=_nothing_before(now))
    facts: dict[str, int | str] = {}
    if built_on is not None:
        found = moves_between(built_on.run, now, policy, built_on.earlier, built_on.decided, refused=built_on.refused)
        ways = Counter(found.movers["way"].to_pylist())
        facts = {"before": built_on.run.as_of.isoformat(), **{way.value: ways[way.value] for way in MoveWay}}
    pq.write_table(found.movers, draft / MOVERS, compression="zstd")
    (draft / MATRIX).write_text(to_json_text(found.matrix, indent=1, ascii_only=False) + "\n", encoding="utf-8")
    return facts


def moves_between(
    before: RunOfMoves,
    now: RunOfMoves,
    policy: GradingPolicy,
    earlier: EarlierPolicy,
    decided: Sequence[Sequence[TierDecisions]] = (),
    *,
    refused: Sequence[str] = (),
) -> MovesFound:
    """The moves from one run to a later one, graded by ``policy``, from the files of both, but of who ``refused``.

    Without ``decided``, the present facts by each policy of ``earlier``, what another policy did shows only in the
    decision table.
    """
    pairs = _pairs(_tiers(before.folder), _tiers(now.folder)).drop(index=list(refused), errors="ignore")
    moved = pairs[pairs["before"] != pairs["now"]]
    reported = _reported(moved, _Ends(before.folder, now.folder, policy, earlier, decided))
    movers = _table(moved, reported, before, now, policy.scale)
    return MovesFound(movers=movers, matrix=move_matrix(pairs, reported, before, now, earlier.runs))


@dataclass(frozen=True)
class _Ends:
    """Both runs, and how each graded."""

    before: Path
    now: Path
    policy: GradingPolicy
    earlier: EarlierPolicy
    decided: Sequence[Sequence[TierDecisions]]


def _nothing_before(now: RunOfMoves) -> MoveMatrix:
    return MoveMatrix(
        as_of_before=None,
        as_of=now.as_of,
        run_before="",
        rows=(),
        columns=(),
        cells=(),
        same_bundle=None,
        same_policy=None,
    )


def _tiers(folder: Path) -> pd.DataFrame:
    """Tier and value of each client of a run, by client."""
    known = set(pq.read_schema(folder / SCORES).names)
    table = pq.read_table(folder / SCORES, columns=[each for each in ("client_id", "tier", "value") if each in known])
    frame = table.drop_columns("client_id").to_pandas(strings_to_categorical=True)
    frame.index = pd.Index(table["client_id"].to_pandas().astype(object))
    return pd.DataFrame(frame, columns=["tier", "value"])


def _pairs(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Both tiers, "" for none, and values of every client of either run, by client."""
    clients = before.index.union(now.index).sort_values()
    then, today = before.reindex(clients), now.reindex(clients)
    return pd.DataFrame(
        {
            "before": _text(then["tier"]),
            "now": _text(today["tier"]),
            "value_before": then["value"].to_numpy(dtype=np.float64),
            "value": today["value"].to_numpy(dtype=np.float64),
        },
        index=clients,
    )


def _reported(moved: pd.DataFrame, ends: _Ends) -> pd.DataFrame:
    """What moved each of those who moved, and who did it, "" for what is not known; by client."""
    apart = ((moved["before"] == "") | (moved["now"] == "")).to_numpy()
    found = pd.DataFrame("", index=moved.index, columns=list(_REPORTED), dtype=object)
    met = moved.index[~apart]
    attribution = _attribution(met, ends) if len(met) else None
    if attribution is not None:
        reported = _columns(attribution) | {"override_event": _events(met, ends, attribution)}
        found.loc[met] = pd.DataFrame(reported, index=met)[list(_REPORTED)]
    gone = [MovedBy.ACTIVITY.value, MovedPart.ACTIVITY.value, of_activity(ends.earlier.runs)]
    found.loc[apart, ["moved_by", "part", "cause"]] = gone
    return found


def _attribution(clients: pd.Index, ends: _Ends) -> Attribution | None:
    """None where a run does not publish what its grades rest on."""
    policies = ends.earlier.policies if ends.decided else ()
    terms = policies[0].settings if policies else ends.policy.settings
    then = published_grades(ends.before, clients, terms)
    today = published_grades(ends.now, clients, ends.policy.settings)
    if then is None or today is None:
        return None
    again = redecided(policies, ends.decided, clients, today.points)
    return attributed(ends.policy, then, today, ends.earlier.runs, again)


def _columns(attribution: Attribution) -> dict[str, TextArray]:
    moved: MoveCauses = attribution.moved
    return {
        "moved_by": moved.by,
        "dimension": moved.dimension,
        "criterion": moved.criterion,
        "cap": moved.cap,
        "part": moved_parts(moved),
        "cause": attribution.cause,
    }


def _events(clients: pd.Index, ends: _Ends, attribution: Attribution) -> TextArray:
    """What people did to those whom they moved."""
    by_people = attribution.cause == MoveCause.PEOPLE
    events = np.full(len(clients), UNDECIDED, dtype=np.dtype("<U10"))
    if by_people.any():
        before, now = (override_states(folder, clients[by_people]) for folder in (ends.before, ends.now))
        events[by_people] = override_events(before, now, COUNTING)
    return events


def _table(
    moved: pd.DataFrame, causes: pd.DataFrame, before: RunOfMoves, now: RunOfMoves, scale: TierScale
) -> pa.Table:
    old, new = (moved[name].to_numpy(dtype=np.str_) for name in ("before", "now"))
    then, today = (_wide(each.folder, moved.index) for each in (before, now))
    columns = {
        "client_id": moved.index.to_numpy(dtype=object),
        "as_of_before": [before.as_of] * len(old),
        "as_of": [now.as_of] * len(old),
        "way": _ways(old, new, scale),
        "tier_before": _or_null(old),
        "tier": _or_null(new),
        "value_before": moved["value_before"].to_numpy(),
        "value": moved["value"].to_numpy(),
        "decline_before": then["decline_probability"].to_numpy(dtype=np.float64),
        "decline": today["decline_probability"].to_numpy(dtype=np.float64),
        **{name: _or_null(causes[name].to_numpy(dtype=np.str_)) for name in _REPORTED},
        "tier_reason_before": _or_null(_text(then["tier_reason"])),
        "tier_reason": _or_null(_text(today["tier_reason"])),
    }
    arrays = [pa.array(columns[each.name], type=each.type, from_pandas=True) for each in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _wide(folder: Path, clients: pd.Index) -> pd.DataFrame:
    """What is reported of movers only, in their order."""
    known = set(pq.read_schema(folder / SCORES).names)
    columns = ["client_id", *(name for name in _WIDE if name in known)]
    chosen = pc.field("client_id").isin(pa.array(clients.to_numpy(dtype=object), type=pa.string()))
    frame = pq.read_table(folder / SCORES, columns=columns, filters=chosen).to_pandas().set_index("client_id")
    return pd.DataFrame(frame, index=clients, columns=list(_WIDE))


def _ways(old: TextArray, new: TextArray, scale: TierScale) -> TextArray:
    met: BoolArray = (old != "") & (new != "")
    risen = np.zeros(len(old), dtype=np.bool_)
    risen[met] = scale.steps(new[met]) > scale.steps(old[met])
    both = np.where(risen, MoveWay.UP.value, MoveWay.DOWN.value)
    both = np.where(np.isin(old, scale.names), both, MoveWay.OTHER_TIERS.value)
    return np.where(met, both, np.where(old == "", MoveWay.APPEARED.value, MoveWay.VANISHED.value))


def _text(column: pd.Series) -> TextArray:
    """As text, "" for what is missing."""
    reported = column.astype(object)
    return np.asarray(reported.where(reported.notna(), "").astype(str).to_numpy(dtype=np.str_))


def _or_null(values: TextArray) -> list[str | None]:
    return [value or None for value in values.tolist()]

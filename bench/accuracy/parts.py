"""What a run leaves of a book, so that a table can be made of runs at several times: arrays as npz, facts as JSON.

In the folder of a book: ``judged`` (outcomes and the contenders that the project fits), ``fit_*`` (rows laid out for
rivals in another environment) and one part per rival. Each names the ``key`` of the rows that it scored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models.vocab import FloatArray, IntArray

TARGETS = ("decline", "value")
OURS, TRUTH = "ours", "truth"
JUDGED = "judged"
_KEY_LENGTH = 16


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The scores of one contender by target, (n_rows,), and what it says: a forecast, or a ranking only."""

    scores: Mapping[str, FloatArray]
    forecasts: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class JudgedBook:
    """Outcomes at all test origins of a book together, and who said what of them.

    ``outcomes`` target -> (n_rows,); ``groups`` (n_rows,); ``order`` (n_rows,) are the places of the rows in the order
    that rivals score them in; ``facts`` are for the reader.
    """

    outcomes: Mapping[str, FloatArray]
    groups: IntArray
    standings: Mapping[str, Standing]
    order: IntArray
    facts: Mapping[str, Any] = field(default_factory=dict)

    def key(self) -> str:
        """Tells these rows and outcomes from others."""
        reported = hashlib.sha256()
        for array in (*self.outcomes.values(), self.groups, self.order):
            reported.update(np.ascontiguousarray(array).tobytes())
        return reported.hexdigest()[:_KEY_LENGTH]


def write_judged(folder: Path, book: JudgedBook) -> None:
    """Keep a judged book."""
    arrays = {f"outcome/{target}": outcome for target, outcome in book.outcomes.items()}
    arrays |= {
        f"score/{target}/{name}": score
        for name, standing in book.standings.items()
        for target, score in standing.scores.items()
    }
    np.savez(folder / f"{JUDGED}.npz", allow_pickle=False, groups=book.groups, order=book.order, **arrays)
    forecasts = {name: sorted(standing.forecasts) for name, standing in book.standings.items()}
    write_facts(folder, JUDGED, {"key": book.key(), "forecasts": forecasts, "facts": dict(book.facts)})


def read_judged(folder: Path) -> JudgedBook:
    """What ``write_judged`` wrote."""
    reported = read_facts(folder, JUDGED)
    with np.load(folder / f"{JUDGED}.npz") as arrays:
        scores: dict[str, dict[str, FloatArray]] = {name: {} for name in reported["forecasts"]}
        for place in arrays.files:
            if place.startswith("score/"):
                _, target, name = place.split("/")
                scores[name][target] = arrays[place]
        return JudgedBook(
            outcomes={target: arrays[f"outcome/{target}"] for target in TARGETS if f"outcome/{target}" in arrays},
            groups=arrays["groups"],
            order=arrays["order"],
            standings={
                name: Standing(scores=each, forecasts=frozenset(reported["forecasts"][name]))
                for name, each in scores.items()
            },
            facts=reported["facts"],
        )


def read_rival(folder: Path, side: str, book: JudgedBook) -> Standing | None:
    """The scores of a rival, value not below nothing; None where it failed, was not run or scored other rows."""
    if "error" in (facts := read_facts(folder, side)) or facts.get("key") != book.key():
        return None
    with np.load(folder / f"{side}.npz") as arrays:
        reported = {target: arrays[target] for target in TARGETS}
    placed = {target: np.empty_like(score) for target, score in reported.items()}
    for target, score in reported.items():
        placed[target][book.order] = np.maximum(score, 0.0)
    return Standing(scores=placed, forecasts=frozenset(TARGETS))


def write_facts(folder: Path, part: str, facts: Mapping[str, Any]) -> None:
    """What is to be known of a part beside its numbers."""
    (folder / f"{part}.facts.json").write_text(json.dumps(facts, indent=1) + "\n")


def read_facts(folder: Path, part: str) -> dict[str, Any]:
    """The same; nothing where there is no such part."""
    path = folder / f"{part}.facts.json"
    return dict(json.loads(path.read_text())) if path.is_file() else {}

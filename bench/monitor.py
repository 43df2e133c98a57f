"""Drifts a published book in several ways and tells who notices first: our monitor, evidently or NannyML.

Run: python -m bench monitor --peers PYTHON --write. PYTHON is the interpreter of an environment with
bench/monitor-requirements.txt; without it only ours is told. All see the same publications: months before the drift
are as they were, and are the reference of the others; ours has what the bundle remembers of training.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from bench.mutations.feeds import cut_before, frames_of, write_frames
from bench.mutations.mutators import Frames
from bench.pages import put_figures

from models.book.door import Book
from models.config.guard import GuardConfig
from models.config.loading import load_config
from models.config.monitor import GuardMode
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.monitoring.job import Places, monitor
from models.panel.build import panel_of
from models.panel.ledger_cache import kept_book
from models.pipeline.bundle import Bundle
from models.publications.ledger import PublicationLedger
from models.scoring.job import predict
from models.scoring.policy_in_force import scoring_config
from models.scoring.scoring import score_block
from models.simulator.book import simulate
from models.training.job import train
from models.vocab import SilentProgress
from models.workspace.opening import open_book, open_bundle

PAGE = Path(__file__).parent / "MONITOR.md"
SMALL = (
    "run.bootstrap_resamples=100",
    "run.threads=1",
    "learners.value.trees=60",
    "learners.decline.trees=60",
    "origins.max_count=8",
    "origins.group_folds=2",
    "book.truth=null",
)
TRAINED = date(2022, 1, 1)
STARTS = date(2022, 6, 1)
"""Events from here on are of the drifted feed; the first publication that sees them is a month later."""
BEFORE = tuple(date(2022, month, 1) for month in range(1, 7))
AFTER = tuple(date(2022, month, 1) for month in range(7, 13))
COLUMNS = 60
"""So many inputs, those that move the models most, are shown to the others."""


# the ways in which a book drifts


def _recent(rows: pd.DataFrame) -> pd.Series:
    return rows["date"].map(lambda day: day >= STARTS)


def unit(frames: Frames) -> None:
    """Interest is delivered in thousands."""
    flows = frames["cashflows"]
    chosen = _recent(flows) & (flows["kind"] == "interest")
    frames["cashflows"] = flows.assign(amount=flows["amount"].where(~chosen, flows["amount"] / 1_000))


def creep(frames: Frames) -> None:
    """All amounts grow by a tenth every month."""
    flows = frames["cashflows"]
    months = flows["date"].map(lambda day: max((day.year - STARTS.year) * 12 + day.month - STARTS.month + 1, 0))
    frames["cashflows"] = flows.assign(amount=flows["amount"] * 1.1**months)


def silent(frames: Frames) -> None:
    """Cashflows come no more."""
    flows = frames["cashflows"]
    frames["cashflows"] = flows[~_recent(flows)]


def exchanged(frames: Frames) -> None:
    """Interest is delivered as fees, and fees as interest."""
    flows = frames["cashflows"]
    other = flows["kind"].replace({"interest": "fee", "fee": "interest"})
    frames["cashflows"] = flows.assign(kind=flows["kind"].where(~_recent(flows), other))


def renamed(frames: Frames) -> None:
    """Countries are spelled in full."""
    clients = frames["clients"]
    frames["clients"] = clients.assign(country=clients["country"].map(lambda code: f"Republic of {code}"))


def wave(frames: Frames) -> None:
    """A third of the clients takes its business away, whoever they are."""
    flows = frames["cashflows"]
    ids = sorted(flows["client_id"].unique())
    dice = np.random.default_rng(3)
    leaving = set(dice.choice(ids, len(ids) // 3, replace=False))
    going = _recent(flows) & flows["client_id"].isin(leaving) & flows["kind"].isin(["interest", "fee"])
    frames["cashflows"] = flows[~(going & (dice.random(len(flows)) < 0.85))]


SCENARIOS: Mapping[str, tuple[str, Callable[[Frames], None]]] = {
    "control": ("nothing drifts", lambda _frames: None),
    "unit": ("interest in thousands", unit),
    "exchanged": ("interest and fees exchanged", exchanged),
    "renamed": ("countries spelled otherwise", renamed),
    "silent": ("no cashflows any more", silent),
    "creep": ("amounts grow by a tenth a month", creep),
    "wave": ("a third of the clients leaves", wave),
}


@dataclass(frozen=True, kw_only=True)
class Published:
    """The config of a book that was trained, and published before anything drifted."""

    config: Config
    frames: Frames
    bundle: Bundle
    columns: list[str]


@dataclass(frozen=True, kw_only=True)
class Noticed:
    """What ours raises at one publication: alarms of inputs and scores, those of outcomes, and the first in words."""

    inputs: int
    outcomes: int
    stops: bool
    first: str


def main() -> int:
    """Publish, drift, look, print; with --write the page as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--clients", type=int, default=900)
    parser.add_argument("--peers", type=Path, default=None, help="the Python of evidently and NannyML")
    parser.add_argument("--write", action="store_true", help="put the figures into MONITOR.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        text = _of_book(Path(scratch), asked.seed, asked.clients, asked.peers)
    print(text)
    if asked.write:
        put_figures(PAGE, text)
    return 0


def _of_book(root: Path, seed: int, clients: int, peers: Path | None) -> str:
    published = _published(root, seed, clients)
    shown = root / "shown"
    shown.mkdir()
    config = published.config
    clean = open_book(config, None, SilentProgress())
    rows = [_rows(published, clean, config, when, known=True) for when in BEFORE]
    pd.concat(rows, ignore_index=True).to_parquet(shown / "reference.parquet", index=False)
    ours = {name: _drifted(published, root, name, shown) for name in SCENARIOS}
    theirs = _peers(peers, shown) if peers else {}
    return _table(ours, theirs, len(published.columns) + 2)


def _published(root: Path, seed: int, clients: int) -> Published:
    settings = [
        *SMALL,
        f"run.work_dir={root}/processed",
        f"run.tracking_uri=sqlite:///{root}/mlflow.db",
        f"run.artifact_dir={root}/artifacts",
        f"book.path={root}/book",
    ]
    config = load_config(Path("configs/demo.yaml"), settings)
    simulate(config.simulation, clients=clients, months=72, seed=seed, out=root / "book")
    frames = frames_of(root / "book")
    write_frames(cut_before(frames, TRAINED), root / "early")
    early = [f"book.path={root}/early", f"book.known_until={TRAINED}", "origins.test=[2021-01-01]"]
    train(load_config(Path("configs/demo.yaml"), [*settings, *early]))
    for when in BEFORE:
        predict(config, as_of=when)
    bundle = open_bundle(config, "champion")
    weight = bundle.reference.weight
    columns = sorted(weight, key=lambda name: (-weight[name], name))[:COLUMNS]
    return Published(config=config, frames=frames, bundle=bundle, columns=columns)


def _drifted(published: Published, root: Path, name: str, shown: Path) -> list[Noticed]:
    """Publish a drifted book month by month, and look at each publication as on its day."""
    frames = dict(published.frames)
    SCENARIOS[name][1](frames)
    place = write_frames(frames, root / f"feed-{name}")
    lenient = {limit: {"refused": None} for limit in GuardConfig.model_fields}
    config = published.config.model_copy(
        update={
            "guard": GuardConfig.model_validate(lenient),
            "monitor": published.config.monitor.model_copy(update={"guard": GuardMode.MARK}),
            "book": published.config.book.model_copy(update={"path": str(place)}),
            "run": published.config.run.model_copy(update={"work_dir": str(root / f"work-{name}")}),
        }
    )
    scores = work_dir(config) / SCORES_FOLDER
    shutil.copytree(work_dir(published.config) / SCORES_FOLDER, scores, symlinks=True)
    book = open_book(config, None, SilentProgress())
    found, rows = [], []
    for when in AFTER:
        predict(config, book=book, as_of=when)
        found.append(_noticed(config, book, when))
        rows.append(_rows(published, book, config, when, known=False))
        print(name, when, found[-1], flush=True)
    pd.concat(rows, ignore_index=True).to_parquet(shown / f"scenario-{name}.parquet", index=False)
    assert len(PublicationLedger(scores).official()) == len(BEFORE) + len(AFTER)
    return found


def _noticed(config: Config, book: Book, when: date) -> Noticed:
    places = Places(page=work_dir(config) / "m.html", prometheus=work_dir(config) / "m.prom")
    report = monitor(config, book=book, as_of=when, places=places, track=False).report
    alarms = [each for each in report.alarms if each.is_raised]
    of_outcomes = [each for each in alarms if each.beside == "outcomes"]
    first = alarms[0] if alarms else None
    return Noticed(
        inputs=len(alarms) - len(of_outcomes),
        outcomes=len(of_outcomes),
        stops=any(each.severity.value == "refused" for each in alarms),
        first="" if first is None else f"{first.code} of {first.named}",
    )


def _rows(published: Published, book: Book, config: Config, when: date, *, known: bool) -> pd.DataFrame:
    """Inputs and scores of one publication, for the others; where it is ``known`` also who declined."""
    settings = scoring_config(published.bundle, config)
    prepared = kept_book(book, settings, when, published.bundle.models.notes)
    panel = panel_of(prepared, settings, [0], targets=known)
    predictions = score_block(published.bundle, panel).predictions
    frame = panel.features[published.columns].copy()
    frame["value"] = predictions.value
    frame["decline_probability"] = predictions.decline_probability
    frame["predicted"] = (predictions.decline_probability >= 0.5).astype(int)
    frame["as_of"] = pd.Timestamp(when)
    if known and panel.declined is not None:
        frame["declined"] = panel.declined.astype(int)
    return frame


def _peers(python: Path, shown: Path) -> dict[str, dict[str, dict[str, int]]]:
    script = Path(__file__).parent / "peers" / "drift.py"
    done = subprocess.run(  # noqa: S603 - the interpreter that was named
        [str(python), str(script), str(shown)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, dict[str, dict[str, int]]] = json.loads(done.stdout[done.stdout.index("{") :])
    return found


PEERS = {
    "evidently": "evidently: data drift",
    "evidently_columns": "evidently: columns",
    "nannyml_columns": "NannyML: columns",
    "nannyml_multivariate": "NannyML: multivariate",
    "nannyml_missing": "NannyML: missing",
    "nannyml_unseen": "NannyML: unseen",
    "nannyml_cbpe": "NannyML: CBPE",
}


def _table(
    ours: Mapping[str, Sequence[Noticed]], theirs: Mapping[str, Mapping[str, Mapping[str, int]]], columns: int
) -> str:
    """Two tables: the first publication at which each raises more than in the control, and alarms by publication."""
    heads = ["drift", "ours: inputs, scores", "ours: stops", "ours: outcomes", *(PEERS.values() if theirs else ())]
    lines = [heads, ["---"] * len(heads)]
    for name, (words, _) in SCENARIOS.items():
        found = ours[name]
        row = [words]
        row += [
            _first([read(each) for each in found], [read(each) for each in ours["control"]], name)
            for read in (_inputs, _stops, _outcomes)
        ]
        row += [_first(_series(theirs, name, peer), _series(theirs, "control", peer), name) for peer in PEERS if theirs]
        lines.append(row)
    usual = {each.first for each in ours["control"]}
    told = [
        f"- {SCENARIOS[name][0]}: {_first_words(found, usual if name != 'control' else set())}"
        for name, found in ours.items()
    ]
    by_date = [
        "| drift | tool | " + " | ".join(f"{day:%Y-%m}" for day in AFTER) + " |",
        "| --- " * (2 + len(AFTER)) + "|",
    ]
    for name, (words, _) in SCENARIOS.items():
        counts = {"ours: inputs, scores": [each.inputs for each in ours[name]]}
        counts["ours: outcomes"] = [each.outcomes for each in ours[name]]
        counts |= {label: _series(theirs, name, peer) for peer, label in PEERS.items() if theirs}
        by_date += [f"| {words} | {tool} | " + " | ".join(map(str, series)) + " |" for tool, series in counts.items()]
    return "\n".join(
        [
            *("| " + " | ".join(line) + " |" for line in lines),
            "",
            "Ours says first:",
            "",
            *told,
            "",
            f"Alarms by publication; of columns there are {columns}:",
            "",
            *by_date,
        ]
    )


def _inputs(each: Noticed) -> int:
    return each.inputs


def _stops(each: Noticed) -> int:
    return int(each.stops)


def _outcomes(each: Noticed) -> int:
    return each.outcomes


def _series(theirs: Mapping[str, Mapping[str, Mapping[str, int]]], name: str, peer: str) -> list[int]:
    days = sorted(theirs[name])
    return [int(theirs[name][day].get(peer, 0)) for day in days]


def _first(series: Sequence[int], control: Sequence[int] = (), name: str = "control") -> str:
    """At which publication since the drift began there were first more alarms than in the control ever; – for never."""
    usual = max(control, default=0) if name != "control" else 0
    place = next((place for place, count in enumerate(series, start=1) if count > usual), None)
    return "–" if place is None else str(place)


def _first_words(found: Sequence[Noticed], usual: set[str]) -> str:
    return next((each.first for each in found if each.first and each.first not in usual), "nothing")


if __name__ == "__main__":
    raise SystemExit(main())

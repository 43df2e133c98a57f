"""The bundle: all that scoring needs as one folder of plain text files, proved by their hashes before any is read.

LightGBM models are their own text, everything else is JSON. A damaged model text would kill the process that parses
it; therefore nothing is parsed before the manifest has vouched for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.config import Config, TiersConfig
from models.decisions.kinds_model import KindsModel
from models.decisions.tiers import GradingPolicy, TierPolicy
from models.errors import DamagedBundleError
from models.learners.contract import FeatureContract
from models.learners.decline import CauseModel, DeclineModel, TimingModel
from models.learners.intervals import ConformalBands
from models.learners.peers import Peers
from models.learners.probability_band import ProbabilityBand
from models.learners.segments import SegmentModel
from models.learners.value import ValueModel
from models.tables.features import words_from_json, words_to_json
from models.tables.notes import NoteModel
from models.workflows.grading import Bounds
from models.workflows.publish import MANIFEST, file_hash, read_manifest, write_manifest
from models.workflows.recipe import FittedModels

FORMAT = 6
CONFIG = "config.json"
REPORT = "report.json"


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A bundle as it was read: the models, the config they were fitted with, and its identity.

    ``key`` is the hash of the manifest and thereby of every file.
    """

    models: FittedModels
    config: Config
    key: str
    folder: Path


def write_bundle(folder: Path, models: FittedModels, config: Config, report: Mapping[str, Any], data: str) -> None:
    """Write all files of a bundle into an empty folder; ``data`` is the fingerprint of the book."""
    _write_texts(folder, "value", models.value.to_texts())
    _write_texts(folder, "decline", models.decline.to_texts())
    _write_texts(folder, "timing", models.timing.to_texts())
    if models.causes is not None:
        _write_texts(folder, "causes", models.causes.to_texts())
    _write(folder / "contract.json", models.contract.to_json())
    _write(folder / "words.json", words_to_json(models.words))
    _write(folder / "peers.json", models.peers.to_json())
    _write(folder / "kinds.json", models.kinds.to_json())
    _write(folder / "segments.json", models.segments.to_json())
    bounds = models.bounds
    _write(folder / "intervals.json", bounds.bands.to_json() if bounds.bands else "null")
    _write(folder / "decline_band.json", bounds.decline_band.to_json() if bounds.decline_band else "null")
    _write(folder / "classes.json", json.dumps(_class_facts(bounds.classes), sort_keys=True))
    _write(folder / "notes.json", models.notes.to_json() if models.notes else "null")
    _write(folder / "policy.json", models.policy.to_json())
    _write(folder / CONFIG, json.dumps(config.meaning(), indent=1))
    _write(folder / REPORT, json.dumps(report, indent=1, sort_keys=True))
    write_manifest(folder, {"format": FORMAT, "book": config.book.name, "data": data})


def read_bundle(folder: Path, *, threads: int = 0) -> Bundle:
    """Check every file of a bundle by its hash, then read it.

    Raises ``DamagedBundleError`` if a file is not as it was written, ``MissingFileError`` if there is no manifest.
    """
    manifest = read_manifest(folder)
    if manifest.get("format") != FORMAT:
        raise DamagedBundleError(
            rule=f"the bundle must have format {FORMAT}",
            got=manifest.get("format"),
            remedy="train again with this version",
        )
    config = Config.model_validate_json(_read(folder / CONFIG))
    causes = _texts(folder, "causes")
    notes = _read(folder / "notes.json")
    models = FittedModels(
        contract=FeatureContract.from_json(_read(folder / "contract.json")),
        words=words_from_json(_read(folder / "words.json")),
        peers=Peers.from_json(_read(folder / "peers.json")),
        value=ValueModel.from_texts(_texts(folder, "value"), threads=threads),
        decline=DeclineModel.from_texts(_texts(folder, "decline"), threads=threads),
        timing=TimingModel.from_texts(_texts(folder, "timing"), threads=threads),
        causes=CauseModel.from_texts(causes, threads=threads) if causes else None,
        rule=config.decline.rule,
        segments=SegmentModel.from_json(_read(folder / "segments.json")),
        bounds=_read_bounds(folder),
        notes=None if notes == "null" else NoteModel.from_json(notes),
        kinds=KindsModel.from_json(_read(folder / "kinds.json")),
        policy=GradingPolicy.from_json(_read(folder / "policy.json")),
    )
    return Bundle(models=models, config=config, key=file_hash(folder / MANIFEST), folder=folder)


def read_report(folder: Path) -> dict[str, Any]:
    """The evaluation that a bundle carries."""
    report: dict[str, Any] = json.loads(_read(folder / REPORT))
    return report


def _read_bounds(folder: Path) -> Bounds:
    bands, band = _read(folder / "intervals.json"), _read(folder / "decline_band.json")
    return Bounds(
        classes=_classes(json.loads(_read(folder / "classes.json"))),
        bands=None if bands == "null" else ConformalBands.from_json(bands),
        decline_band=None if band == "null" else ProbabilityBand.from_json(band),
    )


def _class_facts(classes: TierPolicy) -> dict[str, Any]:
    return {**asdict(classes), "settings": classes.settings.model_dump()}


def _classes(facts: Mapping[str, Any]) -> TierPolicy:
    return TierPolicy(**{**facts, "settings": TiersConfig.model_validate(facts["settings"])})


def _write_texts(folder: Path, model: str, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        _write(folder / f"{model}.{name}", text)


def _texts(folder: Path, model: str) -> dict[str, str]:
    """The files of one model by name; none where the bundle has no such model."""
    return {path.name.removeprefix(f"{model}."): _read(path) for path in sorted(folder.glob(f"{model}.*"))}


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")

"""The bundle: all that scoring needs as one folder of plain text files, proved by their hashes before any is read.

LightGBM models are their own text, everything else is JSON. A damaged model text would kill the process that parses
it; therefore nothing is parsed before the manifest has vouched for it, and nothing is read that it does not name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from models.codec import from_json, to_json_text
from models.config.root import Config
from models.errors import BundleFormatError, DamagedBundleError
from models.grading.fitted import GradingPolicy
from models.learners.contract import FeatureContract
from models.learners.credit.model import CreditLossModel
from models.learners.decline.cause import CauseModel
from models.learners.decline.learners import learner_from_texts, named_texts
from models.learners.decline.timing import TimingModel
from models.learners.peers import Peers
from models.learners.segments.model import SegmentModel
from models.learners.value.model import ValueModel
from models.learners.value.net import ClientValue
from models.panel.features.words import words_from_json, words_to_json
from models.panel.notes import NoteModel
from models.pipeline.bounds import bounds_from_texts, bounds_to_texts
from models.pipeline.cold_start import ColdStart
from models.pipeline.learned import Learned
from models.pipeline.likeness import UNKNOWN_TRAINING, TrainingProfile
from models.pipeline.pipeline import FittedModels
from models.plausibility.reference import NO_REFERENCE, TrainingReference
from models.plugins import PluginFacts, plugin_facts, require_plugins
from models.profiles.model import KindsModel
from models.store.keys import Key
from models.store.sealed import MANIFEST, OF_BUNDLE, read_sealed, write_manifest

T = TypeVar("T")
FORMAT = 8
CONFIG = "config.json"
REPORT = "report.json"
PROFILE = "profile.json"
REFERENCE = "reference.json"
_PLUGINS = "plugins"
"""The part of the manifest with the plug-ins that these models need, where there are any."""
_JUDGING = frozenset({"bootstrap_resamples"})
_TELLING = frozenset({CONFIG, PROFILE, REFERENCE, REPORT})
"""Files whose bytes are sealed like all, but no part of the key: the report looks at the champion of its day, the
profile of the book and the reference of its clients refuse runs and change no score, and of the config only what
decides scores counts."""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A bundle as it was read: the models, the config they were fitted with, and its identity.

    ``key`` is the hash of the format, the book, its data, and all that decides what is scored and reported of clients.
    """

    models: FittedModels
    config: Config
    profile: TrainingProfile
    key: str
    folder: Path
    reference: TrainingReference = NO_REFERENCE
    """What runs are held against before they are published."""

    def for_cold_start(self) -> Bundle | None:
        """The same bundle where it speaks of clients without activity; None where it does not."""
        models = self.models.of_cold_start()
        return None if models is None else replace(self, models=models)


def write_bundle(
    folder: Path,
    models: FittedModels,
    config: Config,
    report: object,
    data: str,
    *,
    profile: TrainingProfile = UNKNOWN_TRAINING,
    reference: TrainingReference = NO_REFERENCE,
) -> None:
    """Write all files of a bundle into an empty folder.

    ``data``, ``profile`` and ``reference`` are of the book it learned from.

    ``report`` is a dataclass, or what ``to_plain`` makes of one.
    """
    _write_texts(folder, "value", models.value.margin.to_texts())
    if models.value.credit is not None:
        _write_texts(folder, "credit", models.value.credit.to_texts())
    _write_texts(folder, "decline", named_texts(models.decline))
    _write_texts(folder, "timing", models.timing.to_texts())
    if models.causes is not None:
        _write_texts(folder, "causes", models.causes.to_texts())
    _write(folder / "contract.json", models.contract.to_json())
    _write(folder / "words.json", words_to_json(models.words))
    _write(folder / "peers.json", models.peers.to_json())
    _write(folder / "kinds.json", models.kinds.to_json())
    _write(folder / "segments.json", models.segments.to_json())
    _write(folder / "learned.json", models.learned.to_json())
    if models.cold is not None:
        _write_texts(folder, "cold_start", models.cold.to_texts())
    for name, text in bounds_to_texts(models.bounds).items():
        _write(folder / name, text)
    _write(folder / "notes.json", models.notes.to_json() if models.notes else "null")
    _write(folder / "policy.json", models.policy.to_json())
    _write(folder / PROFILE, profile.to_json())
    _write(folder / REFERENCE, reference.to_json())
    _write(folder / CONFIG, json.dumps(config.meaning(), indent=1))
    _write(folder / REPORT, to_json_text(report, indent=1, sort_keys=True))
    plugged = [asdict(each) for each in plugin_facts(config.plugins_of_scores())]
    facts = {"format": FORMAT, "book": config.book.name, "data": data}
    write_manifest(folder, {**facts, **({_PLUGINS: plugged} if plugged else {})})


def read_bundle(folder: Path, *, threads: int = 0) -> Bundle:
    """Check every file of a bundle by its hash, then read those that its manifest names.

    Raises ``DamagedBundleError`` if a file is not as it was written or none that the manifest names, of which
    ``BundleFormatError`` is the case of a whole bundle of another format; ``MissingFileError`` if there is no manifest;
    ``MissingPluginError`` unless each plug-in that it was made with is there as it was.
    """
    manifest, texts = _sealed(folder)
    require_plugins(PluginFacts(**each) for each in manifest.get(_PLUGINS, ()))
    try:
        config = Config.model_validate_json(texts[CONFIG])
        models = _models(texts, config, threads)
        profile = TrainingProfile.from_json(texts[PROFILE])
        reference = TrainingReference.from_json(texts[REFERENCE]) if REFERENCE in texts else NO_REFERENCE
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise _unreadable(folder, error) from error
    return Bundle(
        models=models,
        config=config,
        profile=profile,
        key=_key(manifest, texts),
        folder=folder,
        reference=reference,
    )


def bundle_key(folder: Path) -> str:
    """The key of a bundle, without its models. Raises as ``read_bundle``."""
    manifest, texts = _sealed(folder)
    try:
        return _key(manifest, texts)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise _unreadable(folder, error) from error


def bundle_config(folder: Path) -> Config:
    """The config that a bundle was fitted with, without its models. Raises as ``read_bundle``."""
    _, texts = _sealed(folder)
    try:
        return Config.model_validate_json(texts[CONFIG])
    except (ValueError, RecursionError) as error:
        raise _unreadable(folder, error) from error


def bundle_plugins(folder: Path) -> tuple[PluginFacts, ...]:
    """The plug-ins that the models of a bundle need. Raises as ``bundle_key``."""
    manifest, _ = _sealed(folder)
    return tuple(PluginFacts(**each) for each in manifest.get(_PLUGINS, ()))


def read_report(folder: Path, kind: type[T], *, whole: bool = True) -> T:
    """The report that a bundle carries, of the class that wrote it or, not ``whole``, one with some of its parts.

    Raises as ``read_bundle``.
    """
    _, texts = _sealed(folder)
    remedy = f"nothing was loaded from {folder}; {OF_BUNDLE.damaged}"
    return from_json(kind, texts[REPORT], subject=REPORT, remedy=remedy, error=DamagedBundleError, whole=whole)


def _scoring_facts(meaning: Mapping[str, Any]) -> dict[str, Any]:
    """What a config means, without what only judges models: that decides no score."""
    return {**meaning, "run": {name: value for name, value in meaning["run"].items() if name not in _JUDGING}}


def _key(manifest: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """Of facts, files and the config as they were written, so that another version of the code finds the same key."""
    files = {name: known for name, known in manifest["files"].items() if name not in _TELLING}
    return Key.of(**{**manifest, "files": files, "config": _scoring_facts(json.loads(texts[CONFIG]))}).digest


def _sealed(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The manifest of a bundle of this format, and the text of each file by its name, all proved."""
    manifest, contents = read_sealed(folder)
    if manifest.get("format") != FORMAT:
        raise BundleFormatError(
            found=manifest.get("format"), known=FORMAT, remedy="train again with this version of clientvalue"
        )
    try:
        texts = {name: content.decode("utf-8") for name, content in contents.items()}
        return manifest, {CONFIG: texts[CONFIG], REPORT: texts[REPORT]} | texts
    except (UnicodeDecodeError, KeyError) as error:
        raise _unreadable(folder, error) from error


def _models(texts: Mapping[str, str], config: Config, threads: int) -> FittedModels:
    causes, cold, notes = _texts(texts, "causes"), _texts(texts, "cold_start"), texts["notes.json"]
    contract = FeatureContract.from_json(texts["contract.json"])
    return FittedModels(
        contract=contract,
        words=words_from_json(texts["words.json"]),
        peers=Peers.from_json(texts["peers.json"]),
        value=_value(texts, contract, config, threads),
        decline=learner_from_texts(_texts(texts, "decline"), threads=threads),
        timing=TimingModel.from_texts(_texts(texts, "timing"), threads=threads),
        causes=CauseModel.from_texts(causes, threads=threads) if causes else None,
        rule=config.decline.rule,
        segments=SegmentModel.from_json(texts["segments.json"]),
        bounds=bounds_from_texts(texts),
        cold=ColdStart.from_texts(cold, threads=threads) if cold else None,
        notes=None if notes == "null" else NoteModel.from_json(notes),
        kinds=KindsModel.from_json(texts["kinds.json"]),
        policy=GradingPolicy.from_json(texts["policy.json"]),
        learned=Learned.from_json(texts["learned.json"]),
    )


def _value(texts: Mapping[str, str], contract: FeatureContract, config: Config, threads: int) -> ClientValue:
    credit, usual = _texts(texts, "credit"), config.credit.loss_given_default
    return ClientValue(
        margin=ValueModel.from_texts(_texts(texts, "value"), threads=threads),
        credit=CreditLossModel.from_texts(credit, contract, usual_lgd=usual, threads=threads) if credit else None,
    )


def _unreadable(folder: Path, error: Exception) -> DamagedBundleError:
    got = f"none of {error}" if isinstance(error, KeyError) else f"{type(error).__name__} in one of them"
    return DamagedBundleError(
        rule=f"{MANIFEST} must name every file of a bundle, each of which can be read",
        got=got,
        remedy=f"nothing was loaded from {folder}; {OF_BUNDLE.damaged}",
    )


def _write_texts(folder: Path, model: str, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        _write(folder / f"{model}.{name}", text)


def _texts(texts: Mapping[str, str], model: str) -> dict[str, str]:
    """The files of one model by name; none where the bundle has no such model."""
    start = f"{model}."
    return {name.removeprefix(start): text for name, text in texts.items() if name.startswith(start)}


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")

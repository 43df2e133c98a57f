"""Registry of decline learners by name: fitting simple ones, and reading what all wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol

from models.config.learners import DeclineLearnerConfig, SimpleDeclineName
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.decline.learner import DeclineLearner
from models.learners.decline.logistic import LogisticDecline
from models.learners.decline.mixture import DeclineMixture
from models.learners.decline.plugged import PluggedDecline
from models.learners.decline.whether import DeclineModel
from models.vocab import BoolArray, FloatArray

_NAME_FILE = "learner.json"


class _Kind(Protocol):
    def from_texts(self, texts: Mapping[str, str], *, threads: int) -> DeclineLearner: ...


_SIMPLE = {kind.name: kind for kind in (LogisticDecline,)}
_KINDS: dict[str, _Kind] = {DeclineModel.name: DeclineModel, **_SIMPLE}


def fit_simple_learner(
    name: SimpleDeclineName,
    matrix: FloatArray,
    declined: BoolArray,
    *,
    config: DeclineLearnerConfig,
    contract: FeatureContract,
    weight: FloatArray | None,
) -> DeclineLearner:
    """Fit one of ``learners.decline.simple``. Raises what it raises."""
    return _SIMPLE[name].fit(matrix, declined, config=config, contract=contract, weight=weight)


def named_texts(learner: DeclineLearner) -> dict[str, str]:
    """File name -> text: the learner's name, and the files of which it is read by this name."""
    return {_NAME_FILE: json.dumps({"learner": learner.name})} | learner.to_texts()


def learner_from_texts(texts: Mapping[str, str], *, threads: int = 0) -> DeclineLearner:
    """Read what ``named_texts`` wrote, once it is known to be whole."""
    return _read(json.loads(texts[_NAME_FILE])["learner"], texts, threads)


def _read(name: str, texts: Mapping[str, str], threads: int) -> DeclineLearner:
    if name == DeclineMixture.name:
        return _mixture(texts, threads)
    if name not in _KINDS:
        return PluggedDecline.from_texts(name, texts)
    return _KINDS[name].from_texts(texts, threads=threads)


def _mixture(texts: Mapping[str, str], threads: int) -> DeclineMixture:
    facts = json.loads(texts["mixture.json"])
    leader, simple = (_read(facts[part], _under(part, texts), threads) for part in ("leader", "simple"))
    calibration = PlattCalibration(**facts["calibration"])
    return DeclineMixture(leader=leader, simple=simple, share=facts["share"], calibration=calibration)


def _under(part: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {file.removeprefix(f"{part}."): text for file, text in texts.items() if file.startswith(f"{part}.")}

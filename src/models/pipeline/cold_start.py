"""The cold start of a book: models of clients in reach without activity, learned and calibrated at past dates.

At each date only clients that stood so then are looked at, and outcomes are counted within the same horizon as those of
active clients. What is served knows no outcome later than the dates that it learns from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from models.config.root import Config
from models.errors import InternalError, TooLittleDataError
from models.grading.built_in import grade, tier_policy
from models.grading.compute import Bounds, expected_of
from models.learners.calibration import PlattCalibration
from models.learners.cold_start import ColdDecline, ColdValue
from models.learners.contract import FeatureContract
from models.learners.decline.timing import TimingModel
from models.learners.intervals import ConformalBands
from models.learners.peers import Peers
from models.learners.probability_band import ProbabilityBand
from models.learners.value.calibration import ValueCalibration
from models.learners.value.model import ValueModel
from models.learners.value.net import MARGIN, VALUE, ClientValue, ValueParts
from models.panel.features.beginning import BEGAN_ALIKE
from models.panel.features.words import FeatureWords, words_from_json, words_to_json
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins
from models.pipeline.bounds import bounds_from_texts, bounds_to_texts
from models.pipeline.rows import age_weights
from models.pipeline.shrinkage import shrunk_decline, shrunk_value
from models.pipeline.totals import level_error
from models.vocab import BoolArray, FloatArray, IntArray

_CALIBRATION, _CONTRACT, _WORDS, _PEERS = "value.calibration.json", "contract.json", "words.json", "peers.json"


@dataclass(frozen=True, kw_only=True)
class ColdStart:
    """Models of clients without activity, of the same protocols as those of active clients.

    Their curve has one step, the horizon: before its end nobody can tell that nothing came.
    """

    contract: FeatureContract
    value: ClientValue
    decline: ColdDecline
    timing: TimingModel
    bounds: Bounds
    words: Mapping[str, FeatureWords] = field(default_factory=dict)
    peers: Peers = field(default_factory=Peers.unknown)

    def with_peers(self, now: Panel, segment: IntArray) -> ColdStart:
        """The same with the words of the features of ``now``, and what is usual among its clients by ``segment``."""
        peers = Peers.fit(self.contract.encode(now.features), segment, self.contract)
        return replace(self, words=now.words, peers=peers)

    def to_texts(self) -> dict[str, str]:
        """File name -> text."""
        parts = {"decline": self.decline.to_texts(), "value": _candidate(self.value.margin).to_texts()}
        return {
            **{f"{model}.{name}": text for model, texts in parts.items() for name, text in texts.items()},
            **bounds_to_texts(self.bounds),
            _CALIBRATION: self.value.margin.calibration.to_json(),
            _CONTRACT: self.contract.to_json(),
            _WORDS: words_to_json({name: self.words[name] for name in self.contract.names if name in self.words}),
            _PEERS: self.peers.to_json(),
            "horizon.json": str(self.timing.ends[-1]),
        }

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int = 0) -> ColdStart:
        """Read what ``to_texts`` wrote, once it is known to be whole."""
        value = ColdValue.from_texts(_under("value.", texts), threads=threads)
        return cls(
            contract=FeatureContract.from_json(texts[_CONTRACT]),
            value=ClientValue(
                margin=ValueModel(candidate=value, calibration=ValueCalibration.from_json(texts[_CALIBRATION]))
            ),
            decline=ColdDecline.from_texts(_under("decline.", texts), threads=threads),
            timing=_at_the_end(int(texts["horizon.json"])),
            bounds=bounds_from_texts(texts),
            words=words_from_json(texts[_WORDS]),
            peers=Peers.from_json(texts[_PEERS]),
        )


def fit_cold_start(
    cold: Panel, origins: LearningOrigins, config: Config, active_band: ProbabilityBand | None = None
) -> ColdStart:
    """Fit on the clients that started cold at ``origins``, calibrated on the latest of them, predicted by earlier ones.

    ``cold`` holds these origins with their targets. Bounds of a probability are at least as wide as ``active_band``
    says of active clients: less is known of these. Raises ``TooLittleDataError``.
    """
    forecasts = _forecasts(cold, origins, config)
    calibration = _calibrated(forecasts, config, active_band)
    base = _fit(cold.at(origins.learn).as_known(), config)
    return ColdStart(
        contract=base.contract,
        value=ClientValue(margin=ValueModel(candidate=base.value, calibration=calibration.value)),
        decline=base.decline.calibrated_by(calibration.decline),
        timing=_at_the_end(config.time.horizon_periods),
        bounds=calibration.bounds or _unbounded(base, cold.at([origins.latest]), config),
    )


@dataclass(frozen=True, kw_only=True)
class _Base:
    """Both models as they were fitted."""

    contract: FeatureContract
    value: ColdValue
    decline: ColdDecline


@dataclass(frozen=True, kw_only=True)
class _Forecast:
    """What models that learned before said of the clients of one later origin, and what came. Shapes (n,)."""

    origin: int
    log_value: FloatArray
    margin: FloatArray
    value: FloatArray
    declined: FloatArray


@dataclass(frozen=True, kw_only=True)
class _Calibration:
    value: ValueCalibration = field(default_factory=ValueCalibration)
    decline: PlattCalibration = field(default_factory=PlattCalibration)
    bounds: Bounds | None = None


def _fit(learn: Panel, config: Config) -> _Base:
    """Raises ``TooLittleDataError``."""
    value, declined = _outcomes(learn)
    frame = learn.features[_telling(learn)]
    contract = FeatureContract.learn(frame, learn.units, config.features.max_categories)
    matrix, place = contract.encode(frame), contract.names.index(BEGAN_ALIKE)
    weight = age_weights(learn.origin, config.learners.half_life_periods)
    settings, run = config.learners.cold_start, config.run
    return _Base(
        contract=contract,
        value=ColdValue.fit(matrix, value, alike=place, config=settings, contract=contract, run=run, weight=weight),
        decline=ColdDecline.fit(
            matrix, declined, alike=place, config=settings, contract=contract, run=run, weight=weight
        ),
    )


def _telling(learn: Panel) -> list[str]:
    """The features that are not the same of all, in their order: most tell of activity, of which there was none."""
    if not len(learn):
        raise TooLittleDataError(
            rule="a cold start needs clients that were in reach without activity at past dates",
            got="none",
            remedy="bring clients with relationship_start, or opportunities, of before their first activity",
        )
    varied = learn.features.nunique(dropna=False) > 1
    return [str(name) for name, differs in varied.items() if differs or name == BEGAN_ALIKE]


def _outcomes(panel: Panel) -> tuple[FloatArray, BoolArray]:
    if panel.value is None or panel.declined is None:
        raise InternalError("a cold start can only be learned from a panel with targets")
    if panel.finished is not None and not panel.finished.all():
        raise InternalError("an outcome that is not complete is none to learn from")
    return panel.value, panel.declined


def _forecasts(cold: Panel, origins: LearningOrigins, config: Config) -> list[_Forecast]:
    """Those of the out-of-time origins that hold such clients, and whose earlier origins are enough to learn from."""
    made = []
    for wanted in origins.out_of_time:
        later = cold.at([wanted.origin])
        with suppress(TooLittleDataError):
            if len(later):
                made.append(_forecast(_fit(cold.at(wanted.early).as_known(), config), later, wanted.origin))
    return made


def _forecast(base: _Base, later: Panel, origin: int) -> _Forecast:
    matrix = base.contract.encode(later.features)
    value, declined = _outcomes(later)
    return _Forecast(
        origin=origin,
        log_value=base.value.log_value(matrix),
        margin=base.decline.margin(matrix),
        value=value,
        declined=declined.astype(np.float64),
    )


def _calibrated(forecasts: Sequence[_Forecast], config: Config, active_band: ProbabilityBand | None) -> _Calibration:
    """What later origins teach; nothing, where there are none, or where outcomes leave it open."""
    if not forecasts:
        return _Calibration()
    logs, margins = [each.log_value for each in forecasts], [each.margin for each in forecasts]
    values, declined = [each.value for each in forecasts], [each.declined for each in forecasts]
    independent = 1.0 + (forecasts[-1].origin - forecasts[0].origin) / config.time.horizon_periods
    value, decline = ValueCalibration(), PlattCalibration()
    with suppress(TooLittleDataError):
        value = shrunk_value(
            ValueCalibration.fit(np.concatenate(logs), np.concatenate(values)), logs, values, independent
        )
    with suppress(TooLittleDataError):
        decline = shrunk_decline(
            PlattCalibration.fit(np.concatenate(margins), np.concatenate(declined)), margins, declined, independent
        )
    expected = np.exp(value.log_value(np.concatenate(logs)))
    probability = decline.probability(np.concatenate(margins))
    classes = tier_policy(expected, config.tiers, config.scale, config.book.currency)
    level = config.learners.interval_level
    tier = grade(expected, probability, classes).tier
    band = ProbabilityBand.fit([decline.log_odds(margin) for margin in margins], declined, confidence=level)
    return _Calibration(
        value=value,
        decline=decline,
        bounds=Bounds(
            classes=classes,
            bands={
                name: ConformalBands.fit(
                    expected_of(ValueParts.of_margin(expected), name, tier), np.concatenate(values), level=level
                )
                for name in (VALUE, MARGIN)
            },
            decline_band=_at_least(band, active_band),
            level_error=level_error(
                (came.sum(), float(np.exp(value.log_value(log)).sum())) for log, came in zip(logs, values, strict=True)
            ),
        ),
    )


def _at_least(band: ProbabilityBand | None, active: ProbabilityBand | None) -> ProbabilityBand | None:
    if band is None or active is None:
        return band
    return replace(
        band,
        level_deviation=max(band.level_deviation, active.level_deviation),
        slope_deviation=max(band.slope_deviation, active.slope_deviation),
    )


def _unbounded(base: _Base, now: Panel, config: Config) -> Bounds:
    """No bounds, since nobody could be predicted; classes still divide the clients of ``now``."""
    expected = np.exp(base.value.log_value(base.contract.encode(now.features)))
    classes = tier_policy(expected, config.tiers, config.scale, config.book.currency)
    return Bounds(classes=classes, bands={}, decline_band=None)


def _at_the_end(horizon: int) -> TimingModel:
    return TimingModel(ends=(horizon,), shares=(1.0,), events=0)


def _candidate(value: ValueModel) -> ColdValue:
    if not isinstance(value.candidate, ColdValue):
        raise InternalError("the value of a cold start is that of another model")
    return value.candidate


def _under(start: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(start): text for name, text in texts.items() if name.startswith(start)}

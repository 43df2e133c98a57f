"""Puts a validation report together: what is known of a version already, and shocks, dates and refits to be tried."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.metadata import version as version_of

from pydantic import BaseModel

from models.book.door import Book
from models.card.report import ModelCard
from models.codec import JsonValue
from models.comparison.scored import scored_version
from models.config.gate import GATE_REASONS, Between
from models.config.guard import Limit
from models.config.monitor import LIMIT_REASONS
from models.config.root import Config
from models.config.validation import Refit
from models.evaluation.report.contents import EvaluationReport
from models.monitoring.report import MonitorReport
from models.pipeline.bundle import Bundle
from models.publications.ledger import Publication
from models.scoring.policy_in_force import policy_hash
from models.store.code import scoring_code
from models.store.keys import canonical_json, text_hash
from models.text import ENGLISH, Phrase, Text, as_written, languages, spoken
from models.validation.fairness import selection
from models.validation.report import (
    LedgerLine,
    LeftOut,
    NamedFact,
    UsedInput,
    ValidationReport,
    VersionStability,
)
from models.validation.rules import open_findings
from models.validation.sensitivity import ShockedBook
from models.validation.stability import Refitting, replayed_dates
from models.vocab import Progress, SilentProgress
from models.workers import Mapper

_FITTED = ("time", "activity", "value", "credit", "decline", "origins", "learners", "tiers")
"""Sections that say what is learned and how."""
_WATCHED = ("monitor", "nightly", "gate", "guard")
_LIBRARIES = ("clientvalue", "lightgbm", "numpy", "pandas", "scikit-learn", "scipy", "duckdb", "mlflow")
_SHOWN_INPUTS = 25
_LONGEST = 400
_REASONS = {
    **{f"monitor.{name}": text for name, text in LIMIT_REASONS.items()},
    **{f"gate.{name}": text for name, text in GATE_REASONS.items()},
}
"""Settings whose reason is known in every language."""
_AT_ALL, _NO_REFITS = Text("at all", "refit"), Text("it was left out with --no-refits")
_NONE = Text("none", "lineage")
_BY = Text("{at} by {who}", "lineage")
_SOMEBODY = Text("somebody unknown")
_NOT_ON_RECORD = Text("not on record", "lineage")
_BOOK = Text("{book}, known until {day} when it was trained", "lineage")
_LEARNED = Text("{rows:,} rows at {dates} dates, outcomes until {until}", "lineage")
_MODEL = Text("{model} version {version}", "lineage")


@dataclass(frozen=True, kw_only=True)
class Validated:
    """The version that is validated: its models, and all that was found of it before.

    ``monitoring`` is of its own publications, None where there are none; ``entries`` are those of the whole ledger.
    """

    book: Book
    bundle: Bundle
    card: ModelCard
    evaluation: EvaluationReport
    monitoring: MonitorReport | None
    entries: Sequence[Publication]

    @property
    def as_of(self) -> date:
        """The date of the latest official run of these models, else the end of the book."""
        dates = [entry.as_of for entry in self.entries if entry.bundle == self.bundle.key and entry.as_of is not None]
        known = [day for day in dates if day <= self.book.known_until]
        return max(known, default=self.book.known_until)


def validation_report(
    found: Validated,
    config: Config,
    prepared: datetime,
    *,
    refits: Sequence[Refit],
    mapper: Mapper | None = None,
    progress: Progress = SilentProgress(),
) -> ValidationReport:
    """The report; the models are fitted again for each of ``refits``, and stay as they are.

    Outcomes aside, nothing later than the as-of date is looked at. Raises ``TooLittleDataError`` for no active client.
    """
    progress.stage(f"Scoring the clients as of {found.as_of}")
    version = scored_version(found.book, found.bundle, config, found.as_of)
    shocked = ShockedBook(book=found.book, version=version, sizes=config.validation)
    sensitivity = shocked.sensitivity(progress)
    progress.stage("Counting inputs and scores at earlier dates")
    reference, dates = replayed_dates(version, config)
    refitting = Refitting(book=found.book, version=version, config=config, mapper=mapper, progress=progress)
    compared, left_out = refitting.compared(refits)
    if not refits:
        left_out.append(LeftOut.of(_AT_ALL, _NO_REFITS))
    report = ValidationReport(
        prepared=prepared,
        as_of=found.as_of,
        card=found.card,
        evaluation=found.evaluation,
        inputs=tuple(_inputs(found.bundle, shocked.weight)),
        settings=tuple(fact for part in _FITTED for fact in _facts(part, getattr(found.bundle.config, part))),
        lineage=tuple(_lineage(found, config)),
        ledger=tuple(_ledger_line(entry) for entry in found.entries),
        monitoring=found.monitoring,
        sensitivity=sensitivity,
        stability=VersionStability(
            reference=reference,
            dates_asked=config.validation.replays,
            dates=tuple(dates),
            refits=tuple(compared),
            left_out=tuple(left_out),
        ),
        selection=selection(version, config.validation),
        plan=tuple(fact for part in _WATCHED for fact in _facts(part, getattr(config, part))),
    )
    return replace(report, findings=open_findings(report, config))


def _inputs(bundle: Bundle, weight: dict[str, float]) -> Iterator[UsedInput]:
    """The inputs that move the models most."""
    models = bundle.models
    for name in sorted(weight, key=lambda each: (-weight[each], each))[:_SHOWN_INPUTS]:
        words = models.words.get(name)
        said = name if words is None else words.describe(ENGLISH)
        meaning = {each: name if words is None else words.describe(each) for each in languages()}
        unit = models.contract.units.get(name, "")
        yield UsedInput(name=name, description=said, unit=unit, weight=weight[name], meaning=meaning)


def _lineage(found: Validated, config: Config) -> Iterator[NamedFact]:
    """Everything by which the version, its data and its code differ from others."""
    card, bundle = found.card, found.bundle
    version = card.version
    registered = "" if version.registered is None else f"{version.registered:%Y-%m-%d %H:%M} UTC"
    facts: dict[str, Phrase | str] = {
        "owner": config.card.owner,
        "model": _MODEL.filled(model=version.model, version=version.version),
        "aliases": ", ".join(version.aliases) or _NONE,
        "bundle": bundle.key,
        "registered": _BY.filled(at=registered, who=version.by or _SOMEBODY),
        "MLflow run": version.run_id,
        "commit": version.commit or _NOT_ON_RECORD,
        "book": _BOOK.filled(book=card.book, day=str(card.known_until)),
        "fingerprint of the data it learned from": card.data,
        "fingerprint of the book validated on": found.book.fingerprint,
        "config of the models (hash)": text_hash(canonical_json(bundle.config.meaning())),
        "policy of the models (hash)": policy_hash(bundle.config.grading),
        "policy in force (hash)": policy_hash(config.grading),
        "code that scores (hash)": scoring_code(),
        "learned from": _LEARNED.filled(rows=card.rows, dates=len(card.learned_from), until=str(card.learned_until)),
        "inputs": f"{card.features}",
    }
    for name, fact in facts.items():
        stated = as_written(fact) if isinstance(fact, str) else fact
        by_language = None if isinstance(fact, str) else spoken(fact)
        yield NamedFact(part="version", name=name, fact=stated.within(ENGLISH), stated=by_language)
    for library in _LIBRARIES:
        yield NamedFact(part="validated with", name=library, fact=version_of(library))


def _ledger_line(entry: Publication) -> LedgerLine:
    return LedgerLine(
        number=entry.number,
        at=entry.at,
        act=entry.act.value,
        as_of=entry.as_of,
        run_key=entry.run_key,
        bundle=entry.bundle,
        version=entry.version,
        policy=entry.policy,
        data=entry.data,
        by=entry.by,
        why=entry.why,
        evidence=_shortened(dict(entry.evidence)),
        seal=entry.seal,
    )


def _facts(part: str, section: BaseModel, before: str = "") -> Iterator[NamedFact]:
    """The settings of a section, those of its sections one by one, each with what its config says of it."""
    for name, field in type(section).model_fields.items():
        value, called = getattr(section, name), f"{before}{name}"
        if isinstance(value, Limit | Between) or not isinstance(value, BaseModel):
            why, text = field.description or "", _REASONS.get(f"{part}.{called}")
            because = None if text is None else spoken(text)
            yield NamedFact(part=part, name=f"{part}.{called}", fact=_written(value), why=why, because=because)
        else:
            yield from _facts(part, value, f"{called}.")


def _written(value: object) -> str:
    """A setting as a person reads it."""
    if isinstance(value, Limit):
        known = {name: getattr(value, name) for name in ("note", "warning", "refused")}
        return ", ".join(f"{name} from {limit:g}" for name, limit in known.items() if limit is not None) or "no limit"
    if isinstance(value, Between):
        return f"{value.low:g} to {value.high:g}"
    return _shortened(_plain(value))


def _plain(value: object) -> JsonValue:
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value if isinstance(value, bool | int | float | None) else str(value)


def _shortened(value: JsonValue) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = {"null": "none", "{}": "none", "[]": "none", "true": "yes", "false": "no"}.get(text, text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

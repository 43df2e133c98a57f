"""A prediction that was asked for, and the facts of it that its manifest holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from models.codec import JsonValue, to_plain
from models.config.root import Config
from models.lists.rules import Success
from models.notices import Notice, by_severity, notice_facts
from models.panel.blocks import PreparedBook
from models.panel.build import PanelContext
from models.pipeline.bundle import Bundle
from models.pipeline.likeness import value_notices
from models.pipeline.pipeline import FittedModels
from models.pipeline.serving import ServingModels
from models.pipeline.serving_text import serving_sentences
from models.plausibility.counts import RunCounts
from models.publications.previous import CALLED, TIER_SCALE
from models.scoring.block import DecisionContext
from models.scoring.blocks import Scoring
from models.scoring.explanations import Stamp
from models.scoring.policy_in_force import POLICY_FACTS, PolicyInForce
from models.scoring.report import Tally
from models.scoring.run_counts import implausible
from models.scoring.run_key import model_version
from models.scoring.without_effect import settings_hashes
from models.store.code import scoring_code
from models.text import Language, Spoken, languages, spoken


@dataclass(frozen=True)
class ScoringRequest:
    """What one prediction was asked to do."""

    out: Path
    policy: PolicyInForce
    settings: Config
    as_of: date
    key: str
    decision_context: DecisionContext
    overrides_written: int
    origins: tuple[int, ...]
    """The date and those with which clients are compared to warn, as numbers of periods."""
    fingerprint: str
    """Of the book."""
    success: Success
    """Of an offer to keep a client."""
    refused: int = 0
    """Clients who refused the processing of their data and are left out for it."""
    notices: tuple[Notice, ...] = ()
    """What was known to be left out or implausible before scoring began."""

    @property
    def bundle(self) -> Bundle:
        """The models, with the policy that grades."""
        return self.policy.bundle

    def scoring(self, prepared: PreparedBook) -> Scoring:
        """What the blocks of a prepared book are scored with."""
        return Scoring(
            prepared=prepared,
            around=PanelContext.of(prepared, self.settings, max(self.origins)),
            settings=self.settings,
            origins=self.origins,
            decision_context=self.decision_context,
            stamp=Stamp(
                as_of=self.as_of,
                run_key=self.key,
                model_version=model_version(self.bundle),
                currency=self.settings.book.currency,
            ),
        )


def manifest_facts(prepared: PreparedBook, job: ScoringRequest, tally: Tally) -> dict[str, object]:
    """What the manifest of a run holds: what it was made from, how, and what came of it in figures."""
    previous = job.decision_context.previous
    return {
        "run_key": job.key,
        "as_of": job.as_of.isoformat(),
        "bundle": job.bundle.key,
        "settings": settings_hashes(job.bundle),
        POLICY_FACTS: job.policy.facts(),
        "input": job.fingerprint,
        "code": scoring_code(),
        "learned_until": job.bundle.models.learned.until.isoformat(),
        "serving": _serving_facts(job.bundle.models.learned.serving),
        "in_sample": job.as_of < job.bundle.models.learned.until,
        "previous": None if previous is None else previous.run_key,
        "shown_since": None if previous is None else previous.shown_key or None,
        "clients_in_book": prepared.clients,
        "clients_scored": tally.scored,
        "clients_cold_start": tally.cold.scored,
        "clients_refused": job.refused,
        "tiers": dict(sorted(tally.clients.items())),
        "totals": {"level": tally.level, "level_error": tally.level_error},
        CALLED: _called(job.bundle.models),
        TIER_SCALE: job.bundle.models.policy.scale.facts(),
        "overrides": tally.overrides,
        "notices": notice_facts(run_notices(prepared, job, tally)),
    }


def _called(models: FittedModels) -> dict[str, dict[str, Spoken]]:
    """What people call the features that the policy looks at, and the segments: by name, in every language."""
    settings, segments = models.policy.settings, models.segments
    asked = {criterion.feature for each in settings.dimensions.values() for criterion in each.criteria}
    asked |= {cap.feature for cap in settings.caps}
    described = {name: models.words[name].description for name in sorted(filter(None, asked)) if name in models.words}
    called = {language: segments.names_in(language, partial(_described, models, language)) for language in languages()}
    return {
        "features": {name: spoken(description) for name, description in described.items()},
        "segments": {
            name: {language: names[place] for language, names in called.items()}
            for place, name in enumerate(segments.names)
        },
    }


def _described(models: FittedModels, language: Language, feature: str) -> str:
    return models.words[feature].describe(language) if feature in models.words else feature


def _serving_facts(serving: ServingModels) -> JsonValue:
    """Who serves each target, the evidence for it, and both in a sentence."""
    return to_plain({"value": serving.value, "decline": serving.decline, "why": serving_sentences(serving)})


def run_notices(prepared: PreparedBook, job: ScoringRequest, tally: Tally) -> tuple[Notice, ...]:
    """What the whole run leaves out or finds implausible, the gravest first."""
    unscored = tally.unscored(prepared.clients - job.refused, job.settings.time, job.as_of)
    return by_severity([*job.notices, *tally.notices, *unscored])


def judged_notices(job: ScoringRequest, tally: Tally, counts: RunCounts, scores: Path) -> list[Notice]:
    """Whether inputs, scores and what is expected of a client are about what they were at training, and before."""
    unlike = implausible(counts, job.bundle, job.decision_context.previous, job.as_of, job.settings, scores)
    return [*value_notices(tally.mean_value, job.bundle.profile, job.settings.guard), *unlike]

"""A workspace: settings, and what is opened under them, each thing once however often it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from models.book.door import Book
from models.book.settling import settled
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.engines.duckdb import DUCKDB
from models.engines.protocol import Engine
from models.notices import Notice, Severity
from models.pipeline.bundle import Bundle
from models.publications.latest import LATEST, published_facts
from models.publications.past import settled_scores
from models.scoring.policy_in_force import policy_hash, scoring_config
from models.scoring.run_key import KEY_LENGTH, model_version, run_key
from models.scoring.scoring import ScoringBasis
from models.store.code import scoring_code
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of
from models.workspace.published import PUBLISHED, speaking_bundle


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """The book, bundles, ledgers and published scores of one config, held open as they were when first asked for.

    ``place`` is the book's, before that of the config. What is published, promoted or delivered later is seen by a
    workspace that is opened later.
    """

    settings: Config
    place: str | None = None
    progress: Progress = field(default_factory=SilentProgress)
    engine: Engine = DUCKDB
    _bundles: dict[str, Bundle] = field(default_factory=dict, init=False, repr=False)
    _bases: dict[tuple[str, date], ScoringBasis] = field(default_factory=dict, init=False, repr=False)
    _notices: dict[tuple[str, date], tuple[Notice, ...]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(
        cls,
        config: Settings,
        *,
        book: str | None = None,
        overrides: Sequence[str] = (),
        progress: Progress = SilentProgress(),
        engine: Engine = DUCKDB,
    ) -> Workspace:
        """A workspace in which nothing is open yet. Raises ``ConfigError``."""
        return cls(settings=settings_of(config, overrides), place=book, progress=progress, engine=engine)

    @property
    def scores(self) -> Path:
        """The folder below which scores are published."""
        return work_dir(self.settings) / SCORES_FOLDER

    @cached_property
    def book(self) -> Book:
        """The checked book."""
        return open_book(self.settings, self.place, self.progress, engine=self.engine)

    @cached_property
    def config(self) -> Config:
        """The settings, with what they leave to the book."""
        return settled(self.settings, self.book)

    def bundle(self, which: str = PUBLISHED) -> Bundle:
        """The bundle of an alias, a version or a folder; by default that of the published scores."""
        if which not in self._bundles:
            self._bundles[which] = speaking_bundle(self.settings, which)
        return self._bundles[which]

    def basis(self, which: str = PUBLISHED, as_of: date | None = None) -> ScoringBasis:
        """What clients are scored from by a bundle at ``as_of``, else at the end of the book."""
        bundle, when = self.bundle(which), as_of or self.book.known_until
        if (which, when) not in self._bases:
            self._bases[which, when] = ScoringBasis.of(self.book, bundle, self.settings, when, earlier=self.scores)
        return self._bases[which, when]

    def publication_notices(self, which: str = PUBLISHED, as_of: date | None = None) -> tuple[Notice, ...]:
        """Tells where a bundle says of clients something else than the published scores may."""
        bundle, when = self.bundle(which), as_of or self.book.known_until
        if (which, when) not in self._notices:
            found = publication_notices(self.book, bundle, self.settings, as_of, self.scores)
            self._notices[which, when] = tuple(found)
        return self._notices[which, when]


def publication_notices(book: Book, bundle: Bundle, config: Config, as_of: date | None, scores: Path) -> list[Notice]:
    """Tells where ``bundle`` speaks of clients otherwise than the published scores may, and in what they differ."""
    facts = published_facts(scores)
    if facts is None:
        return []
    settings = scoring_config(bundle, config)
    when = as_of or book.known_until
    previous = settled_scores(scores, when, (), settings.time.period)
    key = run_key(book, bundle, settings, when, previous)
    if facts.get("run_key") == key:
        return []
    differences = "; ".join(_differences(facts, book, bundle, config, when))
    reported = differences or "other settings, or other scores before them"
    return [
        Notice(
            code="not_as_published",
            severity=Severity.WARNING,
            subject=LATEST,
            found=f"what is shown here may differ from the published scores: {reported}",
            remedy=f"read {scores / LATEST} for what is published, or predict to publish what is shown here",
        )
    ]


def _differences(facts: Mapping[str, Any], book: Book, bundle: Bundle, config: Config, when: date) -> list[str]:
    grades = policy_hash(config.grading)
    pairs = {
        "models": (str(facts.get("bundle"))[:KEY_LENGTH], model_version(bundle)),
        "as-of date": (str(facts.get("as_of")), when.isoformat()),
        "book": (str(facts.get("input"))[:KEY_LENGTH], book.fingerprint[:KEY_LENGTH]),
        "policy": (str(facts.get("settings", {}).get("policy", grades)), grades),
        "code": (str(facts.get("code"))[:KEY_LENGTH], scoring_code()[:KEY_LENGTH]),
    }
    return [f"{name} {theirs} there, {ours} here" for name, (theirs, ours) in pairs.items() if theirs != ours]

"""The sections of a config that decide what is stored, by kind of content: keys hold them, and no others are read."""

from __future__ import annotations

from typing import Protocol

from models.config.book import BookConfig
from models.config.credit import CreditConfig
from models.config.features import FeaturesConfig
from models.config.guard import GuardConfig
from models.config.plugins import PluginsConfig
from models.config.policy.tiers import TierScale
from models.config.privacy import PrivacyConfig
from models.config.sections import ActivityConfig, DeclineConfig, RunConfig, TimeConfig, ValueConfig


class CheckedSections(Protocol):
    """The sections of a config that decide what comes of a source: of time the period alone; and how to run."""

    @property
    def book(self) -> BookConfig:
        """How the source is read."""

    @property
    def guard(self) -> GuardConfig:
        """What is implausible."""

    @property
    def time(self) -> TimeConfig:
        """The period, by which the rhythm of a book is measured."""

    @property
    def plugins(self) -> PluginsConfig:
        """Sources that plug-ins bring."""

    @property
    def privacy(self) -> PrivacyConfig:
        """For how long rows are kept."""

    @property
    def scale(self) -> TierScale:
        """The tiers, of which an override may ask."""

    @property
    def run(self) -> RunConfig:
        """Memory and threads."""


class LedgerSections(Protocol):
    """The sections that decide what a ledger holds, see ``LedgerPlan``, and how to run."""

    @property
    def book(self) -> BookConfig:
        """The smallest amount, in which sums are exact."""

    @property
    def time(self) -> TimeConfig:
        """The period."""

    @property
    def activity(self) -> ActivityConfig:
        """The kinds of cashflows that are activity."""

    @property
    def value(self) -> ValueConfig:
        """The kinds of cashflows that make up value."""

    @property
    def credit(self) -> CreditConfig:
        """What facilities lose in default where the book does not say it."""

    @property
    def decline(self) -> DeclineConfig:
        """The rule of decline: where it is default, days past due come along."""

    @property
    def features(self) -> FeaturesConfig:
        """Measures, and the columns of clients and facilities that come along."""

    @property
    def privacy(self) -> PrivacyConfig:
        """Whether what clients wrote who refused the processing of their data is read."""

    @property
    def run(self) -> RunConfig:
        """Size of blocks, memory and threads."""

"""A validation file as data: what was found of a version, each figure once; text, tables, page and terminal read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from models.card.report import ModelCard
from models.codec import OMITTED_IF_NONE
from models.evaluation.report.contents import EvaluationReport
from models.monitoring.report import MonitorReport
from models.text import ENGLISH, Label, Language, Phrase, Spoken, as_written, heard, spoken


def phrase_of(said: Spoken) -> Phrase:
    """A sentence of a report, to be put into another.

    >>> phrase_of({ENGLISH: "fees"}).within(ENGLISH), phrase_of("fees").within(ENGLISH)
    ('fees', 'fees')
    """
    return as_written(said) if isinstance(said, str) else Label(tuple(said.items()))


class ShockKind(StrEnum):
    """Whether one input is moved, several that tell of one event, or the economy."""

    INPUT = "input"
    SCENARIO = "scenario"
    MACRO = "macro"


class Gravity(StrEnum):
    """How much a finding matters, the gravest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, kw_only=True)
class ShockedTotals:
    """Clients and what is expected of them: total value and credit loss in currency, mean chance of decline.

    ``credit_loss`` is None where the models know none.
    """

    clients: int
    value: float
    decline: float
    credit_loss: float | None


@dataclass(frozen=True, kw_only=True)
class TierEffect:
    """The clients of one tier, as they stood before a shock, before and after it; ``moved``: in another tier then."""

    tier: str
    before: ShockedTotals
    after: ShockedTotals
    moved: int


@dataclass(frozen=True, kw_only=True)
class ShockEffect:
    """What a shock does to the book.

    Attributes:
        key: of its figures. title, assumption: what it is called, and what is taken to happen, in English;
            ``called`` and ``assumed`` the same in every language.
        inputs: those that are moved. touched: clients of whom any of them is another number after it.
        before, after: of all clients. up, down: clients in a better and a worse tier than before.
    """

    key: str
    title: str
    assumption: str
    kind: ShockKind
    inputs: tuple[str, ...]
    touched: int
    before: ShockedTotals
    after: ShockedTotals
    up: int
    down: int
    tiers: tuple[TierEffect, ...]
    called: Annotated[Spoken | None, OMITTED_IF_NONE] = None
    assumed: Annotated[Spoken | None, OMITTED_IF_NONE] = None

    def title_in(self, language: Language) -> str:
        """What it is called in a language."""
        return heard(self.called or self.title, language)

    @property
    def moved(self) -> float:
        """Share of the clients in another tier."""
        return (self.up + self.down) / self.before.clients


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What was not tried, and why: in English, and as ``called`` and ``because`` in every language."""

    title: str
    why: str
    called: Annotated[Spoken | None, OMITTED_IF_NONE] = None
    because: Annotated[Spoken | None, OMITTED_IF_NONE] = None

    @staticmethod
    def of(title: Phrase, why: Phrase) -> LeftOut:
        """What is known in every language."""
        return LeftOut(title=title.within(ENGLISH), why=why.within(ENGLISH), called=spoken(title), because=spoken(why))

    @property
    def phrases(self) -> tuple[Phrase, Phrase]:
        """What it is called and why it was left out, to be put into a sentence."""
        return phrase_of(self.called or self.title), phrase_of(self.because or self.why)


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """Effects of all shocks on the clients active before ``as_of``, each graded anew without the hold of the past."""

    as_of: date
    effects: tuple[ShockEffect, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, kw_only=True)
class DateBesideTraining:
    """Inputs and scores at one date beside those of training: stability indices beyond chance.

    ``scores``: column -> index. ``moved``: share of what moves the models from inputs whose index, beyond what was
    usual between the dates learned from, reaches the limit of ``monitor.shift``, as monitoring counts it; None where
    the models do not remember what moves them. ``leading`` are the largest of these inputs.
    """

    as_of: date
    clients: int
    scores: Mapping[str, float]
    moved: float | None
    leading: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RefitReasons:
    """How alike a refit and the version rank the reasons of one model, and the share of the top ones that both name."""

    model: str
    correlation: float | None
    top_shared: float | None


@dataclass(frozen=True, kw_only=True)
class RefitComparison:
    """The same recipe fitted again, beside the version, on the same clients.

    ``correlation``: rank correlation of value and decline; None where one of them says the same of all clients.
    ``called`` is the title in every language.
    """

    title: str
    learned_until: date
    clients: int
    moved: int
    up: int
    correlation: Mapping[str, float | None]
    value: tuple[float, float]
    declines: tuple[float, float]
    reasons: tuple[RefitReasons, ...]
    called: Annotated[Spoken | None, OMITTED_IF_NONE] = None

    def title_in(self, language: Language) -> str:
        """What it is called in a language."""
        return heard(self.called or self.title, language)


@dataclass(frozen=True, kw_only=True)
class VersionStability:
    """Dates held against training as of ``reference``, refits, and the refits that were left out.

    ``dates_asked``: how many were to be looked at; at the others the book does not reach, or nobody was active.
    """

    reference: date | None
    dates_asked: int
    dates: tuple[DateBesideTraining, ...]
    refits: tuple[RefitComparison, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, kw_only=True)
class SelectionGroup:
    """Clients who have something in common: how many reach the top tier, beside all others, with 95% ranges.

    ``ratio`` is the share of the group over that of all others; None where nobody of the others is selected.
    ``decline`` is what is foreseen of them on average. ``is_off`` where the whole range lies beyond ``parity``.
    """

    by: str
    name: str
    clients: int
    selected: int
    low: float
    high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    decline: float
    is_off: bool

    @property
    def share(self) -> float:
        """Share of the group in the top tier."""
        return self.selected / self.clients


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Who reaches the top tiers at ``as_of``; ``pooled`` counts groups that were too small to stand alone."""

    as_of: date
    tiers: tuple[str, ...]
    groups: tuple[SelectionGroup, ...]
    pooled: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class NamedFact:
    """A fact of the file: the part it belongs to, its name, what it is, and why where that is known.

    ``because`` is ``why`` in every language, where it is known in more than English; ``stated`` likewise the fact.
    """

    part: str
    name: str
    fact: str
    why: str = ""
    because: Annotated[Spoken | None, OMITTED_IF_NONE] = None
    stated: Annotated[Spoken | None, OMITTED_IF_NONE] = None


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """An entry of the ledger of publications, with its seal (hash), which holds that of the line before."""

    number: int
    at: datetime
    act: str
    as_of: date | None
    run_key: str
    bundle: str
    version: str
    policy: str
    data: str
    by: str
    why: str
    evidence: str
    seal: str


@dataclass(frozen=True, kw_only=True)
class UsedInput:
    """An input of the models: its meaning, unit, and share of what moves the model that it moves most.

    ``meaning`` is the description in every language.
    """

    name: str
    description: str
    unit: str
    weight: float
    meaning: Annotated[Spoken | None, OMITTED_IF_NONE] = None


@dataclass(frozen=True, kw_only=True)
class OpenFinding:
    """Something red, or not judged; ``figure`` is the key of the figure that shows it, ``owner`` is left to sign.

    ``found`` is in English, ``said`` the same in every language.
    """

    number: int
    gravity: Gravity
    part: str
    figure: str
    found: str
    owner: str = ""
    said: Annotated[Spoken | None, OMITTED_IF_NONE] = None

    def within(self, language: Language) -> str:
        """What was found, in a language."""
        return heard(self.said or self.found, language)


@dataclass(frozen=True, kw_only=True)
class ValidationReport:
    """All that the file says.

    Attributes:
        prepared: when it was made (UTC).
        as_of: the date of which sensitivity, stability and selection are; outcomes alone are later.
        evaluation: as the bundle carries it. monitoring: of what it published; None where it
            published nothing.
        settings: what the models were fitted with. plan: what is watched from now on.
    """

    prepared: datetime
    as_of: date
    card: ModelCard
    evaluation: EvaluationReport
    inputs: tuple[UsedInput, ...]
    settings: tuple[NamedFact, ...]
    lineage: tuple[NamedFact, ...]
    ledger: tuple[LedgerLine, ...]
    monitoring: MonitorReport | None
    sensitivity: Sensitivity
    stability: VersionStability
    selection: Selection
    plan: tuple[NamedFact, ...]
    findings: tuple[OpenFinding, ...] = ()

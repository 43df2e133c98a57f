"""The gate line by line, and what became of a promotion or a rollback, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from models.codec import OMITTED_IF_NONE
from models.comparison.report import VersionComparison
from models.config.gate import GateRule
from models.text import Language, Text


class GateVerdict(StrEnum):
    """What became of a line of the gate."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, kw_only=True)
class GateTexts:
    """What a line asks for, why, and what was found, as texts of every language."""

    asks: Text
    reason: tuple[Text, ...]
    found: Text


@dataclass(frozen=True, kw_only=True)
class GateLine:
    """One line of the gate.

    Attributes:
        asks: the limit, in English words; ``reason``: why there is such a limit.
        found: what was found, likewise; ``figure`` the same as a number, with its 95% interval where it has one.
        accepted: whether it may stay without a verdict, by ``gate.accept_not_judged``.
        texts: ``asks``, ``reason`` and ``found`` in every language; None of a gate from before there were these.
    """

    rule: GateRule
    asks: str
    reason: str
    found: str
    verdict: GateVerdict
    figure: float | None = None
    low: float | None = None
    high: float | None = None
    accepted: bool = False
    texts: Annotated[GateTexts | None, OMITTED_IF_NONE] = None

    def within(self, language: Language) -> tuple[str, str, str]:
        """What it asks for, why, and what was found in a language; in English where the line knows no other."""
        if self.texts is None:
            return self.asks, self.reason, self.found
        reason = " ".join(each.within(language) for each in self.texts.reason)
        return self.texts.asks.within(language), reason, self.texts.found.within(language)

    @property
    def holds(self) -> bool:
        """Whether the line lets the version through."""
        return self.verdict is GateVerdict.PASSED or (self.verdict is GateVerdict.NOT_JUDGED and self.accepted)


class PromotionOutcome(StrEnum):
    """What became of a promotion."""

    PROMOTED = "promoted"
    OVERRIDDEN = "promoted against the gate"
    REFUSED = "refused"
    SERVES = "serves already"
    WOULD_SERVE = "would be promoted"
    WOULD_NOT_SERVE = "would be refused"


@dataclass(frozen=True, kw_only=True)
class PromotionReport:
    """A promotion that was asked for.

    Attributes:
        champion: the version that served, empty for none; ``version``: the one that was to serve.
        lines: the gate; none where the version serves already, or the champion cannot be read.
        override_reason: why it serves against the gate; empty where nobody overrode it.
        entry: number of the line in the ledger of publications; None where nothing changed.
        mended: what an earlier process had recorded and left undone, and was done first; empty for nothing.
        cards: which of the cards kept with both versions could not be made anew; empty for none.
        page: the gate and the comparison to look at; None where nothing was compared.
        mended_text, cards_text: ``mended`` and ``cards`` in every language.
    """

    model: str
    version: str
    champion: str
    outcome: PromotionOutcome
    lines: tuple[GateLine, ...] = ()
    override_reason: str = ""
    entry: int | None = None
    mended: str = ""
    cards: str = ""
    comparison: VersionComparison | None = None
    page: Path | None = None
    mended_text: Annotated[Text | None, OMITTED_IF_NONE] = None
    cards_text: Annotated[Text | None, OMITTED_IF_NONE] = None

    @property
    def is_refused(self) -> bool:
        """Whether the gate did not let the version through."""
        return self.outcome in (PromotionOutcome.REFUSED, PromotionOutcome.WOULD_NOT_SERVE)


@dataclass(frozen=True, kw_only=True)
class RollbackReport:
    """A return to the champion before: the version that served, the one that serves again, and why.

    ``mended`` and ``cards``, and their texts, are those of ``PromotionReport``.
    """

    model: str
    version: str
    champion: str
    reason: str
    entry: int
    mended: str
    cards: str
    mended_text: Annotated[Text | None, OMITTED_IF_NONE] = None
    cards_text: Annotated[Text | None, OMITTED_IF_NONE] = None

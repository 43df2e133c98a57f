"""No sentence argues against its own number: read over a scored book, in both languages, as a reviewer would read it.

The reader here knows nothing of how sentences are made. It takes from the text whether a client is said to have more
or less than its peers, from the explanations of the whole book which way a feature works, and holds both against the
effect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pytest

from models.explanation.reasons import ClientReasons, ExplainedReason, explained_reasons
from models.scoring.block import DECLINE, VALUE, ScoredBlock
from models.scoring.scoring import score_clients
from models.text import Language
from models.vocab import FloatArray
from models.workspace.opening import open_bundle
from support.trained_lender import TrainedLender

CONTRAST: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"than usual|, while |; usual for clients like this one is|\(usual for clients"),
    "zh": re.compile(r"于同类客户的通常水平|，而同类客户|，而多数同类客户|[；（]同类客户通常为"),
}
HOLDS_ALL_THE_SAME = {"en": re.compile(r"which (still )?(raises|lowers)"), "zh": re.compile(r"(仍|同样)使(风险|价值)")}
KNOWN = 0.5
"""From this rank correlation of value and contribution on, which way a feature works is plain to see in the book."""


@dataclass(frozen=True)
class Scored:
    """A book that was scored, with what is told of every client in each language."""

    block: ScoredBlock
    names: tuple[str, ...]
    reported: dict[Language, list[ClientReasons]]


@pytest.fixture(scope="module")
def scored(trained: TrainedLender) -> Scored:
    bundle = open_bundle(trained.config, str(trained.result.bundle))
    book = trained.result.book
    block = score_clients(book, bundle, trained.config, trained.column("client_id"))
    reported = {lang: explained_reasons(bundle, block, lang=lang) for lang in CONTRAST}
    return Scored(block=block, names=bundle.models.contract.names, reported=reported)


def ranks(numbers: FloatArray) -> FloatArray:
    """Ranks, ties sharing their mean."""
    _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])


def direction(values: FloatArray, contributions: FloatArray) -> float:
    """Which way a feature works over the book: 1, -1, or 0 where that is not plain."""
    known = ~np.isnan(values)
    first, second = ranks(values[known]), ranks(contributions[known])
    if known.sum() < 10 or first.std() == 0 or second.std() == 0:
        return 0.0
    found = np.corrcoef(first, second)[0, 1]
    return float(np.sign(found)) if abs(found) >= KNOWN else 0.0


def contrasts(reason: ExplainedReason, language: Language) -> bool:
    """Whether the text sets the client against its peers as if the effect followed from that."""
    said = reason.sentence
    return bool(CONTRAST[language].search(said)) and not HOLDS_ALL_THE_SAME[language].search(said)


def contradicts(reason: ExplainedReason, works: float, language: Language) -> bool:
    """Whether the text contrasts the client with its peers and the contrast speaks against the effect."""
    figures = reason.figures
    if figures.observed is None or figures.usual is None or not contrasts(reason, language):
        return False
    return bool(np.sign(figures.observed - figures.usual) * works * np.sign(figures.effect) < 0)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("model", [DECLINE, VALUE])
def test_no_comparison_speaks_against_its_effect(scored: Scored, model: str, language: Language) -> None:
    values = scored.block.served[model].values
    works = {
        name: direction(scored.block.matrix[:, place], values[:, place]) for place, name in enumerate(scored.names)
    }
    reasons = [reason for client in scored.reported[language] for reason in getattr(client, model)]
    against = [reason.sentence for reason in reasons if contradicts(reason, works[reason.figures.feature], language)]
    assert against == []
    compared = [reason for reason in reasons if contrasts(reason, language)]
    still = [reason for reason in reasons if HOLDS_ALL_THE_SAME[language].search(reason.sentence)]
    assert len(compared) > len(reasons) / 10
    assert still


def test_both_languages_say_the_same_of_the_peers(scored: Scored) -> None:
    for english, chinese in zip(scored.reported["en"], scored.reported["zh"], strict=True):
        for model in (DECLINE, VALUE):
            for one, other in zip(getattr(english, model), getattr(chinese, model), strict=True):
                assert contrasts(one, "en") == contrasts(other, "zh"), (one.sentence, other.sentence)


def test_the_first_cause_named_is_the_largest_sum(scored: Scored) -> None:
    for row, client in enumerate(scored.reported["en"]):
        for model in (DECLINE, VALUE):
            first, *_ = getattr(client, model)
            parts = {part.feature for part in first.parts}
            values = scored.block.served[model].values[row]
            alone = sum(value for name, value in zip(scored.names, values, strict=True) if name in parts)
            assert first.effect == pytest.approx(alone)
            assert all(abs(first.effect) >= abs(other.effect) for other in getattr(client, model))

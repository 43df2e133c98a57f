"""Writes the letter of a client from its story: reasons, steps and rights in one language, sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from models.config.letter import ContactConfig, LetterConfig
from models.config.policy.policy import PolicyConfig
from models.errors import UserError
from models.explanation.reasons import ExplainedReason
from models.explanation.story import ClientStory
from models.grading.decision import Basis
from models.grading.report import GradeReport
from models.learners.value.net import CREDIT_LOSS
from models.letter.report import ClientLetter, LetterContact, LetterPoint, sealed
from models.letter.rules import (
    PrincipalReason,
    Stance,
    Subject,
    Weighed,
    decided_by_a_person,
    forecast_subject,
    helpful,
    principal_reasons,
)
from models.letter.text import OwnFigure, reason_sentence, say, step_sentence
from models.panel.features.words import plain_words
from models.reasons.figures import day
from models.reasons.text import feature_in_words
from models.scoring.block import DECLINE, VALUE
from models.text import Language, joined

WITH_FIGURES: Final[frozenset[Subject]] = frozenset(
    {"arrears", "debt", "cover", "size", "capital", "tenure", "breadth", "financings"}
)
"""Reasons that are given with the client's own figure; of the others it would tell what others said or foresee."""


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """What a letter holds whatever its reasons are: whom it is to, of when, by which models and policy."""

    client_id: str
    name: str
    language: Language
    as_of: date
    model_version: str
    policy: str


def graded_letter(story: ClientStory, policy: PolicyConfig, config: LetterConfig) -> ClientLetter:
    """The letter of a client that has a grade by ``policy``. Raises ``UserError`` where the config names no contact."""
    lang = story.language
    reasons = principal_reasons(story.grade, policy, config, weighed_in(story))
    speaker = _Speaker(story=story, policy=policy)
    steps = _steps(helpful(story.grade, reasons), lang)
    tiers = tuple(story.tiers.values())
    return _letter(
        Letterhead(
            client_id=story.client_id,
            name=story.name or "",
            language=lang,
            as_of=story.as_of,
            model_version=story.model_version,
            policy=story.policy.policy,
        ),
        config,
        tier=story.tiers[story.grade.tier],
        tiers=tiers,
        opening=say("opening", lang, tier=story.tiers[story.grade.tier], tiers=joined(tiers, lang)),
        decided=say(_decided(story.grade), lang),
        reasons=tuple(LetterPoint(topic=each.subject, sentence=speaker.sentence(each)) for each in reasons),
        steps=steps,
        steps_note=say(_note(story.grade, steps), lang),
    )


def ungraded_letter(
    head: Letterhead, config: LetterConfig, tiers: tuple[str, ...], *, refused: bool = False
) -> ClientLetter:
    """The letter of a client of the book that has no grade, which it may have ``refused`` to have.

    Raises ``UserError`` where the config names no contact.
    """
    lang = head.language
    return _letter(
        head,
        config,
        tier="",
        tiers=tiers,
        opening=say("opening_none", lang),
        decided=say("refused" if refused else "not_graded", lang),
        reasons=(),
        steps=(),
        steps_note=say("no_steps", lang),
    )


def weighed_in(story: ClientStory) -> Weighed:
    """What weighs in the forecasts of a client: features by what a forecast is about, on either side."""
    reasons = story.reasons
    up = {VALUE: True, DECLINE: False, CREDIT_LOSS: False}
    ranked = {VALUE: reasons.value, DECLINE: reasons.decline, CREDIT_LOSS: reasons.credit_loss}
    named = {VALUE: "value", DECLINE: "decline", CREDIT_LOSS: "credit_loss"}
    sides = {
        speaks: {
            forecast_subject(named[model]): _features(each, raises=up[model] is speaks)
            for model, each in ranked.items()
        }
        for speaks in (True, False)
    }
    return Weighed(costs=sides[False], speaks=sides[True])


def _features(reasons: tuple[ExplainedReason, ...], *, raises: bool) -> tuple[str, ...]:
    return tuple(each.figures.feature for each in reasons if (each.effect > 0) is raises and each.effect != 0)


def _letter(  # noqa: PLR0913 - the parts of a letter
    head: Letterhead,
    config: LetterConfig,
    *,
    tier: str,
    tiers: tuple[str, ...],
    opening: str,
    decided: str,
    reasons: tuple[LetterPoint, ...],
    steps: tuple[LetterPoint, ...],
    steps_note: str,
) -> ClientLetter:
    lang = head.language
    return sealed(
        ClientLetter(
            client_id=head.client_id,
            name=head.name,
            language=lang,
            as_of=head.as_of,
            lender="" if config.lender is None else config.lender.within(lang),
            tier=tier,
            tiers=tiers,
            opening=opening,
            decided=decided,
            reasons=reasons,
            steps=steps,
            steps_note=steps_note,
            rights=tuple(_rights(config, lang)),
            contact=_contact(contact_of(config), lang),
            objection_days=config.objection_days,
            answer_days=config.answer_days,
            model_version=head.model_version,
            policy=head.policy,
        )
    )


def contact_of(config: LetterConfig) -> ContactConfig:
    """Whom clients write to. Raises ``UserError`` where the config does not say."""
    if config.contact is None:
        raise UserError(
            rule="a letter must say whom the client writes to",
            got="no letter.contact",
            remedy="give office, address, email and phone in the section letter of the config",
        )
    return config.contact


def _contact(contact: ContactConfig, lang: Language) -> LetterContact:
    return LetterContact(
        office=contact.office.within(lang),
        address=contact.address.within(lang),
        email=contact.email,
        phone=contact.phone,
    )


def _rights(config: LetterConfig, lang: Language) -> Iterator[str]:
    for key, days in (
        ("right_reasons", 0),
        ("right_data", 0),
        ("right_person", 0),
        ("right_objection", config.objection_days),
        ("right_answer", config.answer_days),
        ("right_complaint", 0),
    ):
        yield say(key, lang, count=days)


def _decided(grade: GradeReport) -> str:
    """Which text says what decided the grade."""
    if decided_by_a_person(grade):
        return "by_person"
    return "by_cap" if grade.basis == Basis.CAP or grade.barred_by else "by_rules"


def _steps(subjects: tuple[Subject, ...], lang: Language) -> tuple[LetterPoint, ...]:
    said = ((subject, step_sentence(subject, lang)) for subject in subjects)
    return tuple(LetterPoint(topic=subject, sentence=sentence) for subject, sentence in said if sentence)


def _note(grade: GradeReport, steps: tuple[LetterPoint, ...]) -> str:
    """Which text says what the steps are worth, or that there are none."""
    if grade.barred_by:
        return "steps_cap"
    if steps:
        return "steps_promise"
    is_best = not grade.next_tier and not decided_by_a_person(grade)
    return "best" if is_best else "no_steps"


@dataclass(frozen=True, kw_only=True)
class _Speaker:
    """How the reasons of one client are spoken of."""

    story: ClientStory
    policy: PolicyConfig

    def sentence(self, reason: PrincipalReason) -> str:
        """A reason in words, with the client's own figure where that may be shown."""
        known = self.policy.dimensions.get(reason.dimension)
        label = "" if known is None else known.label.within(self.story.language)
        return reason_sentence(reason, self.story.language, dimension=label, own=self._own(reason))

    def _own(self, reason: PrincipalReason) -> OwnFigure | None:
        if reason.subject not in WITH_FIGURES or not reason.criterion:
            return None
        seen, on = self._seen(reason)
        if not isinstance(seen, float):
            return None
        if reason.subject == "arrears":
            return OwnFigure(days=int(seen))
        lang, words = self.story.language, self.story.words.get(reason.criterion) or plain_words(reason.criterion)
        written = feature_in_words(seen, words, lang, self.story.currency) or ""
        return OwnFigure(observed=written, on="" if on is None else day(on, lang))

    def _seen(self, reason: PrincipalReason) -> tuple[float | str | None, date | None]:
        """What was seen of the criterion of a reason, and when it was recorded."""
        grade = self.story.grade
        if reason.stance is Stance.HOLDS:
            return next(cap.observed for cap in grade.caps if cap.feature == reason.criterion), None
        every = (each for dimension in grade.dimensions for each in dimension.criteria)
        found = next(each for each in every if each.name == reason.criterion)
        return found.observed, found.observed_on

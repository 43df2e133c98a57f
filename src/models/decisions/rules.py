"""The rules by which people decide about overrides: each takes what stands in the chain and gives what to record.

Whoever records calls one of them within the transaction that appends, so that nobody decides on what is past.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.config.policy.tiers import TierScale
from models.config.review import ReviewConfig
from models.decisions.entries import DecisionAct, Draft, Entry
from models.decisions.overrides import (
    DecisionAnswer,
    GivenAnswer,
    OverrideCases,
    OverrideProposal,
    override_cases,
)
from models.decisions.refusals import RefusedDecisionError
from models.text import Text, named

MAX_WORDS = 2_000
"""Signs of a text or remark: a decision says why, it does not tell a story."""
_TIER_RULE = Text("an override must ask for a tier of the policy: {known}", "override")
_CHOOSE = Text("choose one of them")
_REASON_RULE = Text("an override must give a reason of the list: {known}")
_TEXT_RULE = Text("an override must say in words why the rules do not do justice to the client")
_WORDS_RULE = Text("a text must have between 1 and {most:,} signs")
_SIGNS = Text("{count:,}", "signs of a text")
_WRITE = Text("write it, or shorten it")
_CAP_RULE = Text("no override lifts a cap: the caps leave {leaves} at best")
_ASK_FOR = Text("ask for {leaves} or less, or mend what the cap looks at")
_LEAVES_RULE = Text("it must be known what the caps leave the client under the policy in force")
_DAYS_RULE = Text("an override must hold until a day between {first} and {last}")
_CHOOSE_DAY = Text("choose a day between them")
_OPEN_RULE = Text("one override of a client may await an answer at a time")
_OPEN = Text("number {number}, proposed by {maker}")
_ANSWER_FIRST = Text("have it answered or withdrawn first")
_EXPOSURE_RULE = Text("the exposure of the client must be known and not negative, so that the right person approves")
_UNKNOWN = Text("none", "exposure")
_SCORE_FIRST = Text("score the client first")
_FILE_RULE = Text("an attachment must be named by the SHA-256 of its bytes")
_ATTACH = Text("attach the file again")
_CASE_RULE = Text("an answer must be to an override that was proposed")
_NONE_SUCH = Text("number {number}")
_LOOK = Text("look at where it stands now")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NOBODY_RULE = Text("a decision must be somebody's")
_NOBODY = Text("nobody", "decision")
_SIGN_IN = Text("sign in")


@dataclass(frozen=True, kw_only=True)
class Decider:
    """Who decides, and on which day of the book; ``limit`` up to which exposure the person may approve, None: any."""

    account: str
    on: date
    limit: float | None = 0.0


@dataclass(frozen=True, kw_only=True)
class OverrideRules:
    """What may be decided about overrides of one client under the settings of a book and the tiers of its policy.

    ``entries`` are those of the chain about overrides of the client, in their order.
    """

    review: ReviewConfig
    scale: TierScale
    client: str
    entries: Sequence[Entry] = ()

    @property
    def cases(self) -> OverrideCases:
        """What was proposed for the client, and what became of it."""
        return override_cases(self.entries)

    def propose(self, maker: Decider, asked: OverrideProposal) -> Draft:
        """Ask for a tier. Raises ``RefusedDecisionError``."""
        require_somebody(maker)
        self._require_content(asked)
        require_words(asked.text, _TEXT_RULE)
        self._require_under_caps(asked.tier, asked.leaves)
        self._require_days(asked.valid_until, maker.on)
        self._require_none_open()
        return Draft.of(DecisionAct.OVERRIDE_PROPOSED, self.client, asked)

    def approve(self, number: int, checker: Decider, *, exposure: float, leaves: str, remark: str = "") -> Draft:
        """Let a proposal count, of a client with this exposure now, whose caps leave at best the tier ``leaves``.

        Raises ``RefusedDecisionError``.
        """
        if remark:
            require_words(remark)
        case = self.cases.of(number)
        if case is not None:
            self._require_under_caps(case.proposal.tier, leaves)
        return self._answer(DecisionAct.OVERRIDE_APPROVED, number, checker, remark, exposure)

    def send_back(self, number: int, checker: Decider, remark: str) -> Draft:
        """Return a proposal to its maker, who may propose another. Raises ``RefusedDecisionError``."""
        require_words(remark)
        return self._answer(DecisionAct.OVERRIDE_RETURNED, number, checker, remark, 0.0)

    def withdraw(self, number: int, person: Decider, remark: str, *, exposure: float = 0.0) -> Draft:
        """Take a proposal back, by its maker; or end an override that holds, by another person with authority.

        Raises ``RefusedDecisionError``.
        """
        require_words(remark)
        return self._answer(DecisionAct.OVERRIDE_WITHDRAWN, number, person, remark, exposure)

    def _answer(self, act: DecisionAct, number: int, person: Decider, remark: str, exposure: float) -> Draft:
        require_somebody(person)
        case = self.cases.of(number)
        if case is None:
            raise RefusedDecisionError(_CASE_RULE, _NONE_SUCH.filled(number=number), _LOOK)
        answer = DecisionAnswer(
            proposal=number, on=self._day(person), remark=remark.strip(), exposure=exposure, limit=person.limit
        )
        case.with_answer(GivenAnswer(act=act, by=person.account, answer=answer))
        return Draft.of(act, self.client, answer)

    def _day(self, person: Decider) -> date:
        """The day on which an answer counts: never before an earlier one, whatever a clock says."""
        return max([person.on, *(given.answer.on for case in self.cases.cases for given in case.answers)])

    def _require_content(self, asked: OverrideProposal) -> None:
        if asked.tier not in self.scale.names:
            raise RefusedDecisionError(_TIER_RULE.filled(known=", ".join(self.scale.names)), named(asked.tier), _CHOOSE)
        reasons = self.review.reason_phrases
        if asked.reason not in reasons:
            raise RefusedDecisionError(_REASON_RULE.filled(known=", ".join(reasons)), named(asked.reason), _CHOOSE)
        if not math.isfinite(asked.exposure) or asked.exposure < 0:
            raise RefusedDecisionError(_EXPOSURE_RULE, _UNKNOWN, _SCORE_FIRST)
        if asked.attachment and _SHA256.fullmatch(asked.attachment) is None:
            raise RefusedDecisionError(_FILE_RULE, named(asked.attachment), _ATTACH)

    def _require_under_caps(self, tier: str, leaves: str) -> None:
        """An override that a cap holds down would count once the cap is gone, which nobody looked at."""
        if leaves not in self.scale.names:
            raise RefusedDecisionError(_LEAVES_RULE, named(leaves), _SCORE_FIRST)
        if tier in self.scale.names and self.scale.rank(tier) < self.scale.rank(leaves):
            best = named(leaves)
            raise RefusedDecisionError(_CAP_RULE.filled(leaves=best), named(tier), _ASK_FOR.filled(leaves=best))

    def _require_days(self, valid_until: date, today: date) -> None:
        first, last = today + timedelta(days=1), today + timedelta(days=self.review.longest_override_days)
        if not first <= valid_until <= last:
            raise RefusedDecisionError(
                _DAYS_RULE.filled(first=first.isoformat(), last=last.isoformat()), valid_until.isoformat(), _CHOOSE_DAY
            )

    def _require_none_open(self) -> None:
        for case in self.cases.open():
            got = _OPEN.filled(number=case.number, maker=named(case.entry.by))
            raise RefusedDecisionError(_OPEN_RULE, got, _ANSWER_FIRST)


def require_words(text: str, rule: Text | None = None) -> None:
    """Refuse what says nothing, or too much to be read. Raises ``RefusedDecisionError``."""
    signs = len(text.strip())
    if not 1 <= signs <= MAX_WORDS:
        bounds = _WORDS_RULE.filled(most=MAX_WORDS)
        raise RefusedDecisionError(rule if rule and not signs else bounds, _SIGNS.filled(count=signs), _WRITE)


def require_somebody(person: Decider) -> None:
    """Refuse a decision without an account. Raises ``RefusedDecisionError``."""
    if not person.account.strip():
        raise RefusedDecisionError(_NOBODY_RULE, _NOBODY, _SIGN_IN)


def decision_day(known_until: date | None, today: date) -> date:
    """The day of the book on which something is decided: today, or the last day of a book that ended before.

    >>> decision_day(date(2024, 1, 1), date(2026, 3, 1)), decision_day(None, date(2026, 3, 1))
    (datetime.date(2023, 12, 31), datetime.date(2026, 3, 1))
    """
    return today if known_until is None else min(today, known_until - timedelta(days=1))

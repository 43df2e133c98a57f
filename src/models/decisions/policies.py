"""Policies as decided by people: proposals, the answers to them, and the one in force, folded from the chain.

A policy stands in the chain whole, so that what runs is what was approved; the file beside it is for people to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from models.config.policy.policy import PolicyConfig
from models.decisions.entries import POLICY_ACTS, POLICY_SUBJECT, DecisionAct, Draft, Entry
from models.decisions.overrides import CaseState, DecisionAnswer, GivenAnswer, require_in_order
from models.decisions.refusals import RefusedDecisionError
from models.decisions.rules import Decider, require_somebody, require_words
from models.errors import UserError
from models.store.drafts import publish_text
from models.store.keys import text_hash
from models.text import Text

POLICIES = "policies"
"""Folder of the files of approved policies, beside the results of a book."""
_SHOWN_HASH = 12
_WHY_RULE = Text("a proposal must say why the policy should change")
_WHOLE_RULE = Text("a policy concerns the whole book: who approves it must have authority without a limit")
_LIMITED = Text("authority up to {limit:,.0f}")
_ASK_HIGHEST = Text("ask a person of the highest level")
_SAME_RULE = Text("a proposal must change the policy in force")
_SAME = Text("the same policy", "policy")
_MOVE = Text("move a number first")
_STALE_RULE = Text("a policy must be proposed in the place of the one in force")
_STALE = Text("one that was made from another policy")
_AGAIN = Text("propose it again, from the policy in force")
_NOT_IN_FORCE_RULE = Text("only the policy in force can be withdrawn, once it was approved")
_ANOTHER = Text("one that another took the place of")
_LOOK = Text("look at which policy is in force", "policy")
_CASE_RULE = Text("an answer must be to a policy that was proposed")
_NONE_SUCH = Text("number {number}")


class ChangedPolicyError(UserError):
    """A policy that would run and is not the one that was approved."""


@dataclass(frozen=True, kw_only=True)
class ProposedPolicy:
    """A policy that somebody asks for: ``text`` is the whole of it, ``replaces`` the whole of that in force then."""

    text: str
    replaces: str
    why: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return text_hash(self.text)

    @property
    def policy(self) -> PolicyConfig:
        """What is asked for."""
        return PolicyConfig.model_validate_json(self.text)


@dataclass(frozen=True, kw_only=True)
class PolicyCase:
    """A proposal with the answers to it."""

    entry: Entry
    proposal: ProposedPolicy
    answers: tuple[GivenAnswer, ...] = ()

    @property
    def number(self) -> int:
        """The number of the entry that proposed it."""
        return self.entry.number

    @property
    def standing(self) -> CaseState:
        """Where it stands by the last answer."""
        return self.answers[-1].leads_to if self.answers else CaseState.PROPOSED

    @property
    def approval(self) -> int:
        """The number of the entry that approved it, 0 where none did."""
        return next((given.number for given in self.answers if given.leads_to is CaseState.APPROVED), 0)

    @property
    def file_name(self) -> str:
        """What its file is called: the number of the proposal and the hash of its text."""
        return f"policy-{self.number}-{self.proposal.digest[:_SHOWN_HASH]}.yaml"


@dataclass(frozen=True, kw_only=True)
class PolicyCases:
    """All proposals of a chain in their order, and the entries that break the rules and count nowhere."""

    cases: tuple[PolicyCase, ...] = ()
    refused: tuple[tuple[Entry, UserError], ...] = ()

    @property
    def in_force(self) -> PolicyCase | None:
        """The policy that was approved last and not withdrawn; None where that of the config runs."""
        standing = [case for case in self.cases if case.standing is CaseState.APPROVED]
        return max(standing, key=lambda case: case.approval, default=None)

    def of(self, number: int) -> PolicyCase | None:
        """The case that was proposed by an entry."""
        return next((case for case in self.cases if case.number == number), None)

    def knows(self, policy: PolicyConfig) -> bool:
        """Whether a policy is one that was approved here, or that such a one took the place of."""
        approved = [case.proposal for case in self.cases if case.approval]
        return any(policy in (each.policy, PolicyConfig.model_validate_json(each.replaces)) for each in approved)

    def propose(self, maker: Decider, wanted: PolicyConfig, in_force: PolicyConfig, why: str) -> Draft:
        """Ask for a policy in the place of the one ``in_force``. Raises ``RefusedDecisionError``."""
        require_somebody(maker)
        require_words(why, _WHY_RULE)
        if wanted == in_force:
            raise RefusedDecisionError(_SAME_RULE, _SAME, _MOVE)
        asked = ProposedPolicy(text=policy_text(wanted), replaces=policy_text(in_force), why=why.strip())
        return Draft.of(DecisionAct.POLICY_PROPOSED, POLICY_SUBJECT, asked)

    def approve(self, number: int, checker: Decider, *, in_force: PolicyConfig, remark: str = "") -> Draft:
        """Let a proposal run in the place of the one ``in_force``. Raises ``RefusedDecisionError``."""
        if remark:
            require_words(remark)
        case = self.of(number)
        if case is not None and PolicyConfig.model_validate_json(case.proposal.replaces) != in_force:
            raise RefusedDecisionError(_STALE_RULE, _STALE, _AGAIN)
        return self._answer(DecisionAct.POLICY_APPROVED, number, checker, remark)

    def send_back(self, number: int, checker: Decider, remark: str) -> Draft:
        """Return a proposal to its maker. Raises ``RefusedDecisionError``."""
        require_words(remark)
        return self._answer(DecisionAct.POLICY_RETURNED, number, checker, remark)

    def withdraw(self, number: int, person: Decider, remark: str) -> Draft:
        """Take a proposal back, by its maker, or end the policy in force, by another person: the one before runs again.

        Raises ``RefusedDecisionError``.
        """
        require_words(remark)
        return self._answer(DecisionAct.POLICY_WITHDRAWN, number, person, remark)

    def with_entry(self, entry: Entry) -> PolicyCases:
        """The cases after an entry about the policy. Raises ``UserError`` if the rules do not let it count."""
        if entry.act == DecisionAct.POLICY_PROPOSED:
            proposal = entry.read(ProposedPolicy)
            _require_policies(proposal)
            return replace(self, cases=(*self.cases, PolicyCase(entry=entry, proposal=proposal)))
        return self._with(GivenAnswer.of(entry))

    def _with(self, given: GivenAnswer) -> PolicyCases:
        case, in_force = self.of(given.answer.proposal), self.in_force
        if case is None:
            raise RefusedDecisionError(_CASE_RULE, _NONE_SUCH.filled(number=given.answer.proposal), _LOOK)
        require_in_order(case.entry.by, case.standing, given)
        if given.leads_to is CaseState.APPROVED and given.answer.limit is not None:
            raise RefusedDecisionError(_WHOLE_RULE, _LIMITED.filled(limit=given.answer.limit), _ASK_HIGHEST)
        if given.leads_to is CaseState.APPROVED and in_force and in_force.proposal.text != case.proposal.replaces:
            raise RefusedDecisionError(_STALE_RULE, _STALE, _AGAIN)
        if given.leads_to is CaseState.WITHDRAWN and case.standing is CaseState.APPROVED and case != in_force:
            raise RefusedDecisionError(_NOT_IN_FORCE_RULE, _ANOTHER, _LOOK)
        after = replace(case, answers=(*case.answers, given))
        return replace(self, cases=tuple(after if each == case else each for each in self.cases))

    def _answer(self, act: DecisionAct, number: int, person: Decider, remark: str) -> Draft:
        require_somebody(person)
        answer = DecisionAnswer(proposal=number, on=person.on, remark=remark.strip(), limit=person.limit)
        self._with(GivenAnswer(act=act, by=person.account, answer=answer))
        return Draft.of(act, POLICY_SUBJECT, answer)


def policy_cases(entries: Iterable[Entry]) -> PolicyCases:
    """The proposals of a chain with their answers, folded in its order."""
    cases, refused = PolicyCases(), []
    for entry in entries:
        if entry.act not in POLICY_ACTS:
            continue
        try:
            cases = cases.with_entry(entry)
        except UserError as error:
            refused.append((entry, error))
    return replace(cases, refused=tuple(refused))


def policy_text(policy: PolicyConfig) -> str:
    """A policy as the chain and its file hold it: JSON, which is YAML, in the policy's own order."""
    return policy.model_dump_json(indent=2) + "\n"


def policy_in_force(cases: PolicyCases, own: PolicyConfig, work_dir: Path) -> PolicyConfig:
    """The policy that runs: the approved one in force, else ``own``, which the config gives.

    Its file below ``work_dir`` is written where it is not there. Raises ``ChangedPolicyError`` if the file was changed
    by hand, or if the config gives a policy that nobody approved since one was, and what is wrong with an entry about
    policies that breaks the rules.
    """
    for entry, error in cases.refused:
        raise ChangedPolicyError(
            rule="entries about the policy must obey the rules of the workbench, so that it is sure which policy runs",
            got=f"{entry}, against them: {error}",
            remedy="find out how it came into the chain, and restore the review database from a copy",
        )
    case = cases.in_force
    if case is None:
        return own
    if not cases.knows(own):
        raise ChangedPolicyError(
            rule=f"the policy that runs must be the one that was approved, in entry {case.approval:,} of the chain",
            got="a config whose policy is neither that nor one that it took the place of",
            remedy="propose the change in the policy lab, or set the policy of the config back",
        )
    return _as_filed(case, work_dir / POLICIES / case.file_name)


def _as_filed(case: PolicyCase, file: Path) -> PolicyConfig:
    try:
        filed = file.read_bytes()
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        publish_text(file, case.proposal.text)
        return case.proposal.policy
    if filed != case.proposal.text.encode():
        raise ChangedPolicyError(
            rule=f"the file of an approved policy must be as it was approved, in entry {case.approval:,} of the chain",
            got=f"{file} with another content",
            remedy="remove the file, and it is written again from the chain; propose a change in the policy lab",
        )
    return case.proposal.policy


def _require_policies(proposal: ProposedPolicy) -> None:
    """Refuse a proposal whose texts are no policies, with what is wrong with them."""
    for text in (proposal.text, proposal.replaces):
        try:
            PolicyConfig.model_validate_json(text)
        except ValueError as error:
            said = " ".join(str(error).split())[:300]
            raise UserError(
                rule="a proposal must hold a whole policy", got=said, remedy="find out how it was recorded"
            ) from None

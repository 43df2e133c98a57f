"""Pages of the policy lab: the lab itself, who moves as numbers are moved, and a proposal with its answers."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from models.config.policy.policy import PolicyConfig
from models.decisions.entries import POLICY_ACTS, DecisionAct, Entry
from models.decisions.overrides import STANDINGS, CaseState, DecisionAnswer, is_same_person
from models.decisions.policies import PolicyCase, PolicyCases, policy_cases
from models.decisions.refusals import RefusedDecisionError
from models.errors import UserError
from models.reasons.figures import money
from models.review.access.portfolio import shown_client
from models.review.chain.record import entries
from models.review.client.header import is_locked
from models.review.overrides.graded import decider, policy_that_runs
from models.review.policy_lab.judging import is_begun, judged_days, judgement_of
from models.review.policy_lab.moved import MovableCutOff, cut_offs, moved_policy, shift_between, typed_numbers
from models.review.policy_lab.text import ACTS
from models.review.shared.languages import page_language
from models.review.shared.render import page, written_day
from models.review.shared.rights import Right, rights_of
from models.review.site import shown_site
from models.scoring.policy_in_force import policy_hash
from models.text import Phrase
from models.what_if.lab import LabShift

SHOWN_MOVERS = 25


@dataclass(frozen=True)
class ShownTier:
    """A tier before and after, as the page writes it."""

    tier: str
    clients: tuple[int, int]
    value: tuple[str, str]
    credit_loss: tuple[str, str]


@dataclass(frozen=True)
class ShownMover:
    """A client that would move, of the portfolio of who looks."""

    client_id: str
    name: str
    before: str
    after: str
    value: str


@dataclass(frozen=True)
class ShownShift:
    """Who would move, as the page writes it; ``hidden`` movers are of other portfolios or beyond what is shown."""

    shift: LabShift
    names: tuple[str, ...]
    tiers: tuple[ShownTier, ...]
    movers: tuple[ShownMover, ...]
    hidden: int


@dataclass(frozen=True)
class PolicyLine:
    """A proposal in the list of the lab."""

    number: int
    maker: str
    why: str
    standing: Phrase
    runs: bool


@dataclass(frozen=True)
class PolicyHistoryLine:
    """An entry about a policy, as its page tells it."""

    entry: Entry
    what: Phrase
    when: str
    remark: str


@require_safe
def lab(request: HttpRequest) -> HttpResponse:
    """The lab: cut-offs to move, who moves, and what was proposed before. The address is the view."""
    return lab_page(request)


@require_safe
def shift(request: HttpRequest) -> HttpResponse:
    """Who moves by the numbers of the form."""
    shown, problem = _tried(request)
    return page(request, "policy_lab/shift.html", shown=shown, problem=problem, numbers=_numbers(request))


def lab_page(request: HttpRequest, problem: str = "", *, status: int = 200) -> HttpResponse:
    """The page of the lab, with what a rule said against a proposal."""
    policy, cases = policy_that_runs(), policy_cases(entries(POLICY_ACTS))
    shown, wrong = _tried(request)
    lines = [_line(case, cases) for case in reversed(cases.cases)]
    return page(
        request,
        "policy_lab/lab.html",
        status=status,
        numbers=_numbers(request),
        policy=policy_hash(policy),
        approved=cases.in_force is not None,
        shown=shown,
        problem=problem or wrong,
        why=request.POST.get("why", "")[:4_000],
        lines=lines,
        may_propose=Right.PROPOSE in rights_of(request.user),
    )


@require_safe
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """A proposal: what it changes, who would move, what was answered, and what may be."""
    return proposal_page(request, shown_proposal(number))


def proposal_page(request: HttpRequest, found: PolicyCase, problem: str = "", *, status: int = 200) -> HttpResponse:
    """The page of a proposal, with what a rule said against the last answer."""
    cases, person, rights = policy_cases(entries(POLICY_ACTS)), decider(request.user), rights_of(request.user)
    own, standing = is_same_person(person.account, found.entry.by), found.standing
    before, after = PolicyConfig.model_validate_json(found.proposal.replaces), found.proposal.policy
    shown, wrong = _shown_between(request.user, before, after)
    runs = cases.in_force is not None and cases.in_force.number == found.number
    return page(
        request,
        "policy_lab/proposal.html",
        status=status,
        case=found,
        hashes=(policy_hash(before), policy_hash(after)),
        changes=_changes(before, after),
        standing=STANDINGS[standing],
        shown=shown,
        problem=problem or wrong,
        judged=judged_days(found),
        is_judged=judgement_of(found) is not None,
        is_begun=is_begun(found),
        may_judge=Right.PROPOSE in rights,
        history=_history(found),
        own=own,
        runs=runs,
        is_open=standing is CaseState.PROPOSED,
        may_answer=standing is CaseState.PROPOSED and not own and Right.APPROVE in rights,
        may_withdraw=(standing is CaseState.PROPOSED and own) or (runs and not own and Right.APPROVE in rights),
        limited=person.limit is not None,
    )


def shown_proposal(number: int) -> PolicyCase:
    """A proposal by its number. Raises ``Http404`` for any other number."""
    found = policy_cases(entries(POLICY_ACTS)).of(number)
    if found is None:
        raise Http404
    return found


def said(error: UserError) -> str:
    """What a rule says, in the language of the page where it knows it."""
    return error.within(page_language()) if isinstance(error, RefusedDecisionError) else str(error)


def _tried(request: HttpRequest) -> tuple[ShownShift | None, str]:
    """Who moves by the numbers of a request, or what is wrong with them."""
    policy = policy_that_runs()
    try:
        return _shown_between(request.user, policy, moved_policy(policy, cut_offs(policy, typed_numbers(request))))
    except UserError as error:
        return None, said(error)


def _numbers(request: HttpRequest) -> list[MovableCutOff]:
    """The cut-offs with the numbers of a form; those of the policy that runs where it holds what is no number."""
    policy = policy_that_runs()
    try:
        return cut_offs(policy, typed_numbers(request))
    except UserError:
        return cut_offs(policy, {})


def _shown_between(
    user: User | AnonymousUser, before: PolicyConfig, after: PolicyConfig
) -> tuple[ShownShift | None, str]:
    try:
        found = shift_between(before, after)
    except UserError as error:
        return None, said(error)
    movers = [shown for each in found.movers if (shown := _mover(user, each.client_id, each)) is not None]
    tiers = tuple(
        ShownTier(each.tier, each.clients, _amounts(each.value), _amounts(each.credit_loss)) for each in found.tiers
    )
    return ShownShift(
        shift=found,
        names=before.scale.names,
        tiers=tiers,
        movers=tuple(movers[:SHOWN_MOVERS]),
        hidden=found.moved - len(movers[:SHOWN_MOVERS]),
    ), ""


def _mover(user: User | AnonymousUser, client_id: str, mover: object) -> ShownMover | None:
    client = shown_client(user, client_id)
    if client is None or is_locked(client, shown_site().config.privacy):
        return None
    before, after, value = (getattr(mover, name) for name in ("before", "after", "value"))
    return ShownMover(client_id, str(client.cells.get("name") or client_id), before, after, _amount(value))


def _line(case: PolicyCase, cases: PolicyCases) -> PolicyLine:
    runs = cases.in_force is not None and cases.in_force.number == case.number
    return PolicyLine(case.number, case.entry.by, case.proposal.why, STANDINGS[case.standing], runs)


def _changes(before: PolicyConfig, after: PolicyConfig) -> list[tuple[str, str, float, float]]:
    """Dimension, level, number before and after of each cut-off that differs."""
    old = {each.key: each for each in cut_offs(before, {})}
    return [
        (each.dimension, each.level, old[each.key].own, each.own)
        for each in cut_offs(after, {})
        if each.key in old and old[each.key].own != each.own
    ]


def _history(found: PolicyCase) -> list[PolicyHistoryLine]:
    numbers = {found.number, *(given.number for given in found.answers)}
    return [
        PolicyHistoryLine(
            entry=entry,
            what=ACTS[DecisionAct(entry.act)],
            when=f"{written_day(entry.at.date())} {entry.at:%H:%M} UTC",
            remark=found.proposal.why if entry.number == found.number else entry.read(DecisionAnswer).remark,
        )
        for entry in entries(POLICY_ACTS)
        if entry.number in numbers
    ]


def _amounts(pair: tuple[float, float]) -> tuple[str, str]:
    return _amount(pair[0]), _amount(pair[1])


def _amount(value: float) -> str:
    return money(value, shown_site().config.book.currency, page_language())

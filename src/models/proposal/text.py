"""A proposed policy in words: what each aim counts, the verdict, and what changes."""

from __future__ import annotations

from collections.abc import Iterator

from models.proposal.contents import AimFigures, PolicyProposal
from models.shell.small_plots import short_number
from models.vocab import Aim

AIMS = {
    Aim.SCREENING: "reviews saved",
    Aim.CREDIT_LOSS: "losses met first",
    Aim.PROFIT: "profit of offers",
    Aim.STABILITY: "steady tiers",
    Aim.BALANCED: "the weakest of reviews, losses and offers",
}
"""What more of is better."""
COUNTED = {
    Aim.SCREENING: "clients to review",
    Aim.CREDIT_LOSS: "share of losses met",
    Aim.PROFIT: "profit per client",
    Aim.STABILITY: "clients that change tier",
}


def counted(aim: Aim, figure: float, currency: str) -> str:
    """A figure of an aim in its unit."""
    return f"{short_number(figure)} {currency}" if aim == Aim.PROFIT else f"{figure:.1%}"


def beside_rule(aim: Aim, figures: AimFigures, currency: str) -> str:
    """How a policy does against the rule, above 0 where better."""
    if aim == Aim.PROFIT:
        return f"{figures.ours - figures.rule:+,.0f} {currency}"
    better = -1.0 if aim in (Aim.SCREENING, Aim.STABILITY) else 1.0
    return f"{better * figures.against_rule:+.0%}"


def verdict(proposal: PolicyProposal) -> str:
    """Whether the proposal is better than today's policy, and whether it could be chance."""
    own, best = proposal.scores
    asked = f"{AIMS[proposal.aim]}, on {len(proposal.dates)} past dates"
    tried = f"{len(proposal.tried):,} policies tried for {asked}"
    gain = f"{best:+.3f} beside {own:+.3f} of today's, where 0 is the rule and 1 perfect foresight"
    if proposal.is_better:
        return f"{tried}: trial {proposal.best} gains {gain}; more than the noise of {proposal.noise:.3f}."
    if best > own:
        return f"{tried}: today's policy stays. The best gains {gain}; not more than the noise of {proposal.noise:.3f}."
    return f"{tried}: today's policy stays; within its caps and sizes of tiers none did better."


def judged_sentences(proposal: PolicyProposal) -> Iterator[str]:
    """What the proposal does at dates that chose nothing: against the rule, and against today's policy."""
    for each in proposal.judged:
        worse = [AIMS[aim] for aim, figures in each.proposed.aims.items() if figures.gain < 0]
        found = f"worse than the rule in {' and '.join(worse)}" if worse else "no worse than the rule in any"
        yield f"At {each.as_of}, which chose nothing, the policy in the file is {found}."


def change_lines(proposal: PolicyProposal) -> Iterator[str]:
    """Each number that moves."""
    for each in proposal.changes:
        yield f"{each.key}: {each.before:g} > {each.after:g}"

"""A proposed policy in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from models.proposal.contents import PolicyFigures, PolicyJudgement, PolicyProposal
from models.proposal.plots import weakest
from models.proposal.text import AIMS, COUNTED, beside_rule, change_lines, counted, judged_sentences, verdict

_POINTS = 8
"""So many trials of the trade-off curve are listed at most."""


def summary(proposal: PolicyProposal) -> Iterator[Table]:
    """Both policies on the dates of the search, the trade-off, and both at dates that chose nothing."""
    first, last = proposal.dates[0], proposal.dates[-1]
    dates = f"{first}" if first == last else f"{len(proposal.dates)} dates {first} to {last}"
    yield _compared(f"On {dates}, which were searched", proposal.today, proposal.proposed, proposal)
    yield _trade_off(proposal)
    for each in proposal.judged:
        yield _compared(f"At {each.as_of}, which chose nothing", each.today, each.proposed, proposal)


def judged_tables(judgement: PolicyJudgement) -> Iterator[Table]:
    """Both policies at dates that chose neither."""
    for each in judgement.judged:
        yield _compared(f"At {each.as_of}, which chose neither", each.today, each.proposed, judgement)


def closing_lines(proposal: PolicyProposal) -> list[str]:
    """The verdict, what it does elsewhere, and each number that moves."""
    return [verdict(proposal), *judged_sentences(proposal), "", *change_lines(proposal)]


def _compared(
    title: str, today: PolicyFigures, proposed: PolicyFigures, proposal: PolicyProposal | PolicyJudgement
) -> Table:
    table = _table(title, ("",), ("rule", "today", "against rule", "in the file", "against rule"))
    for aim, old in today.aims.items():
        new, currency = proposed.aims[aim], proposal.currency
        cells = [(counted(aim, each.ours, currency), beside_rule(aim, each, currency)) for each in (old, new)]
        table.add_row(COUNTED[aim], counted(aim, old.rule, currency), *cells[0], *cells[1])
    table.add_section()
    for tier in proposal.tiers:
        table.add_row(f"tier {tier}", "", f"{today.shares[tier]:.1%}", "", f"{proposed.shares[tier]:.1%}", "")
    return table


def _trade_off(proposal: PolicyProposal) -> Table:
    aim, others = proposal.axes
    table = _table("Trade-off: gains, 0 the rule and 1 perfect foresight", ("trial",), (AIMS[aim], "weakest other"))
    by_number = {each.number: each for each in proposal.tried}
    shown = dict.fromkeys([*_spread(proposal.frontier), proposal.best, 1])
    names = {1: "today's policy"} | ({} if proposal.best == 1 else {proposal.best: f"{proposal.best}, best"})
    for number in sorted(shown, key=lambda each: -by_number[each].gains[aim]):
        each = by_number[number]
        rest = f"{weakest(each, proposal):+.3f}" if others else ""
        table.add_row(names.get(number, str(number)), f"{each.gains[aim]:+.3f}", rest)
    return table


def _spread(numbers: Sequence[int]) -> list[int]:
    """Some of a long curve, its ends among them."""
    if len(numbers) <= _POINTS:
        return list(numbers)
    places = {round(step * (len(numbers) - 1) / (_POINTS - 1)) for step in range(_POINTS)}
    return [numbers[place] for place in sorted(places)]


def _table(title: str, names: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(name)
    for name in numbers:
        table.add_column(name, justify="right")
    return table

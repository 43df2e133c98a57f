"""The trade-off between an aim and the weakest of the others, as one plot."""

from __future__ import annotations

from markupsafe import Markup

from models.proposal.contents import PolicyProposal, TriedPolicy
from models.proposal.text import AIMS
from models.shell.chart import Chart, LegendKey
from models.shell.svg import Frame, plain_number, reaching

_SMALL, _LARGE = 1.6, 5.0


def trade_off_chart(proposal: PolicyProposal) -> Chart:
    """Every allowed trial as a dot, those that no other beats as a line, today's policy and the proposal marked."""
    aim, others = proposal.axes
    allowed = [each for each in proposal.tried if each.allowed]
    at = {each.number: (each.gains[aim], weakest(each, proposal)) for each in allowed}
    rest = " and ".join(AIMS[other] for other in others)
    frame = Frame(
        x=reaching([x for x, _ in at.values()], name=f"gain in {AIMS[aim]}", say=plain_number),
        y=reaching([y for _, y in at.values()], name="weakest gain of the others", say=plain_number),
    )
    marks: list[Markup] = [frame.dot(*at[each.number], "s0", _title(each), _SMALL) for each in allowed]
    marks.append(frame.line([at[number] for number in proposal.frontier], "ours", "no trial does better in both"))
    today, best = proposal.tried[0], next(each for each in allowed if each.number == proposal.best)
    marks.append(frame.dot(*at[best.number], "ours", f"proposal: {_title(best)}", _LARGE))
    marks.append(frame.dot(*at[today.number], "s4", f"today's policy: {_title(today)}", _LARGE))
    title = f"What {AIMS[aim]} cost in {rest}"
    legend = (
        LegendKey(css="ours", label="no trial does better in both; the proposal as a dot"),
        LegendKey(css="s4", label="today's policy", shape="dot"),
        LegendKey(css="s0", label="other trials", shape="dot"),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def weakest(tried: TriedPolicy, proposal: PolicyProposal) -> float:
    """The weakest gain of those aims that stand beside the first; of none 0."""
    return min((tried.gains[aim] for aim in proposal.axes[1]), default=0.0)


def _title(tried: TriedPolicy) -> str:
    gains = ", ".join(f"{AIMS[aim]} {gain:+.2f}" for aim, gain in tried.gains.items())
    return f"trial {tried.number}: {gains}"

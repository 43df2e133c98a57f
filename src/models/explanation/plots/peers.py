"""A client beside its peers: their usual range as a band, their middle as a tick, the client as a dot."""

from __future__ import annotations

from markupsafe import Markup

from models.explanation.reasons import ExplainedReason

WIDTH, HEIGHT = 200, 18
_ROOM = 8.0
_SVG = Markup(
    '<svg class="plot strip" viewBox="0 0 {width} {height}" role="img" aria-label="{title}"><title>{title}</title>'
    '<rect class="track" x="0" y="8" width="{width}" height="2"/>'
    '<rect class="noise" x="{left:.1f}" y="4" width="{span:.1f}" height="10" rx="2"/>'
    '<rect class="middle" x="{middle:.1f}" y="2" width="2" height="14"/>'
    '<circle class="{css}" cx="{own:.1f}" cy="9" r="5"/></svg>'
)


def peer_strip(reason: ExplainedReason) -> Markup | None:
    """The strip of a reason's leading number; None where it is no number, or nothing is known of the peers."""
    figures = reason.figures
    own, low, high, usual = figures.observed, figures.low, figures.high, figures.usual
    if own is None or low is None or high is None or usual is None:
        return None
    least, most = min(low, own, usual), max(high, own, usual)
    per = (WIDTH - 2 * _ROOM) / (most - least or 1.0)
    left, right, middle, dot = (_ROOM + (number - least) * per for number in (low, high, usual, own))
    return _SVG.format(
        width=WIDTH,
        height=HEIGHT,
        title=f"{reason.description}: {reason.observed}; {reason.usual} ({reason.usual_range})",
        left=left,
        span=max(right - left, 2.0),
        middle=middle - 1,
        own=dot,
        css="own" if low <= own <= high else "own outside",
    )

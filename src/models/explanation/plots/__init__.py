"""The plots of one client as inline SVG, drawn from its story."""

from models.explanation.plots.over_time import history_charts
from models.explanation.plots.today import decline_chart, peer_strip, waterfall_chart

__all__ = ["decline_chart", "history_charts", "peer_strip", "waterfall_chart"]

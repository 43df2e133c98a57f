"""The plots of one client as inline SVG, drawn from its story; they compute nothing but positions."""

from models.explain.plots.curve import decline_chart
from models.explain.plots.over_time import history_charts
from models.explain.plots.peers import peer_strip
from models.explain.plots.waterfall import waterfall_chart

__all__ = ["decline_chart", "history_charts", "peer_strip", "waterfall_chart"]

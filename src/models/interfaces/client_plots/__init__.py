"""The plots of one client as inline SVG, drawn from its story; they compute nothing but positions."""

from models.interfaces.client_plots.curve import decline_chart
from models.interfaces.client_plots.over_time import history_charts
from models.interfaces.client_plots.peers import peer_strip
from models.interfaces.client_plots.waterfall import waterfall_chart

__all__ = ["decline_chart", "history_charts", "peer_strip", "waterfall_chart"]

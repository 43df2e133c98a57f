"""The plots of one client as inline SVG, drawn from its story."""

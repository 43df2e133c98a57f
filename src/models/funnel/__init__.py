"""The funnel of opportunities: layers, conversion, and which opportunities to look at next."""

"""The explanation of one client: value, decline, tier, reasons, history, and the way to a better tier."""

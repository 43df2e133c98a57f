"""The book read per client for figures and funnel: sums within a window, never a row after it."""

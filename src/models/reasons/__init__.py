"""Reasons: contributions ranked, and written as sentences."""

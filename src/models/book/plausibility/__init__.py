"""Checks of plausibility within and between tables that keep the contract."""

"""Simulates a project-finance book with known truth: all tables of the contract, and the truth of each as-of date.

The economics stand in ``models.config.simulation``.
"""

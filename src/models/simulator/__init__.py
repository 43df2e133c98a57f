"""A simulated project-finance book with known truth: all tables of the contract, and what could be known.

The economics stand in ``models.config.simulation``. Learning from the book, and reading it, live elsewhere.
"""

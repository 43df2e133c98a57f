"""Scores of a whole book, block by block: forecasts, decisions, explanations and the folder that holds them."""

"""Extracts as core systems write them, made from one drawn lender, so that what comes in can be told from the truth."""

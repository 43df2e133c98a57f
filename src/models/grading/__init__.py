"""Tiers AA, A and B: rules over predictions and features that a reviewer can read without any model.

``expected`` grades by value and decline alone; everything else serves the policy of the config.
"""

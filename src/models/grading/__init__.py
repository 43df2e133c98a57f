"""Tiers: rules over predictions and features that a reviewer can read without any model.

``built_in`` grades by value and decline alone; everything else serves the policy of the config.
"""

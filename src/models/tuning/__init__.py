"""Searches better hyperparameters with Optuna, on origins before any that is judged."""

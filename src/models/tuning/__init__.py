"""Searches better hyperparameters on origins before any that is judged; Optuna is known here and nowhere else."""

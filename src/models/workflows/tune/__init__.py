"""Searches better hyperparameters on origins before any that is judged; Optuna is known here and nowhere else."""

from models.workflows.tune.outcome import Tuned, config_lines
from models.workflows.tune.search import StudyPlan, TuningPlan, plan_tuning, tune_book
from models.workflows.tune.study import TrialResult

__all__ = ["StudyPlan", "TrialResult", "Tuned", "TuningPlan", "config_lines", "plan_tuning", "tune_book"]

"""Searches better hyperparameters on origins before any that is judged; Optuna is known here and nowhere else."""

from models.tuning.outcome import Tuned, config_lines
from models.tuning.search import StudyPlan, TuningPlan, plan_tuning, tune_book
from models.tuning.study import TrialResult

__all__ = ["StudyPlan", "TrialResult", "Tuned", "TuningPlan", "config_lines", "plan_tuning", "tune_book"]

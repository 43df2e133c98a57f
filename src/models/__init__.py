"""clientvalue: what each client is worth, how likely it declines, which tier it belongs in, why, and what to do.

>>> from models import train, predict
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.lazy import load

if TYPE_CHECKING:
    from models.evaluation.job import evaluate
    from models.explanation.job import explain
    from models.scoring.job import predict
    from models.training.job import train
    from models.tuning.job import tune

__all__ = ["evaluate", "explain", "predict", "train", "tune"]
_JOBS = {
    "evaluate": "models.evaluation.job",
    "explain": "models.explanation.job",
    "predict": "models.scoring.job",
    "train": "models.training.job",
    "tune": "models.tuning.job",
}


def __getattr__(name: str) -> Any:
    if name in _JOBS:  # loaded on demand: MLflow alone takes seconds
        return getattr(load(_JOBS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

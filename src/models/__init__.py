"""clientvalue: what each client is worth, how likely it declines, which tier it belongs in, why, and what to do.

>>> from models import train, predict
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.explain.job import explain
    from models.training.job import evaluate, predict, train, tune

__all__ = ["evaluate", "explain", "predict", "train", "tune"]


def __getattr__(name: str) -> Any:
    if name in __all__:  # loaded on demand: MLflow alone takes seconds
        from models.training import job as jobs  # noqa: PLC0415

        return getattr(jobs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""MLflow without its chatter: nothing of it on standard output, which is ours and may be JSON, and no warnings."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout


@contextmanager
def quiet() -> Iterator[None]:
    """Within, MLflow and its database tell nothing that no user can act on.

    What they print all the same, such as the address of a run, whatever its settings say, is dropped.
    """
    loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        dropped = io.StringIO()
        with warnings.catch_warnings(), redirect_stdout(dropped), redirect_stderr(dropped):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)

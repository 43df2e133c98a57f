"""The first argument of every verb from a program, and jobs as functions that take it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

from models.api.book import LenderBook
from models.config.root import Config
from models.workspace.opening import Settings, settings_of

Asked = LenderBook | Config | Path | str
"""A book, a config, or the path of a config's file."""
Options = ParamSpec("Options")
Result = TypeVar("Result")


def settings_in(asked: Asked) -> Settings:
    """The settings of a book, else what was asked as it is."""
    return asked.settings if isinstance(asked, LenderBook) else asked


def opened(job: Callable[Concatenate[Config, Options], Result]) -> Callable[Concatenate[Asked, Options], Result]:
    """A job that takes a book, or the path of a config, in the place of its config."""
    reads_files = "overrides" in signature(job).parameters  # set over a file, they must be known when it is read

    @wraps(job)
    def verb(asked: Asked, /, *args: Options.args, **options: Options.kwargs) -> Result:
        found = settings_in(asked)
        settings = found if reads_files else settings_of(found, ())
        return job(cast("Config", settings), *args, **options)

    return verb

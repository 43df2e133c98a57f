"""The examples in docstrings of the workbench run, once Django is set up."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import models.review

_HERE = Path(models.review.__file__).parent
MODULES = sorted(
    ".".join(("models.review", *path.relative_to(_HERE).with_suffix("").parts))
    for path in _HERE.rglob("*.py")
    if path.name != "__init__.py" and path.parent.name != "migrations"
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    found = doctest.testmod(import_module(name))
    assert found.failed == 0

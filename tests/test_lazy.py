"""Modules are imported late in one way, by names that exist; a command is loaded when it is called, not before."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import models
from models.cli import VERBS, app
from models.lazy import lazy, load

SOURCE = Path(models.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))


def test_help_lists_every_command_and_loads_none() -> None:
    code = "import sys; from models.cli import app\ntry: app(['--help'])\nfinally: print(sorted(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    listed, _, loaded = ended.stdout.rpartition("[")
    for name, verb in VERBS.items():
        assert f"\n  {name} " in listed
        assert f"'{verb.module}'" not in loaded
    for library in ("pandas", "pydantic", "numpy", "ibis", "mlflow"):
        assert f"'{library}'" not in loaded


@pytest.mark.parametrize("name", VERBS)
def test_a_command_is_the_function_of_its_name(name: str) -> None:
    assert callable(getattr(load(VERBS[name].module), name))
    assert app.loaded(name).get_short_help_str(limit=200) == VERBS[name].short_help


def test_no_function_imports_but_the_one_loader() -> None:
    late = [
        f"{path.relative_to(SOURCE)}:{inner.lineno}"
        for path in MODULES
        for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(outer, ast.FunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_every_module_that_is_named_to_be_loaded_late_is_there() -> None:
    named = {
        call.args[0].value
        for path in MODULES
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "lazy"
        if isinstance(call.args[0], ast.Constant)
    }
    assert len(named) > 20
    assert [name for name in sorted(named) if importlib.util.find_spec(name) is None] == []


def test_a_lazy_module_loads_on_first_use_only() -> None:
    sys.modules.pop("this_is_nowhere", None)
    absent = lazy("this_is_nowhere")
    assert not hasattr(absent, "__wrapped__")
    with pytest.raises(ModuleNotFoundError):
        _ = absent.anything


@pytest.mark.slow
@pytest.mark.parametrize("verb", sorted({*models.__all__} - {"__version__"}))
def test_a_notebook_gets_the_verb_however_often_it_asks(verb: str) -> None:
    """A package that is called like a verb is that verb, when it is called; else it is the job behind it."""
    job = {**models._JOBS, "Book": "models.api.book.LenderBook"}.get(verb, verb)
    for _ in range(2):
        found = getattr(models, verb)
        assert callable(found)
        assert found.__name__.rpartition(".")[2] in (verb, job.rpartition(".")[2])

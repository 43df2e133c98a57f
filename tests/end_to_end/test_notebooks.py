"""Every notebook runs from the first cell to the last, as it is read."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from support.review_site import shared_demo, shared_folder

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_notebook_runs_and_shows_a_result_in_every_part(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that read a published demo read the one that all tests of this run share."""
    notebook = nbformat.read(path, as_version=4)
    if any("CLIENTVALUE_DEMO" in cell.source for cell in notebook.cells):
        monkeypatch.setenv("CLIENTVALUE_DEMO", str(shared_demo(shared_folder())))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(bool(shown) for shown in outputs) >= 5
    assert not [out for shown in outputs for out in shown if out.output_type == "error"]


def test_there_is_a_notebook_to_run() -> None:
    assert NOTEBOOKS

"""The figures by which a simulated book is judged are drawn from the written book alone."""

from __future__ import annotations

import io

import pytest

from models.config.simulation import SimulationConfig, TruthConfig
from models.errors import MissingFileError
from models.simulator.book import simulate
from models.simulator.plots import plausibility_figure


def test_every_panel_shows_something(tmp_path):
    config = SimulationConfig(block_clients=300, truth=TruthConfig(paths=2))
    simulate(config, clients=300, months=36, seed=1, out=tmp_path / "book")
    figure = plausibility_figure(tmp_path / "book")
    figure.savefig(io.BytesIO(), dpi=20)
    titled = [axes for axes in figure.axes if axes.get_title()]
    assert len(titled) == 12
    for axes in titled:
        assert axes.lines or axes.patches, axes.get_title()
    shares = [patch.get_height() for axes in titled if "Funnel" in axes.get_title() for patch in axes.patches]
    assert shares[0] == 100
    assert shares == sorted(shares, reverse=True)


def test_a_folder_without_a_book_is_told(tmp_path):
    with pytest.raises(MissingFileError, match="simulate"):
        plausibility_figure(tmp_path)

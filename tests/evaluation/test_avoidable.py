"""What the truth tells of losses is read only where it was drawn with the effect of acting that the config states."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.config.simulation import InterventionEconomics, SimulationConfig, TruthConfig
from models.errors import UnreadableFileError
from models.evaluation.truth import read_avoidable, read_truth
from models.simulator.book import simulate


def test_a_truth_of_another_effect_or_none_at_all_is_not_taken(tmp_path: Path) -> None:
    effect = InterventionEconomics(prevented=0.3)
    config = SimulationConfig(block_clients=100, truth=TruthConfig(paths=3), intervention=effect)
    simulate(config, clients=100, months=30, seed=1, out=tmp_path / "book")
    truth = tmp_path / "book" / "truth.parquet"
    reported = read_avoidable(truth, effect)
    assert reported is not None
    assert len(reported) == len(read_truth(truth)) > 0
    assert read_avoidable(truth, InterventionEconomics(prevented=0.4)) is None
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(truth.read_bytes()[:100])
    with pytest.raises(UnreadableFileError, match="as simulate writes it"):
        read_avoidable(damaged, effect)

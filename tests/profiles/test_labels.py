"""Labels: where managers said what a client is, weights are learned from that and compared with those of the config."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.config.kinds import DriverConfig, NeedsConfig
from models.errors import MissingColumnError, MissingFileError, TooLittleDataError, UserError
from models.profiles.compute import fit_kinds
from models.profiles.labels import agreement, compared_with_labels, label_reports, learned_weights, read_labels
from models.profiles.types import NEEDS, memberships_of
from support.drawn_panel import ORIGINS, drawn_panel, small_config

SETTINGS = NeedsConfig(
    drivers={name: DriverConfig(features={name: 1.0}) for name in ("borrowing", "building", "protection")}
)
TRUE = np.array([[2.0, 0.0, -1.0], [-1.0, 2.0, 0.0], [0.0, -1.0, 2.0]])
"""Log-odds per need and driver from which labels are drawn."""


def drawn(clients: int = 6_000) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    scores = random.uniform(-1, 1, (clients, 3))
    odds = np.exp(scores @ TRUE.T)
    chance = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    return scores, np.array(NEEDS)[(random.random(clients)[:, None] > chance).sum(axis=1)]


def test_the_weights_that_drew_the_labels_are_learned() -> None:
    scores, labels = drawn()
    learned = learned_weights(scores, labels, drivers=tuple(SETTINGS.drivers), kinds=NEEDS)
    found = np.array([list(learned.weights[need].values()) for need in NEEDS])
    np.testing.assert_allclose(found - found.mean(axis=0), TRUE - TRUE.mean(axis=0), atol=0.2)


def test_the_order_of_clients_changes_no_bit() -> None:
    scores, labels = drawn(500)
    turned = learned_weights(scores[::-1], labels[::-1], drivers=tuple(SETTINGS.drivers), kinds=NEEDS)
    assert turned == learned_weights(scores, labels, drivers=tuple(SETTINGS.drivers), kinds=NEEDS)


def test_learned_weights_beat_wrong_ones_on_clients_they_did_not_see() -> None:
    scores, labels = drawn(1_500)
    settings = SETTINGS.model_copy(update={"weights": {need: {"borrowing": 0.1} for need in NEEDS}})
    facts = compared_with_labels(scores, labels, np.arange(len(labels)) % 5, settings, NEEDS)
    assert facts.clients == 1_500
    assert facts.config.macro_auc == pytest.approx(0.5)
    assert facts.learned.macro_auc > 0.75
    assert set(facts.learned.weights) == set(NEEDS)


def test_too_few_labels_are_refused_and_told() -> None:
    scores, labels = drawn(20)
    with pytest.raises(TooLittleDataError, match="at least 10 labels"):
        learned_weights(scores, labels, drivers=tuple(SETTINGS.drivers), kinds=NEEDS)
    facts = compared_with_labels(scores, labels, np.zeros(20, dtype=np.int64), SETTINGS, NEEDS)
    assert facts.learned is None
    assert "label more clients" in (facts.note or "")


def test_agreement_by_hand() -> None:
    scores = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [1.0, 0, 0]])
    labels = np.array(["funding", "resource integration", "risk management", "risk management"])
    reported = agreement(memberships_of(scores, SETTINGS.model_copy(update={"base": {}}), NEEDS), labels)
    assert reported.agreement == 0.75
    assert reported.kappa == pytest.approx((0.75 - 0.3125) / (1 - 0.3125))
    assert reported.auc["risk management"] == 0.75  # one lies above both others, one ties with both


def test_only_labels_known_by_the_as_of_date_count(tmp_path: Path) -> None:
    rows = drawn_panel().at([ORIGINS[-1]])
    file = tmp_path / "labels.csv"
    reported = [
        ("C000", "2021-06-01", "partnership"),
        ("C000", "2022-06-01", "strategic"),
        ("C001", "2023-01-01", "strategic"),
    ]
    pd.DataFrame(reported, columns=["client_id", "as_of", "label"]).to_csv(file, index=False)
    config = small_config(relationships={"labels": str(file)})
    model = fit_kinds(rows, rows.features["value_sum_12p"].to_numpy(), np.zeros(len(rows)), config)
    facts = label_reports(model, rows, config)["relationship_type"]
    assert facts.clients == 1
    assert "0 of strategic" in (facts.note or "")


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    with pytest.raises(MissingFileError):
        read_labels(file, "need_type", NEEDS)
    pd.DataFrame({"client": ["A"], "label": ["funding"]}).to_csv(file, index=False)
    with pytest.raises(MissingColumnError, match="client_id"):
        read_labels(file, "need_type", NEEDS)
    pd.DataFrame({"client_id": ["00123", "B"], "label": ["funding", "cash"]}).to_csv(file, index=False)
    with pytest.raises(UserError, match="got cash: mend them"):
        read_labels(file, "need_type", NEEDS)


def test_ids_stay_as_they_are_and_empty_labels_are_none(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    pd.DataFrame({"client_id": ["00123", "NA", "B"], "need_type": ["funding"] * 2 + [None]}).to_csv(file, index=False)
    reported = read_labels(file, "need_type", NEEDS)
    assert reported.to_dict("list") == {"client_id": ["00123", "NA"], "label": ["funding", "funding"]}

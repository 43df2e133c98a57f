"""All reasons of a client in words: they sum to the prediction, and say the same in both languages."""

from __future__ import annotations

import math

import pytest

from models.explanation.reasons import ClientReasons, explained_reasons
from models.pipeline.bundle import Bundle, read_bundle, write_bundle
from models.pipeline.pipeline import with_peers
from models.scoring.block import DECLINE, VALUE, ScoredBlock
from models.scoring.scoring import score_block
from support.drawn_panel import ORIGINS, drawn_panel, fitted_models, small_config


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("bundle")
    write_bundle(folder, with_peers(fitted_models(), drawn_panel(), ORIGINS[-2]), small_config(), {}, "data")
    return read_bundle(folder, threads=1)


@pytest.fixture(scope="module")
def block(bundle: Bundle) -> ScoredBlock:
    rows = drawn_panel().at([ORIGINS[-1]])
    return score_block(bundle, rows.where((rows.client_id < "C003").to_numpy()))


@pytest.fixture(scope="module")
def reported(bundle: Bundle, block: ScoredBlock) -> list[ClientReasons]:
    return explained_reasons(bundle, block, lang="en")


def test_a_client_is_told_all_that_moves_it_largest_first(reported: list[ClientReasons], block: ScoredBlock) -> None:
    assert [client.client_id for client in reported] == ["C000", "C001", "C002"]
    for row, client in enumerate(reported):
        for model, reasons in ((DECLINE, client.decline), (VALUE, client.value)):
            served = block.served[model]
            sizes = [abs(reason.effect) for reason in reasons]
            assert sizes == sorted(sizes, reverse=True)
            assert 0 not in sizes
            together = served.base + math.fsum(reason.effect for reason in reasons)
            assert together == pytest.approx(served.prediction[row], rel=1e-9)


def test_the_parts_of_a_reason_sum_to_it(reported: list[ClientReasons]) -> None:
    for reason in reported[0].decline:
        assert math.fsum(part.effect for part in reason.parts) == pytest.approx(reason.effect)
        assert reason.parts[0].description == reason.description


def test_a_sentence_ends_with_the_effect(reported: list[ClientReasons]) -> None:
    for client in reported:
        assert all(reason.sentence.endswith(f": {reason.effect_text}.") for reason in (*client.decline, *client.value))
        assert all(reason.effect_text.startswith("value ") for reason in client.value)
        assert client.peers.startswith(f"{client.peer_count} clients: ")


def test_the_other_language_tells_the_same_figures(
    reported: list[ClientReasons], bundle: Bundle, block: ScoredBlock
) -> None:
    chinese = explained_reasons(bundle, block, lang="zh")
    for client, same in zip(reported, chinese, strict=True):
        assert [reason.figures for reason in client.decline] == [reason.figures for reason in same.decline]
        assert all(reason.sentence.endswith("。") for reason in (*same.decline, *same.value))
        assert same.peers.startswith(f"{client.peer_count}家客户：")

"""What was published as a warning is told in sentences: how bad it is, and on which side the client turned."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.panel.features.words import FeatureWords, FigureUnit
from models.text import ENGLISH, Label, Language
from models.warnings.text import warning_sentences

AS_OF = date(2024, 1, 1)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "2024-01-01-abc"
    folder.mkdir()
    evidence = [{"dimension": "risk", "feature": "decline_probability", "now": 0.62, "before": 0.1, "usual": None}]
    row = {"client_id": "00123", "severity": 71.6, "expected_loss": 412_345.0, "first_seen": date(2023, 12, 1)}
    pq.write_table(pa.Table.from_pylist([{**row, "evidence": evidence}]), folder / "warnings.parquet")
    return tmp_path


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            (
                "Severity 72 of 100, expected loss 412 k USD, first seen on 1 December 2023.",
                "Risk: probability of decline went from 10% to 62%.",
            ),
        ),
        (
            "zh",
            (
                "严重程度72（满分100），预期损失41.2万美元，首次发现于2023年12月1日。",
                "风险：业务下滑概率此前为10%，现为62%。",
            ),
        ),
    ],
)
def test_a_client_that_turned_is_told_how_badly(published: Path, lang: Language, expected: tuple[str, ...]) -> None:
    assert warning_sentences(published, "00123", AS_OF, words={}, currency="USD", lang=lang) == expected


@pytest.mark.parametrize(
    ("lang", "before", "now", "expected"),
    [
        ("en", 0.2, -0.8, "Activity: income against the months before went from up 50% to down 89%"),
        ("en", 1.0, -1.0, "Activity: income against the months before: “began anew” then, “stopped” now"),
        ("zh", 1.0, -1.0, "业务活跃度：收入较前期的变化：此前“从无到有”，现在“归零”"),
    ],
)
def test_a_change_is_told_as_people_say_it(
    tmp_path: Path, lang: Language, before: float, now: float, expected: str
) -> None:
    """With what is usual where that is known; and from a beginning to an end nothing "goes"."""
    said = Label(((ENGLISH, "income against the months before"), (Language("zh"), "收入较前期的变化")))
    words = {"trend": cast(FeatureWords, SimpleNamespace(figure=FigureUnit.GROWTH, describe=said.within))}
    evidence = [{"dimension": "activity", "feature": "trend", "now": now, "before": before, "usual": 0.1}]
    row = {"client_id": "A", "severity": 50.0, "expected_loss": 1.0, "first_seen": AS_OF, "evidence": evidence}
    (tmp_path / "2024-01-01-abc").mkdir()
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "2024-01-01-abc" / "warnings.parquet")
    _, reported = warning_sentences(tmp_path, "A", AS_OF, words=words, currency="USD", lang=lang)
    usual = {"en": " (usual for clients like this one: up 22%).", "zh": "（同类客户通常为上升22%）。"}
    assert reported == expected + usual[lang]

"""What was published as a warning is told in sentences: how bad it is, and on which side the client turned."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.tables.features import FeatureWords, Figure, Language
from models.tables.features.words import Said
from models.workflows.client_warnings import warning_sentences

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
                "Severity 72 of 100, expected loss 0.41 m USD, first seen on 1 December 2023.",
                "Risk: probability of decline went from 10% to 62%.",
            ),
        ),
        (
            "zh",
            (
                "严重程度72（满分100），预期损失41.2万美元，首次发现于2023年12月1日。",
                "风险：衰退概率由10%变为62%。",
            ),
        ),
    ],
)
def test_a_client_that_turned_is_told_how_badly(published: Path, lang: Language, expected: tuple[str, ...]) -> None:
    assert warning_sentences(published, "00123", AS_OF, words={}, currency="USD", lang=lang) == expected


def test_what_is_usual_is_told_where_it_is_known_and_a_change_as_people_say_it(tmp_path: Path) -> None:
    said = Said("income against the months before", "收入较前期的变化")
    words = {"trend": cast(FeatureWords, SimpleNamespace(figure=Figure.GROWTH, describe=said.within))}
    evidence = [{"dimension": "activity", "feature": "trend", "now": -0.8, "before": 0.2, "usual": 0.1}]
    row = {"client_id": "A", "severity": 50.0, "expected_loss": 1.0, "first_seen": AS_OF, "evidence": evidence}
    (tmp_path / "2024-01-01-abc").mkdir()
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "2024-01-01-abc" / "warnings.parquet")
    _, told = warning_sentences(tmp_path, "A", AS_OF, words=words, currency="USD", lang="en")
    assert told == (
        "Activity: income against the months before went from up 50% to down 89% "
        "(usual for clients like this one: up 22%)."
    )


def test_other_clients_and_other_dates_have_none(published: Path) -> None:
    assert warning_sentences(published, "123", AS_OF, words={}, currency="USD", lang="en") == ()
    assert warning_sentences(published, "00123", date(2023, 12, 1), words={}, currency="USD", lang="en") == ()

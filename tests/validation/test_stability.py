"""The recipe begun from another seed ranks clients as a refit by hand does; dates beside training are counted again."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import scipy.stats

from models.comparison.scored import scored_version
from models.config.places import REFITS, work_dir
from models.errors import TooLittleDataError
from models.pipeline.bundle import read_bundle
from models.pipeline.pipeline import grade_matrix
from models.validation import stability
from models.validation.stability import Refitting
from models.vocab import SilentProgress
from validation.conftest import Filed


def test_a_refit_is_held_against_the_version_on_the_same_clients(filed: Filed) -> None:
    found = {each.title: each for each in filed.written.report.stability.refits}
    assert list(found) == ["one month earlier", "another seed"]
    until = filed.version.bundle.models.learned.until
    folders = {folder.name[:10]: folder for folder in (work_dir(filed.config) / REFITS).iterdir()}
    days = {
        "one month earlier": date(until.year - (until.month == 1), (until.month - 2) % 12 + 1, 1),
        "another seed": until,
    }
    seeds = {"one month earlier": 0, "another seed": 1}
    for title, refit in found.items():
        bundle = read_bundle(folders[days[title].isoformat()], threads=1)
        assert bundle.config.run.seed == filed.version.bundle.config.run.seed + seeds[title]
        assert refit.learned_until == bundle.models.learned.until == days[title]
        again = scored_version(filed.book, bundle, filed.config, filed.written.report.as_of)
        assert refit.moved == (again.tier != filed.version.tier).sum()
        assert refit.clients == len(again.tier)
        for name, column in (("value", "value"), ("decline", "decline_probability")):
            pair = (getattr(each.said, column) for each in (filed.version, again))
            assert refit.correlation[name] == pytest.approx(scipy.stats.spearmanr(*pair).statistic)
        assert refit.value == pytest.approx((filed.version.said.value.sum(), again.said.value.sum()))
        assert {each.model for each in refit.reasons} == {"value", "decline"}


def test_too_little_to_learn_from_is_said_and_ends_nothing(filed: Filed, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise TooLittleDataError(rule="an origin needs clients", got="none", remedy="wait")

    monkeypatch.setattr(stability, "models_of_day", refused)
    refitting = Refitting(
        book=filed.book, version=filed.version, config=filed.config, mapper=None, progress=SilentProgress()
    )
    found, left_out = refitting.compared(["seed"])
    assert found == []
    assert [(each.title, each.why) for each in left_out] == [("another seed", "an origin needs clients, got none")]


def test_dates_beside_training_are_those_of_the_book(filed: Filed) -> None:
    found = filed.written.report.stability
    assert found.reference == filed.version.bundle.reference.as_of
    assert [each.as_of for each in found.dates] == [
        date(2022, 1, 1), date(2022, 4, 1), date(2022, 7, 1), date(2022, 10, 1), date(2023, 1, 1),
    ]  # fmt: skip
    for each in found.dates[-2:]:
        then = scored_version(filed.book, filed.version.bundle, filed.config, each.as_of)
        assert each.clients == len(then.panel)
        assert each.scores["tier"] == pytest.approx(index_of_tiers(filed, then.panel), abs=1e-12)


def index_of_tiers(filed: Filed, panel: object) -> float:
    """Stability index of shares of tiers beside training, less what chance exceeds once in a thousand times."""
    models = filed.version.bundle.models
    graded = grade_matrix(models, models.contract.encode(panel.features), panel).grades.tier  # type: ignore[attr-defined]
    before = filed.version.bundle.reference.counts.scores["tier"].words
    names = sorted({*before, *graded.tolist()})
    first = np.array([before.get(name, 0) for name in names], dtype=float)
    second = np.array([(graded == name).sum() for name in names], dtype=float)
    p, q = ((each + 0.5) / (each.sum() + 0.5 * len(names)) for each in (first, second))
    chance = (1 / first.sum() + 1 / second.sum()) * scipy.stats.chi2.isf(1e-3, len(names) - 1)
    return max(float(((q - p) * np.log(q / p)).sum() - chance), 0.0)

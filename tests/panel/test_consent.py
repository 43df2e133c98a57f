"""Who refused the processing of its data is in reach at no date, teaches nothing, and still counts in its group."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from models.notices import Severity
from models.panel.build import PanelContext, in_reach_of, in_reach_of_block
from models.panel.consent import consent_notices, refused_count
from models.panel.elapsed import outcomes_at
from models.panel.ledger_cache import prepared_book
from models.panel.notes import notes_before
from models.panel.panel import Panel
from models.panel.prepare import fit_notes
from models.text import ENGLISH
from support.books import Frames, book_of, rows, settings

AS_OF = date(2020, 7, 1)
YEARS, WRITERS = (2019, 2020), ("agreed", "refused")
LEFT_OUT, SCORED = "privacy.without_consent=left_out", "privacy.without_consent=scored"


def tables(refused: object = False) -> Frames:
    day = date
    return {
        "clients": rows(
            "client_id group_id relationship_start consent acquisition_cost",
            ("agreed", "G", day(2018, 1, 1), True, None),
            ("not asked", None, day(2018, 1, 1), None, None),
            ("refused", "G", day(2018, 1, 1), refused, None),
            ("refused, new", None, day(2020, 5, 1), refused, 9.0),
        ),
        "cashflows": rows(
            "client_id date kind amount",
            *(
                (who, day(year, 5, 2), "drawdown", 8.0)
                for who in ("agreed", "not asked", "refused")
                for year in (2019, 2020)
            ),
        ),
        "interactions": rows(
            "client_id date kind text",
            *(
                (who, day(2019, 1, 1 + n % 28), "meeting", f"{who} said {n}")
                for who in ("agreed", "refused")
                for n in range(60)
            ),
        ),
    }


def reached(folder: Path, *overrides: str, origins: tuple[int, ...] = (-12, 0)) -> tuple[Panel, Panel]:
    config = settings(*overrides, work_dir=folder / "work")
    with prepared_book(book_of(tables(), folder), config, AS_OF) as prepared:
        found = in_reach_of(prepared, config, list(origins), targets=True)
        return found.active, found.cold


def test_who_refused_is_in_reach_at_no_date(tmp_path: Path) -> None:
    active, cold = reached(tmp_path)
    assert sorted(set(zip(active.client_id, active.origin.tolist(), strict=True))) == [
        ("agreed", -12),
        ("agreed", 0),
        ("not asked", -12),
        ("not asked", 0),
    ]
    assert list(cold.client_id) == []


def test_where_another_ground_of_law_holds_it_is_scored(tmp_path: Path) -> None:
    active, cold = reached(tmp_path, SCORED, origins=(0,))
    assert sorted(active.client_id) == ["agreed", "not asked", "refused"]
    assert list(cold.client_id) == ["refused, new"]


def test_the_group_keeps_it_and_others_are_as_they_were(tmp_path: Path) -> None:
    without, _ = reached(tmp_path / "left out", origins=(0,))
    whole, _ = reached(tmp_path / "scored", SCORED, origins=(0,))
    left = whole.where(whole.client_id.isin(list(without.client_id)).to_numpy())
    kept = [name for name in without.features if not name.startswith("tone_")]
    pd.testing.assert_frame_equal(without.features[kept], left.features[kept], check_exact=True)
    assert without.features.loc[without.client_id == "agreed", "group_clients"].tolist() == [1.0]  # the other one


def test_outcomes_of_a_part_of_the_horizon_leave_it_out(tmp_path: Path) -> None:
    config = settings(work_dir=tmp_path / "work")
    with prepared_book(book_of(tables(), tmp_path), config, AS_OF) as prepared:
        found = outcomes_at(prepared, config, [0], [1], until=6)
    assert sorted(found[1].client_id) == ["agreed", "not asked"]


def test_those_who_refused_are_named_for_the_directory(tmp_path: Path) -> None:
    config = settings(work_dir=tmp_path / "work")
    with prepared_book(book_of(tables(), tmp_path), config, AS_OF) as prepared:
        around, block = PanelContext.of(prepared, config, 0), prepared.block(0, 0)
        found = in_reach_of_block(prepared, config, block, around, [0], targets=False, known_at=(0,))
    assert found.known is not None
    assert sorted(found.refused) == ["refused", "refused, new"]
    assert set(found.refused) < set(found.known.client_id)


def test_what_it_wrote_teaches_no_tone(tmp_path: Path) -> None:
    book = book_of(tables(), tmp_path)
    for choice, words in ((LEFT_OUT, False), (SCORED, True)):
        model = fit_notes(book, settings(choice, work_dir=tmp_path / "work"), AS_OF)
        assert model is not None
        assert ("refused" in str(model.words)) is words
    with book.engine.session() as session:
        assert any("refused" in note for note in notes_before(book.open(session, "interactions"), AS_OF))


def test_counts_say_who_refused_and_who_was_not_asked(tmp_path: Path) -> None:
    book, config = book_of(tables(), tmp_path), settings(work_dir=tmp_path / "work")
    assert refused_count(book) == 2
    found = {each.code: each for each in consent_notices(book, config.privacy)}
    assert {code: (each.count, each.severity) for code, each in found.items()} == {
        "consent_refused": (2, Severity.NOTE),
        "consent_not_asked": (1, Severity.NOTE),
    }
    assert "neither scored nor learned from" in found["consent_refused"].within(ENGLISH)[0]
    scored = consent_notices(book, settings(SCORED, work_dir=tmp_path / "work").privacy)
    assert [each.code for each in scored] == ["refused_but_scored", "consent_not_asked"]
    assert scored[0].severity is Severity.WARNING
    assert "left_out" in scored[0].remedy


@pytest.mark.parametrize("consent", [None, True])
def test_a_book_without_refusals_has_nothing_to_say_of_it(consent: object, tmp_path: Path) -> None:
    told = tables(consent)
    told["clients"]["consent"] = consent
    config = settings(work_dir=tmp_path / "work")
    assert consent_notices(book_of(told, tmp_path), config.privacy) == []
    assert "privacy" not in config.meaning()
    assert settings(SCORED, work_dir=tmp_path / "work").meaning()["privacy"] == {"without_consent": "scored"}

"""What a book calls its measures: the config's label, else the common word, else the name with blanks."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import ConfigError
from models.panel.features.labels import labels_of
from models.panel.features.words import Said
from support.books import settings

DRAWDOWN = "features.measures.drawdown"


def test_common_measures_need_no_label(tmp_path: Path) -> None:
    labels = labels_of(settings(work_dir=tmp_path))
    assert labels.of("drawdown") == Said("drawdowns", "提款")
    assert labels.of("pd") == Said("probability of default", "违约概率")
    assert labels.of("all_flows") == Said("all flows", "“all flows”")
    assert labels.of("country") == Said("country", "国家")


def test_activity_is_called_by_its_kinds(tmp_path: Path) -> None:
    labels = labels_of(settings("activity.kinds=[interest, fee, order]", work_dir=tmp_path))
    assert labels.of("activity") == Said("interest, fees and orders", "利息、手续费与订单")


def test_a_label_of_the_config_goes_before_and_may_name_one_language(tmp_path: Path) -> None:
    label = "{kinds: [drawdown], label: {zh: 放款}}"
    assert labels_of(settings(f"{DRAWDOWN}={label}", work_dir=tmp_path)).of("drawdown") == Said("drawdowns", "放款")


def test_two_measures_of_one_label_are_told_apart(tmp_path: Path) -> None:
    label = "{kinds: [drawdown], label: {en: loans, zh: 贷款}}"
    labels = labels_of(settings(f"{DRAWDOWN}={label}", work_dir=tmp_path))
    assert labels.of("loan") == Said("loans", "贷款")
    assert labels.of("drawdown") == Said("loans (drawdown)", "贷款（“drawdown”）")


def test_braces_in_a_label_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="label"):
        settings(f'{DRAWDOWN}={{kinds: [drawdown], label: {{en: "{{value}}"}}}}', work_dir=tmp_path)


def test_time_is_said_in_the_periods_of_the_book(tmp_path: Path) -> None:
    weeks = labels_of(settings("time.period=week", work_dir=tmp_path))
    assert weeks.span(1) == Said("in the last week", "近1周")
    assert weeks.span(13) == Said("in the last 13 weeks", "近13周")
    assert weeks.one_period == Said("week", "周")

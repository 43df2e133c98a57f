"""What a book calls its measures: the config's label, else the common word, else the name with blanks."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import ConfigError
from models.panel.features.labels import labels_of
from support.books import settings
from support.languages import in_both

DRAWDOWN = "features.measures.drawdown"


def test_common_measures_need_no_label(tmp_path: Path) -> None:
    labels = labels_of(settings(work_dir=tmp_path))
    assert in_both(labels.of("drawdown")) == ("drawdowns", "提款")
    assert in_both(labels.of("pd")) == ("probability of default", "违约概率")
    assert in_both(labels.of("all_flows")) == ("all flows", "“all flows”")
    assert in_both(labels.of("country")) == ("country", "国家")


def test_activity_is_called_by_its_kinds(tmp_path: Path) -> None:
    labels = labels_of(settings("activity.kinds=[interest, fee, order]", work_dir=tmp_path))
    assert in_both(labels.of("activity")) == ("interest, fees and orders", "利息、手续费与订单")


def test_a_label_of_the_config_goes_before_and_may_name_one_language(tmp_path: Path) -> None:
    label = "{kinds: [drawdown], label: {zh: 放款}}"
    assert in_both(labels_of(settings(f"{DRAWDOWN}={label}", work_dir=tmp_path)).of("drawdown")) == (
        "drawdowns",
        "放款",
    )


def test_two_measures_of_one_label_are_told_apart(tmp_path: Path) -> None:
    label = "{kinds: [drawdown], label: {en: loans, zh: 贷款}}"
    labels = labels_of(settings(f"{DRAWDOWN}={label}", work_dir=tmp_path))
    assert in_both(labels.of("loan")) == ("loans", "贷款")
    assert in_both(labels.of("drawdown")) == ("loans (drawdown)", "贷款（“drawdown”）")


def test_braces_in_a_label_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="label"):
        settings(f'{DRAWDOWN}={{kinds: [drawdown], label: {{en: "{{value}}"}}}}', work_dir=tmp_path)


def test_time_is_said_in_the_periods_of_the_book(tmp_path: Path) -> None:
    weeks = labels_of(settings("time.period=week", work_dir=tmp_path))
    assert in_both(weeks.span(1)) == ("in the last week", "近1周")
    assert in_both(weeks.span(13)) == ("in the last 13 weeks", "近13周")
    assert in_both(weeks.one_period) == ("week", "周")

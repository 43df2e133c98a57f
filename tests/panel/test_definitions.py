"""What decline, value and horizon mean stands in one line, as the config of the book has it, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.config.loading import load_config
from models.config.root import Config
from models.panel.definitions import definitions

CONFIGS = Path(__file__).parents[2] / "configs"


def of_book(name: str, *overrides: str) -> Config:
    return load_config(CONFIGS / f"{name}.yaml", list(overrides))


def test_a_lender_declines_by_a_drop_of_its_income() -> None:
    assert definitions(of_book("demo")) == (
        "Decline: interest and fees per month within 12 months of the as-of date fall below 50% of what they were per "
        "month in the 12 months before, or end; contracts that all end on schedule are no decline.",
        "Value: interest and fees less funding costs and service costs less the expected credit loss (probability of "
        "default x share lost by the end of the horizon x exposure at default) expected within the horizon, not "
        "discounted; an interval holds 90% of clients. Recoveries of what was written off before are no part of it.",
        "Horizon: 12 months.",
    )
    assert definitions(of_book("demo"), "zh") == (
        "业务下滑：基准日起12个月内利息与手续费的月均水平低于此前12个月月均水平的50%，或完全停止；"
        "合同全部按期到期的不算。",
        "客户价值：预测期内预期的利息与手续费减去资金成本与服务成本再减去预期信用损失"
        "（违约概率×预测期内损失率×违约风险暴露），未折现；区间涵盖90%的客户。此前已核销贷款的回收款不计入。",
        "预测期：12个月。",
    )


def test_recoveries_of_the_past_are_told_apart_where_they_are() -> None:
    _, value, _ = definitions(of_book("demo", "credit.past_recoveries=value"))
    assert value.endswith("an interval holds 90% of clients.")


def test_a_development_bank_waits_for_new_commitments() -> None:
    decline, value, horizon = definitions(of_book("ifc"))
    assert decline == "Decline: no commitments within 36 months of the as-of date."
    assert value.startswith("Value: commitments expected within the horizon")
    assert horizon == "Horizon: 36 months."
    assert definitions(of_book("ifc"), "zh")[0] == "业务下滑：基准日起36个月内没有授信承诺。"


def test_a_default_is_told_with_its_days() -> None:
    bank = of_book("demo", "decline.rule=default", "decline.days_past_due=60")
    assert definitions(bank)[0] == (
        "Decline: default within 12 months of the as-of date, that is 60 days or more past due, a write-off, or a "
        "facility that ends in default; who is in default at the as-of date and stays so counts as well."
    )
    assert definitions(bank, "zh")[0] == (
        "业务下滑：基准日起12个月内违约，即逾期60天及以上、发生核销，或有融资项目以违约结束；"
        "基准日时已违约且持续违约的客户也计入。"
    )
    assert definitions(bank, cold_start=True)[0] == definitions(bank)[0]


def test_nothing_of_several_kinds_is_none_of_them() -> None:
    either = of_book("demo", "decline.rule=lapse")
    assert definitions(either)[0].startswith("Decline: no interest or fees within 12 months")
    assert definitions(either, "zh")[0].startswith("业务下滑：基准日起12个月内没有利息或手续费")


def test_weeks_are_told_in_months_as_well() -> None:
    decline, value, horizon = definitions(of_book("online_retail"))
    assert decline == "Decline: no orders within 13 weeks (about 3 months) of the as-of date."
    assert "orders less cancellations" in value
    assert horizon == "Horizon: 13 weeks (about 3 months)."
    assert definitions(of_book("online_retail"), "zh")[2] == "预测期：13周（约3个月）。"


def test_share_discount_and_interval_are_those_of_the_config() -> None:
    changed = of_book(
        "demo", "decline.share=0.3", "value.discount_rate_annual=0.08", "learners.interval_level=0.8",
        "value.kinds={interest: 1.0, fee: 0.5}",
    )  # fmt: skip
    decline, value, _ = definitions(changed)
    assert "below 30%" in decline
    assert value == (
        "Value: interest and 0.5 times fees expected within the horizon, discounted at 8% a year; "
        "an interval holds 80% of clients."
    )


@pytest.mark.parametrize("config", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_book_has_its_line_in_both_languages(config: Path) -> None:
    english, chinese = (definitions(load_config(config, []), language) for language in ("en", "zh"))  # type: ignore[arg-type]
    assert not re.search(r"[一-鿿]", " ".join(english))
    assert not re.search(r"[A-Za-z]", " ".join(chinese))
    assert re.findall(r"\d+%?", english[2]) == re.findall(r"\d+%?", chinese[2])

"""A bank's own columns, kinds of cashflow and tables: from CSV files to features and their words, by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.book.door import Book
from models.book.loading import load_book
from models.config.loading import parse_config
from models.config.root import Config
from models.errors import UserError
from models.panel.build import panel_of
from models.panel.definitions import definitions
from models.panel.features.words import FigureUnit
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.vocab import SilentProgress

AS_OF = date(2024, 7, 1)
CONFIG = """
book:
  name: bank
  source: files
  currency: EUR
  known_until: 2024-07-01
  max_quarantine_share: 0.5
  columns: {clients: {kyc_score: KYC}, site_visits: {date: visited_on}}
  own:
    clients:
      kyc_score: {type: number, unit: score, low: 0, high: 100, meaning: score of the know-your-customer file,
                  label: {en: KYC score, zh: 尽职调查评分}}
      licence_ends: {type: date, meaning: end of the operating licence, label: {en: the end of the licence}}
      listed: {type: truth, meaning: traded on an exchange}
      size_class: {type: text, allowed: [small, large], meaning: size class of the bank}
    facilities:
      green_share: {type: number, unit: share, low: 0, high: 1, meaning: share that is green,
                    label: {en: green share, zh: 绿色占比}}
      seniority: {type: text, meaning: rank of the claim}
    cashflow_kinds:
      advisory: {meaning: fees for advice, label: {en: advisory fees, zh: 咨询费}}
    tables:
      site_visits:
        meaning: visits to the plant
        kinds: [announced, surprise]
        columns:
          hours_on_site: {type: number, unit: hours, low: 0, meaning: how long, label: {en: hours on site}}
          damage: {type: number, unit: money, low: 0, meaning: damage found}
          plant_score: {type: integer, unit: score, low: 0, high: 10, meaning: state of the plant}
time: {period: month, horizon_periods: 3, activity_periods: 6}
activity: {kinds: [interest, advisory]}
value: {kinds: {interest: 1.0, advisory: 1.0}}
decline: {rule: drop, share: 0.5}
features:
  windows: [3, 6]
  attributes: [kyc_score, licence_ends, listed, size_class]
  context: [size_class]
  facility_counts: {junior: {own: {seniority: [junior]}, label: {en: junior loans, zh: 次级贷款}}}
  facility_means: [green_share]
  measures:
    advisory: {kinds: [advisory]}
    visits: {table: site_visits, column: "", label: {en: site visits, zh: 现场检查}}
    hours: {table: site_visits, column: hours_on_site}
    damage: {table: site_visits, column: damage, kinds: [surprise]}
    plant: {table: site_visits, column: plant_score, form: state, label: {en: state of the plant, zh: 厂房评分}}
origins: {test: [2024-07-01], spacing_periods: 3, min_history_periods: 6}
learners: {segments: {features: [value_sum_6p]}}
stages: {acquisition_max_periods: 6, churned_after_periods: 6, trend_window_periods: 3, decline_probability: 0.7}
run: {threads: 1}
"""
FILES = {
    "clients": """client_id,KYC,licence_ends,listed,size_class
a,71,2024-08-01,true,small
b,,2023-07-02,false,large
c,101,2024-08-01,true,small
d,50,,,huge
""",
    "cashflows": """client_id,date,kind,amount
a,2024-01-15,interest,100
a,2024-06-15,advisory,40
b,2024-02-15,advisory,7
b,2024-06-30,advisory,8
""",
    "facilities": """facility_id,client_id,limit,signed,maturity,green_share,seniority
f1,a,300,2023-01-01,2030-01-01,0.5,junior
f2,a,100,2023-01-01,2030-01-01,0.1,senior
f3,a,100,2023-01-01,2030-01-01,,junior
f4,b,100,2023-01-01,2030-01-01,,senior
""",
    "site_visits": """client_id,visited_on,kind,hours_on_site,damage,plant_score,facility_id
a,2024-02-01,announced,2,50,7,f1
a,2024-06-01,surprise,3.5,20,4,
a,2024-06-20,surprise,1,5.25,,
b,2024-05-01,announced,8,1000,9,
b,2024-05-02,secret,8,1000,9,
b,2024-05-03,announced,8,1000,11,
""",
}


@dataclass(frozen=True)
class Bank:
    """A bank's book as it came in, and its clients in July."""

    config: Config
    book: Book
    panel: Panel

    def of(self, feature: str) -> list[object]:
        """A feature of the clients a and b."""
        return [None if value is None or value != value else value for value in self.panel.features[feature]]  # noqa: PLR0124

    def said(self, feature: str, language: str = "en") -> str:
        """What the feature is called."""
        return self.panel.words[feature].describe(language)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("bank")
    (folder / "book").mkdir()
    for name, text in FILES.items():
        (folder / "book" / f"{name}.csv").write_text(text, encoding="utf-8")
    config = parse_config(CONFIG, [f"run.work_dir={folder / 'work'}"])
    book = load_book(config, str(folder / "book"), folder / "checked", SilentProgress())
    with prepared_book(book, config, AS_OF) as prepared:
        return Bank(config, book, panel_of(prepared, config, [0], targets=False))


def test_own_bounds_words_and_kinds_hold_at_the_door(bank: Bank) -> None:
    quarantined = {count.table: count.rows_quarantined for count in bank.book.counts}
    assert quarantined == {"clients": 2, "facilities": 0, "cashflows": 0, "site_visits": 2}
    assert bank.panel.client_id.tolist() == ["a", "b"]


def test_own_attributes_are_features_as_they_are(bank: Bank) -> None:
    assert bank.of("kyc_score") == [71.0, None]
    assert bank.of("licence_ends") == [-31.0, 365.0]
    assert bank.of("listed") == ["yes", "no"]
    assert bank.of("size_class") == ["small", "large"]
    assert bank.of("size_class_activity_count_6p") == [2.0, 2.0]
    assert bank.said("kyc_score", "zh") == "尽职调查评分"
    assert bank.said("licence_ends") == "time since the end of the licence"


def test_own_kinds_of_cashflow_are_business_value_and_measures(bank: Bank) -> None:
    assert bank.of("value_sum_6p") == [140.0, 15.0]
    assert bank.of("activity_count_3p") == [1.0, 1.0]
    assert bank.of("advisory_sum_6p") == [40.0, 15.0]
    assert bank.said("advisory_sum_6p") == "amount of advisory fees in the last 6 months"
    assert definitions(bank.config)[1].startswith("Value: interest and advisory fees expected")
    assert definitions(bank.config, "zh")[0].startswith("业务下滑：基准日起3个月内利息与咨询费的")


def test_own_columns_of_facilities_are_counted_and_averaged_by_limit(bank: Bank) -> None:
    assert bank.of("facility_junior_count_ever") == [2.0, 0.0]
    assert bank.of("facility_green_share_mean") == [pytest.approx((300 * 0.5 + 100 * 0.1) / 400), None]
    assert bank.panel.words["facility_green_share_mean"].figure is FigureUnit.SHARE
    assert bank.said("facility_green_share_mean", "zh") == "存续融资项目平均绿色占比"


def test_own_tables_are_flows_and_states(bank: Bank) -> None:
    assert bank.of("visits_count_3p") == [2.0, 1.0]
    assert bank.of("hours_sum_6p") == [6.5, 8.0]
    assert bank.of("damage_sum_6p") == [25.25, 0.0]
    assert bank.of("damage_count_6p") == [2.0, 0.0]
    assert bank.of("plant_last") == [4.0, 9.0]
    assert bank.of("plant_change_3p") == [-3.0, None]
    assert bank.of("plant_age_days") == [30.0, 61.0]
    units = bank.panel.units
    assert [units[name] for name in ("hours_sum_6p", "damage_sum_6p", "kyc_score")] == ["hours", "EUR", "score"]
    assert bank.said("hours_sum_6p") == "amount of hours on site in the last 6 months"
    assert bank.said("visits_count_3p", "zh") == "近3个月现场检查次数"
    assert bank.panel.words["hours_sum_6p"].figure is FigureUnit.HOURS


def test_time_runs_one_way_in_own_tables(bank: Bank) -> None:
    """In April only the visit of February was known."""
    with prepared_book(bank.book, bank.config, AS_OF) as prepared:
        april = panel_of(prepared, bank.config, [-3], targets=False)
    assert april.features["hours_sum_6p"].tolist() == [2.0, 0.0]
    assert april.features["plant_last"].tolist()[0] == 7.0
    assert np.isnan(april.features["plant_last"].tolist()[1])


def test_configs_without_own_things_mean_what_they_meant() -> None:
    text = CONFIG.replace("own:\n", "own: {}\n", 1)
    plain = parse_config(
        text[: text.index("    clients:\n")]
        + "time: {period: month, horizon_periods: 3, activity_periods: 6}\nactivity: {kinds: [interest]}\n"
        "value: {kinds: {interest: 1.0}}\ndecline: {rule: drop}\nfeatures: {windows: [3, 6]}\n"
        + text[text.index("origins:") :]
    )
    meaning = plain.meaning()
    assert "own" not in meaning["book"]
    assert "facility_means" not in meaning["features"]
    assert "days_past_due" not in meaning["decline"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("book.own.clients.industry={meaning: line of business}", "book.own.clients must not name what every book has"),
        ("book.own.cashflow_kinds.fee={meaning: a fee}", "book.own.cashflow_kinds must not name what every book has"),
        ("book.own.tables.ratings={meaning: ours}", "book.own.tables must not name what every book has"),
        ("features.attributes=[kyc_skore]", "did you mean kyc_score?"),
        ("activity.kinds=[advisry]", "did you mean advisory?"),
        ("features.measures.hours.column=hours_on_sight", "did you mean hours_on_site?"),
        ("features.measures.hours.kinds=[anounced]", "did you mean announced?"),
        ("features.facility_means=[seniority]", "features.facility_means must be among green_share"),
        ("features.measures.hours.table=site_visit", "did you mean site_visits?"),
        ("book.own.clients.listed.unit=share", "unit must stand with type number or integer, got type truth"),
        ("book.own.tables.site_visits.columns.date={meaning: day}", "which it has anyway"),
        ("book.columns.site_visit={date: day}", "did you mean site_visits?"),
    ],
)
def test_a_slip_in_what_is_own_is_named(tmp_path: Path, change: str, said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        load_book(parse_config(CONFIG, [change]), str(tmp_path), tmp_path / "work", SilentProgress())

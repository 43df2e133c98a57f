"""Every sentence of a grade, read back, equals the facts: of 1,000 random clients under random policies, en and zh."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from models.config.policy.policy import PolicyConfig
from models.grading.decision import TierDecisions, decide, grade_book
from models.grading.decision_table import DecisionTable
from models.grading.evidence import grade_report
from models.grading.facts import Facts
from models.grading.fitted import GradingPolicy, fit_policy
from models.grading.report import DimensionEvidence, GradeReport
from models.grading.scores import scores_of
from models.grading.text import GradeText, grade_in_words
from property.test_policy_laws import TIERS, dimension
from property.test_tier_sentences import MORE_CAPS, override
from support.graded import AS_OF, CREDIT_AND_VALUE, FEATURES, facts_of

GRADES = {"A": 100, "B": 60, "C": 0}
CREDIT: list[dict[str, Any]] = [
    {"feature": "pd_last", "weight": 4, "scale": "log", "worst": 0.10, "best": 0.002},
    {"feature": "accounts_leverage", "weight": 1, "worst": 8, "best": 1},
    {"feature": "arrears_days", "weight": 2, "worst": 60, "best": 0},
]
STANDING: list[dict[str, Any]] = [
    {"feature": "esg_grade", "weight": 2, "points": GRADES},
    {"feature": "employees", "weight": 1, "scale": "log", "worst": 1, "best": 99},
]
LABELS = {"worth": "number", "risk": "number", "credit": "credit", "standing": "standing", "potential": "potential"}
READ = {
    "en": {
        "rule": r"Row (\d+) of (\d+) of the decision table gives (AA|A|B): .+",
        "known": r"(?P<label>.+?) (?P<number>-?[\d,.]+)(?P<unit> points|%| [mk] USD| bn USD| USD)(?:: (?P<level>\w+))?"
        r"(?:; (?:(?P<best>no better level)|(?P<better>\w+) (?:from|up to) (?P<cut>-?[\d,.]+)( points|%| USD)))?",
        "unknown": r"(?P<label>.+?) unknown(?:: taken as (?P<level>\w+))?(?:; .+)?",
        "criterion": r"(?P<what>.+?) (?P<seen>\S+(?: points)?)(?: of (?P<on>\d+ \w+ \d+))?: "
        r"(?P<points>[\d.]+) of 100 points, weight (?P<weight>[\d.]+), (?P<source>.+)",
        "left out": r"(?P<what>.+?) not known: left out with its weight (?P<weight>[\d.]+), (?P<source>.+)",
        "cap": r"(?P<tier>AA|A|B) at most: (?P<because>.+?)"
        r"(?: \((?P<absent>not known to the book)\)|, .+? (?P<missing>not known)|, .+? (?P<seen>[\d,.]+))",
        "costs": r"(?P<label>.+?): (?P<what>.+) costs most, (?P<costs>[\d.]+) points; "
        r"(?:enough alone: (?P<alone>.+)|no criterion alone is enough)",
        "margin": r"(?P<by_rule>AA|A|B) by the stability margin, \d+% of a cut-off; "
        r"the decision table gives (?P<ruled>AA|A|B)",
        "limit": r"(?P<by_rule>AA|A|B) by the limit on moves, \d+% of the clients in one run; "
        r"the decision table gives (?P<ruled>AA|A|B)",
        "arrears": r"in arrears, so neither margin nor limit keeps the tier up",
    },
    "zh": {
        "rule": r"决策表第(\d+)行（共(\d+)行）给出(AA|A|B)级：.+",
        "known": r"(?P<label>\D+?)(?P<number>-?[\d,.]+)(?P<unit>分|%|万美元|亿美元|美元)(?:：(?P<level>\w+?))?"
        r"(?:；(?:(?P<best>已是最高档)|(?:不超过)?(?P<cut>-?[\d,.]+)(分|%|美元)(?:起)?为(?P<better>\w+)))?",
        "unknown": r"(?P<label>.+?)未知(?:：按(?P<level>\w+)处理)?(?:；.+)?",
        "criterion": r"(?P<what>.+?)为(?P<seen>.+?)(?:（(?P<on>\d+年\d+月\d+日)）)?："
        r"得(?P<points>[\d.]+)分（满分100），权重(?P<weight>[\d.]+)，(?P<source>.+)",
        "left out": r"(?P<what>.+?)未知：不计分，权重(?P<weight>[\d.]+)亦不计入，(?P<source>.+)",
        "cap": r"最高(?P<tier>AA|A|B)级：(?P<because>.+?)"
        r"(?:（(?P<absent>账簿未提供该数据)）|，.+?(?P<missing>未知)|，.+?为(?P<seen>[\d,.]+))",
        "costs": r"(?P<label>.+?)：(?P<what>.+)失分最多，为(?P<costs>[\d.]+)分；"
        r"(?:单独达到即可：(?P<alone>.+)|任何单项均不足以达到)",
        "margin": r"按稳定边际（界限的\d+%）保持(?P<by_rule>AA|A|B)级；决策表给出(?P<ruled>AA|A|B)级",
        "limit": r"按每次调整上限（客户数的\d+%）保持(?P<by_rule>AA|A|B)级；决策表给出(?P<ruled>AA|A|B)级",
        "arrears": r"客户逾期，稳定边际与调整上限均不延缓降级",
    },
}
SOURCE = {
    "en": {
        "ratings": "ratings",
        "financials": "financial statements",
        "arrears": "days past due",
        "clients": "clients",
    },
    "zh": {"ratings": "信用评级", "financials": "财务报表", "arrears": "逾期天数", "clients": "客户信息"},
}
SOURCE["en"]["policy"], SOURCE["zh"]["policy"] = "score of the policy", "策略评分"


def scored(name: str, cuts: list[int], criteria: list[dict[str, Any]]) -> dict[str, Any]:
    ordered = sorted(set(cuts), reverse=True)
    levels = [{"name": f"l{place}", "points": cut} for place, cut in enumerate(ordered)]
    return {
        "label": {"en": LABELS[name], "zh": f"{name}项"},
        "criteria": criteria,
        "levels": [*levels, {"name": f"l{len(ordered)}"}] if cuts else [],
    }


@st.composite
def policies(draw: st.DrawFn) -> PolicyConfig:
    """Measures, scores and a score of scores, a rule for each case, caps in both directions, margins and limits."""
    cuts = st.lists(st.integers(5, 95), min_size=1, max_size=2)
    dimensions = {
        "credit": scored("credit", draw(cuts), draw(st.permutations(CREDIT))),
        "standing": scored("standing", [], draw(st.permutations(STANDING))),
        "potential": scored(
            "potential", draw(cuts), [{"dimension": "credit", "weight": 1}, {"dimension": "standing", "weight": 2}]
        ),
        "worth": dimension("value_low", [draw(st.integers(-1_000, 5_000)) * 1e3]),
        "risk": dimension("decline_high", [draw(st.integers(5, 95)) / 100]),
    }
    names = {name: [level["name"] for level in each["levels"]] for name, each in dimensions.items() if each["levels"]}
    first, second = sorted(draw(st.lists(st.integers(0, 4), min_size=2, max_size=2)))
    rules = []
    for case in product(*names.values()):
        worst = sum(int(level[1:]) for level in case)
        rules.append({"tier": TIERS[(worst > first) + (worst > second)], "when": dict(zip(names, case, strict=True))})
    more = [{**cap, "because": {"en": f"it is {cap['name']}", "zh": f"属于{cap['name']}"}} for cap in MORE_CAPS]
    caps = [*CREDIT_AND_VALUE["caps"][:1], *draw(st.lists(st.sampled_from(more), unique_by=lambda cap: cap["name"]))]
    stability = {
        "margin": draw(st.sampled_from([0.0, 0.05, 0.3])),
        "max_changed_share": draw(st.sampled_from([0.1, 1.0])),
    }
    return PolicyConfig.model_validate(
        {"dimensions": dimensions, "rules": draw(st.permutations(rules)), "caps": caps, "stability": stability}
    )


def book(number: int, dice: np.random.Generator, absent: set[str]) -> Facts:
    def some(values: Any, missing: float) -> Any:
        return np.where(dice.random(number) < missing, np.nan, values)

    overrides = {f"c{row}": override(dice) for row in np.flatnonzero(dice.random(number) < 0.3)}
    facts = facts_of(
        value=some(dice.normal(2e6, 3e6, number), 0.05),
        decline=some(dice.random(number), 0.05),
        pd_last=some(np.exp(dice.uniform(-7, -2, number)), 0.2),
        arrears=dice.choice([0.0, 0.0, 0.0, 20.0, 95.0], number),
        previous=dice.choice([*TIERS, ""], number),
        overrides=overrides,
        pd_age_days=some(dice.integers(1, 700, number).astype(float), 0.1),
        accounts_leverage=some(dice.uniform(0, 9, number), 0.3),
        accounts_age_days=dice.integers(1, 900, number).astype(float),
        default_recency_days=some(dice.integers(1, 2000, number).astype(float), 0.8),
        employees=some(dice.integers(2, 99, number).astype(float), 0.1),
    )
    grades = dice.choice([*GRADES, "other"], number)
    features = facts.features.assign(esg_grade=np.where(dice.random(number) < 0.2, None, grades).astype(object))
    return replace(facts, features=features.drop(columns=sorted(absent)))


@given(
    policies(),
    st.integers(0, 2**32 - 1),
    st.sets(st.sampled_from(["pd_age_days", "employees", "default_recency_days"])),
)
@settings(max_examples=50, deadline=None, phases=(Phase.generate,))  # clients come from a seed, which does not shrink
def test_every_sentence_read_back_equals_the_facts(config: PolicyConfig, seed: int, absent: set[str]) -> None:
    facts = book(20, np.random.default_rng(seed), absent)
    policy = fit_policy(config, facts, "USD")
    decided = grade_book(policy, facts)
    for row in range(len(facts)):
        report = grade_report(decided, row, FEATURES)
        lang = ("en", "zh")[row % 2]
        said = grade_in_words(report, policy, {}, lang)  # type: ignore[arg-type]
        read_rule(said, decided, row, lang)
        read_dimensions(said, report, facts, policy, row, lang)
        read_caps(said, decided, row, lang)
        read_kept(said, decided, row, lang)
        read_needs(said, report, decided, row, lang)


def match(lang: str, kind: str, sentence: str) -> re.Match[str]:
    found = re.fullmatch(READ[lang][kind], sentence)
    assert found is not None, (kind, sentence)
    return found


def number_of(written: str) -> float:
    return float(written.replace(",", ""))


def read_rule(said: GradeText, decided: TierDecisions, row: int, lang: str) -> None:
    place, rows, tier = match(lang, "rule", said.rule).groups()
    rules = decided.assessment.policy.settings.rules
    assert (int(place) - 1, int(rows)) == (int(decided.assessment.rule[row]), len(rules))
    assert tier == rules[int(place) - 1].tier


SCALES = {" m USD": 1e6, " k USD": 1e3, " bn USD": 1e9, "万美元": 1e4, "亿美元": 1e8, "%": 0.01}


def read_dimensions(
    said: GradeText, report: GradeReport, facts: Facts, policy: GradingPolicy, row: int, lang: str
) -> None:
    scores, table = scores_of(policy.settings, facts), DecisionTable(policy)
    for line, (name, dimension_) in zip(said.dimensions, policy.settings.dimensions.items(), strict=True):
        number = scores[name].numbers[row]
        level = dimension_.level_names[int(table.levels(name, np.array([number]))[0])] if dimension_.levels else None
        found = match(lang, "unknown" if np.isnan(number) else "known", line.sentence)
        assert (found["label"], found["level"]) == (getattr(dimension_.label, lang), level)
        if not np.isnan(number):
            read_number(found, dimension_.sign, number, policy.cut_offs[name], level)
        own = next(each for each in report.dimensions if each.name == name)
        for criterion, points, sentence in zip(
            dimension_.criteria, scores[name].points[:, row] if dimension_.criteria else (), line.criteria, strict=True
        ):
            read_criterion(sentence.sentence, (criterion, points, own), facts, row, lang)


def read_number(found: re.Match[str], sign: float, number: float, cut_offs: tuple[float, ...], level: Any) -> None:
    written = number_of(found["number"]) * SCALES.get(found["unit"], 1.0)
    assert written == pytest.approx(number, rel=0.006, abs=0.06)
    if level is None:
        return
    place = int(level[1:])
    assert bool(found["best"]) == (place == 0)
    if place:
        cut = number_of(found["cut"]) * (0.01 if found["unit"] == "%" else 1.0)
        assert found["better"] == f"l{place - 1}"
        assert cut == pytest.approx(cut_offs[place - 1], rel=1e-3)
        assert sign * written < sign * cut  # as written it falls short, as it does


def read_criterion(
    sentence: str, scored_: tuple[Any, float, DimensionEvidence], facts: Facts, row: int, lang: str
) -> None:
    criterion, points, own = scored_
    seen = facts.features[criterion.name].iloc[row] if criterion.name in facts.features else None
    evidence = next(each for each in own.criteria if each.name == criterion.name)
    if np.isnan(points):
        if isinstance(seen, str):  # a value that the policy gives no points
            assert seen in sentence
            return
        found = match(lang, "left out", sentence)
    else:
        found = match(lang, "criterion", sentence)
        assert float(found["points"]) == pytest.approx(points, abs=0.051)
        if isinstance(seen, str):
            assert seen in found["seen"]
        elif not criterion.dimension:
            assert number_of(found["seen"]) == pytest.approx(float(seen), rel=0.06)  # two digits
    ages = {"pd_last": "pd_age_days", "accounts_leverage": "accounts_age_days"}
    age = facts.features[ages[criterion.name]].iloc[row] if ages.get(criterion.name) in facts.features else np.nan
    on = None if np.isnan(age) else AS_OF - timedelta(days=int(age))
    assert evidence.observed_on == on
    if not np.isnan(points):
        assert (None if found["on"] is None else day_of(found["on"], lang)) == on
    assert float(found["weight"]) == criterion.weight
    assert found["source"] == SOURCE[lang][table_by_hand(criterion.name)]


def table_by_hand(name: str) -> str:
    tables = {"pd_last": "ratings", "accounts_leverage": "financials", "arrears_days": "arrears"}
    return tables.get(name, "policy" if name in LABELS else "clients")


MONTHS = ("January February March April May June July August September October November December").split()  # noqa: SIM905 - a list of words


def day_of(written: str, lang: str) -> date:
    if lang == "zh":
        year, month, number = map(int, re.findall(r"\d+", written))
        return date(year, month, number)
    number_, name, year_ = written.split()
    return date(int(year_), MONTHS.index(name) + 1, int(number_))


def read_caps(said: GradeText, decided: TierDecisions, row: int, lang: str) -> None:
    facts, caps = decided.assessment.facts, decided.assessment.policy.settings.caps
    holding, idle = {}, []
    for cap in caps:
        known = cap.feature in facts.features
        seen = facts.features[cap.feature].iloc[row] if known else np.nan
        over = (cap.above is not None and seen > cap.above) or (cap.below is not None and seen < cap.below)
        if over or (cap.or_missing and np.isnan(seen)):
            holding[getattr(cap.because, lang)] = (cap.at_most, known, seen)
        elif not known:
            idle.append(cap)
    found = [match(lang, "cap", sentence) for sentence in said.caps]
    assert {each["because"] for each in found} == set(holding)
    ranks = [TIERS.index(each["tier"]) for each in found]
    assert ranks == sorted(ranks, reverse=True)
    for each in found:
        at_most, known, seen = holding[each["because"]]
        assert (each["tier"], bool(each["absent"])) == (at_most, not known)
        assert bool(each["missing"]) == (known and np.isnan(seen))
        if each["seen"]:
            assert number_of(each["seen"]) == pytest.approx(seen, rel=0.01)
    named = [f"{cap.because.en} ({cap.at_most} at most)" for cap in idle]
    if lang == "zh":
        named = [f"{cap.because.zh}（最高{cap.at_most}级）" for cap in idle]
    assert said.not_in_force == ("，" if lang == "zh" else ", ").join(named)


def read_kept(said: GradeText, decided: TierDecisions, row: int, lang: str) -> None:
    assessment = decided.assessment
    held, stability = str(decided.by_rule_basis[row]), assessment.policy.settings.stability
    late = assessment.facts.features["arrears_days"].iloc[row] > 0
    parts = re.split("[;；]", said.kept)
    if held != "rule":
        joint = ";" if lang == "en" else "；"
        found = match(lang, held, joint.join(parts[:2]))
        ruled = assessment.policy.settings.rules[int(assessment.rule[row])].tier
        assert (found["by_rule"], found["ruled"]) == (str(decided.by_rule[row]), ruled)
        if late or assessment.caps[:, row].any():  # steadiness holds nobody up who is late or capped
            assert TIERS.index(found["by_rule"]) >= TIERS.index(ruled)
        parts = parts[2:]
    told = late and (stability.margin > 0 or stability.max_changed_share < 1)
    assert "".join(parts).strip() == (READ[lang]["arrears"] if told else "")


def read_needs(said: GradeText, report: GradeReport, decided: TierDecisions, row: int, lang: str) -> None:
    settings_ = decided.assessment.policy.settings
    lacking = [each for each in report.lacking if each.needs]
    for sentence, each in zip(said.needs, lacking, strict=True):
        found = match(lang, "costs", sentence)
        assert found["label"] == getattr(settings_.dimensions[each.dimension].label, lang)
        assert float(found["costs"]) == pytest.approx(max(need.costs for need in each.needs), abs=0.051)
        enough = [need for need in each.needs if need.needed is not None]
        assert bool(found["alone"]) == bool(enough)
        for need in enough:
            require_enough(decided, row, each.dimension, each.amount or 0.0, need.criterion, need.needed)


def require_enough(
    decided: TierDecisions, row: int, name: str, amount: float, criterion: str, needed: float | str | None
) -> None:
    """One criterion at what is said to be enough alone brings its dimension to the cut-off, and a bit less does not."""
    facts, policy = decided.assessment.facts, decided.assessment.policy
    before = decided.assessment.scores[name].numbers[row]
    features = facts.features.iloc[[row]].assign(**{criterion: [needed]})
    after = scores_of(policy.settings, replace(facts.where(np.array([row])), features=features))[name].numbers[0]
    assert after >= before + amount - 1e-6
    if isinstance(needed, float):
        assert after == pytest.approx(before + amount, abs=1e-6)


def test_a_client_in_arrears_or_under_a_cap_is_not_held_up_by_margin_or_limit() -> None:
    stability = {"margin": 0.05, "max_changed_share": 0.0}
    config = PolicyConfig.model_validate({**CREDIT_AND_VALUE, "stability": stability})
    facts = facts_of(value=1e6, pd_last=0.0705, arrears=[0.0, 20.0, 95.0], previous="A")
    policy = fit_policy(config, facts, "USD")
    decided = grade_book(policy, facts)
    assert decided.by_rule.tolist() == ["A", "B", "B"]
    assert decided.by_rule_basis.tolist() == ["margin", "rule", "rule"]
    far = facts_of(value=1e6, pd_last=0.09, arrears=[0.0, 20.0, 95.0], previous="A")
    limited = grade_book(policy, far)
    assert limited.by_rule.tolist() == ["A", "B", "B"]
    assert limited.by_rule_basis.tolist() == ["limit", "rule", "rule"]
    assert decide(limited.assessment).by_rule.tolist() == ["B", "B", "B"]

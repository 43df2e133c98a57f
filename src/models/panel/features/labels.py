"""What this book calls its measures, attributes and stretches of time, in both languages; no feature is made here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.book.measures import ACTIVITY
from models.book.periods import PeriodName
from models.config.root import Config
from models.config.sections import LabelConfig
from models.panel.features.causes import shared_causes
from models.panel.features.words import Said, Topic, quoted

_PERIODS = {"week": Said("week", "周"), "month": Said("month", "个月"), "quarter": Said("quarter", "个季度")}
_NAMED_ONE = {"week": Said("week", "周"), "month": Said("month", "月"), "quarter": Said("quarter", "季")}
_COMMON = {
    "commitment": Said("commitments", "授信承诺"),
    "drawdown": Said("drawdowns", "提款"),
    "repayment": Said("repayments", "还款"),
    "interest": Said("interest", "利息"),
    "fee": Said("fees", "手续费"),
    "funding_cost": Said("funding costs", "资金成本"),
    "service_cost": Said("service costs", "服务成本"),
    "arrears": Said("arrears", "逾期"),
    "write_off": Said("write-offs", "核销"),
    "recovery": Said("recoveries", "追偿款"),
    "order": Said("orders", "订单"),
    "cancellation": Said("cancellations", "退单"),
    "meeting": Said("meetings", "会面"),
    "enquiry": Said("enquiries", "咨询"),
    "complaint": Said("complaints", "投诉"),
    "campaign": Said("campaigns", "营销活动"),
    "response": Said("responses to campaigns", "营销响应"),
    "event": Said("events", "活动"),
    "response_hours": Said("response times", "响应时间"),
    "resolution_hours": Said("resolution times", "解决时间"),
    "csat": Said("satisfaction score (CSAT)", "满意度评分"),
    "nps": Said("recommendation score (NPS)", "推荐意愿评分"),
    "pd": Said("probability of default", "违约概率"),
    "loan": Said("loans", "贷款"),
    "guarantee": Said("guarantees", "担保"),
    "project_loan": Said("project loans", "项目贷款"),
    "corporate_loan": Said("corporate loans", "公司贷款"),
    "revolving_credit": Said("revolving credits", "循环贷款"),
    "trade_finance": Said("trade finance facilities", "贸易融资"),
    "bridge_loan": Said("bridge loans", "过桥贷款"),
    "gdp_growth": Said("growth of GDP", "GDP增速"),
    "policy_rate": Said("policy rate", "政策利率"),
    "inflation": Said("inflation", "通胀率"),
    "country": Said("country", "国家"),
    "region": Said("region", "地区"),
    "industry": Said("industry", "行业"),
    "ownership": Said("ownership", "所有制"),
    "registered_capital": Said("registered capital", "注册资本"),
    "employees": Said("number of employees", "员工人数"),
    "risk_appetite": Said("risk appetite", "风险偏好"),
    "market_position": Said("market position", "市场地位"),
    "esg_grade": Said("ESG grade", "ESG评级"),
    "acquisition_channel": Said("acquisition channel", "获客渠道"),
    "acquisition_cost": Said("cost of acquisition", "获客成本"),
    "group_id": Said("sponsor group", "所属集团"),
}
"""What lenders commonly measure; a label in the config goes before."""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The names of one book. ``measures`` holds every measure of the config, and activity.

    ``facilities`` holds what is said of facilities that are counted apart, in the plural; ``tones`` the most telling
    words of each component of the tone of notes; ``causes`` what measures belong to that share their cause.
    """

    period: PeriodName
    measures: Mapping[str, Said] = field(default_factory=dict)
    facilities: Mapping[str, Said] = field(default_factory=dict)
    tones: Sequence[Sequence[str]] = ()
    causes: Mapping[str, Topic] = field(default_factory=dict)

    def of(self, name: str) -> Said:
        """What a measure, an attribute or a figure of the economy is called."""
        return self.measures.get(name) or common_label(name)

    def cause(self, name: str) -> Topic:
        """What all that is told of a measure belongs to, be it an amount, its timing or its course."""
        return self.causes.get(name) or Topic(name, self.of(name))

    def tone(self, number: int) -> Said:
        """A component of the tone of notes, from 1: by its words, which are those of the notes in whatever language.

        >>> Labels(period="month", tones=[["late", "again"]]).tone(1).en, Labels(period="month").tone(1).en
        ('likeness of notes to “late, again”', 'wording of notes, pattern 1 (found by counting, without a name)')
        """
        words = self.tones[number - 1] if number <= len(self.tones) else ()
        if not words:
            return Said(
                f"wording of notes, pattern {number} (found by counting, without a name)",
                f"沟通记录措辞特征{number}（由统计归纳，没有名称）",
            )
        return Said(f"likeness of notes to “{', '.join(words)}”", f"沟通记录与“{'、'.join(words)}”等措辞的相近程度")

    def window(self, periods: int) -> Said:
        """A number of periods as it is said after "the last" or before "before".

        >>> Labels(period="month").window(12).en, Labels(period="week").window(1).en
        ('12 months', 'week')
        """
        english, chinese = _PERIODS[self.period]
        return Said(english if periods == 1 else f"{periods} {english}s", f"{periods}{chinese}")

    def span(self, periods: int | None) -> Said:
        """The latest periods, or the whole past, as an adverb.

        >>> Labels(period="month").span(3).zh, Labels(period="month").span(None).en
        ('近3个月', 'so far')
        """
        if periods is None:
            return Said("so far", "迄今")
        window = self.window(periods)
        return Said(f"in the last {window.en}", f"近{window.zh}")

    @property
    def one_period(self) -> Said:
        """A single period."""
        return _NAMED_ONE[self.period]


def labels_of(config: Config, tones: Sequence[Sequence[str]] = ()) -> Labels:
    """The labels of a config, each its own: a second measure of the same label is told apart by its name.

    ``tones`` are the words of what reads the notes; a component with the words of an earlier one goes without.
    """
    measures = {ACTIVITY: _together(config.activity.kinds)}
    facilities: dict[str, Said] = {}
    for labels, specs in ((measures, config.features.measures), (facilities, config.features.facility_counts)):
        for name, spec in specs.items():
            label = _configured(spec.label, common_label(name))
            labels[name] = _apart(label, name, labels.values())
    reported = [() if words in tones[:place] else words for place, words in enumerate(tones)]
    return Labels(
        period=config.time.period,
        measures=measures,
        facilities=facilities,
        tones=reported,
        causes=shared_causes(config),
    )


def common_label(name: str) -> Said:
    """What something is commonly called: the words of the field where they are known, else its name with blanks.

    >>> common_label("fee"), common_label("spare_parts").en
    (Said(en='fees', zh='手续费'), 'spare parts')
    """
    spoken = name.replace("_", " ")
    return _COMMON.get(name, Said(spoken, quoted(spoken, "zh")))


def _configured(label: LabelConfig | None, common: Said) -> Said:
    return common if label is None else Said(label.en or common.en, label.zh or common.zh)


def _together(kinds: Iterable[str]) -> Said:
    """Several kinds of cashflow in one breath: interest and fees."""
    labels = [common_label(kind) for kind in kinds]
    return Said(
        _listed([label.en for label in labels], ", ", " and "), _listed([label.zh for label in labels], "、", "与")
    )


def _listed(names: Sequence[str], between: str, last: str) -> str:
    return last.join([between.join(names[:-1]), names[-1]] if names[1:] else names)


def _apart(label: Said, name: str, taken: Iterable[Said]) -> Said:
    others = list(taken)
    english = f"{label.en} ({name})" if label.en in {other.en for other in others} else label.en
    chinese = f"{label.zh}（{quoted(name, 'zh')}）" if label.zh in {other.zh for other in others} else label.zh
    return Said(english, chinese)

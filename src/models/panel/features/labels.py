"""Labels of a book's measures, attributes and windows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.book.measures import ACTIVITY
from models.book.periods import PeriodName
from models.config.features import FacilityCountConfig, MeasureConfig
from models.config.labels import LabelConfig
from models.config.own import OwnConfig
from models.config.root import Config
from models.panel.features.causes import shared_causes
from models.panel.features.words import Topic
from models.text import ENGLISH, Label, Phrase, Text, in_a_row, listed, named

STRETCHES = {
    "week": Text("{count} week", plural="{count} weeks"),
    "month": Text("{count} month", plural="{count} months"),
    "quarter": Text("{count} quarter", plural="{count} quarters"),
}
_LAST_ONE = {
    "week": Text("week", "the last"),
    "month": Text("month", "the last"),
    "quarter": Text("quarter", "the last"),
}
PERIODS = {"week": Text("week", "each"), "month": Text("month", "each"), "quarter": Text("quarter", "each")}
_COMMON = {
    "commitment": Text("commitments"),
    "drawdown": Text("drawdowns"),
    "repayment": Text("repayments"),
    "interest": Text("interest"),
    "fee": Text("fees"),
    "funding_cost": Text("funding costs"),
    "service_cost": Text("service costs"),
    "arrears": Text("arrears"),
    "write_off": Text("write-offs"),
    "recovery": Text("recoveries"),
    "order": Text("orders"),
    "cancellation": Text("cancellations"),
    "meeting": Text("meetings"),
    "enquiry": Text("enquiries"),
    "complaint": Text("complaints"),
    "campaign": Text("campaigns"),
    "response": Text("responses to campaigns"),
    "event": Text("events"),
    "response_hours": Text("response times"),
    "resolution_hours": Text("resolution times"),
    "csat": Text("satisfaction score (CSAT)"),
    "nps": Text("recommendation score (NPS)"),
    "pd": Text("probability of default"),
    "loan": Text("loans"),
    "guarantee": Text("guarantees"),
    "project_loan": Text("project loans"),
    "corporate_loan": Text("corporate loans"),
    "revolving_credit": Text("revolving credits"),
    "trade_finance": Text("trade finance facilities"),
    "bridge_loan": Text("bridge loans"),
    "gdp_growth": Text("growth of GDP"),
    "policy_rate": Text("policy rate"),
    "inflation": Text("inflation"),
    "country": Text("country"),
    "region": Text("region"),
    "industry": Text("industry"),
    "ownership": Text("ownership"),
    "registered_capital": Text("registered capital"),
    "employees": Text("number of employees"),
    "risk_appetite": Text("risk appetite"),
    "market_position": Text("market position"),
    "esg_grade": Text("ESG grade"),
    "acquisition_channel": Text("acquisition channel"),
    "acquisition_cost": Text("cost of acquisition"),
    "group_id": Text("sponsor group"),
}
"""What lenders commonly measure; a label in the config goes before."""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The names of one book. ``measures`` holds every measure of the config, and activity.

    ``facilities`` holds what is said of facilities that are counted apart, in the plural; ``tones`` the most telling
    words of each component of the tone of notes; ``causes`` what measures belong to that share their cause; ``own``
    what the book calls what it tells beyond the contract.
    """

    period: PeriodName
    measures: Mapping[str, Phrase] = field(default_factory=dict)
    facilities: Mapping[str, Phrase] = field(default_factory=dict)
    tones: Sequence[Sequence[str]] = ()
    causes: Mapping[str, Topic] = field(default_factory=dict)
    own: Mapping[str, Phrase] = field(default_factory=dict)

    def of(self, name: str) -> Phrase:
        """What a measure, an attribute or a figure of the economy is called."""
        return self.measures.get(name) or self.own.get(name) or common_label(name)

    def cause(self, name: str) -> Topic:
        """The topic of all features of a measure, be it an amount, its timing or its course."""
        return self.causes.get(name) or Topic(name, self.of(name))

    def tone(self, number: int) -> Text:
        """A component of the tone of notes, from 1: by its words, which are those of the notes in whatever language.

        >>> reported = Labels(period="month", tones=[["late", "again"]])
        >>> reported.tone(1).within(ENGLISH), reported.tone(2).within(ENGLISH)
        ('likeness of notes to “late, again”', 'wording of notes, pattern 2 (found by counting, without a name)')
        """
        words = self.tones[number - 1] if number <= len(self.tones) else ()
        if not words:
            return Text("wording of notes, pattern {number} (found by counting, without a name)").filled(number=number)
        return Text("likeness of notes to “{words}”").filled(words=in_a_row(words))

    def window(self, periods: int) -> Text:
        """A number of periods as it is said after "the last" or before "before".

        >>> Labels(period="month").window(12).within(ENGLISH), Labels(period="week").window(1).within(ENGLISH)
        ('12 months', 'week')
        """
        return _LAST_ONE[self.period] if periods == 1 else STRETCHES[self.period].filled(count=periods)

    def span(self, periods: int | None) -> Text:
        """The latest periods, or the whole past, as an adverb.

        >>> Labels(period="month").span(3).within(ENGLISH), Labels(period="month").span(None).within(ENGLISH)
        ('in the last 3 months', 'so far')
        """
        return Text("so far") if periods is None else Text("in the last {window}").filled(window=self.window(periods))

    @property
    def one_period(self) -> Text:
        """A single period."""
        return PERIODS[self.period]


def labels_of(config: Config, tones: Sequence[Sequence[str]] = ()) -> Labels:
    """The labels of a config, each its own: a second measure of the same label is distinguished by its name.

    ``tones`` are the words of what reads the notes; a component with the words of an earlier one goes without.
    """
    own = config.book.own
    measures: dict[str, Phrase] = {ACTIVITY: _together(config.activity.kinds, own)}
    facilities: dict[str, Phrase] = {}
    for labels, specs in ((measures, config.features.measures), (facilities, config.features.facility_counts)):
        for name, spec in specs.items():
            label = _configured(spec.label, _usual(name, spec, own))
            labels[name] = _apart(label, name, labels.values())
    reported = [() if words in tones[:place] else words for place, words in enumerate(tones)]
    return Labels(
        period=config.time.period,
        measures=measures,
        facilities=facilities,
        tones=reported,
        causes=shared_causes(config),
        own=own_labels(own),
    )


def own_labels(own: OwnConfig) -> dict[str, Phrase]:
    """What the book calls its own columns and kinds, of those that have a label."""
    return {name: label.phrase(common_label(name)) for name, label in own.labels()}


def label_of(name: str, own: OwnConfig) -> Phrase:
    """What a kind of cashflow or a column is called in one book."""
    return own_labels(own).get(name) or common_label(name)


def common_label(name: str) -> Text:
    """What something is commonly called: the words of the field where they are known, else its name with blanks.

    >>> common_label("fee").within(ENGLISH), common_label("spare_parts").within(ENGLISH)
    ('fees', 'spare parts')
    """
    return _COMMON.get(name) or named(name.replace("_", " "))


def _usual(name: str, spec: MeasureConfig | FacilityCountConfig, own: OwnConfig) -> Phrase:
    """What is measured where the measure has no label: an own column by its own, else what the name says."""
    column = own.columns_of(spec.table).get(spec.column) if isinstance(spec, MeasureConfig) else None
    common = label_of(name, own)
    return common if column is None or column.label is None else column.label.phrase(common)


def _configured(label: LabelConfig | None, common: Phrase) -> Phrase:
    return common if label is None else label.phrase(common)


def _together(kinds: Iterable[str], own: OwnConfig) -> Phrase:
    """Several kinds of cashflow in one breath: interest and fees."""
    return listed([label_of(kind, own) for kind in kinds])


def _apart(label: Phrase, name: str, taken: Iterable[Phrase]) -> Phrase:
    """The label, with the name behind it in each language in which another has the same label.

    Common labels differ in every language; only what a config gives can be the same as another.
    """
    others = list(taken)
    given = {language for each in (label, *others) if isinstance(each, Label) for language, _ in each.given}
    alike = [
        language
        for language in sorted({ENGLISH, *given})
        if label.within(language) in {other.within(language) for other in others}
    ]
    reported = Text("{label} ({name})").filled(label=label, name=named(name))
    return Label(tuple((language, reported.within(language)) for language in alike), label) if alike else label

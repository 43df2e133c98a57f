"""The sections of a config, with their bounds in the types. The whole stands in ``root``, reading in ``loading``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator

from models.config.base import Count, Name, OpenShare, PositiveFloat, Search, Section, Share, TimeZone
from models.config.defaults import origins_asked
from models.config.labels import LabelConfig
from models.config.mapping import CurrenciesConfig, MapEntries
from models.config.own import OwnConfig
from models.config.plugins import PluginSettings
from models.config.reading import DEFAULT, ReadConfig
from models.config.segments import SegmentsConfig
from models.vocab import DateOrder, DeclineRule

ABSENT_WORDS = (
    "NA", "N/A", "N.A.", "#N/A", "#NA", "<NA>", "NaN", "NaT", "None", "NULL", "(null)", "\\N",
    "-", "--", "\u2013", "\u2014",
)  # fmt: skip
"""How spreadsheets, databases, pandas, R and people write that nothing is known."""


SOURCES = ("ifc", "ibrd", "online_retail", "cdnow", "crm_sales", "files", "sql")
"""Sources of our own, see ``BookConfig.source``."""


class BookConfig(Section):
    """Where the book comes from and what it is counted in."""

    name: Name
    source: Name = Field(
        json_schema_extra={"examples": list(SOURCES)},
        description="One of ours (ifc, ibrd, online_retail, cdnow, crm_sales, files, sql) or of plugins.sources.",
    )
    path: str | None = Field(
        default=None, description="File, folder or database URL; --book on the command line goes before it."
    )
    tables: dict[str, str] = Field(
        default_factory=dict, description="For source sql: book table -> table in the database."
    )
    columns: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Book table -> {book column: column at the source}; of a published source its own table.",
    )
    read: dict[str, ReadConfig] = Field(
        default_factory=dict,
        description="For files and sql: table -> how it is written; default holds for every table. Tables that are "
        "none of the contract are read for book.map.",
    )
    map: dict[str, MapEntries] = Field(
        default_factory=dict,
        description="For files and sql: table of the book -> how its rows are made of those of a table at the source, "
        "or of several.",
    )
    currencies: CurrenciesConfig | None = Field(
        default=None,
        description="For files and sql: amounts in other currencies become amounts in that of the book, by the column "
        "currency of their table.",
    )
    own: OwnConfig = Field(
        default_factory=OwnConfig,
        exclude_if=lambda own: own.is_empty,  # so that configs without it mean what they meant
        description="What the book tells beyond the contract: columns, kinds of cashflow, tables.",
    )
    truth: str | None = Field(
        default=None, description="File inside the book's folder with what could be known, of a simulated book."
    )
    overrides: str | None = Field(
        default=None,
        description="Parquet or CSV file of tiers that people ask for; without it the book's own table overrides.",
    )
    known_until: date | None = Field(
        default=None,
        description="The book holds everything dated before this day. Default: what the source says, else the day "
        "after its last dated row.",
    )
    after_known_until: Literal["cut", "quarantine"] = Field(
        default="cut",
        description="What becomes of rows that are dated from known_until on: cut leaves them out and counts them, "
        "quarantine takes them for mistakes, of which max_quarantine_share tells how many may be.",
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    money_step: PositiveFloat = Field(
        default=0.01, description="Smallest amount, in the currency; sums are exact in whole steps."
    )
    max_quarantine_share: Share = Field(
        default=0.05,
        description="More bad rows than this share of a table stop the run, and so do more unreadable values than this "
        "share of those of an optional column.",
    )
    absent_words: tuple[str, ...] = Field(
        default=ABSENT_WORDS,
        description="What a file writes where nothing is known, as blanks do anyway; in any case of letters. Ids are "
        "ids, whatever they read, and NA is a country where countries stand as codes of two letters.",
    )
    date_order: DateOrder | None = Field(
        default=None,
        description="What comes first in dates such as 01/05/2018: dmy, mdy, or ymd, which reads none of them. Without "
        "it each column decides by its days above 12; where none does, the book is refused.",
    )
    time_zone: TimeZone = Field(
        default="UTC",
        description="Whose calendar day counts of moments that are stored in UTC, e.g. Europe/Berlin. Other moments "
        "count on the day that they are written with.",
    )

    @property
    def drawn_on(self) -> tuple[str, ...]:
        """The tables at the source that ``map`` draws on, each once."""
        return tuple(dict.fromkeys(entry.from_ or name for name, several in self.map.items() for entry in several))

    def reading(self, table: str) -> ReadConfig:
        """How a table is written: as ``read`` says of it, else as it says of all."""
        return self.read.get(table, ReadConfig()).over(self.read.get(DEFAULT, ReadConfig()))


class TimeConfig(Section):
    """The grain of time and how far ahead and back it is looked."""

    period: Literal["week", "month", "quarter"]
    horizon_periods: Count = Field(description="Outcomes are counted in this many periods from the as-of date.")
    activity_periods: Count = Field(
        description="Only clients active in this many periods before the as-of date are in the book's reach."
    )


class ActivityConfig(Section):
    """Which cashflows show that a client does business with us."""

    kinds: tuple[str, ...] = Field(
        default=(), min_length=1, description="Default: interest and fee, else order, else commitment, as the book has."
    )


class ValueConfig(Section):
    """What makes up value: the cashflow kinds with their sign or share, discounted per period."""

    kinds: dict[str, float] = Field(
        default_factory=dict,
        min_length=1,
        description="Cashflow kind -> weight; costs are negative. Default: what the book has of income (+1) and "
        "costs (-1).",
    )
    discount_rate_annual: Annotated[float, Field(ge=0, lt=1)] = 0.0


DAYS_PAST_DUE = 90
"""From so many days past due on a client is in default. Source: Basel Committee, CRE36.69."""


class DeclineConfig(Section):
    """What counts as decline.

    ``lapse``: no activity within the horizon. ``drop``: activity per period within the horizon below ``share`` of
    that of the activity window. ``default``: in default within the horizon, that is ``days_past_due`` or more past due
    by the table ``arrears``, written off, or ended in default.
    """

    rule: DeclineRule
    share: OpenShare = 0.5
    days_past_due: Count = Field(
        default=DAYS_PAST_DUE,
        exclude_if=lambda days: days == DAYS_PAST_DUE,  # so that configs without it mean what they meant
        description="For rule default: so many days past due are a default (Basel Committee: 90).",
    )


MEASURED_TABLES = ("cashflows", "interactions", "surveys", "ratings", "financials", "opportunities")
"""Tables of the contract whose rows can be measured."""


class MeasureConfig(Section):
    """One measured quantity of a client: which rows of which table, and which number of each."""

    table: Name = Field(
        default="cashflows", description="A table whose rows have a client and a day, of all books or of book.own."
    )
    kinds: tuple[str, ...] = Field(default=(), description="Only rows of these kinds; empty: all.")
    products: tuple[str, ...] = Field(
        default=(), description="Only rows whose facility has one of these products; empty: all."
    )
    column: str = Field(default="amount", description="The number that is summed, or whose last value is kept.")
    form: Literal["flow", "state"] = "flow"
    label: LabelConfig | None = Field(
        default=None, description="What people call it; default: the common word, else its name with blanks."
    )


class FacilityCountConfig(Section):
    """Which facilities are counted together: those that are of one of the values of every column that is named."""

    products: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    own: dict[Name, tuple[str, ...]] = Field(
        default_factory=dict,
        exclude_if=lambda own: not own,
        description="Column of book.own.facilities -> values that count.",
    )
    label: LabelConfig | None = Field(
        default=None, description="What people call them, in the plural; default: the name with blanks."
    )

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Column of facilities -> values that count, of the columns that are named."""
        named = {"product": self.products, "purpose": self.purposes, "sector": self.sectors, **self.own}
        return {column: values for column, values in named.items() if values}

    @model_validator(mode="after")
    def _some(self) -> FacilityCountConfig:
        if not self.columns:
            raise ValueError(
                "a count of facilities must name products, purposes, sectors or own columns, got none: all facilities "
                "together are counted anyway"
            )
        return self


RESERVED_NAMES, RESERVED_PREFIX = ("activity", "value"), "value_part_"
"""Measures that every book has, made of ``activity.kinds`` and ``value.kinds``; the cube finds them by these names."""


class FeaturesConfig(Section):
    """Which windows and families of features are computed."""

    windows: Annotated[tuple[Count, ...], Field(min_length=1)] = Field(description="In periods, rising.")
    measures: dict[Name, MeasureConfig] = Field(default_factory=dict)
    mix: tuple[Name, ...] = Field(
        default=(), description="Measures whose shares of their common sum tell the product mix."
    )
    facility_counts: dict[Name, FacilityCountConfig] = Field(
        default_factory=dict, description="Facilities that are counted apart: one column each, ever signed."
    )
    families: dict[Name, PluginSettings] = Field(
        default_factory=dict,
        exclude_if=lambda families: not families,
        description="Families of features that plug-ins bring: name of the plug-in -> settings. The names of their "
        "features begin with that of the plug-in.",
    )
    facility_means: tuple[Name, ...] = Field(
        default=(),
        exclude_if=lambda names: not names,
        description="Numbers of book.own.facilities whose mean over the open facilities, weighted by limit, is used.",
    )
    attributes: tuple[str, ...] = Field(
        default=(),
        description="Columns of clients used as they are; text becomes a category, a date the days since it.",
    )
    context: tuple[str, ...] = Field(
        default=(), description="Columns of clients by which the surroundings are summed, e.g. country."
    )
    macro: tuple[str, ...] = Field(
        default=(), description="Columns of macro used for the client's country, e.g. gdp_growth."
    )
    text_components: Annotated[int, Field(ge=0, le=32)] = Field(
        default=0, description="How many numbers the tone of a note becomes; 0: notes are not read."
    )
    max_categories: Count = Field(default=40, description="Rarer categories are pooled.")

    @model_validator(mode="after")
    def _consistent(self) -> FeaturesConfig:
        if list(self.windows) != sorted(set(self.windows)):
            raise ValueError(f"windows must rise without repeats, got {list(self.windows)}")
        unknown = [name for name in self.mix if name not in self.measures]
        if unknown:
            raise ValueError(f"mix must name measures, got {unknown}: known are {sorted(self.measures)}")
        taken = [name for name in self.measures if name in RESERVED_NAMES or name.startswith(RESERVED_PREFIX)]
        if taken:
            raise ValueError(
                f"measures must not be named {', '.join(RESERVED_NAMES)} or {RESERVED_PREFIX}*, which every book has, "
                f"got {taken}: rename them"
            )
        return self


_DATES_SCHEMA = {"type": "array", "items": {"type": "string", "format": "date"}, "minItems": 1}
_WORDS_SCHEMA = {"type": "string", "pattern": "^(latest complete|last [1-9][0-9]?)$"}


class OriginsConfig(Section):
    """The as-of dates at which models learn and are judged."""

    test: Annotated[
        tuple[date, ...], Field(min_length=1), WithJsonSchema({"anyOf": [_DATES_SCHEMA, _WORDS_SCHEMA]})
    ] = Field(
        default=(),
        description="Judged; never learned from: dates, `latest complete` for the latest whose outcomes are complete, "
        "which is the default, or `last 3` for that and the two a spacing before.",
    )
    latest: Count | None = Field(
        default=None,
        exclude_if=lambda count: count is None,
        description="The same in a number: so many of the latest origins whose outcomes are complete.",
    )
    spacing_periods: Count = Field(description="Distance between two training origins.")
    min_history_periods: Count = Field(description="No origin before the book is this old.")
    max_count: Count = Field(default=24, description="At most this many training origins, the latest ones.")
    calibration_count: Count = Field(
        default=3,
        description="At most this many training origins, the latest, are also foreseen by models that learned before "
        "them; there candidates are chosen, predictions calibrated and intervals set.",
    )
    learn_unfinished: bool = Field(
        default=False,
        description="Whether decline is also learned from the origins after these, of whose outcomes a part has come; "
        "the rest is expected by what became of clients that stood alike after as long.",
    )
    learn_until: date | None = Field(
        default=None,
        exclude_if=lambda day: day is None,  # so that configs without it mean what they meant
        description="Outcomes from this day on teach the models that serve nothing: held back to judge versions by, "
        "see `clientvalue compare`. Null: all of the book teaches.",
    )
    group_folds: Annotated[int, Field(ge=2)] = Field(
        default=3,
        description="Where sponsor groups are known, a test client is scored by a model that saw none of its group.",
    )

    @model_validator(mode="before")
    @classmethod
    def _in_words(cls, given: Any) -> Any:
        """Test origins in words become their number."""
        if not isinstance(given, dict) or not isinstance(given.get("test"), str):
            return given
        count = origins_asked(given["test"])
        if count is None:
            raise ValueError(
                f"test must be dates, latest complete, or last and a number, got {given['test']}: "
                "e.g. test: [2023-01-01], or test: last 3"
            )
        return {**{key: value for key, value in given.items() if key != "test"}, "latest": count}

    @model_validator(mode="after")
    def _stated_once(self) -> OriginsConfig:
        if self.test and self.latest:
            raise ValueError(f"test and latest must not both be given, got {len(self.test)} dates and {self.latest}")
        return self


class BoostingConfig(Section):
    """Hyperparameters of one LightGBM model, each with where ``tune`` looks for a better one."""

    trees: Annotated[Count, Search(low=50, high=800, log=True)] = 300
    learning_rate: Annotated[float, Field(gt=0, le=1), Search(low=0.005, high=0.2, log=True)] = 0.05
    leaves: Annotated[int, Field(ge=2, le=4096), Search(low=3, high=63, log=True)] = 15
    min_clients_per_leaf: Annotated[Count, Search(low=5, high=200, log=True)] = 20
    feature_share: Annotated[float, Field(gt=0, le=1), Search(low=0.1, high=1.0)] = 0.6
    row_share: Annotated[float, Field(gt=0, le=1), Search(low=0.3, high=1.0)] = 0.8
    l2: Annotated[float, Field(ge=0), Search(low=0.1, high=100.0, log=True)] = 5.0
    category_smoothing: Annotated[float, Field(ge=0), Search(low=1.0, high=200.0, log=True)] = 20.0
    bins: Annotated[int, Field(ge=2, le=255)] = Field(
        default=255, description="Into so many a feature's values are put; fewer fit faster."
    )


class MonotoneConfig(Section):
    """One direction that a model must keep, and why it must."""

    direction: Literal["up", "down"] = Field(description="up: a larger feature never lowers the prediction.")
    reason: Annotated[str, Field(min_length=10)] = Field(description="A sentence that a reviewer can defend.")


class ChoiceConfig(Section):
    """How one candidate for value is chosen on the calibration origins, by a score per origin.

    Score = ``ranking`` * normalized Gini - ``decile_error`` * decile MAPE - ``total_error`` * |log(total ratio)|. The
    first candidate of the list whose mean score lies within ``simpler_within`` of the best one is served.
    """

    ranking: Annotated[float, Field(ge=0)] = 1.0
    decile_error: Annotated[float, Field(ge=0)] = 0.2
    total_error: Annotated[float, Field(ge=0)] = 0.2
    simpler_within: Annotated[float, Field(ge=0)] = 0.005


BOOSTED = "boosted"
"""The decline learner of our own that leads."""
VALUE_CANDIDATES = ("tweedie", "hurdle", "ziln", "btyd", "btyd_offset", "past_sum", "blend")
SimpleValueName = Literal["past_sum", "btyd"]
SimpleDeclineName = Literal["logistic"]


class ValueLearnerConfig(BoostingConfig):
    """The value model: candidates that compete on the calibration origins, simplest first."""

    candidates: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        default=("tweedie",),
        description="Simplest first: tweedie, hurdle, ziln, btyd, btyd_offset, past_sum, blend (the geometric mean of "
        "all others listed), or learners of plugins.value_learners.",
    )
    choice: ChoiceConfig = ChoiceConfig()
    simple: tuple[SimpleValueName, ...] = Field(
        default=("past_sum", "btyd"),
        description="Models of a few numbers: the best of them serves, alone or in a mixture, where past origins do "
        "not show that the chosen candidate ranks clients better; empty: the chosen one serves whatever they show.",
    )
    tweedie_power: Annotated[
        float, Field(gt=1, lt=2), Search(low=1.1, high=1.9, candidates=("tweedie", "btyd_offset"))
    ] = 1.5
    monotone: dict[str, MonotoneConfig] = Field(default_factory=dict, description="Feature -> direction and reason.")

    @model_validator(mode="after")
    def _blend_of_others(self) -> ValueLearnerConfig:
        names = self.candidates
        if len(set(names)) < len(names):
            raise ValueError(f"candidates must not repeat, got {list(names)}")
        if "blend" in names and len(names) < 3:  # noqa: PLR2004
            raise ValueError(f"blend needs at least two other candidates, got {list(names)}")
        return self


class DeclineLearnerConfig(BoostingConfig):
    """The decline model: whether within the horizon, when, and by which cause."""

    curve_steps: Annotated[int, Field(ge=1, le=60)] = Field(
        default=12, description="The horizon is divided into at most so many equal steps."
    )
    leader: Name = Field(
        default=BOOSTED,
        exclude_if=lambda name: name == BOOSTED,
        description="What serves where the data bear it: boosted trees, or a learner of plugins.decline_learners.",
    )
    simple: tuple[SimpleDeclineName, ...] = Field(
        default=("logistic",),
        description="Models of a few numbers: the first of them serves, alone or in a mixture, where past origins do "
        "not show that the leader ranks clients better; empty: the leader serves whatever they show.",
    )
    monotone: dict[str, MonotoneConfig] = Field(default_factory=dict, description="Feature -> direction and reason.")


class ColdStartConfig(BoostingConfig):
    """The models of clients in reach that were not active: few trees, since little is known of them."""

    serve: bool = Field(
        default=True,
        description="Score also whom the book knows without activity: newly won, prospects, and quiet clients with an "
        "opportunity or an acquisition cost.",
    )
    shrinkage: PositiveFloat = Field(
        default=50.0, description="A mean of clients who began alike counts by half once so many of them were seen."
    )
    trees: Annotated[Count, Search(low=20, high=400, log=True)] = 120
    learning_rate: Annotated[float, Field(gt=0, le=1), Search(low=0.005, high=0.2, log=True)] = 0.04
    leaves: Annotated[int, Field(ge=2, le=4096), Search(low=3, high=31, log=True)] = 8
    min_clients_per_leaf: Annotated[Count, Search(low=10, high=200, log=True)] = 60
    feature_share: Annotated[float, Field(gt=0, le=1), Search(low=0.1, high=1.0)] = 0.3
    bins: Annotated[int, Field(ge=2, le=255)] = Field(
        default=63, description="Into so many a feature's values are put; fewer fit faster."
    )


class DefaultLearnerConfig(DeclineLearnerConfig):
    """The model of default: small trees, since defaults are few."""

    trees: Annotated[Count, Search(low=50, high=800, log=True)] = 250
    learning_rate: Annotated[float, Field(gt=0, le=1), Search(low=0.005, high=0.2, log=True)] = 0.03
    leaves: Annotated[int, Field(ge=2, le=4096), Search(low=3, high=63, log=True)] = 4
    min_clients_per_leaf: Annotated[Count, Search(low=5, high=200, log=True)] = 40
    feature_share: Annotated[float, Field(gt=0, le=1), Search(low=0.1, high=1.0)] = 0.2
    bins: Annotated[int, Field(ge=2, le=255)] = Field(
        default=63, description="Into so many a feature's values are put; fewer fit faster."
    )


class LearnersConfig(Section):
    """The learners."""

    value: ValueLearnerConfig = ValueLearnerConfig()
    decline: DeclineLearnerConfig = DeclineLearnerConfig()
    default: DefaultLearnerConfig = DefaultLearnerConfig()
    cold_start: ColdStartConfig = ColdStartConfig()
    segments: SegmentsConfig
    half_life_periods: PositiveFloat | None = Field(
        default=None, description="A training origin this much older counts half as much; none: all count alike."
    )
    interval_level: OpenShare = Field(default=0.9, description="Share of clients whose value the interval holds.")


class RunConfig(Section):
    """How a run is carried out; nothing here changes a number, but the seed."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 20240229
    threads: Annotated[int, Field(ge=0)] = Field(default=0, description="0: all cores.")
    block_clients: Count = Field(default=4_096, description="Clients held in memory at once.")
    database_memory_gb: PositiveFloat = Field(default=1.0, description="What DuckDB may use before it spills.")
    bootstrap_resamples: Annotated[int, Field(ge=100)] = 1_000
    tracking_uri: str = "sqlite:///mlruns/mlflow.db"
    artifact_dir: str = Field(
        default="mlruns/artifacts",
        description="Where the files of runs and versions are kept: a folder, or an address such as s3://, abfss://, "
        "dbfs:/ or mlflow-artifacts:/. Where runs go to a server, a folder is not passed on: the server decides.",
    )
    work_dir: str = "data/processed"
    system_metrics: bool = Field(
        default=False, description="Note the load of processor, memory, disk and network with each MLflow run."
    )

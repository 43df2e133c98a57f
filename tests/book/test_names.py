"""Names in a config: a misspelled one is refused with the nearest, or told in a notice; none is silently nothing."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.book.loading import load_book
from models.book.named_rows import unmatched_names
from models.book.names import names_in_rows, require_known_names
from models.config.loading import load_config
from models.config.root import Config
from models.errors import ConfigError, UserError
from models.notices import Notice
from models.panel.named_features import unknown_features
from models.vocab import SilentProgress
from models.workspace.opening import settings_of

CONFIGS = Path(__file__).parents[2] / "configs"
DEMO = CONFIGS / "demo.yaml"
FEATURES = [
    "pd_last",
    "activity_count_12p",
    "facility_open_limit",
    "facility_utilisation",
    "registered_capital",
    "ownership",
]
FEATURES += ["complaint_count_3p", "complaint_count_12p", "meeting_count_12p", "value_sum_ever"]
LABEL = "{en: a label, zh: 标签}"
ACTION = "{en: talk to them, zh: 与客户沟通}"

REFUSED = {
    "features.attributes=[naem]": "got 'naem': did you mean name?",
    "features.attributes=[country, Country]": "got 'Country': did you mean country?",
    "features.context=[cuntry]": "got 'cuntry': did you mean country?",
    "features.macro=[gdp_grwth]": "got 'gdp_grwth': did you mean gdp_growth?",
    "features.mix=[laons]": "mix must name measures, got ['laons']",
    "features.measures.x={kinds: [repaymnt]}": "features.measures.x.kinds must be among",
    "features.measures.x={table: interactions, column: '', kinds: [complant]}": "did you mean complaint?",
    "features.measures.x={table: ratings, column: pds, form: state}": "got 'pds': did you mean pd?",
    "features.measures.x={table: opportunities, kinds: [due_dilligence]}": "did you mean due_diligence?",
    "features.measures.x={table: cashflow}": "features.measures.x.table",
    "activity.kinds=[intrest]": "got 'intrest': did you mean interest?",
    "value.kinds={fees: 1}": "got 'fees': did you mean fee?",
    "backtest.limits.losses={writeoff: 1}": "got 'writeoff': did you mean write_off?",
    "book.tables={clients: t_kunde}": "book.tables has an effect with source sql only, got clients with source files",
    "kpis.dimensions=[teir]": "kpis.dimensions.0",
    "kpis.score={loyality: 1.0}": "kpis.score.loyality",
    "funnel.waiting=[asessed]": "funnel.waiting.0",
    "learners.value.candidates=[tweedy]": "candidates must be known, got 'tweedy': did you mean tweedie?",
    "learners.segments.methods=[kmean]": "learners.segments.methods.0",
    "learners.segments.words={pd_lst: {high: {en: a, zh: a}, low: {en: b, zh: b}}}": "words must be of features",
    "tune.candidates=[tweedy]": "tune.candidates.0",
    "relationships.weights.strategic={depht: 1.0}": "weights of strategic must name drivers, got ['depht']",
    "needs.weights.fundin={loans: 1.0}": "got unknown ['fundin']",
    "value_classes.weights={invested: 0.5, expcted: 0.5}": "value_classes.weights.expcted",
    "regions.level=contry": "regions.level",
}


@pytest.mark.parametrize("override", REFUSED)
def test_a_misspelled_word_of_the_contract_is_refused_before_anything_is_read(override: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of(DEMO, [override])
    assert caught.value.exit_code == 2
    assert REFUSED[override] in str(caught.value)


@pytest.mark.parametrize("source", ["ifc", "ibrd", "online_retail", "cdnow", "crm_sales"])
def test_renames_that_a_published_source_would_ignore_are_refused(source: str) -> None:
    config = CONFIGS / f"{source}.yaml"
    with pytest.raises(ConfigError, match=rf"book\.columns .* {source}"):
        settings_of(config, ["book.columns={clients: {name: company}}"])
    assert settings_of(config, ["book.columns={overrides: {tier: grade}}"]).book.columns


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_configs_name_what_there_is(path: Path) -> None:
    config = load_config(path)
    require_known_names(config)
    assert config.book.currency


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tables of a small lender; none of its loans was ever written off."""
    folder = tmp_path_factory.mktemp("tables")
    content = {
        "clients": {"client_id": ["A", "B"], "region": ["Asia", "Europe"], "country": ["China", None]},
        "facilities": {
            "facility_id": ["1", "2"],
            "product": ["loan", "guarantee"],
            "purpose": ["new plant", None],
            "sector": ["power", "roads"],
        },
        "cashflows": {"client_id": ["A", "B"], "kind": ["interest", "fee"]},
    }
    for name, columns in content.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in content}


PLAIN = (
    "activity.kinds=[interest, fee]",
    "value.kinds={interest: 1.0, fee: 1.0}",
    "features.mix=[]",
    "features.measures={}",
    "features.facility_counts={}",
    "regions={}",
)


def plain(*overrides: str) -> Config:
    return load_config(DEMO, [*PLAIN, *overrides])


def test_a_config_whose_words_all_have_rows_says_nothing(tables: dict[str, Path]) -> None:
    config = plain("regions.key=[Asia]", "features.measures.x={kinds: [fee], products: [loan]}")
    assert unmatched_names(names_in_rows(config), tables) == ()


ROW = "a row of {} must have each as its {}, none has {}; "
TOLD = {
    "features.measures.x={kinds: [fee], products: [laon]}": (
        "warning",
        "features.measures.x.products: " + ROW.format("facilities", "product", "laon") + "did you mean loan for laon?",
    ),
    "features.measures.x={kinds: [fee], products: [loan, bond]}": (
        "note",
        "features.measures.x.products: " + ROW.format("facilities", "product", "bond") + "the book has guarantee, loan",
    ),
    "features.measures.x={kinds: [drawdown]}": (
        "warning",
        "features.measures.x.kinds: " + ROW.format("cashflows", "kind", "drawdown") + "the book has fee, interest",
    ),
    "features.facility_counts.x={products: [Loan]}": ("warning", "did you mean loan for Loan?"),
    "features.facility_counts.x={purposes: [newplant]}": ("warning", "did you mean new plant for newplant?"),
    "features.facility_counts.x={sectors: [rods]}": ("warning", "did you mean roads for rods?"),
    "regions.key=[Asai]": ("warning", "regions.key: " + ROW.format("clients", "region", "Asai") + "did you mean Asia"),
    "regions.emerging=[Nowhere]": ("warning", "none has Nowhere; the book has Asia, Europe"),
    "activity.kinds=[drawdown]": ("warning", "activity.kinds: " + ROW.format("cashflows", "kind", "drawdown")),
    "value.kinds={interest: 1.0, write_off: -1.0}": ("note", ROW.format("cashflows", "kind", "write_off")),
}


@pytest.mark.parametrize("override", TOLD)
def test_a_word_that_no_row_of_the_book_carries_is_told(tables: dict[str, Path], override: str) -> None:
    [notice] = unmatched_names(names_in_rows(plain(override)), tables)
    severity, said = TOLD[override]
    assert (notice.code, notice.severity.value) == ("measure_without_rows", severity)
    assert said in str(notice)


def test_a_table_that_the_book_lacks_is_told_elsewhere(tables: dict[str, Path]) -> None:
    config = plain("features.measures.x={table: interactions, column: '', kinds: [meeting]}")
    assert unmatched_names(names_in_rows(config), tables) == ()


NAMED_FEATURES = {
    "relationships.drivers.depth": "relationships.drivers.depth.features={pd_lst: 1.0}",
    "needs.drivers.protection": "needs.drivers.protection.features={ownershp=state: 1.0}",
    "regions.potential": "regions.potential.features={registerd_capital: 1.0}",
    "value_classes.invested": "value_classes.invested.features={value_sum_evr: 1.0}",
    "value_classes.influence": "value_classes.influence.features={value_sum_evr: 1.0}",
    "warnings.dimensions.risk": "warnings.dimensions.risk.up={pd_lst: 0.01}",
    "warnings.dimensions.activity": "warnings.dimensions.activity={down: {activity_count_21p: 1.0}}",
    "warnings.dimensions.tone": "warnings.dimensions.tone.away={pd_lst: 0.01}",
    "explaining.within_reach.talk": f"explaining.within_reach.talk={{up: [meetin_count_12p], action: {ACTION}}}",
    "backtest.rule.rating": "backtest.rule.rating=pd_lst",
    "backtest.limits.exposure": "backtest.limits.exposure=facility_opn_limit",
}


def told_of(setting: str, override: str) -> Notice:
    found = unknown_features(load_config(DEMO, [override]), FEATURES)
    return next(notice for notice in found if notice.subject == setting)


@pytest.mark.parametrize("setting", NAMED_FEATURES)
def test_a_misspelled_feature_is_told_with_the_nearest(setting: str) -> None:
    notice = told_of(setting, NAMED_FEATURES[setting])
    assert (notice.code, notice.severity.value) == ("unknown_feature", "warning")
    assert "did you mean " in notice.remedy


def test_a_feature_that_is_called_like_none_is_told_as_well() -> None:
    notice = told_of("warnings.dimensions.risk", "warnings.dimensions.risk.up={'zz_*': 0.01}")
    assert notice.found == "features must be called as one can be, none is called zz_*"
    assert notice.remedy == "it goes without; the report lists the features"


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_features_that_other_books_have_are_no_slips_of_the_pen(path: Path) -> None:
    assert unknown_features(load_config(path), FEATURES) == ()
    other = load_config(path, ["backtest.rule.rating=csat_last"])
    assert unknown_features(other, ()) == ()


def test_a_book_that_is_remembered_is_held_against_the_config_of_the_day(tmp_path: Path) -> None:
    folder = tmp_path / "lender"
    folder.mkdir()
    (folder / "clients.csv").write_text("client_id,region\nK1,Asia\n", encoding="utf-8")
    (folder / "cashflows.csv").write_text("client_id,date,kind,amount\nK1,2021-03-01,fee,10\n", encoding="utf-8")
    config = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"
    for region, reported in (("Asia", False), ("Asai", True), ("Asia", False)):
        settings = load_config(config, [f"regions.key=[{region}]"])
        book = load_book(settings, str(folder), tmp_path / "work", SilentProgress())
        assert ("regions.key" in {notice.subject for notice in book.notices}) is reported
    with pytest.raises(UserError, match="did you mean name"):
        load_book(load_config(config, ["features.attributes=[naem]"]), str(folder), tmp_path / "work", SilentProgress())

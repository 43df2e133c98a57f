"""A client is found by part of any of its names; counts are those that Python counts; a scope hides the others."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.directory.columns import BY_NAME, FACET_NAMES
from models.directory.index import LONGEST_TEXT, MOST_ROWS, ClientIndex
from models.directory.report import EVERYTHING, NOBODY, ClientQuery, ClientsFound, Scope
from models.errors import UserError
from support.published_clients import BRANCHES, MANAGERS, drawn_clients, publish_clients

CLIENTS = drawn_clients(300)
MINE = Scope(managers=frozenset({"Anna Adler"}), branches=frozenset({"北京分行"}))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> ClientIndex:
    return ClientIndex.open(publish_clients(tmp_path_factory.mktemp("index") / "scores", CLIENTS))


def told(client: dict[str, Any], facet: str) -> str:
    """What a facet says of a client, from the rows that were drawn."""
    lacking = "none" if facet in ("moved", "warning", "cap", "override") else ""
    source = {"moved": "way", "cap": "caps"}.get(facet, facet)
    found = ("AA" if client["way"] else client["tier"]) if facet == "tier_before" else client.get(source)
    if facet == "cap":
        found = found[0] if found else None
    if isinstance(found, bool):
        return "yes" if found else "no"
    return lacking if found is None else str(found)


def seen(client: dict[str, Any], scope: Scope) -> bool:
    return scope.everything or client["manager"] in scope.managers or client["branch"] in scope.branches


def expected(scope: Scope, facets: dict[str, tuple[str, ...]], but: str = "") -> list[dict[str, Any]]:
    return [
        each
        for each in CLIENTS
        if seen(each, scope) and all(told(each, name) in values for name, values in facets.items() if name != but)
    ]


def ids(found: ClientsFound) -> set[str]:
    return {row.client_id for row in found.rows}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("silver trans", ["Silver Transport SA"]),
        ("TRANSPORT silver", ["Silver Transport SA"]),
        ("argent", ["Silver Transport SA"]),
        ("agua", ["São Paulo Água Ltda"]),
        ("muller sohne", ["Müller & Söhne KG"]),
        ("mueller", ["Müller & Söhne KG"]),
        ("abc hold", ["ＡＢＣ Holding"]),
        ("ａｂｃ", ["ＡＢＣ Holding"]),
        ("能电", ["华能电力集团有限公司"]),
        ("huaneng", ["华能电力集团有限公司"]),
        ("hndl", ["华能电力集团有限公司"]),
        ("chongqingyinhang", ["重庆银行股份有限公司"]),
        ("of chong", ["重庆银行股份有限公司"]),
        ("<script>", ["<script>alert(1)</script>"]),
        ("drop table", ["=HYPERLINK(1)"]),
        ("' OR 1=1; --", []),
        ("nobody is called so", []),
    ],
)
def test_a_client_is_found_by_part_of_its_names(index: ClientIndex, text: str, names: list[str]) -> None:
    found = index.search(ClientQuery(text=text, scope=EVERYTHING, limit=MOST_ROWS))
    wanted = {each["client_id"] for each in CLIENTS if each["name"] and any(each["name"].startswith(n) for n in names)}
    assert ids(found) == wanted
    assert found.total == len(wanted)


def test_a_client_is_found_by_its_id_group_and_country_in_two_languages(index: ClientIndex) -> None:
    assert ids(index.search(ClientQuery(text="k00017", scope=EVERYTHING))) == {"K00017"}
    grouped = next(each["group_id"] for each in CLIENTS if each["group_id"])
    of_group = {each["client_id"] for each in CLIENTS if each["group_id"] == grouped}
    assert ids(index.search(ClientQuery(text=grouped, scope=EVERYTHING))) == of_group
    german = {each["client_id"] for each in CLIENTS if each["country"] == "Germany"}
    for text in ("germ", "德国"):
        assert ids(index.search(ClientQuery(text=text, scope=EVERYTHING, limit=MOST_ROWS))) == german


def test_who_is_called_so_comes_before_who_contains_it(index: ClientIndex) -> None:
    rows = index.search(ClientQuery(text="st", scope=EVERYTHING, limit=MOST_ROWS)).rows
    whole = [str(row.cells["aliases"]).startswith("ST;") for row in rows]
    assert whole == sorted(whole, reverse=True)
    assert 0 < sum(whole) < len(rows)


FILTERS = st.dictionaries(
    st.sampled_from(FACET_NAMES),
    st.lists(
        st.sampled_from(["", "none", "AA", "A", "yes", "no", "Europe", "up", "shown", *filter(None, MANAGERS)]),
        min_size=1,
        max_size=3,
    ).map(tuple),
    max_size=3,
)
SCOPES = st.one_of(
    st.just(EVERYTHING),
    st.just(NOBODY),
    st.builds(
        Scope,
        managers=st.frozensets(st.sampled_from([each for each in MANAGERS if each])),
        branches=st.frozensets(st.sampled_from([each for each in BRANCHES if each])),
    ),
)


@settings(max_examples=60)
@given(facets=FILTERS, scope=SCOPES)
def test_facets_count_under_the_other_filters(
    index: ClientIndex, facets: dict[str, tuple[str, ...]], scope: Scope
) -> None:
    found = index.search(ClientQuery(facets=facets, scope=scope, limit=MOST_ROWS))
    wanted = expected(scope, facets)
    assert ids(found) == {each["client_id"] for each in wanted}
    assert found.total == len(wanted)
    for facet in found.facets:
        counted = {each.value: each.count for each in facet.values if each.count}
        assert counted == Counter(told(each, facet.name) for each in expected(scope, facets, but=facet.name))
        assert set(facet.chosen) <= set(facets.get(facet.name, ()))


@pytest.mark.parametrize("column", list(BY_NAME))
@pytest.mark.parametrize("descending", [True, False])
def test_every_column_sorts_and_who_has_no_value_is_last(index: ClientIndex, column: str, descending: bool) -> None:
    found = index.search(ClientQuery(scope=EVERYTHING, sort=column, descending=descending, limit=MOST_ROWS))
    cells = [row.cells[column] for row in found.rows]
    known = [cell for cell in cells if cell is not None]
    assert cells == known + [None] * (len(cells) - len(known))
    if column not in ("name", "country"):  # these as they are spoken
        assert known == sorted(known, reverse=descending)  # type: ignore[type-var]


def test_chinese_names_stand_where_they_are_spoken(index: ClientIndex) -> None:
    names = [
        str(row.cells["name"]) for row in index.search(ClientQuery(scope=EVERYTHING, sort="name", limit=MOST_ROWS)).rows
    ]
    first = {
        start: next(place for place, name in enumerate(names) if name.startswith(start))
        for start in ("重庆", "华能", "Müller")
    }
    assert first["重庆"] < first["华能"] < first["Müller"]


def test_pages_follow_each_other_without_a_gap(index: ClientIndex) -> None:
    def page(offset: int, limit: int) -> list[str]:
        query = ClientQuery(text="s", scope=MINE, offset=offset, limit=limit)
        return [row.client_id for row in index.search(query).rows]

    whole = page(0, MOST_ROWS)
    assert [each for start in range(0, len(whole) + 7, 7) for each in page(start, 7)] == whole
    assert len(set(whole)) == len(whole) > 14


def test_a_scope_hides_rows_counts_and_single_clients(index: ClientIndex) -> None:
    outside = next(each for each in CLIENTS if not seen(each, MINE))
    inside = next(each for each in CLIENTS if seen(each, MINE))
    assert index.client(outside["client_id"], MINE) is None
    assert index.client(outside["client_id"], EVERYTHING) is not None
    assert index.client("K99999", EVERYTHING) is None
    own = index.client(inside["client_id"], MINE)
    assert own is not None
    assert own.cells["name"] == inside["name"]
    assert index.search(ClientQuery(text=outside["client_id"], scope=MINE)).total == 0
    assert index.search(ClientQuery(scope=Scope(managers=frozenset({""}), branches=frozenset({""})))).total == 0


def test_an_export_is_the_whole_answer_in_its_order(index: ClientIndex) -> None:
    query = ClientQuery(scope=MINE, sort="name", columns=("client_id", "value"), limit=5, offset=3)
    exported = [row for table in index.export(query) for row in table.to_pylist()]
    whole = index.search(ClientQuery(scope=MINE, sort="name", limit=MOST_ROWS))
    assert [row["client_id"] for row in exported] == [row.client_id for row in whole.rows]
    assert [*exported[0]] == ["client_id", "value"]


@pytest.mark.parametrize(
    ("query", "reported"),
    [
        (ClientQuery(facets={"tier; DROP TABLE": ("AA",)}), "facets must be of the index, got tier; DROP TABLE"),
        (ClientQuery(facets={"name": ("x",)}), "facets must be of the index, got name"),
        (ClientQuery(sort="value desc, 1"), "columns must be of the index, got value desc, 1"),
        (ClientQuery(columns=("password",)), "columns must be of the index, got password"),
        (ClientQuery(text="x" * (LONGEST_TEXT + 1)), "a search must have at most 200 characters, got 201"),
        (ClientQuery(limit=0), "a page must begin at 0 or later and have 1 to 1000 rows, got 0 rows from 0"),
        (ClientQuery(offset=-1), "a page must begin at 0 or later and have 1 to 1000 rows, got 50 rows from -1"),
    ],
)
def test_what_the_index_does_not_know_is_refused(index: ClientIndex, query: ClientQuery, reported: str) -> None:
    with pytest.raises(UserError) as refused:
        index.search(query)
    assert str(refused.value).startswith(reported)


def test_what_is_derived_of_several_files(index: ClientIndex) -> None:
    for row in index.search(ClientQuery(scope=EVERYTHING, limit=MOST_ROWS)).rows:
        drawn = CLIENTS[int(row.client_id[1:])]
        limit, used = drawn["limit"], drawn["outstanding"]
        assert row.cells["utilisation"] == (used / limit if limit and used is not None else None)
        assert row.cells["tier_before"] == ("AA" if drawn["way"] else drawn["tier"])
        assert row.cells["value_low"] is None


def test_threads_that_ask_at_once_get_what_each_asked_for(index: ClientIndex) -> None:
    texts = ["silver", "华能", "agua", "k000", "germ", "s"] * 5
    alone = {text: index.search(ClientQuery(text=text, scope=EVERYTHING)) for text in texts}
    wrong: list[str] = []

    def ask(text: str) -> None:
        if index.search(ClientQuery(text=text, scope=EVERYTHING)) != alone[text]:
            wrong.append(text)

    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_one_client_is_enough_for_an_index(tmp_path: Path) -> None:
    index = ClientIndex.open(publish_clients(tmp_path, drawn_clients(1)))
    assert index.search(ClientQuery(scope=EVERYTHING)).total == 1
    assert index.search(ClientQuery(scope=NOBODY)).rows == ()


@pytest.mark.parametrize("scope", [EVERYTHING, MINE, NOBODY])
def test_members_of_a_group_are_those_of_its_id_within_the_scope(index: ClientIndex, scope: Scope) -> None:
    groups = Counter(each["group_id"] for each in CLIENTS if each["group_id"])
    for group in groups:
        theirs = [each for each in CLIENTS if each["group_id"] == group and seen(each, scope)]
        found = index.members(group, scope, ("client_id", "outstanding"))
        assert set(found["client_id"].to_pylist()) == {each["client_id"] for each in theirs}
        known = [amount for amount in found["outstanding"].to_pylist() if amount is not None]
        assert known == sorted(known, reverse=True)
    assert max(groups.values()) > 1
    assert index.members(next(iter(groups))[:-1], EVERYTHING).num_rows == 0

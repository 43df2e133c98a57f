"""Books drawn by hypothesis: awkward ids, groups, every table, dates on all sides of the as-of date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
from hypothesis import strategies as st

from models.tables.measures import KNOWN_ON
from support.books import AS_OF

CLIENT_IDS = ["00123", "123", "NA", "null", "中国建设银行", 'Smith, "Sons" & Co', "a", "A", " a"]
GROUP_IDS = [None, "00123", "NA", "集团", "G1"]
PRODUCTS = [None, "loan", "guarantee", "letter_of_credit", "swap"]
CASHFLOW_KINDS = ["commitment", "drawdown", "repayment", "interest", "fee", "funding_cost", "order"]
FACILITY_IDS = [f"F{number}" for number in range(6)]

CLIENTS = st.sampled_from(CLIENT_IDS)
DAYS = st.one_of(
    st.sampled_from([-1, 0, 1, -30, -31, 30, 31, 92]),
    st.integers(min_value=-800, max_value=300),
).map(lambda distance: AS_OF + timedelta(days=distance))
AMOUNTS = st.one_of(
    st.sampled_from([0.0, 0.01, 0.005, 0.1, 0.3, 1e13, -1e13, 99.995]),
    st.integers(min_value=-(10**8), max_value=10**8).map(lambda cents: cents / 100),
)
SIZES = st.one_of(st.none(), st.integers(min_value=0, max_value=10**7).map(float))
SHARES = st.one_of(st.none(), st.floats(min_value=0, max_value=1, width=32))
HOURS = st.one_of(st.none(), st.integers(min_value=0, max_value=500).map(lambda tenths: tenths / 10))
FIRST_CASHFLOW = {"client_id": "00123", "facility_id": None, "date": date(2018, 1, 15), "kind": "order", "amount": 1.0}
"""Stands in every book, so that all of them begin on the same day, well before the as-of date."""


@st.composite
def clients(draw: st.DrawFn) -> pd.DataFrame:
    """All clients that any table may name; the first two share a group."""
    groups = draw(st.lists(st.sampled_from(GROUP_IDS), min_size=len(CLIENT_IDS), max_size=len(CLIENT_IDS)))
    places = st.lists(st.sampled_from([None, "CN", "NA", "FR"]), min_size=len(CLIENT_IDS), max_size=len(CLIENT_IDS))
    return pd.DataFrame(
        {
            "client_id": CLIENT_IDS,
            "group_id": ["G1", "G1", *groups[2:]],
            "country": draw(places),
            "region": draw(places),
            "industry": draw(places),
        },
        dtype=object,
    )


def _listed(columns: dict[str, st.SearchStrategy[object]], most: int) -> st.SearchStrategy[pd.DataFrame]:
    return st.lists(st.fixed_dictionaries(columns), max_size=most).map(
        lambda found: pd.DataFrame(found, columns=list(columns), dtype=object)
    )


@st.composite
def facilities(draw: st.DrawFn) -> pd.DataFrame:
    """Facilities of some ids; ends may be open, on schedule, early, or without a cause."""
    drawn = draw(
        _listed(
            {
                "facility_id": st.sampled_from(FACILITY_IDS),
                "client_id": CLIENTS,
                "product": st.sampled_from(PRODUCTS),
                "limit": SIZES,
                "signed": DAYS,
                "maturity": st.one_of(st.none(), DAYS),
                "closed": st.one_of(st.none(), DAYS),
                "exit_cause": st.sampled_from([None, "matured", "default"]),
                "collateral_cover": SHARES,
                "spread_bp": SHARES,
            },
            most=6,
        )
    ).drop_duplicates("facility_id")
    for end in ("maturity", "closed"):
        drawn[end] = [
            None if pd.isna(day) else max(day, signed) for day, signed in zip(drawn[end], drawn["signed"], strict=True)
        ]
    drawn["exit_cause"] = drawn["exit_cause"].where(drawn["closed"].notna(), None)
    return drawn.reset_index(drop=True)


EVENTS: dict[str, st.SearchStrategy[pd.DataFrame]] = {
    "cashflows": _listed(
        {
            "client_id": CLIENTS,
            "facility_id": st.sampled_from([None, *FACILITY_IDS]),
            "date": DAYS,
            "kind": st.sampled_from(CASHFLOW_KINDS),
            "amount": AMOUNTS,
        },
        most=40,
    ).map(lambda frame: pd.concat([pd.DataFrame([FIRST_CASHFLOW], dtype=object), frame], ignore_index=True)),
    "interactions": _listed(
        {
            "client_id": CLIENTS,
            "date": DAYS,
            "kind": st.sampled_from(["meeting", "enquiry", "complaint"]),
            "response_hours": HOURS,
        },
        most=10,
    ),
    "surveys": _listed({"client_id": CLIENTS, "date": DAYS, "csat": st.sampled_from([None, 1.0, 5.0])}, most=6),
    "ratings": _listed({"client_id": CLIENTS, "date": DAYS, "pd": SHARES}, most=8),
    "financials": _listed(
        {"client_id": CLIENTS, "period_end": st.just(date(2017, 12, 31)), "published": DAYS, "revenue": SIZES}, most=8
    ),
    "opportunities": _listed(
        {
            "opportunity_id": st.just("O"),
            "client_id": CLIENTS,
            "stage": st.sampled_from(["identified", "signed"]),
            "entered": DAYS,
            "amount": SIZES,
        },
        most=6,
    ),
}


@st.composite
def books(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """All tables of a random book."""
    return {
        "clients": draw(clients()),
        "facilities": draw(facilities()),
        **{name: draw(events) for name, events in EVENTS.items()},
    }


def with_future_of(
    book: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame], as_of: date
) -> dict[str, pd.DataFrame]:
    """``book`` until the as-of date, and from then on ``other``: rows are changed, added and deleted."""
    result = {"clients": book["clients"], "facilities": _facilities(book["facilities"], other["facilities"], as_of)}
    for name in EVENTS:
        known = KNOWN_ON[name]
        past, future = book[name][book[name][known] < as_of], other[name][other[name][known] >= as_of]
        result[name] = pd.concat([future, past], ignore_index=True)
    return result


def _facilities(known: pd.DataFrame, other: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Facilities signed before stay, but end otherwise unless they ended before; later ones are the other's."""
    past = known[known["signed"] < as_of].copy()
    still_open = past["closed"].isna() | (past["closed"].map(_or_never) >= as_of)
    past.loc[still_open, "closed"] = as_of
    past.loc[still_open, "exit_cause"] = "matured"
    later = other[(other["signed"] >= as_of) & ~other["facility_id"].isin(past["facility_id"])]
    return pd.concat([later, past], ignore_index=True)


def shuffled(book: dict[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    """The same rows in another order."""
    return {name: frame.sample(frac=1.0, random_state=seed) for name, frame in book.items()}


_or_never: Callable[[object], object] = lambda day: date.max if pd.isna(day) else day  # noqa: E731

"""A published run of drawn clients, as far as the index of clients reads it, and the same clients as rows of Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from models.config.policy.tiers import DEFAULT_SCALE
from models.directory.building import build_index
from models.directory.publishing import SCHEMA
from models.directory.standing import Reach
from models.grading.known_overrides import OVERRIDE_TYPE
from models.movers.compute import SCHEMA as MOVERS
from models.publications.ledger import Act, Deed, PublicationLedger
from models.publications.previous import TIER_SCALE
from models.store.sealed import write_manifest

AS_OF, KEY = date(2024, 1, 1), "0123456789ab"
NAMES = (
    ("Silver Transport SA", "ST;Argent Transports"),
    ("São Paulo Água Ltda", None),
    ("Müller & Söhne KG", "Mueller"),
    ("华能电力集团有限公司", "Huaneng Power Group;华能"),
    ("重庆银行股份有限公司", "Bank of Chongqing"),
    ("Silverline Ltd", "Astra"),
    ("ＡＢＣ Holding", None),
    ("=HYPERLINK(1)", "'; DROP TABLE clients; --"),
    ("<script>alert(1)</script>", None),
    (None, None),
)
MANAGERS, BRANCHES = ("Anna Adler", "Ben Okafor", "王伟", None), ("Madrid", "北京分行", None)
COUNTRIES, INDUSTRIES = ("Brazil", "China", "Germany", None), ("power", "water", None)
WAYS, STATES = ("up", "down", "vanished"), ("shown", "held back", "without news")


def drawn_clients(size: int, seed: int = 1) -> list[dict[str, Any]]:
    """So many clients with all that the files of a run say of them; every seventh is not scored."""
    draw = np.random.default_rng(seed)

    def one(words: tuple[Any, ...]) -> Any:
        return words[int(draw.integers(0, len(words)))]

    found = []
    for number in range(size):
        (name, aliases), scored = NAMES[number % len(NAMES)], number % 7 != 6
        found.append(
            {
                "client_id": f"K{number:05d}",
                "name": None if name is None else f"{name} {number}",
                "aliases": aliases,
                "group_id": one((None, f"G{number // 4:04d}")),
                "country": one(COUNTRIES),
                "region": one(("Europe", "Asia")),
                "industry": one(INDUSTRIES),
                "manager": one(MANAGERS),
                "branch": one(BRANCHES),
                "consent": one((True, False, None)),
                "outstanding": one((None, float(number * 1000))),
                "limit": one((None, 0.0, float(number * 2000))),
                "reach": (Reach.ACTIVE if scored else Reach.QUIET).value,
                "scored": scored,
                "not_scored": None if scored else "active once",
                "tier": one(("AA", "A", "B")) if scored else None,
                "value": round(float(draw.lognormal(8, 2)), 2) if scored else None,
                "decline_probability": float(draw.random()) if scored else None,
                "stage": one(("maturity", "decline")) if scored else None,
                "way": one((None, *WAYS)) if scored else None,
                "warning": one((None, *STATES)) if scored else None,
                "caps": one(([], ["overdue_90", "overdue_30"], ["overdue_30"])) if scored else [],
                "override": one((None, "applied")) if scored else None,
            }
        )
    return found


def publish_clients(scores: Path, clients: list[dict[str, Any]], *, indexed: bool = True) -> Path:
    """The folder of the run with these clients below ``scores``, official, with its index unless not ``indexed``."""
    run = scores / f"{AS_OF.isoformat()}-{KEY}"
    run.mkdir(parents=True)
    pq.write_table(
        pa.Table.from_pylist([each | {"as_of": AS_OF} for each in clients], schema=SCHEMA), run / "clients.parquet"
    )
    scored = [each for each in clients if each["scored"]]
    pq.write_table(_scores(scored), run / "scores.parquet")
    moved = [
        {"client_id": each["client_id"], "way": each["way"], "tier_before": "AA", "tier": each["tier"]}
        for each in scored
        if each["way"]
    ]
    pq.write_table(pa.Table.from_pylist(moved, schema=MOVERS), run / "movers.parquet")
    warned = [{"client_id": each["client_id"], "state": each["warning"]} for each in scored if each["warning"]]
    pq.write_table(
        pa.table({name: pa.array([each[name] for each in warned], pa.string()) for name in ("client_id", "state")}),
        run / "warnings.parquet",
    )
    facts = {"run_key": KEY, "as_of": AS_OF.isoformat(), "bundle": "b" * 64, "previous": "an earlier one"}
    write_manifest(run, facts | {TIER_SCALE: DEFAULT_SCALE.facts()})
    deed = Deed(act=Act.OFFICIAL, as_of=AS_OF, run_key=KEY, folder=run.name, bundle="b" * 64)
    PublicationLedger(scores).record(deed)
    if indexed:
        build_index(run)
    return run


def _scores(scored: list[dict[str, Any]]) -> pa.Table:
    texts = ("tier", "stage")
    empty = ("tier_reason", "next_tier", "segment_name", "relationship_type", "need_type", "value_class")
    numbers = ("value", "decline_probability")
    unknown = (
        "value_low",
        "value_high",
        "margin",
        "credit_loss",
        "business_at_risk",
        "default_probability",
        "warning_severity",
    )
    overrides = [None if each["override"] is None else {"state": each["override"]} for each in scored]
    return pa.table(
        {
            "client_id": pa.array([each["client_id"] for each in scored], pa.string()),
            **{name: pa.array([each[name] for each in scored], pa.string()) for name in texts},
            **{name: pa.nulls(len(scored), pa.string()) for name in empty},
            **{name: pa.array([each[name] for each in scored], pa.float64()) for name in numbers},
            **{name: pa.array([float("nan")] * len(scored)) for name in unknown},
            "tier_caps": pa.array([each["caps"] for each in scored], pa.list_(pa.string())),
            "override": pa.array(overrides, OVERRIDE_TYPE),
        }
    )

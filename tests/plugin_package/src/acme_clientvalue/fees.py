"""A figure of client management: what an active client paid in fees within the window."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from models.config.plugins import Setting
from models.kpis.definition import Definition, Form
from models.kpis.plugged import in_languages
from models.relations.reading import Reader, Window
from models.shell.units import KpiUnit


def fees(*, settings: Mapping[str, Setting]) -> Definition:
    """``settings["kind"]`` is the kind of cashflow that counts."""
    return Definition(
        name="acme_fees",
        title=in_languages({"en": "Fees per active client", "zh": "活跃客户户均手续费"}),
        formula=in_languages({"en": "fees within the window / active clients", "zh": "区间内手续费 / 活跃客户数"}),
        nothing=in_languages({"en": "no client was active", "zh": "没有活跃客户"}),
        unit=KpiUnit.CURRENCY,
        form=Form.RATIO,
        parts=partial(_paid, kind=str(settings.get("kind", "fee"))),
    )


def _paid(reader: Reader, window: Window, *, kind: str) -> Any:
    flows = reader.table("cashflows")
    paid = flows.filter(window.holds(flows.date), flows.kind == kind).group_by("client_id").agg(top=flows.amount.sum())
    joined = reader.active(window.start, window.end).left_join(paid, "client_id")
    return joined.select("client_id", top=joined.top.fill_null(0.0), bottom=1.0)

"""Exceptions carry fields, write their own sentence, and cross from one process to another as they are."""

from __future__ import annotations

from multiprocessing.reduction import ForkingPickler

import pytest

from models.errors import (
    AdditivityError,
    Breach,
    ClientValueError,
    ConfigError,
    MissingColumnError,
    QuarantineLimitError,
    UserError,
)

ERRORS = [
    UserError(rule="horizon must be at least 1 period", got=0, remedy="set time.horizon_periods"),
    ConfigError(subject="config", problems=[UserError(rule="a must be b", got="c", remedy="mend it")]),
    MissingColumnError("clients", ["client_id"], ["name"]),
    QuarantineLimitError(
        breaches=[Breach(subject="rows of clients", bad=3, total=10, reasons=("amount must be a number",))],
        limit=0.02,
        report="quarantine.parquet",
    ),
    AdditivityError(model="value", row=7, gap=0.5, tolerance=1e-6),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_exception_comes_back_from_another_process_as_it_was(error: ClientValueError) -> None:
    back = ForkingPickler.loads(ForkingPickler.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back).keys() == vars(error).keys()

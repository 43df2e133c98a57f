"""Work lists as a table beside the scores of a run, and the facts of its manifest that tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from models.config.root import Config
from models.lists.compute import ChosenClients, ListInputs, chosen_lists, ranked
from models.lists.rules import Purpose, Success
from models.lists.text import list_reason, list_step

SCHEMA: Final = pa.schema(
    [
        ("list", pa.string()),
        ("rank", pa.int32()),
        ("client_id", pa.string()),
        ("as_of", pa.date32()),
        ("benefit", pa.float64()),
        ("benefit_low", pa.float64()),
        ("benefit_high", pa.float64()),
        ("probability", pa.float64()),
        ("amount", pa.float64()),
        ("capacity", pa.int32()),
        ("reason", pa.string()),
        ("step", pa.string()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class ListTable:
    """The lists of one run: what is published, and the facts to tell of them."""

    table: pa.Table
    facts: Mapping[str, object]


def list_table(parts: Sequence[ListInputs], config: Config, success: Success, *, as_of: date) -> ListTable:
    """The lists of a whole book from what its blocks left, at least one; rows by list, then by rank."""
    inputs = ListInputs.joined(parts)
    chosen = chosen_lists(inputs, ranked(inputs, config, success), config)
    rows = pd.concat([_rows(purpose, each, inputs, config) for purpose, each in chosen.items()], ignore_index=True)
    columns = rows.assign(as_of=as_of)
    arrays = [pa.array(columns[each.name], type=each.type, from_pandas=True) for each in SCHEMA]
    return ListTable(
        table=pa.Table.from_arrays(arrays, schema=SCHEMA),
        facts={
            "success": asdict(success),
            "counts": {purpose.value: _counts(each) for purpose, each in chosen.items()},
        },
    )


def _counts(chosen: ChosenClients) -> dict[str, float]:
    return {
        "capacity": chosen.capacity,
        "listed": len(chosen.place),
        "waiting": chosen.waiting,
        "benefit": float(chosen.ranking.benefit.expected[chosen.place].sum()),
    }


def _rows(purpose: Purpose, chosen: ChosenClients, inputs: ListInputs, config: Config) -> pd.DataFrame:
    """The clients of one list, never more than ``most`` of its settings: sentences are made one by one."""
    place, ranking, currency = chosen.place, chosen.ranking, config.book.currency
    figures = pd.DataFrame(
        {
            "benefit": ranking.benefit.expected[place],
            "benefit_low": ranking.benefit.low[place],
            "benefit_high": ranking.benefit.high[place],
            "probability": ranking.probability[place],
            "amount": ranking.amount[place],
        }
    )
    said = list(zip(*(figures[name].tolist() for name in ("probability", "amount", "benefit")), strict=True))
    return figures.assign(
        list=purpose.value,
        rank=np.arange(1, len(place) + 1),
        client_id=inputs.client_id[place].astype(object),
        capacity=chosen.capacity,
        reason=pd.Series(
            [
                list_reason(purpose, probability=probability, amount=amount, benefit=benefit, currency=currency)
                for probability, amount, benefit in said
            ],
            dtype="str",
        ),
        step=pd.Series([list_step(purpose, amount=amount, currency=currency) for _, amount, _ in said], dtype="str"),
    )

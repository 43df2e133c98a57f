"""Answers rows: looks clients up in published features, scores them, and says what of a row it could not take as it is.

A tier is what the policy of the bundle says of the client alone: no earlier tier, limit on moves or override counts,
which only a published run of the whole book knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from models.book.periods import PeriodGrid
from models.endpoint.report import ANSWERS, AS_OF, CLIENT
from models.features.report import FeatureTable
from models.learners.contract import ContractFeature, FeatureContract, some_names
from models.panel.features.words import plain_words
from models.panel.panel import Panel
from models.pipeline.bundle import Bundle
from models.reasons.ranking import Grouping, reasons_of
from models.reasons.text import sentence
from models.scoring.block import DECLINE, ScoredBlock
from models.scoring.columns import score_columns
from models.scoring.scoring import score_block
from models.text import ENGLISH

REASONS_GIVEN = 3
FEATURES_VARIABLE = "CLIENTVALUE_FEATURES"
"""Of the environment in which a model is served: the folder of published features."""
_NOTHING_ASKED = "nothing asked: give client_id, or every feature"
_GIVE_ALL = "give every feature, null where nothing is known"
_REFUSED = "not scored: the client refused the processing of its data"
_NO_TABLE = f"client_id cannot be looked up: set {FEATURES_VARIABLE} to the folder that clientvalue features left"


@dataclass
class _Asked:
    """What is asked by the rows of a request, and what is to be said of each; rows by their place from 0."""

    clients: list[str | None]
    dates: list[str | None]
    features: pd.DataFrame
    of_features: list[int]
    notes: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    withheld: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, rows: pd.DataFrame, contract: FeatureContract) -> _Asked:
        """A row with any feature is asked by its features, whichever client it names."""
        given = rows[[name for name in contract.names if name in rows]].reset_index(drop=True)
        return cls(
            clients=_texts(rows, CLIENT),
            dates=_texts(rows, AS_OF),
            features=given,
            of_features=np.flatnonzero(given.notna().any(axis=1).to_numpy()).tolist(),
        )

    def withhold(self, refused: Collection[str]) -> None:
        """Pass over the rows that name a client who refused the processing of its data, and note it."""
        self.withheld = {place for place, client in enumerate(self.clients) if client is not None and client in refused}
        self.of_features = [place for place in self.of_features if place not in self.withheld]
        for place in self.withheld:
            self.notes[place].append(_REFUSED)


def answer(
    bundle: Bundle, rows: pd.DataFrame, table: FeatureTable | None, refused: Collection[str] = ()
) -> pd.DataFrame:
    """One row of ``ANSWERS`` for each row asked, in order; of one that cannot be scored only the note says why.

    ``table`` are published features, without which nobody is looked up; of clients who ``refused`` the processing of
    their data nothing is said, whatever was published or is given of them.
    """
    contract = bundle.models.contract
    asked = _Asked.of(rows, contract)
    asked.withhold(refused)
    found, given = _found(asked, table), _given(asked, contract)
    places = [*found, *given.index]
    answered = pd.DataFrame(index=range(len(rows)), columns=list(ANSWERS), dtype=object)
    if places:
        looked_up = [] if table is None or not found else [_typed(table.of(list(found.values())), contract)]
        features = pd.concat([*looked_up, *([given] if len(given) else [])], ignore_index=True)
        for row, note in _unseen(features, contract):
            asked.notes[places[row]].append(note)
        scored = _scored(bundle, features, [asked.clients[place] or "" for place in places], table)
        answered.loc[places, list(scored.columns)] = scored.to_numpy(dtype=object)
    return _noted(answered, asked, set(found), table)


def _texts(rows: pd.DataFrame, name: str) -> list[str | None]:
    if name not in rows:
        return [None] * len(rows)
    return [None if pd.isna(value) or str(value) == "" else str(value) for value in rows[name]]


def _found(asked: _Asked, table: FeatureTable | None) -> dict[int, int]:
    """Place of a row that asks for a client -> the client's place in the table; a note of every other such row."""
    found, passed = {}, {*asked.of_features, *asked.withheld}
    for place, (client, day) in enumerate(zip(asked.clients, asked.dates, strict=True)):
        if place in passed:
            continue
        if client is None:
            asked.notes[place].append(_NOTHING_ASKED)
        elif table is None:
            asked.notes[place].append(_NO_TABLE)
        elif day is not None and day[:10] != table.as_of.isoformat():
            asked.notes[place].append(f"features are as of {table.as_of}, not of {day[:10]}")
        elif client not in table.places:
            asked.notes[place].append(f"no client of this id was active before {table.as_of}")
        else:
            found[place] = table.places[client]
    return found


def _given(asked: _Asked, contract: FeatureContract) -> pd.DataFrame:
    """The features of rows that give them, at their places; a note of each that cannot be scored, or gives nulls.

    Over the wire a feature that a row leaves out is null as soon as another row gives it: then both read alike.
    """
    rows = asked.features.iloc[asked.of_features]
    missing = [name for name in contract.names if name not in rows]
    if missing:
        for place in asked.of_features:
            asked.notes[place].append(f"not scored, missing {some_names(missing)}: {_GIVE_ALL}")
        return rows.iloc[:0]
    typed = _typed(rows, contract)
    infinite = typed.isin([np.inf, -np.inf])
    for place, names in _marked(infinite):
        asked.notes[place].append(f"not scored, infinite {some_names(names)}: {_GIVE_ALL}")
    finite = typed[~infinite.any(axis=1)]
    for place, names in _marked(finite.isna()):
        asked.notes[place].append(f"{len(names)} of {len(contract.names)} features are null: taken as not known")
    return finite


def _marked(cells: pd.DataFrame) -> Iterator[tuple[int, list[str]]]:
    """Each row with cells that are true: its place, and their columns."""
    for row in np.flatnonzero(cells.any(axis=1)).tolist():
        yield int(cells.index[row]), list(cells.columns[cells.iloc[row]])


def _typed(features: pd.DataFrame, contract: FeatureContract) -> pd.DataFrame:
    """Text and numbers as the contract has them, whatever came over the wire; columns of it alone, in its order."""
    kinds = {each.name: each.kind for each in contract.features if each.name in features}
    types = {name: "str" if kind == "category" else "float64" for name, kind in kinds.items()}
    return features[list(kinds)].astype(types).copy()  # in one piece, where each of some hundred columns was one


def _unseen(features: pd.DataFrame, contract: FeatureContract) -> Iterator[tuple[int, str]]:
    """Row and note of each category that training never saw."""
    for feature in contract.features:
        if feature.kind == "category":
            yield from _unseen_of(features[feature.name], feature)


def _unseen_of(column: pd.Series, feature: ContractFeature) -> Iterator[tuple[int, str]]:
    known = feature.codes
    for row in np.flatnonzero((column.notna() & ~column.isin(list(known))).to_numpy()).tolist():
        yield row, f"{feature.name} {column.iloc[row]!r} was never seen in training: scored as if it were not known"


def _scored(bundle: Bundle, features: pd.DataFrame, clients: list[str], table: FeatureTable | None) -> pd.DataFrame:
    config = bundle.config
    day = bundle.models.learned.until if table is None else table.as_of
    panel = Panel(
        client_id=pd.Series(clients, dtype="str"),
        origin=np.zeros(len(features), dtype=np.int64),
        group=np.zeros(len(features), dtype=np.int64),
        features=features,
        units=bundle.models.contract.units,
        words=bundle.models.words,
        grid=PeriodGrid(config.time.period, day),
    )
    block = score_block(bundle, panel)
    columns = score_columns(bundle.models, panel, block.predictions, config)
    taken = [name for name in ANSWERS if name in columns and name != CLIENT]
    scored = pd.DataFrame({name: columns[name].to_pylist() for name in taken}, dtype=object)
    return scored.assign(reasons=_reasons(bundle, block))


def _reasons(bundle: Bundle, block: ScoredBlock) -> list[str]:
    """What moves the probability of decline of each client most, as sentences on lines of their own."""
    models, currency = bundle.models, bundle.config.book.currency
    table = reasons_of(
        block.served[DECLINE].values,
        matrix=block.matrix,
        features=block.panel.features,
        contract=models.contract,
        grouping=Grouping.of(models.contract.names, models.words),
        peers=models.peers.of(block.matrix, block.predictions.segment),
        kept=REASONS_GIVEN,
    )
    return [
        "\n".join(
            sentence(
                replace(reason, peers=0),  # who reads one row sees no peers to compare it with
                models.words.get(reason.feature) or plain_words(reason.feature),
                on="probability",
                language=ENGLISH,
                currency=currency,
            )
            for reason in table.of_client(row)
        )
        for row in range(len(block.panel))
    ]


def _noted(answered: pd.DataFrame, asked: _Asked, found: set[int], table: FeatureTable | None) -> pd.DataFrame:
    """The answers with what each row asked for, and the notes."""
    looked_up = "" if table is None else table.as_of.isoformat()
    days = [looked_up if place in found else day for place, day in enumerate(asked.dates)]
    notes = ["; ".join(asked.notes[place]) for place in range(len(answered))]
    noted = answered.assign(**{CLIENT: _column(asked.clients), AS_OF: _column(days), "note": _column(notes)})
    answers = noted[list(ANSWERS)].where(noted.notna(), None)
    whole = [name for name, kind in ANSWERS.items() if kind == "number" and noted[name].notna().all()]
    return answers.astype(dict.fromkeys(whole, "float64"))  # the others hold None: NaN is no JSON


def _column(texts: Sequence[str | None]) -> pd.Series:
    return pd.Series(list(texts), dtype=object)

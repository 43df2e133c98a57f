"""Treatments: what tier, type, stage, warning and cap call for, looked up in the policy for all clients at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from typing import Any

import numpy as np

from models.config.policy.policy import PolicyConfig
from models.config.policy.treatments import (
    FIELDS,
    OTHER,
    Axes,
    StatedField,
    TreatmentFields,
    TreatmentsConfig,
)
from models.errors import InternalError, UserError
from models.text import ENGLISH, Language, Text, joined
from models.vocab import BoolArray, FloatArray, IntArray, TextArray

_LIMIT_ACTIONS = {
    "raise": Text("raise the limit"),
    "hold": Text("hold the limit"),
    "cut": Text("cut the limit"),
}
_TITLES = (
    Text("Next step", "treatment"),
    Text("Coverage", "treatment"),
    Text("Contact", "treatment"),
    Text("Limit", "treatment"),
    Text("Rate", "treatment"),
    Text("Collateral", "treatment"),
    Text("Approval", "treatment"),
    Text("Monitoring", "treatment"),
)
_STANDARD, _RAISED, _LOWERED = (
    Text("standard margin"),
    Text("standard margin +{points} bp"),
    Text("standard margin -{points} bp"),
)
_SECURED, _UNSECURED = Text("at least {cover:.0%} of the limit"), Text("none required", "collateral")
_APPROVED = Text("new business from {least:g} credit points")
_MONTHLY = Text("reviewed every month")
_REVIEWED = Text("reviewed every {count} month", plural="reviewed every {count} months")
_TIGHTENED = Text("Tightened", "treatment")
_BY_WARNING = Text("since the client warns ({dimension}, severity from {least:.0f} on)")
_BY_CAP = Text("since a cap holds ({because})")
DIMENSIONS = {
    "risk": Text("risk", "side of a warning"),
    "utilisation": Text("utilisation", "side of a warning"),
    "arrears": Text("arrears", "side of a warning"),
    "rating": Text("rating", "side of a warning"),
    "activity": Text("activity", "side of a warning"),
    "satisfaction": Text("satisfaction", "side of a warning"),
    "tone": Text("tone", "side of a warning"),
    "covenants": Text("covenants", "side of a warning"),
    "country": Text("country risk", "side of a warning"),
    OTHER: Text("other sides", "side of a warning"),
}
"""Dimensions of warnings -> what they are called; those of a config's own stand by their name."""
_HARDER = ("raise", "hold", "cut")
NONE = -1
"""The place of no warning and of no cap."""


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """How a client is treated.

    Attributes:
        rate_bp: added to the standard margin, in basis points.
        least_credit_points: credit score below which no new business is approved.
        collateral_cover: least collateral over limit.
        limit_action: raise, hold or cut.
        monitoring_months: months between two reviews.
        coverage: who looks after the client; ``contact_plan``, ``next_step`` likewise names in the policy's words.
        warned_severity, warned_dimension: what tightened it, by the policy's names; "" where no warning did.
        cap: the cap that tightened it, "" where none did.
    """

    rate_bp: int
    least_credit_points: float
    collateral_cover: float
    limit_action: str
    monitoring_months: int
    coverage: str
    contact_plan: str
    next_step: str
    warned_severity: str = ""
    warned_dimension: str = ""
    cap: str = ""


@dataclass(frozen=True, kw_only=True)
class WarnedClients:
    """How clients warn: severity, 0 for who does not, and dimension -> whether it warns there. Shapes (n_clients,)."""

    severity: FloatArray
    warns: Mapping[str, BoolArray]


@dataclass(frozen=True, kw_only=True)
class Treated:
    """The distinct treatments, and which of them each client gets. ``place`` has shape (n_clients,)."""

    treatments: tuple[Treatment, ...]
    place: IntArray

    def column(self, field: str) -> np.ndarray[Any, Any]:
        """One field of every client's treatment. Shape (n_clients,)."""
        return np.array([getattr(treatment, field) for treatment in self.treatments])[self.place]

    def of(self, row: int) -> Treatment:
        """The treatment of one client."""
        return self.treatments[int(self.place[row])]


@dataclass(frozen=True)
class TreatmentTable:
    """The treatments of a policy, worked out for each case. Raises ``UserError`` for a policy that has none."""

    settings: PolicyConfig

    def __post_init__(self) -> None:
        if self.settings.treatments is None:
            raise UserError(
                rule="the policy must have treatments", got="none", remedy="see configs/policies/project_finance.yaml"
            )

    @property
    def words(self) -> TreatmentsConfig:
        """The policy's section of treatments."""
        if self.settings.treatments is None:
            raise InternalError("a table of treatments is only made of a policy that has some")
        return self.settings.treatments

    @cached_property
    def _plain(self) -> dict[str, IntArray]:
        """Field -> place of the row that decides it in each case by tier, type and stage, the last changing fastest."""
        return self._deciding(self.words.axes(self.settings.scale), for_warned=False)

    @cached_property
    def _warned(self) -> dict[str, IntArray]:
        """The same for each of these cases by severity and dimension, -1 where no row states it."""
        return self._deciding(self.words.warned_axes(self.settings.scale), for_warned=True)

    def _deciding(self, axes: Axes, *, for_warned: bool) -> dict[str, IntArray]:
        rows = self.words.rows
        return {
            field: StatedField(field, rows, axes, for_warned=for_warned).deciding_rows().ravel() for field in FIELDS
        }

    def look_up(
        self,
        tier: TextArray,
        relationship_type: TextArray,
        stage: TextArray,
        cap: IntArray | None = None,
        warned: WarnedClients | None = None,
    ) -> Treated:
        """The treatment of each client. Shapes (n_clients,); ``cap`` is ``Assessment.cap``: -1 where none holds.

        What tier, type and stage call for is tightened by the rows for the client's warning, and that by its cap.
        Raises ``InternalError`` for a tier, type or stage that there is not.
        """
        known = tuple(self.words.axes(self.settings.scale).values())
        given = zip((tier, relationship_type, stage), known, strict=True)
        case = np.ravel_multi_index(tuple(_places(kinds, words) for kinds, words in given), tuple(map(len, known)))
        none = np.full(len(case), NONE)
        met = np.stack([case, none if warned is None else self._warnings(warned), none if cap is None else cap])
        cases, place = np.unique(met, axis=1, return_inverse=True)
        return Treated(treatments=tuple(starmap(self._treatment, cases.T.tolist())), place=place.ravel())

    def _warnings(self, warned: WarnedClients) -> IntArray:
        """The kind of each client's warning, by severity and then dimension; -1 where it changes nothing. (n,)."""
        if self.words.warned is None:
            return np.full(len(warned.severity), NONE)
        steps, named = list(self.words.warned.severities.values()), self.words.warned.dimensions
        level = np.searchsorted(steps, warned.severity, side="right") - 1
        nowhere, everywhere = np.zeros(len(level), dtype=np.bool_), np.ones(len(level), dtype=np.bool_)
        first = np.argmax([*(warned.warns.get(name, nowhere) for name in named), everywhere], axis=0)
        return np.where(level < 0, NONE, level * (len(named) + 1) + first)

    def _treatment(self, case: int, warning: int, cap: int) -> Treatment:
        """What a case calls for, tightened by a kind of warning and by a cap; -1: by none."""
        rows = self.words.rows
        fields = {field: getattr(rows[decided[case]], field) for field, decided in self._plain.items()}
        if warning != NONE and self.words.warned is not None:
            kinds = (tuple(self.words.warned.severities), (*self.words.warned.dimensions, OTHER))
            severity, dimension = divmod(warning, len(kinds[1]))
            at = case * len(kinds[0]) * len(kinds[1]) + warning
            found = {field: decided[at] for field, decided in self._warned.items() if decided[at] >= 0}
            fields |= _tightened(fields, {field: getattr(rows[place], field) for field, place in found.items()})
            fields |= {"warned_severity": kinds[0][severity], "warned_dimension": kinds[1][dimension]}
        if cap != NONE and (changes := self.settings.caps[cap].treatment) is not None:
            fields |= {**_tightened(fields, _stated(changes)), "cap": self.settings.caps[cap].name}
        return Treatment(**fields)

    def describe(self, treatment: Treatment, language: Language = ENGLISH) -> list[tuple[str, str]]:
        """A treatment in words: title and text of each part, in the order in which a reader wants them."""
        words = self.words
        texts = [
            words.next_steps[treatment.next_step].within(language),
            words.coverage[treatment.coverage].within(language),
            words.contact_plans[treatment.contact_plan].within(language),
            _LIMIT_ACTIONS[treatment.limit_action].within(language),
            *_terms(treatment, language),
        ]
        parts = [(title.within(language), text) for title, text in zip(_TITLES, texts, strict=True)]
        why = self._why_tightened(treatment, language)
        return [*parts, (_TIGHTENED.within(language), joined(why, language))] if why else parts

    def _why_tightened(self, treatment: Treatment, language: Language) -> list[str]:
        why = []
        if treatment.warned_severity and self.words.warned is not None:
            least = self.words.warned.severities[treatment.warned_severity]
            side = dimension_in_words(treatment.warned_dimension, language)
            why.append(_BY_WARNING.within(language, dimension=side, least=least))
        held = [cap.because for cap in self.settings.caps if cap.name == treatment.cap]
        return [*why, *(_BY_CAP.within(language, because=because.within(language)) for because in held)]


def dimension_in_words(name: str, language: Language) -> str:
    """What a dimension of warnings is called; one of a config's own by its name.

    >>> dimension_in_words("arrears", "en"), dimension_in_words("esg", "en")
    ('arrears', 'esg')
    """
    return DIMENSIONS[name].within(language) if name in DIMENSIONS else name.replace("_", " ")


def _stated(fields: TreatmentFields) -> dict[str, Any]:
    return fields.model_dump(include=set(FIELDS), exclude_none=True)


def _tightened(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes, none of which loosens what the fields say: rates, cover and points rise, reviews come sooner."""
    harder: dict[str, Callable[[Any, Any], Any]] = {
        "limit_action": lambda *actions: max(actions, key=_HARDER.index),
        "monitoring_months": min,
        **dict.fromkeys(("rate_bp", "least_credit_points", "collateral_cover"), max),
    }
    return {name: harder[name](fields[name], said) if name in harder else said for name, said in changes.items()}


def _places(kinds: TextArray, known: Sequence[str]) -> IntArray:
    given = np.asarray(kinds).astype(str)
    places = np.select([given == kind for kind in known], range(len(known)), -1)
    if (places < 0).any():
        raise InternalError(f"a treatment is looked up for {sorted({*given[places < 0]})}, known are {list(known)}")
    return np.asarray(places, dtype=np.int64)


def _terms(treatment: Treatment, language: Language) -> list[str]:
    rate = _RAISED if treatment.rate_bp > 0 else _LOWERED if treatment.rate_bp else _STANDARD
    secured = _SECURED if treatment.collateral_cover else _UNSECURED
    return [
        rate.within(language, points=abs(treatment.rate_bp)),
        secured.within(language, cover=treatment.collateral_cover),
        _APPROVED.within(language, least=treatment.least_credit_points),
        (_MONTHLY if treatment.monitoring_months == 1 else _REVIEWED).within(
            language, count=treatment.monitoring_months
        ),
    ]

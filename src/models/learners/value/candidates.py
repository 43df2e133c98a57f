"""Registry of value candidates by name: fitting and reading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol

from models.errors import InternalError
from models.learners.value.blend import BLEND, Blend
from models.learners.value.candidate import CandidateInputs, ValueCandidate
from models.learners.value.hurdle import Hurdle
from models.learners.value.lognormal import ZeroInflatedLognormal
from models.learners.value.mixture import MIXTURE, Mixture
from models.learners.value.offset import PurchaseOffset
from models.learners.value.past_sum import PastSum
from models.learners.value.plugged import PluggedValue
from models.learners.value.purchases import PurchaseCandidate
from models.learners.value.tweedie import Tweedie


class _Kind(Protocol):
    def fit(self, inputs: CandidateInputs) -> ValueCandidate: ...

    def from_texts(self, texts: Mapping[str, str], *, threads: int) -> ValueCandidate: ...


_KINDS: dict[str, _Kind] = {
    kind.name: kind for kind in (Tweedie, Hurdle, ZeroInflatedLognormal, PurchaseCandidate, PurchaseOffset, PastSum)
}


def fit_candidate(name: str, inputs: CandidateInputs) -> ValueCandidate:
    """Fit one candidate of ``learners.value``, but ``blend`` and ``mixture``, which are made of fitted ones.

    A name that is none of ours is that of a plug-in. Raises ``TooLittleDataError`` where this book does not determine
    it: others may still be fitted.
    """
    if name in (BLEND, MIXTURE):
        raise InternalError(f"there is no value candidate {name} to fit: it is made of fitted ones")
    return _KINDS[name].fit(inputs) if name in _KINDS else PluggedValue.fit(name, inputs)


def candidate_from_texts(name: str, texts: Mapping[str, str], *, threads: int = 0) -> ValueCandidate:
    """Read what ``to_texts`` of the candidate ``name`` wrote, once it is known to be whole."""
    if name == MIXTURE:
        return _mixture(texts, threads)
    if name != BLEND:
        if name in _KINDS:
            return _KINDS[name].from_texts(texts, threads=threads)
        return PluggedValue.from_texts(name, texts)
    members = json.loads(texts["members.json"])
    return Blend(tuple(candidate_from_texts(kind, _under(kind, texts), threads=threads) for kind in members))


def _mixture(texts: Mapping[str, str], threads: int) -> Mixture:
    facts = json.loads(texts["mixture.json"])
    leader, simple = (
        candidate_from_texts(facts[part], _under(part, texts), threads=threads) for part in ("leader", "simple")
    )
    return Mixture(leader=leader, simple=simple, share=facts["share"], factor=facts["factor"])


def _under(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {file.removeprefix(f"{name}."): text for file, text in texts.items() if file.startswith(f"{name}.")}

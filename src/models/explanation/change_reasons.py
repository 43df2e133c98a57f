"""The change of one client as reasons, under the names by which people call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.book.door import Book
from models.config.root import Config
from models.explanation.change import (
    Change,
    Side,
    Step,
    Version,
    change_between,
    explain_change,
    features_by_client,
)
from models.explanation.history import ClientPast
from models.explanation.tier_cause import Decision, TierCause, tier_cause
from models.grading.decision import decide
from models.grading.fitted import GradingPolicy
from models.panel.features.words import FeatureWords
from models.pipeline.bundle import Bundle
from models.scoring.columns import assessment
from models.scoring.run_key import model_version
from models.scoring.scoring import score_clients
from models.text import Language


@dataclass(frozen=True, kw_only=True)
class MovedReason:
    """What one reason adds to a change: points of decline and currency."""

    title: str
    points: float
    value: float


@dataclass(frozen=True, kw_only=True)
class ClientChange:
    """The change of one client since ``since``, or against the version ``against`` of the models, with its reasons.

    ``reasons``, largest first, with ``model`` and ``calibration`` sum to the change of decline (in points) and value.
    ``tier`` is that of the rules alone at both ends, and ``cause`` the one thing that moved it, None where it stays.
    """

    since: date
    against: str | None
    value: tuple[float, float]
    decline: tuple[float, float]
    tier: tuple[str, str]
    reasons: tuple[MovedReason, ...]
    model: MovedReason
    calibration: MovedReason
    cause: TierCause | None


def change_of(
    book: Book,
    bundle: Bundle,
    past: ClientPast,
    config: Config,
    *,
    against: Bundle | None = None,
    since: date | None = None,
    lang: Language,
) -> ClientChange | None:
    """Why the client of ``past`` changed; None where it was not active before.

    With ``against``, what that bundle said at ``since`` (else at the same as-of date) is where the change starts.
    """
    words = {**(against.models.words if against else {}), **bundle.models.words}
    client, last = str(past.block.panel.client_id.iloc[0]), past.dates[-1]
    causes = {name: each.reason for name, each in words.items()}
    if against is not None:
        ends = Side(book=book, bundle=against, as_of=since or last), Side(book=book, bundle=bundle, as_of=last)
        change = change_between(*ends, config, [client], reasons=causes)
        before, now = (_decision(end, config, client) for end in ends)
        said = _Said(change=change, before=before, now=now, words=words, policy=bundle.models.policy)
        return _client_change(said, since=since or last, against=model_version(against), lang=lang)
    if past.since is None:
        return None
    features = features_by_client(past.panel)
    version = Version(
        models=bundle.models, before=features.iloc[[past.since]], after=features.iloc[[len(past.panel) - 1]]
    )
    decided = decide(assessment(bundle.models, past.panel, past.predictions))
    said = _Said(
        change=explain_change(version, version, reasons=causes),
        before=Decision(decided=decided, row=past.since),
        now=Decision(decided=decided, row=len(past.panel) - 1),
        words=words,
        policy=bundle.models.policy,
    )
    return _client_change(said, since=past.dates[past.since], against=None, lang=lang)


@dataclass(frozen=True, kw_only=True)
class _Said:
    """A change, what the rules alone decided at both ends, and the words and the policy by which it is named."""

    change: Change
    before: Decision
    now: Decision
    words: Mapping[str, FeatureWords]
    policy: GradingPolicy


def _decision(end: Side, config: Config, client: str) -> Decision:
    """What the rules of one side alone decide of the client, without earlier runs and overrides."""
    block = score_clients(end.book, end.bundle, config, [client], end.as_of)
    return Decision(decided=decide(assessment(end.bundle.models, block.panel, block.predictions)), row=0)


def _client_change(said: _Said, *, since: date, against: str | None, lang: Language) -> ClientChange:
    value, decline, tier = said.change.value, said.change.decline, said.change.tier
    titles = {each.reason: each.title.within(lang) for each in said.words.values()}
    moved = [
        MovedReason(title=titles.get(reason, reason), points=float(points) * 100, value=float(amount))
        for reason, points, amount in zip(value.reasons, decline.data[0], value.data[0], strict=True)
        if points or amount
    ]
    return ClientChange(
        since=since,
        against=against,
        value=(float(value.before[0]), float(value.after[0])),
        decline=(float(decline.before[0]), float(decline.after[0])),
        tier=(str(tier.before.tier[0]), str(tier.after.tier[0])),
        reasons=tuple(sorted(moved, key=_weight(moved), reverse=True)),
        model=MovedReason(title=Step.MODEL, points=float(decline.model[0]) * 100, value=float(value.model[0])),
        calibration=MovedReason(
            title=Step.CALIBRATION, points=float(decline.calibration[0]) * 100, value=float(value.calibration[0])
        ),
        cause=tier_cause(
            said.before,
            said.now,
            value=value,
            decline=decline,
            policy=said.policy,
            words=said.words,
            titles=titles,
            language=lang,
        ),
    )


def _weight(moved: Sequence[MovedReason]) -> Callable[[MovedReason], float]:
    """By the larger of a reason's shares of all that moved in decline and in value."""
    points = sum(abs(each.points) for each in moved) or 1.0
    value = sum(abs(each.value) for each in moved) or 1.0
    return lambda each: max(abs(each.points) / points, abs(each.value) / value)

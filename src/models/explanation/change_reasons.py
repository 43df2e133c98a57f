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
from models.grading.decision import decide
from models.grading.reasons_text import reasons
from models.pipeline.bundle import Bundle
from models.scoring.columns import assessment
from models.scoring.run_key import model_version
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
    ``decided_by`` is the step that moved the tier, ``tier_because`` the title of the reason, if data moved it through
    value or decline; ``rule`` is what the rules of the policy say of the client now, alone.
    """

    since: date
    against: str | None
    value: tuple[float, float]
    decline: tuple[float, float]
    tier: tuple[str, str]
    reasons: tuple[MovedReason, ...]
    model: MovedReason
    calibration: MovedReason
    decided_by: str
    tier_because: str | None
    rule: str


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
    last, client, rule = past.dates[-1], str(past.block.panel.client_id.iloc[0]), _rule_now(past, bundle, lang)
    causes = {name: each.reason for name, each in words.items()}
    titles = {each.reason: each.title.within(lang) for each in words.values()}
    if against is not None:
        ends = Side(book=book, bundle=against, as_of=since or last), Side(book=book, bundle=bundle, as_of=last)
        change = change_between(*ends, config, [client], reasons=causes)
        return _told_change(change, titles, rule, since=since or last, against=model_version(against))
    if past.since is None:
        return None
    features = features_by_client(past.panel)
    version = Version(
        models=bundle.models, before=features.iloc[[past.since]], after=features.iloc[[len(past.panel) - 1]]
    )
    return _told_change(explain_change(version, version, reasons=causes), titles, rule, since=past.dates[past.since])


def _rule_now(past: ClientPast, bundle: Bundle, lang: Language) -> str:
    """What decides the tier of the client at the as-of date by the rules alone, without earlier runs and overrides."""
    return str(reasons(decide(assessment(bundle.models, past.block.panel, past.block.predictions)), lang)[0])


def _told_change(
    change: Change, titles: Mapping[str, str], rule: str, *, since: date, against: str | None = None
) -> ClientChange:
    value, decline, tier = change.value, change.decline, change.tier
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
        decided_by=str(tier.decided_by[0]),
        tier_because=titles.get(str(tier.reason[0])),
        rule=rule,
    )


def _weight(moved: Sequence[MovedReason]) -> Callable[[MovedReason], float]:
    """By the larger of a reason's shares of all that moved in decline and in value."""
    points = sum(abs(each.points) for each in moved) or 1.0
    value = sum(abs(each.value) for each in moved) or 1.0
    return lambda each: max(abs(each.points) / points, abs(each.value) / value)

"""The job behind ``clientvalue movers``: the moves of a published run, against the one it built on or another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.errors import MissingFileError, UserError
from models.grading.fitted import GradingPolicy
from models.movers.compute import moves_between
from models.movers.earlier import earlier_policy, policy_of_run
from models.movers.matrix import RunOfMoves
from models.movers.reading import REMEDY, MoversAsked, matrix_without, read_matrix, read_movers
from models.movers.report import MovedClients, MoveMatrix, Mover, MovesReport
from models.publications.past import OfficialRun, newest_official, official_runs
from models.publications.previous import POLICY_FILE, scale_of
from models.publications.refused import refused_now
from models.store.sealed import OF_SCORES, read_manifest
from models.workspace.opening import Settings, settings_of


@dataclass(frozen=True, kw_only=True)
class MovesFoundBetween:
    """A report of moves, and the policy of the later run, whose words it speaks; None where that was not published."""

    report: MovesReport
    policy: GradingPolicy | None


def cell_of(cell: str | None, *, limit: int | None) -> MoversAsked:
    """The movers of a cell as it was typed, all for None; "AA:" are those who are no longer scored.

    >>> cell_of("AA:B", limit=5).tier_before, cell_of("AA:", limit=5).tier
    ('AA', '')
    """
    if cell is None:
        return MoversAsked(limit=limit)
    before, colon, tier = cell.partition(":")
    if not colon:
        raise UserError(rule="a cell must read BEFORE:NOW", got=repr(cell), remedy="e.g. AA:B")
    return MoversAsked(tier_before=before, tier=tier, limit=limit)


def movers(
    config: Settings,
    *,
    asked: MoversAsked,
    as_of: date | None = None,
    since: date | None = None,
    scores: Path | None = None,
    overrides: Sequence[str] = (),
) -> MovesFoundBetween:
    """The moves of the official run of ``as_of``, else of the newest: against the one it built on, as it published.

    Against the official run of the date ``since`` they are computed from the files of both, by which what another
    policy did shows only in the decision table. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    place = scores or work_dir(settings) / SCORES_FOLDER
    now = _run_of(place, as_of)
    asked = replace(asked, without=_refused(settings, now))
    if since is None:
        whole = read_matrix(now.folder)
        matrix = matrix_without(whole, now.folder, asked.without) if asked.without else whole
        report = _report(matrix, read_movers(now.folder, asked), settings, asked)
        return MovesFoundBetween(report=report, policy=policy_of_run(now.folder))
    before = _run_of(place, since)
    if not before.as_of < now.as_of:
        raise UserError(
            rule="moves lead from an earlier run to a later one",
            got=f"{before.as_of} and {now.as_of}",
            remedy="name an earlier date with --since",
        )
    return _computed(before, now, settings, asked)


def _refused(settings: Config, run: OfficialRun) -> frozenset[str]:
    """Whom the report leaves out, though the run had them: who refused the processing of its data since."""
    return refused_now(work_dir(settings), run.folder) if settings.privacy.leaves_out else frozenset()


def _run_of(scores: Path, as_of: date | None) -> OfficialRun:
    runs = official_runs(scores)
    found = newest_official(scores) if as_of is None else next((run for run in runs if run.as_of == as_of), None)
    if found is None:
        known = ", ".join(str(run.as_of) for run in runs[-5:]) or "none"
        raise UserError(
            rule="the official run of a date must be there",
            got=f"{as_of or 'the newest'}, with official runs of {known}",
            remedy="name the date of one of them, or publish with clientvalue predict",
        )
    return found


def _report(matrix: MoveMatrix, clients: MovedClients, settings: Config, asked: MoversAsked) -> MovesReport:
    return MovesReport(
        matrix=matrix, before=asked.tier_before, tier=asked.tier, clients=clients, currency=settings.book.currency
    )


def _computed(before: OfficialRun, now: OfficialRun, settings: Config, asked: MoversAsked) -> MovesFoundBetween:
    policy = policy_of_run(now.folder)
    if policy is None:
        raise MissingFileError(now.folder / POLICY_FILE, remedy=REMEDY)
    ends, bundles = zip(*(_end_of(run) for run in (before, now)), strict=True)
    earlier = earlier_policy(before.folder, policy, settings.features, same_bundle=bundles[0] == bundles[1])
    found = moves_between(ends[0], ends[1], policy, earlier, refused=sorted(asked.without))
    rows = found.movers.select([each.name for each in fields(Mover)]).to_pylist()
    chosen = [each for each in sorted((Mover(**row) for row in rows), key=_worth) if _is_asked(each, asked)]
    last = None if asked.limit is None else asked.offset + asked.limit
    clients = MovedClients(rows=tuple(chosen[asked.offset : last]), total=len(chosen))
    return MovesFoundBetween(report=_report(found.matrix, clients, settings, asked), policy=policy)


def _end_of(run: OfficialRun) -> tuple[RunOfMoves, str]:
    """A run as one end of moves, and the key of its models; its files are proved."""
    manifest = read_manifest(run.folder, remedies=OF_SCORES)
    key = str(manifest.get("run_key", ""))
    end = RunOfMoves(folder=run.folder, as_of=run.as_of, scale=scale_of(manifest), run_key=key)
    return end, str(manifest.get("bundle", ""))


def _worth(mover: Mover) -> tuple[float, str]:
    value = mover.value if mover.value is not None else mover.value_before
    return (0.0 if value is None else -value, mover.client_id)


def _is_asked(mover: Mover, asked: MoversAsked) -> bool:
    names = ("tier_before", "tier", "cause", "part", "way")
    wanted = {name: getattr(asked, name) for name in names if getattr(asked, name) is not None}
    within = asked.clients is None or mover.client_id in asked.clients
    return within and all((getattr(mover, name) or "") == value for name, value in wanted.items())

"""Fates of the traces of a client, in a terminal."""

from __future__ import annotations

from models.forgetting.report import FilesSearched, Forgotten, Trace, TraceFate

_MOST_LINES = 20

_WOULD = {
    TraceFate.REMOVED: "would be removed, and can be made again",
    TraceFate.REWRITTEN: "would be rewritten",
    TraceFate.SEALED_AGAIN: "would be sealed again, with its run key and the rows of all others",
    TraceFate.ERASED: "would lose their content; their seals stay",
    TraceFate.AT_THE_SOURCE: "is not ours to write: take the client out there (--source rewrites Parquet files)",
    TraceFate.LEFT: "cannot be rewritten: look at it",
}
_DONE = {
    TraceFate.REMOVED: "removed; it can be made again",
    TraceFate.REWRITTEN: "rewritten",
    TraceFate.SEALED_AGAIN: "sealed again, with its run key and the rows of all others",
    TraceFate.ERASED: "lost their content; their seals stay",
    TraceFate.AT_THE_SOURCE: "still there: take the client out at the source; the door leaves it out from now on",
    TraceFate.LEFT: "still names the client: look at it",
}
_OUTSIDE = (
    "Not searched: copies, backups, tables published into other databases, files written elsewhere (explain --html, "
    "audit --out), and a database behind the source. Models that learned before keep what they learned of all clients "
    "together: train again for new ones. PostgreSQL keeps dead rows until it is vacuumed."
)


def forgotten_lines(done: Forgotten) -> list[str]:
    """A line per file or table, the proof, and what no search here reaches."""
    words = _WOULD if done.dry_run else _DONE
    lines = [
        f"{each.fate.value:<14}{each.place}{_rows(each.rows)}{_at(each)}: {words[each.fate]}" for each in done.traces
    ]
    if done.dry_run:
        return [*lines, f"searched      {_searched(done.before)}; nothing was changed", _OUTSIDE]
    after = done.after
    assert after is not None  # noqa: S101 - it was searched again
    proof = "none names the client any more" if done.is_proved else f"{after.naming:,} still name the client"
    return [
        *lines,
        f"searched      {_searched(after)}: {proof}",
        f"kept          an entry without personal data: {done.client[:16]}..., {done.at:%Y-%m-%d %H:%M} UTC, {done.by}",
        _OUTSIDE,
    ]


def _rows(count: int) -> str:
    return f", {count:,} rows" if count > 1 else ", 1 row" if count else ""


def _at(trace: Trace) -> str:
    """Where at the source the client stands, the first lines of it; ``--json`` has all."""
    shown = ", ".join(map(str, trace.lines[:_MOST_LINES]))
    more = f" and {len(trace.lines) - _MOST_LINES:,} more" if len(trace.lines) > _MOST_LINES else ""
    unit = "row" if trace.place.endswith(".parquet") else "line"
    return f" ({unit}{'s' if len(trace.lines) > 1 else ''} {shown}{more})" if shown else ""


def _searched(found: FilesSearched) -> str:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in found.kinds.items())
    return f"{found.files:,} files ({kinds})"

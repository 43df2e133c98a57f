"""The quadrant of warnings as marks of a drawing: level upwards, change to the right, size by exposure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.warnings.quadrant import GRAVE, TRIGGER, QuadrantPoint, Quarter

WIDTH, HEIGHT = 760, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 744, 22, 344
_MOST_CHANGE = 50.0
_SMALLEST, _LARGEST = 4.0, 18.0
MOST_MARKS = 300
"""Marks that are drawn: those on top of the inbox."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One client in the drawing, in pixels from its upper left corner; ``shape`` is "top" for a top tier."""

    client_id: str
    x: float
    y: float
    size: float
    shape: str
    number: int


@dataclass(frozen=True, kw_only=True)
class QuadrantPlot:
    """The marks, and where the lines of the drawing lie."""

    marks: tuple[Mark, ...]
    zero: float
    grave: float
    ticks: tuple[tuple[float, str], ...]
    levels: tuple[tuple[float, str], ...]
    left_out: int


def quadrant_plot(points: Sequence[QuadrantPoint]) -> QuadrantPlot:
    """The drawing of the warnings of which the change is known; the largest first, so that none hides another."""
    known = [(number, each) for number, each in enumerate(points, start=1) if each.change is not None][:MOST_MARKS]
    largest = max((each.exposure or 0.0 for _, each in known), default=0.0)
    marks = [_mark(number, each, largest) for number, each in known]
    return QuadrantPlot(
        marks=tuple(sorted(marks, key=lambda mark: -mark.size)),
        zero=_x(0.0),
        grave=_y(GRAVE),
        ticks=tuple((_x(change), f"{change:+.0f}" if change else "0") for change in (-50.0, -25.0, 0.0, 25.0, 50.0)),
        levels=tuple((_y(level), f"{level:.0f}") for level in (50.0, 75.0, 100.0)),
        left_out=len(points) - len(known),
    )


def _mark(number: int, point: QuadrantPoint, largest: float) -> Mark:
    share = (point.exposure or 0.0) / largest if largest > 0 else 0.0
    shape = "top" if point.always_shown else "grave" if point.quarter is Quarter.GRAVE_WORSE else ""
    return Mark(
        client_id=point.client_id,
        x=_x(point.change or 0.0),
        y=_y(point.level),
        size=round(_SMALLEST + (_LARGEST - _SMALLEST) * share**0.5, 1),
        shape=shape,
        number=number,
    )


def _x(change: float) -> float:
    held = min(max(change, -_MOST_CHANGE), _MOST_CHANGE)
    return round(_LEFT + (held + _MOST_CHANGE) / (2 * _MOST_CHANGE) * (_RIGHT - _LEFT), 1)


def _y(level: float) -> float:
    return round(_BOTTOM - (level - TRIGGER) / (100.0 - TRIGGER) * (_BOTTOM - _TOP), 1)

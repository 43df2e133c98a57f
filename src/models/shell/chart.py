"""A plot as a template puts it on a page: title, drawing and legend."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

OURS = "ours"
"""The style of our own model."""
COLOURS = ("s0", "s1", "s2", "s3", "s4", "s5", "s6")
"""Styles of lines and dots beside our own; the page gives them colour and dashes."""


@dataclass(frozen=True, kw_only=True)
class LegendKey:
    """One entry of a legend: the mark's style and what it stands for."""

    css: str
    label: str
    shape: str = "line"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawn plot."""

    title: str
    svg: Markup
    legend: tuple[LegendKey, ...] = ()

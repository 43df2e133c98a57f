"""One client's explanation: as facts that a program can read, and as what a reviewer reads in a terminal."""

from models.explain.report import story_facts
from models.explain.terminal import show

__all__ = ["show", "story_facts"]

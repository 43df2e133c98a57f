"""Which clients resemble one another: clusters over a few stated features, numbered and named by rule."""

from models.learners.segments.choice import Choice, SegmentationCandidate
from models.learners.segments.clustering import Clustering
from models.learners.segments.matching import Matched, Matching, match, matched_to
from models.learners.segments.model import Assigned, SegmentModel
from models.learners.segments.names import LevelWords, names_of
from models.learners.segments.plane import Plane
from models.learners.segments.structure import Structure

__all__ = [
    "Assigned",
    "Choice",
    "Clustering",
    "LevelWords",
    "Matched",
    "Matching",
    "Plane",
    "SegmentModel",
    "SegmentationCandidate",
    "Structure",
    "match",
    "matched_to",
    "names_of",
]

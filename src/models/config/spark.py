"""The section ``spark``: the cluster that scores where ``run.engine`` is spark, and how it is spoken to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.config.base import Section

LOCAL = "local[2]"
CURRENT = "current"
_MASTERS = r"^(current|local(\[(\d+|\*)\])?|spark://[^\s/]+|sc://\S+|yarn|k8s://\S+)$"


class SparkConfig(Section):
    """Where Spark is; nothing here changes a number."""

    master: Annotated[str, Field(pattern=_MASTERS)] = Field(
        default=LOCAL,
        description="local[2] (two cores of this machine), spark://host:7077, yarn, k8s://..., Spark Connect by "
        "sc://host:15002, or current: the session that is open already, as in a notebook of a platform.",
    )
    tasks: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Blocks worked on at a time. 0: as many as Spark says it has cores, or 16."
    )
    settings: dict[str, str] = Field(
        default_factory=dict, description="Spark's own settings by their names, e.g. spark.executor.memory: 4g."
    )

"""Replays that were asked for: which publication, by whom, and what came of it."""

from __future__ import annotations

from django.db import models


class ReplayJob(models.Model):
    """A replay in the background; ``found`` is its report as JSON, ``failed`` a sentence where there is none."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    day = models.DateField()
    entry = models.BigIntegerField()
    running = models.BooleanField(default=True)
    process = models.BigIntegerField(default=0)
    found = models.TextField(blank=True, default="")
    failed = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"replay {self.pk} of entry {self.entry}"

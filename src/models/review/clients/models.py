"""Tables of saved views, and of what was exported."""

from __future__ import annotations

from urllib.parse import quote

from django.db import models
from django.urls import reverse


class SavedView(models.Model):
    """A view that a member gave a name: its words and the rest of its address. Of that member alone."""

    by = models.CharField(max_length=150, db_index=True)
    name = models.CharField(max_length=80)
    text = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=2_000, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        """One view of a name per member."""

        constraints = (models.UniqueConstraint(fields=("by", "name"), name="one_view_of_a_name"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.by})"

    @property
    def whole_address(self) -> str:
        """Where the view is, with its words behind the ``#``."""
        query = f"?{self.address}" if self.address else ""
        return reverse("clients") + query + (f"#q={quote(self.text, safe='')}" if self.text else "")


class ClientExport(models.Model):
    """Clients left the workbench in a file: whose, by which filter, from which run. Rows are only ever added."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.CharField(max_length=150, db_index=True)
    run_key = models.CharField(max_length=64)
    form = models.CharField(max_length=10)
    asked = models.JSONField()
    clients = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.by} {self.form} {self.clients} {self.at:%Y-%m-%d %H:%M}"

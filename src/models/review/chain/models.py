"""The table of the chain: its columns are those that runs read, see ``decisions.database``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn

from django.db import models

from models.decisions.database import ENTRY_TABLE
from models.decisions.entries import Entry, moment_text
from models.errors import InternalError

MOST_SIGNS = 500
"""Of a subject: the id of a client may be long."""


class ReviewEntry(models.Model):
    """An entry of the chain. Rows are only ever added, by ``record``; the database itself refuses anything else."""

    number = models.BigIntegerField(primary_key=True)
    act = models.CharField(max_length=64, db_index=True)
    subject = models.CharField(max_length=MOST_SIGNS, db_index=True)
    payload = models.TextField()
    by = models.CharField(max_length=150)
    at = models.CharField(max_length=32)
    before = models.CharField(max_length=64, unique=True)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        """The name that runs know."""

        db_table = ENTRY_TABLE
        ordering = ("number",)

    def __str__(self) -> str:
        return str(self.entry)

    @classmethod
    def of(cls, entry: Entry) -> ReviewEntry:
        """The row of an entry."""
        return cls(
            number=entry.number,
            act=entry.act,
            subject=entry.subject,
            payload=entry.payload,
            by=entry.by,
            at=moment_text(entry.at),
            before=entry.before,
            seal=entry.seal,
        )

    @property
    def entry(self) -> Entry:
        """The entry of the row."""
        return Entry(
            number=self.number,
            act=self.act,
            subject=self.subject,
            payload=self.payload,
            by=self.by,
            at=datetime.fromisoformat(self.at),
            before=self.before,
            seal=self.seal,
        )

    def save(self, *args: Any, **options: Any) -> None:
        """Add the row; one that is there is not changed."""
        if not options.pop("force_insert", False):
            raise InternalError("an entry of the chain is only ever added, by record")
        super().save(*args, force_insert=True, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Nothing of the chain is deleted."""
        raise InternalError("an entry of the chain is never deleted: what is taken back is a further entry")

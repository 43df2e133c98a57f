"""The table of comments on clients: rows are only ever added."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from models.errors import InternalError

LONGEST_COMMENT = 4_000


class ClientComment(models.Model):
    """What a member wrote about a client, on which run, and whom it mentions by account."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    client_id = models.CharField(max_length=500, db_index=True)
    text = models.TextField(max_length=LONGEST_COMMENT)
    mentions = models.JSONField(default=list)
    run_key = models.CharField(max_length=64)

    class Meta:
        """The oldest first."""

        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.by} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **options: Any) -> None:
        """Add the comment; one that is there is not changed."""
        if self.pk is not None:
            raise InternalError("a comment is only ever added: what was wrong is set right by a further one")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Nothing that was written is deleted."""
        raise InternalError("a comment is never deleted")

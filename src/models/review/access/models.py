"""Tables of members, and of who read which client when."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models

from models.review.shared.rights import Role
from models.text import ENGLISH


class Member(models.Model):
    """The role, the portfolio and the authority of a user.

    The portfolio: ``whole_book``, or the clients of the named relationship managers and of the named branches.
    The authority is a level of ``review.authority``, "" for who approves nothing.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="member")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    authority = models.CharField(max_length=60, blank=True, default="")
    whole_book = models.BooleanField(default=False)
    managers = models.JSONField(default=list, blank=True)
    branches = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=10, default=ENGLISH)

    def __str__(self) -> str:
        return f"{self.user.get_username()} ({self.role})"


class ClientReading(models.Model):
    """A client was read: by whom, on which route, from which run. Rows are only ever added."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.CharField(max_length=150, db_index=True)
    client_id = models.CharField(max_length=500, db_index=True)
    route = models.CharField(max_length=100)
    run_key = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.by} {self.route} {self.at:%Y-%m-%d %H:%M}"

"""Log-in by the bank's own directory, over OpenID Connect."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from mozilla_django_oidc.auth import OIDCAuthenticationBackend


class DirectoryBackend(OIDCAuthenticationBackend):  # type: ignore[misc] # it has no types
    """Knows the users whom an administrator has entered, by the name that the directory calls preferred."""

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Whether the directory names somebody."""
        return bool(claims.get("preferred_username"))

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User]:
        """The user of that name, if there is one."""
        name = claims.get("preferred_username")
        return User.objects.filter(username=name) if name else User.objects.none()

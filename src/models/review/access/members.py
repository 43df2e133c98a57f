"""Members that the command line enters: the first administrator, and one of each role for a demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import get_random_string

from models.errors import UserError
from models.review.access.models import Member
from models.review.access.role_changes import COMMAND_LINE, record_rights
from models.review.shared.rights import Role
from models.review.site import shown_site

PASSWORD_LETTERS = 16


@dataclass(frozen=True)
class NewMember:
    """A member, and the password that was drawn and is shown once."""

    name: str
    role: Role
    password: str


def no_members() -> bool:
    """Whether nobody can log in yet."""
    return not Member.objects.exists()


@transaction.atomic
def administrator(name: str) -> NewMember:
    """Enters an administrator. Raises ``UserError`` where there is such a user already."""
    if User.objects.filter(username=name).exists():
        raise UserError(
            rule="an administrator that is entered must be new", got=name, remedy="log in, or choose another name"
        )
    return _entered(name, Role.ADMINISTRATOR, ())


@transaction.atomic
def demo_members(managers: Sequence[str] = ()) -> list[NewMember]:
    """A member for each role, with a new password at each start; only the manager's portfolio is not the whole book."""
    return [_entered(f"demo_{role}", role, managers if role is Role.MANAGER else ()) for role in Role]


def _entered(name: str, role: Role, managers: Sequence[str]) -> NewMember:
    made = NewMember(name, role, get_random_string(PASSWORD_LETTERS))
    user, _ = User.objects.get_or_create(username=name)
    user.set_password(made.password)
    user.save()
    rights = {
        "role": role.value,
        "whole_book": not managers,
        "managers": list(managers),
        "authority": shown_site().config.review.highest_authority if role is Role.CHECKER else "",
    }
    member, _ = Member.objects.update_or_create(user=user, defaults=rights)
    record_rights(member, by=COMMAND_LINE)
    return made

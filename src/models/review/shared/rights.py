"""Roles and what each may do: the one table of rights."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a member of the workbench is."""

    READER = "reader"
    MANAGER = "manager"
    CHECKER = "checker"
    VALIDATOR = "validator"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a route asks for."""

    ENTER = "enter"
    """To be logged in: the own settings."""
    SEE_CLIENTS = "see clients"
    """Clients of the own portfolio: lists, pages, comparisons."""
    EXPORT = "export"
    COMMENT = "comment"
    PROPOSE = "propose"
    """An override or a policy, as maker."""
    APPROVE = "approve"
    """What another person proposed, as checker, within the limit of authority."""
    WORK = "work"
    """Warnings and work lists: take, assign, close."""
    WRITE_LETTERS = "write letters"
    ANSWER_OBJECTIONS = "answer objections"
    SEE_MODELS = "see models"
    SEE_TRAIL = "see trail"
    """What was published, read and decided, by whom; replay and export for an auditor."""
    MANAGE_MEMBERS = "manage members"


_READING = {Right.ENTER, Right.SEE_CLIENTS, Right.SEE_MODELS}
_WORKING = _READING | {Right.EXPORT, Right.COMMENT, Right.PROPOSE, Right.WORK, Right.WRITE_LETTERS}
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.READER: frozenset(_READING),
    Role.MANAGER: frozenset(_WORKING),
    Role.CHECKER: frozenset(_WORKING | {Right.APPROVE, Right.ANSWER_OBJECTIONS}),
    Role.VALIDATOR: frozenset(_READING | {Right.EXPORT, Right.COMMENT, Right.SEE_TRAIL}),
    Role.ADMINISTRATOR: frozenset({Right.ENTER, Right.MANAGE_MEMBERS}),
}
"""Who administers members sees no client, and changes nothing of their own; what they change stands in the chain."""


class User(Protocol):
    """Whoever asks: logged in or not."""

    @property
    def is_authenticated(self) -> bool:
        """Whether the session is of somebody."""


def rights_of(user: User) -> frozenset[Right]:
    """What a user may do: nothing without a log-in, or as a user without a role."""
    member = getattr(user, "member", None) if user.is_authenticated else None
    return RIGHTS[Role(member.role)] if member is not None else frozenset()

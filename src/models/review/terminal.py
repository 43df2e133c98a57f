"""Lines of the command before it serves: the address, who may log in, and how to end it."""

from __future__ import annotations

from collections.abc import Sequence

from models.review.access.members import NewMember


def address_lines(address: str, *, nobody: bool) -> list[str]:
    """Where the workbench is, and what to do where nobody can log in yet."""
    lines = [f"workbench  {address}", "end it     Ctrl+C"]
    if nobody:
        lines.append(
            "nobody can log in yet: clientvalue review --administrator NAME enters the first, who enters all others"
        )
    return lines


def member_lines(entered: Sequence[NewMember]) -> list[str]:
    """Names and passwords, which are shown this once."""
    width = max((len(each.name) for each in entered), default=0)
    return [
        "log in as (passwords are shown this once)",
        *(f"  {each.name:<{width}}  {each.password}" for each in entered),
    ]

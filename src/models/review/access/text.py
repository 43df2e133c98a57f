"""Sentences where a request is refused, names of roles, and what the own settings say."""

from __future__ import annotations

from models.review.shared.rights import Role
from models.text import Text

SAVED = Text("Saved.")
LOCKED_OUT = Text(
    "Too many failed log-ins: wait {count} minute.", plural="Too many failed log-ins: wait {count} minutes."
)
MESSAGES = {
    "refused": (
        Text("Not allowed"),
        Text("Your role does not have the right that this page asks for. An administrator gives roles."),
    ),
    "not_found": (
        Text("Not found"),
        Text("There is no such page, or nothing by this name in your portfolio."),
    ),
    "bad_request": (
        Text("Not understood"),
        Text("What was sent is not what this page takes. Nothing was recorded."),
    ),
    "forged": (
        Text("Not accepted"),
        Text("The form was not sent from a page of this session. Open the page again, and send it once more."),
    ),
    "broken": (
        Text("A mistake of ours"),
        Text("Nothing was recorded. The log of the workbench names the route and the kind of error."),
    ),
    "out_of_order": (
        Text("Not in order on the server"),
        Text(
            "A file, model or database that this page needs is not as it should be. Nothing was recorded. Tell who "
            "runs the workbench: its log names the route and the kind of error, and clientvalue explain of the same "
            "client says what to do."
        ),
    ),
}
"""What became of a request -> heading and sentence."""
ROLES = {
    Role.READER: Text("reader", "role"),
    Role.MANAGER: Text("relationship manager", "role"),
    Role.CHECKER: Text("checker", "role"),
    Role.VALIDATOR: Text("validator", "role"),
    Role.ADMINISTRATOR: Text("administrator", "role"),
}

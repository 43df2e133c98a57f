"""The audit behind ``clientvalue check``: what a book holds, what is wrong in it, and which criteria it offers."""

from models.workflows.audit.book import Audit, Criteria, audit_book, audit_facts
from models.workflows.audit.criteria import Feature, Limits, Verdict
from models.workflows.audit.quarantine import BadRow, BadRows, bad_rows

__all__ = [
    "Audit",
    "BadRow",
    "BadRows",
    "Criteria",
    "Feature",
    "Limits",
    "Verdict",
    "audit_book",
    "audit_facts",
    "bad_rows",
]

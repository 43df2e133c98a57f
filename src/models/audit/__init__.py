"""The audit behind ``clientvalue check``: what a book holds, what is wrong in it, and which criteria it offers."""

from models.audit.compute import Audit, Criteria, audit_book, audit_facts
from models.audit.quarantine import BadRow, BadRows, bad_rows
from models.audit.rules import AuditedFeature, CriteriaLimits, Verdict

__all__ = [
    "Audit",
    "AuditedFeature",
    "BadRow",
    "BadRows",
    "Criteria",
    "CriteriaLimits",
    "Verdict",
    "audit_book",
    "audit_facts",
    "bad_rows",
]

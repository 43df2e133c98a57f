"""The job behind ``clientvalue audit verify``: the chain of decisions of a book, entry by entry."""

from __future__ import annotations

from models.config.places import work_dir
from models.config.root import Config
from models.decisions.database import ReviewDatabase
from models.decisions.entries import BrokenChainError
from models.decisions.report import ChainReport, broken_report, chain_report


def verify_chain(settings: Config) -> ChainReport:
    """Look at every entry of the review database of a book. Raises ``ReviewDatabaseError`` if it cannot be read."""
    database = ReviewDatabase.of(settings.review, work_dir(settings))
    try:
        return chain_report(database.label, database.entries())
    except BrokenChainError as error:
        return broken_report(database.label, error)

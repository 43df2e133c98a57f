"""The chain of decisions in the workbench's own database: appended by one at a time, and touched by nobody."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from models.decisions.database import COLUMNS, ENTRY_TABLE, ReviewDatabase
from models.decisions.entries import OVERRIDE_ACTS, BrokenChainError, DecisionAct, Draft, Entry
from models.decisions.refusals import RefusedDecisionError
from models.errors import InternalError
from models.review.chain.models import ReviewEntry
from models.review.chain.record import entries, record, record_draft
from models.review.site import ReviewSite, database_of
from support.review_chain import MAKER, asked, rules


def read(site: ReviewSite) -> list[Entry]:
    """What these tests recorded, of the chain as a run reads it; the roles of the members stand before it."""
    every = ReviewDatabase.of(site.config.review, site.folder).entries()
    return [entry for entry in every if entry.act != DecisionAct.ROLE_CHANGED]


def acknowledged(number: int) -> Draft:
    return Draft(act=DecisionAct.WARNING_ACKNOWLEDGED, subject=f"C{number}", payload='{"word":"陈 \\u2028"}')


def test_a_run_reads_what_the_workbench_recorded(site: ReviewSite) -> None:
    first, second = record_draft(acknowledged(1), by="okafor"), record_draft(acknowledged(2), by="wei")
    assert read(site) == [first, second]
    assert entries([DecisionAct.WARNING_ACKNOWLEDGED], "C2") == [second]
    assert {field.column for field in ReviewEntry._meta.fields} == set(COLUMNS)
    assert ReviewEntry._meta.db_table == ENTRY_TABLE


def test_what_is_refused_is_not_recorded(site: ReviewSite) -> None:
    def deciding(known: object) -> Draft:
        raise InternalError("no")

    with pytest.raises(InternalError, match="no"):
        record(deciding, by="okafor", acts=OVERRIDE_ACTS)
    assert read(site) == []


def test_nobody_decides_on_what_is_past(site: ReviewSite) -> None:
    def propose(known: object) -> Draft:
        return rules(list(known), "C1").propose(MAKER, asked())  # type: ignore[call-overload]

    def attempt(_: int) -> bool:
        try:
            record(propose, by=MAKER.account, acts=OVERRIDE_ACTS, subject="C1")
        except RefusedDecisionError:  # whichever of them came second
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as people:
        done = list(people.map(attempt, range(8)))
    assert sum(done) == 1
    assert len(read(site)) == 1


def test_many_at_once_are_recorded_one_after_the_other(site: ReviewSite) -> None:
    def attempt(number: int) -> int:
        try:
            return record_draft(acknowledged(number), by=f"p{number}").number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as people:
        numbers = sorted(people.map(attempt, range(40)))
    assert numbers == list(range(numbers[0], numbers[0] + 40))
    assert len(read(site)) == 40


def test_no_row_is_changed_or_deleted_by_the_workbench_or_by_sql(site: ReviewSite) -> None:
    record_draft(acknowledged(1), by="okafor")
    row = ReviewEntry.objects.get(act=DecisionAct.WARNING_ACKNOWLEDGED)
    with pytest.raises(InternalError, match="only ever added"):
        row.save()
    with pytest.raises(InternalError, match="never deleted"):
        row.delete()
    for change in (lambda: ReviewEntry.objects.update(by="x"), lambda: ReviewEntry.objects.all().delete()):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewEntry.of(row.entry).save(force_insert=True)
    assert len(read(site)) == 1


def test_who_removes_the_trigger_is_found_by_the_chain(site: ReviewSite) -> None:
    for number in range(3):
        record_draft(acknowledged(number), by="okafor")
    with closing(sqlite3.connect(str(database_of(site)["NAME"]))) as other, other:
        other.execute(f"DROP TRIGGER {ENTRY_TABLE}_update")
        other.execute(f"UPDATE {ENTRY_TABLE} SET subject = 'C9' WHERE number = 2")  # noqa: S608
    with pytest.raises(BrokenChainError, match="entry 2 that does not hold"):
        read(site)

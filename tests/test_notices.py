"""Notices: a run that leaves rows out says so, in one order, wherever it is read."""

from __future__ import annotations

import json
from dataclasses import replace

from models.notices import Notice, Severity, by_severity, notice_facts, notices_of, severity_counts
from models.text import Text
from support.languages import CHINESE

LEFT_OUT = Notice(
    code="rows_left_out", severity=Severity.WARNING, subject="clients", found="2 of 9 rows are left out", count=2
)
INACTIVE = Notice(code="clients_not_scored", severity=Severity.NOTE, subject="clients", found="3 are not active")


def test_the_gravest_stands_first_and_nothing_is_said_twice() -> None:
    assert by_severity([INACTIVE, LEFT_OUT, INACTIVE]) == (LEFT_OUT, INACTIVE)
    later = replace(INACTIVE, count=INACTIVE.count + 1)
    assert by_severity([INACTIVE, LEFT_OUT, later]) == (LEFT_OUT, later)


def test_notices_survive_json() -> None:
    assert notices_of(notice_facts([LEFT_OUT, INACTIVE])) == (LEFT_OUT, INACTIVE)


def test_severities_without_a_notice_are_counted_too() -> None:
    assert severity_counts([LEFT_OUT, INACTIVE, INACTIVE]) == {"refused": 0, "warning": 1, "note": 2}


def test_a_remedy_stands_behind_what_was_found() -> None:
    reported = Notice(code="x", severity=Severity.NOTE, subject="ratings", found="no rows", remedy="add them")
    assert str(reported) == "ratings: no rows; add them"


def test_a_notice_speaks_every_language_also_after_json() -> None:
    found = Text("{count} week", plural="{count} weeks").filled(count=2)
    made = Notice.of("age", Severity.NOTE, "clients", found=found, remedy=Text("expired"), count=2)
    assert str(made) == "clients: 2 weeks; expired"
    (again,) = notices_of(json.loads(json.dumps(notice_facts([made]))))
    assert again == made
    assert again.within(CHINESE) == ("2周", Text("expired").within(CHINESE))
    assert LEFT_OUT.within(CHINESE) == ("2 of 9 rows are left out", "")

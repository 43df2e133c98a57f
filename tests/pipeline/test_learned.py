"""What scores must say of their models: a Chinese reader is told in Chinese that values are not calibrated."""

from __future__ import annotations

import re
from datetime import date

from models.pipeline.learned import Learned
from models.pipeline.serving import ServingModels

LEARNED = Learned(
    until=date(2023, 1, 1),
    serving=ServingModels.leaders("tweedie"),
    not_calibrated={"value": "a total of nothing", "decline": "nobody declined"},
)


def test_why_nothing_was_calibrated_is_told() -> None:
    value, decline = LEARNED.notices(date(2023, 1, 1))
    assert (value.code, value.subject) == ("value_not_calibrated", "value")
    assert "a total of nothing" in value.found
    assert "nobody declined" in decline.found


def test_no_english_stands_in_a_chinese_notice_but_the_name_of_a_setting() -> None:
    reported = LEARNED.notices(date(2022, 1, 1), "zh")
    assert [notice.code for notice in reported] == [
        "scored_in_sample",
        "value_not_calibrated",
        "decline_not_calibrated",
    ]
    words = set(re.findall(r"[A-Za-z_.]{2,}", " ".join(map(str, reported))))
    assert words == {"book.known_until"}

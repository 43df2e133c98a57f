"""Sentences of what a policy goes without in a book."""

from __future__ import annotations

from models.text import Text

BRING = Text("bring the table or column that the feature is made of, or change the policy")
ABSENT_HOLDS_ALL = Text(
    "the cap looks at {feature} and the book does not have it, so it holds every client at {tier} at most"
)
EMPTY_HOLDS_ALL = Text(
    "the cap looks at {feature} and the book tells it of no client, so it holds every client at {tier} at most"
)
HOLDS_NOBODY = Text(
    "the cap looks at {feature} and the book does not have it, so it cannot be checked and holds nobody"
)
NO_POINTS = Text("no client gets points for {criteria}, so {fate}")
NOT_IN_BOOK = Text("{name} (not in the book)")
OTHER_VALUES = Text("{name} (other values than the policy names)")
OF_NO_CLIENT = Text("{name} (known of no client)")
SOME_COUNT = Text("{some} of its {all} criteria count")
NO_SCORE = Text("no client has a score in it")
TAKEN_AS = Text("every client is taken as {level} in it")
STANDS_IN = Text("{instead} stands in for it")
NO_MEASURE = Text("the models know no {measure} of any client, so {fate}")
MORE_ORIGINS = Text("train with more origins, which bounds are made of, or measure the expectation itself")
BRING_DEFAULTS = Text("bring a book that knows defaults, or change the policy")
NO_SEVERITY = Text("no row names a severity, so treatments do not follow warnings: who just turned worse keeps its own")
ADD_ROWS = Text("add treatments.warned and rows for it, as configs/policies/project_finance.yaml has")
NOBODY_WARNS = Text("rows for warnings name {dimensions}, in which no client of the book can warn")
NAME_SOME = Text("name some of {dimensions}, or add them to warnings.dimensions")
ARREARS_UNKNOWN = Text(
    "the book does not have {feature}, so margin and limit keep clients in arrears up as they do others"
)

"""The contract of tables in every language: what a column holds, and what each of its rules asks for."""

from __future__ import annotations

from typing import Final

from models.book.columns import Column
from models.book.rules import RowRule
from models.text import ENGLISH, Language, Text

_NOTES: Final = (
    Text("the client, kept byte for byte", "column"),
    Text("sponsor group", "column"),
    Text("as it signs", "column"),
    Text("other names: short, former, in another script; a ';' between two", "column"),
    Text("where it sits", "column"),
    Text("group of countries", "column"),
    Text("main line of business", "column"),
    Text("state, private, foreign, ...", "column"),
    Text("paid-in capital", "column"),
    Text("headcount", "column"),
    Text("first contract", "column"),
    Text("conservative, balanced, aggressive", "column"),
    Text("leader, established, challenger, niche", "column"),
    Text("environmental and social grade", "column"),
    Text("how the client came", "column"),
    Text("spent to win the client", "column"),
    Text("relationship manager; tells who answers for the client, and no model looks at it", "column"),
    Text("office that keeps the client; no model looks at it", "column"),
    Text("agreed to data processing", "column"),
    Text("the facility", "column"),
    Text("loan, guarantee, ...", "column"),
    Text("what is financed", "column"),
    Text("where it is", "column"),
    Text("what the money is for", "column"),
    Text("commitment", "column"),
    Text("the day it became known", "column"),
    Text("drawable from", "column"),
    Text("contractual end, known at signing", "column"),
    Text("actual end", "column"),
    Text("how it ended", "column"),
    Text("collateral over limit", "column"),
    Text("margin over the base rate, in basis points", "column"),
    Text("loss given default, as a share", "column"),
    Text("the facility it belongs to", "column"),
    Text("value date", "column"),
    Text("what it is", "column"),
    Text("size; the kind tells the direction", "column"),
    Text("day of contact", "column"),
    Text("visit, phone, portal, ...", "column"),
    Text("what it was", "column"),
    Text("until first answered", "column"),
    Text("until settled", "column"),
    Text("campaign it belongs to", "column"),
    Text("note in any language", "column"),
    Text("day of answer", "column"),
    Text("satisfaction, 1 to 5", "column"),
    Text("would recommend, 0 to 10", "column"),
    Text("day of the decision", "column"),
    Text("credit grade", "column"),
    Text("probability of default within a year, as a share", "column"),
    Text("end of the reported year", "column"),
    Text("known from this day", "column"),
    Text("revenue of the year", "column"),
    Text("earnings before interest, tax, depreciation", "column"),
    Text("interest-bearing debt", "column"),
    Text("book equity", "column"),
    Text("cash at hand", "column"),
    Text("the campaign", "column"),
    Text("first day", "column"),
    Text("last day", "column"),
    Text("how it reached clients", "column"),
    Text("total cost", "column"),
    Text("targets were drawn at random", "column"),
    Text("the opportunity; one row per stage entered", "column"),
    Text("step of the funnel", "column"),
    Text("day the stage was entered", "column"),
    Text("expected commitment", "column"),
    Text("day it ended", "column"),
    Text("the country", "column"),
    Text("end of the measured period", "column"),
    Text("real, annual, as a share", "column"),
    Text("annual, as a share", "column"),
    Text("the tier that a person asks for", "column"),
    Text("why the rules do not do justice to the client", "column"),
    Text("who answers for it", "column"),
    Text("counts at as-of dates after this day", "column"),
    Text("counts at as-of dates before this day", "column"),
    Text("of the chain of decisions that approved it; never in a file", "column"),
    Text("the facility; empty: the client as a whole", "column"),
    Text("the day that is reported", "column"),
    Text("what is drawn", "column"),
    Text("what can still be drawn", "column"),
    Text("the limit on that day; without it what is drawn and undrawn", "column"),
    Text("days past due (DPD) of the oldest amount; 0: nothing is overdue", "column"),
    Text("what is overdue", "column"),
    Text("real estate, shares, cash, ...", "column"),
    Text("as appraised", "column"),
    Text("which covenant", "column"),
    Text("how the test came out", "column"),
    Text("distance to the bound as a share of it; below 0: breached", "column"),
    Text("who stands in for the client", "column"),
    Text("up to how much", "column"),
    Text("the day it was given", "column"),
    Text("the day it ends, known when it is given", "column"),
    Text("environmental, social and governance grade", "column"),
    Text("who gave it", "column"),
    Text("the day that is judged", "column"),
    Text("AAA to D, or Aaa to C; read in notches, 1 for the best", "column"),
    Text("political-risk score, 0 for none to 100 for the highest", "column"),
    Text("whether sanctions are in force", "column"),
)
"""Notes of the contract on its columns."""
_BY_NOTE: Final = {note.english: note for note in _NOTES}
_MONEY: Final = ", in book currency"
_IN_CURRENCY: Final = Text("{note}, in book currency", "column")
_RULES: Final = {
    RowRule.REQUIRED: Text("must be filled", "rule of a column"),
    RowRule.NUMBER: Text("must be a number", "rule of a column"),
    RowRule.INTEGER: Text("must be a whole number", "rule of a column"),
    RowRule.DATE: Text("must be a date such as 2024-12-31", "rule of a column"),
    RowRule.TRUTH: Text("must be true or false", "rule of a column"),
    RowRule.FINITE: Text("must be finite", "rule of a column"),
    RowRule.LOW: Text("must not be below its lower bound", "rule of a column"),
    RowRule.HIGH: Text("must not be above its upper bound", "rule of a column"),
    RowRule.ALLOWED: Text("must be one of the allowed words", "rule of a column"),
    RowRule.PAST: Text("must lie before the day until which the book is known", "rule of a column"),
    RowRule.ORDERED: Text("must not lie before the date that comes first", "rule of a column"),
    RowRule.REFERENCE: Text("must stand in the table it refers to", "rule of a column"),
    RowRule.ORPHANED: Text("must not refer to a row that is left out", "rule of a column"),
    RowRule.CURRENCY: Text("must have a rate of its currency by its day", "rule of a column"),
    RowRule.MAPPED: Text("must be a word that book.map names", "rule of a column"),
    RowRule.UNIQUE: Text("must be unique", "rule of a column"),
    RowRule.DISTINCT: Text("must not repeat another row", "rule of a column"),
}
_BOUNDED: Final = {
    RowRule.LOW: Text("must not be below its lower bound {bound:,.12g}", "rule of a column"),
    RowRule.HIGH: Text("must not be above its upper bound {bound:,.12g}", "rule of a column"),
}
_WORDS: Final = {
    RowRule.REQUIRED: Text("required", "word of a rule"),
    RowRule.NUMBER: Text("number", "word of a rule"),
    RowRule.INTEGER: Text("integer", "word of a rule"),
    RowRule.DATE: Text("date", "word of a rule"),
    RowRule.TRUTH: Text("truth", "word of a rule"),
    RowRule.FINITE: Text("finite", "word of a rule"),
    RowRule.LOW: Text("low", "word of a rule"),
    RowRule.HIGH: Text("high", "word of a rule"),
    RowRule.ALLOWED: Text("allowed", "word of a rule"),
    RowRule.PAST: Text("past", "word of a rule"),
    RowRule.ORDERED: Text("ordered", "word of a rule"),
    RowRule.REFERENCE: Text("reference", "word of a rule"),
    RowRule.ORPHANED: Text("orphaned", "word of a rule"),
    RowRule.CURRENCY: Text("currency", "word of a rule"),
    RowRule.MAPPED: Text("mapped", "word of a rule"),
    RowRule.UNIQUE: Text("unique", "word of a rule"),
    RowRule.DISTINCT: Text("distinct", "word of a rule"),
}
_REASON: Final = Text("{column} {rule}", "reason of rows left out")
_AMONG: Final = Text("must be one of the allowed words ({words})", "rule of a column")


def column_note(note: str, language: Language = ENGLISH) -> str:
    """What a column of the contract holds; a note that is none of the contract's stays as it is.

    >>> column_note("paid-in capital, in book currency"), column_note("of a bank's own")
    ('paid-in capital, in book currency', "of a bank's own")
    """
    said = _BY_NOTE.get(note.removesuffix(_MONEY))
    if said is None:
        return note
    return _IN_CURRENCY.within(language, note=said) if note.endswith(_MONEY) else said.within(language)


def rule_text(rule: RowRule, column: Column | None) -> Text:
    """The rule of a column as ``meaning`` has it in English.

    >>> from models.book.rules import meaning
    >>> rule_text(RowRule.UNIQUE, None).within(ENGLISH) == meaning(RowRule.UNIQUE, None)
    True
    """
    bound = None if column is None else {RowRule.LOW: column.low, RowRule.HIGH: column.high}.get(rule)
    if bound is not None:
        return _BOUNDED[rule].filled(bound=bound)
    if column is not None and rule is RowRule.ALLOWED:
        return _AMONG.filled(words=", ".join(column.allowed))
    return _RULES[rule]


def reason_text(reason: str, language: Language = ENGLISH) -> str:
    """Why rows are left out, as counts name it by column and rule: in English by these, else in words.

    >>> reason_text("client_id reference")
    'client_id reference'
    """
    column, _, rule = reason.rpartition(" ")
    return _REASON.within(language, column=column, rule=_WORDS[RowRule(rule)])


def rule_word(rule: str, language: Language = ENGLISH) -> str:
    """The word of a rule, as counts of unreadable values name it.

    >>> rule_word("number")
    'number'
    """
    return _WORDS[RowRule(rule)].within(language)

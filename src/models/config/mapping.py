"""Rows at the source as rows of the contract: words, constants, expressions, flows, signs, currencies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from models.config.base import PositiveFloat, Section

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Sign = Literal["keep", "turn", "absolute"]
OtherValues = Literal["refuse", "keep", "leave_out"]


def _as_text(value: Any) -> Any:
    """A code that YAML reads as a number, as the source writes it."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_list(value: Any) -> Any:
    """One mapping stands for a list of one."""
    return (value,) if isinstance(value, dict | TableMapConfig) else value


def _or_one(schema: dict[str, Any]) -> None:
    several = dict(schema)
    schema.clear()
    schema["anyOf"] = [several["items"], several]


Code = Annotated[str, BeforeValidator(_as_text)]
Formula = Annotated[str, Field(min_length=1)]


class FlowMapConfig(Section):
    """One cashflow of a row that tells of several, such as a loan with what was granted and what was repaid."""

    kind: str = Field(description="What the cashflow is, a word of the contract.")
    date: Formula = Field(description="Column or expression of its day.")
    amount: Formula = Field(
        description="Column or expression of its size; where it is empty or 0, there is no such cashflow."
    )
    where: Formula | None = Field(default=None, description="Only rows for which this expression is true.")
    expressions: dict[str, Formula] = Field(
        default_factory=dict, description="Book column -> column or expression, of this cashflow alone."
    )


class TableMapConfig(Section):
    """How the rows of one table at the source become rows of a table of the book."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    from_: str | None = Field(
        default=None, alias="from", description="The table at the source; default: the one of the same name."
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="Book column -> column at the source, as in book.columns."
    )
    constants: dict[str, Code] = Field(default_factory=dict, description="Book column -> what it is in every row.")
    expressions: dict[str, Formula] = Field(
        default_factory=dict,
        description="Book column -> expression over columns of the source, in the words of SQL: amount: abs(BETRAG) * "
        "1000. Names with blanks or signs stand in double quotes, text in single ones.",
    )
    where: Formula | None = Field(default=None, description="Only rows for which this expression is true.")
    values: dict[str, dict[Code, str | None]] = Field(
        default_factory=dict, description="Book column -> {word at the source: word of the book, null: not known}."
    )
    other_values: OtherValues = Field(
        default="refuse",
        description="What becomes of rows with a word that values does not name: refuse puts them to quarantine, keep "
        "takes the word as it is, leave_out leaves them out. A word of the contract always stands for itself.",
    )
    flows: tuple[FlowMapConfig, ...] = Field(
        default=(), description="For cashflows: what each row tells of several, one after another."
    )
    signs: dict[str, Sign] = Field(
        default_factory=dict,
        description="For cashflows: kind -> turn where the source writes minus for what goes the usual way, absolute "
        "where its sign says nothing. The contract wants what goes the usual way positive, what is reversed negative.",
    )

    @model_validator(mode="after")
    def _each_column_once(self) -> TableMapConfig:
        places = {"columns": self.columns, "constants": self.constants, "expressions": self.expressions}
        named = [(name, place) for place, names in places.items() for name in names]
        named += [(name, "flows") for name in ("kind", "date", "amount") if self.flows]
        for name in dict.fromkeys(name for name, _ in named):
            several = [place for other, place in named if other == name]
            if len(several) > 1:
                raise ValueError(
                    f"a column must stand in one place, got {name} in {' and '.join(several)}: remove all but one"
                )
        return self


MapEntries = Annotated[tuple[TableMapConfig, ...], BeforeValidator(_as_list), Field(json_schema_extra=_or_one)]


class CurrenciesConfig(Section):
    """How amounts in other currencies become amounts in that of the book: by the table ``rates``, or by constants.

    The column ``currency`` of a table, which ``book.columns`` and ``book.map`` name like any other, says in which
    currency the amounts of a row are. The table ``rates`` has the columns date, currency and rate.
    """

    constants: dict[Currency, PositiveFloat] = Field(
        default_factory=dict,
        description="Currency -> what one unit is in that of the book, where the table rates has none of the day.",
    )
    quoted: Literal["book_per_unit", "units_per_book"] = Field(
        default="book_per_unit",
        description="What a rate of the table rates says: how much of the book's currency one unit of the other is, or "
        "how many units of the other one unit of the book's is.",
    )

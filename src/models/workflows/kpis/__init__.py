"""The figures of client management of one book at an as-of date, their trend, campaigns and moves between tiers."""

from models.workflows.kpis.counting import Row
from models.workflows.kpis.facts import CSV_COLUMNS, csv_rows, kpi_facts
from models.workflows.kpis.report import KpiReport, book_kpis

__all__ = ["CSV_COLUMNS", "KpiReport", "Row", "book_kpis", "csv_rows", "kpi_facts"]

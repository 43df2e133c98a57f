"""The figures of client management of one book at an as-of date, their trend, campaigns and moves between tiers."""

from models.kpis.compute import KpiRow
from models.kpis.facts import CSV_COLUMNS, csv_rows, kpi_facts
from models.kpis.report import KpiReport, book_kpis

__all__ = ["CSV_COLUMNS", "KpiReport", "KpiRow", "book_kpis", "csv_rows", "kpi_facts"]

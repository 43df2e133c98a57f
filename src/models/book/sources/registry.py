"""Where books come from: one module per source, each yields the same tables. Checking them is ``book``'s."""

from models.book.sources import cdnow, crm_sales, files, ibrd, ifc, online_retail, sql
from models.book.sources.source_tables import Source

SOURCES: dict[str, Source] = {
    "ifc": ifc.read,
    "ibrd": ibrd.read,
    "online_retail": online_retail.read,
    "cdnow": cdnow.read,
    "crm_sales": crm_sales.read,
    "files": files.read,
    "sql": sql.read,
}
"""The value of ``book.source`` -> how it is read."""

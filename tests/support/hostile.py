"""Texts that attack whoever shows, stores or exports them, and a book in which a client has one in every column."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

SCRIPT = '"><script>alert(1)</script>'
"""Must stand on a page escaped, wherever a name or note is shown."""
TEXTS = (
    SCRIPT,
    "'><img src=x onerror=alert(1)>",
    '=HYPERLINK("http://127.0.0.1/","click")',
    "+1+cmd|' /C calc'!A0",
    "'; DROP TABLE review_entry; --",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "${7*7}",
    "\u202egnp.exe",
    "a\r\nSet-Cookie: stolen=1",
)
CLIENT = 'C"><b>hostile</b>'
"""The id of the client whose every text attacks."""
_OWN = {"client_id", "consent"}


def plant(book: Path) -> None:
    """Gives one client of a simulated book hostile texts, an id of signs that pages act on, and hostile notes."""
    clients = pd.read_parquet(book / "clients.parquet")
    busiest = pd.read_parquet(book / "cashflows.parquet")["client_id"].value_counts().index[0]
    row = clients.index[clients["client_id"] == busiest][0]
    texts = [name for name in clients if pd.api.types.is_string_dtype(clients[name]) and name not in _OWN]
    for number, name in enumerate(texts):
        if name not in {"country", "group_id"}:
            clients.loc[row, name] = TEXTS[number % len(TEXTS)]
    clients.loc[row, "name"] = SCRIPT
    clients.loc[row, "client_id"] = CLIENT
    clients.to_parquet(book / "clients.parquet", index=False)
    for file in sorted(book.glob("*.parquet")):
        table = pd.read_parquet(file)
        if file.name != "clients.parquet" and "client_id" in table:
            theirs = table["client_id"] == busiest
            table.loc[theirs, "client_id"] = CLIENT
            if "text" in table:
                table.loc[theirs, "text"] = SCRIPT
            table.to_parquet(file, index=False)

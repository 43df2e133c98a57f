"""A file of client, date and amount, named in a config of a few lines, becomes models."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from models.config.loading import parse_config
from models.training.job import train

CONFIG = """
book:
  name: shop
  path: {place}
  currency: EUR
  map:
    cashflows: {{from: umsatz, columns: {{client_id: Kunde, date: Tag, amount: Betrag}}, constants: {{kind: order}}}}
learners: {{value: {{trees: 10}}, decline: {{trees: 10}}}}
run: {{work_dir: {place}/work, tracking_uri: "sqlite:///{place}/mlflow.db", artifact_dir: {place}/art, threads: 1,
  bootstrap_resamples: 100}}
"""


def turnover(clients: int) -> str:
    """Orders of some clients over four years, of whom a part stays away after a while."""
    draw = np.random.default_rng(7)
    lines = ["Kunde,Tag,Betrag"]
    for client in range(clients):
        pause = draw.choice([10, 20, 40, 80])
        last = 1460 if draw.random() < 0.6 else draw.integers(100, 1460)
        days = np.cumsum(draw.exponential(pause, size=300).astype(int) + 1) + draw.integers(0, 300)
        size = draw.lognormal(4)
        lines += [
            f"{client:04d},{date(2020, 1, 1) + timedelta(days=int(day))},{size * draw.lognormal(0, 0.3):.2f}"
            for day in days[days < last]
        ]
    return "\n".join(lines) + "\n"


def test_a_file_of_client_date_and_amount_trains(tmp_path: Path) -> None:
    (tmp_path / "umsatz.csv").write_text(turnover(300), encoding="utf-8")
    result = train(parse_config(CONFIG.format(place=tmp_path)))
    found = {notice.code: str(notice) for notice in result.book.notices}
    assert "clients are taken from cashflows" in found["clients_derived"]
    assert "the day after its last dated row (cashflows)" in found["known_until_guessed"]
    assert result.version == "1"

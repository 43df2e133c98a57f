"""The grading policy replayed at past dates, with the models of that day, against what then happened."""

from models.backtest.report import backtest_book

__all__ = ["backtest_book"]

"""clientvalue: what each client is worth, how likely it declines, which tier it belongs in, why, and what to do.

Every verb of the command line is a function here; each takes a config, the path of one, or a ``Book`` first.

>>> from models import Book, predict, train
>>> "backtest" in dir(sys.modules["models"])
True

A frame of clients, dates and amounts alone is a book::

    book = Book.from_frames(orders, currency="EUR")
    trained = train(book)
    trained.metrics()                      # a frame: how good it is at past origins, beside benchmarks
    scored = predict(book)
    scored.frame()                         # a frame: value, decline, tier and reasons of each client
    scored.explanation()                   # a shap.Explanation of all clients
    explain(book, "client 7").figure()     # a matplotlib figure of one
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from models.lazy import load

if TYPE_CHECKING:
    from models.api.book import LenderBook as Book
    from models.api.results import Evaluated, ExplainedClient, ScoredBook, Training, frames
    from models.api.typed import (
        audit_chain,
        audit_client,
        audit_replay,
        backtest,
        card,
        check,
        client_story,
        compare,
        features,
        find_clients,
        forget,
        funnel,
        gc,
        kpis,
        letter,
        lists,
        monitor,
        movers,
        nightly,
        overview,
        promote,
        publish,
        rollback,
        run,
        segments,
        simulate,
        tiers,
        tune,
        validate,
    )
    from models.api.verbs import evaluate, explain, predict, train
    from models.config.loading import load_config, parse_config
    from models.config.root import Config
    from models.demo.job import demo
    from models.errors import UserError
    from models.init.job import init

    __version__: str

__all__ = [
    "Book",
    "Config",
    "Evaluated",
    "ExplainedClient",
    "ScoredBook",
    "Training",
    "UserError",
    "__version__",
    "audit_chain",
    "audit_client",
    "audit_replay",
    "backtest",
    "card",
    "check",
    "client_story",
    "compare",
    "demo",
    "evaluate",
    "explain",
    "features",
    "find_clients",
    "forget",
    "frames",
    "funnel",
    "gc",
    "init",
    "kpis",
    "letter",
    "lists",
    "load_config",
    "monitor",
    "movers",
    "nightly",
    "overview",
    "parse_config",
    "predict",
    "promote",
    "publish",
    "rollback",
    "run",
    "segments",
    "simulate",
    "tiers",
    "train",
    "tune",
    "validate",
]
_PLACES = {
    "Book": "models.api.book.LenderBook",
    **{
        name: f"models.api.results.{name}"
        for name in ("Evaluated", "ExplainedClient", "ScoredBook", "Training", "frames")
    },
    **{name: f"models.api.verbs.{name}" for name in ("evaluate", "explain", "predict", "train")},
    **{name: f"models.config.loading.{name}" for name in ("load_config", "parse_config")},
    "demo": "models.demo.job.demo",
    "init": "models.init.job.init",
    "Config": "models.config.root.Config",
    "UserError": "models.errors.UserError",
}
_JOBS = {
    "audit_chain": "models.trail.job.audit_chain",
    "audit_client": "models.trail.job.audit_client",
    "audit_replay": "models.trail.job.audit_replay",
    "backtest": "models.backtest.job.backtest",
    "card": "models.card.job.card",
    "check": "models.audit.job.check",
    "client_story": "models.explanation.job.client_story",
    "compare": "models.comparison.job.compare",
    "features": "models.features.job.features",
    "find_clients": "models.directory.job.find_clients",
    "forget": "models.forgetting.job.forget",
    "funnel": "models.funnel.job.funnel",
    "gc": "models.retention.job.gc",
    "kpis": "models.kpis.job.kpis",
    "letter": "models.letter.job.client_letter",
    "lists": "models.lists.job.lists",
    "monitor": "models.monitoring.job.monitor",
    "movers": "models.movers.job.movers",
    "nightly": "models.nightly.job.nightly",
    "overview": "models.overview.job.overview",
    "promote": "models.promotion.job.promote",
    "publish": "models.sinks.job.publish",
    "rollback": "models.promotion.job.rollback",
    "run": "models.run.job.run",
    "segments": "models.segments.job.segments",
    "simulate": "models.simulator.job.simulate_book",
    "tiers": "models.what_if.job.tiers",
    "tune": "models.tuning.job.tune",
    "validate": "models.validation.job.validate",
}
"""The verbs that are a job as it is."""
_VERBS = {*_JOBS, "demo", "init"}


class _VerbPackage(ModuleType):
    """A package that is named like a verb, such as ``models.backtest``: called, it is the verb."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return _verb(self.__name__.rpartition(".")[2])(*args, **options)


class _Models(ModuleType):
    """This package: whatever part of it is named like a verb can be called."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _VERBS and type(value) is ModuleType:
            value.__class__ = _VerbPackage
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Models


def _verb(name: str) -> Any:
    if name in _PLACES:
        return _part(_PLACES[name])
    return load("models.api.opening").opened(_part(_JOBS[name]))


def _part(place: str) -> Any:
    module, _, name = place.rpartition(".")
    return getattr(load(module), name)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return load("importlib.metadata").version("clientvalue")
    if name in _PLACES or name in _JOBS:  # loaded on demand: MLflow alone takes seconds
        return _verb(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__]

"""The policy that grades: the config's, whichever one the models were published with.

A credit committee changes a policy more often than models are trained, and a policy learns nothing from outcomes but
what its shares amount to. So a run takes the policy of its config. Cut-offs that the bundle fixed are kept wherever a
level is as it was; what other shares amount to is settled on the clients that the models foresee without having seen
any of their outcomes: those active at the day until which they learned, or at the as-of date of the run, if that is
earlier. That day belongs to the bundle and does not move from night to night, so that a client's tier never changes
because others did; and nothing that came after the as-of date is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from models.book.door import Book
from models.config.feature_names import feature_problems
from models.config.policy.policy import PolicyConfig
from models.config.root import Config
from models.errors import ConfigError, TooLittleDataError
from models.grading.compute import facts_of
from models.grading.facts import Facts
from models.grading.fitted import GradingPolicy, refit_policy, shares_to_settle
from models.grading.scores import looked_at
from models.grading.tier_rules import features_for, rule_words
from models.movers.earlier import EarlierPolicy, earlier_policy
from models.panel.build import panels_by_block
from models.panel.ledger_cache import kept_book
from models.panel.panel import Panel
from models.pipeline.bundle import Bundle
from models.pipeline.pipeline import grade_matrix
from models.publications.previous import PreviousScores
from models.store.keys import canonical_json, text_hash
from models.store.sealed import OF_SCORES, read_facts
from models.text import ENGLISH, Language, Text
from models.vocab import Progress, SilentProgress

POLICY_FACTS = "policy"
"""The entry of a manifest that says which policy graded."""
HASH_LENGTH = 12
_POLICY: Final = Text("policy {policy}")
_OTHER_POLICY: Final = Text("policy {policy} of the config, other than that of the models ({models})")


def settings_hash(settings: object) -> str:
    """What identifies a section of settings, ready for JSON."""
    return text_hash(canonical_json(settings))[:HASH_LENGTH]


def policy_hash(settings: PolicyConfig) -> str:
    """What identifies a policy, in whatever words it is written."""
    return settings_hash(settings.model_dump(mode="json"))


@dataclass(frozen=True, kw_only=True)
class GradedBy:
    """Whose policy graded: what identifies it, and what identifies the one that the models were published with."""

    policy: str
    models: str

    @classmethod
    def of(cls, bundle: Bundle) -> GradedBy:
        """As a bundle grades."""
        return cls(policy=policy_hash(bundle.models.policy.settings), models=policy_hash(bundle.config.grading))

    @classmethod
    def of_manifest(cls, manifest: Mapping[str, object]) -> GradedBy | None:
        """As a published run was graded; None where its manifest does not say."""
        facts = manifest.get(POLICY_FACTS)
        return cls(policy=str(facts["hash"]), models=str(facts["bundle_hash"])) if isinstance(facts, Mapping) else None

    @property
    def sentence(self) -> str:
        """Which policy it is, in English.

        >>> GradedBy(policy="3f2a", models="77ab").sentence
        'policy 3f2a of the config, other than that of the models (77ab)'
        """
        return self.within(ENGLISH)

    def within(self, language: Language) -> str:
        """Which policy it is, in a language."""
        said = _POLICY if self.policy == self.models else _OTHER_POLICY
        return said.within(language, policy=self.policy, models=self.models)


@dataclass(frozen=True, kw_only=True)
class PolicyInForce:
    """A bundle whose models grade by the policy of a config.

    ``settled_at`` is the date whose clients settled what shares amount to, None where the bundle had settled all.
    """

    bundle: Bundle
    settled_at: date | None = None

    def facts(self) -> dict[str, object]:
        """What a manifest records: whose policy graded, its hash beside the bundle's, and where its levels begin."""
        policy, graded_by = self.bundle.models.policy, GradedBy.of(self.bundle)
        return {
            "graded_by": "config" if graded_by_config(self.bundle) else "bundle",
            "hash": graded_by.policy,
            "bundle_hash": graded_by.models,
            "settled_at": None if self.settled_at is None else self.settled_at.isoformat(),
            "cut_offs": {name: list(numbers) for name, numbers in policy.cut_offs.items()},
        }


def graded_by_config(bundle: Bundle) -> bool:
    """Whether another policy grades than the one that the models were published with."""
    return bundle.models.policy.settings != bundle.config.grading


def policy_in_force(
    book: Book,
    bundle: Bundle,
    config: Config,
    as_of: date,
    *,
    published: Mapping[str, object] | None = None,
    progress: Progress = SilentProgress(),
) -> PolicyInForce:
    """The bundle as it grades under ``config`` at ``as_of``; the one that was given, where both have one policy.

    ``published`` is the manifest of the same run, if it was published: then nothing has to be settled anew.
    Raises ``ConfigError`` if the policy looks at features that the models' book does not define, ``UserError`` if a
    cut-off by share falls beyond a fixed one.
    """
    own, wanted = bundle.models.policy, config.grading
    if own.settings == wanted:
        return PolicyInForce(bundle=bundle)
    unknown = feature_problems(wanted, bundle.config.features)
    if unknown:
        raise ConfigError(subject="the config's policy, beside the features of the models", problems=unknown)
    cut_offs = _published_cut_offs(published, wanted)
    if cut_offs is not None:
        return _graded_by(bundle, replace(own, settings=wanted, cut_offs=cut_offs))
    if not shares_to_settle(own, wanted):
        return _graded_by(bundle, refit_policy(own, wanted, None))
    when, facts = _settling_facts(book, bundle, config, as_of, progress)
    return _graded_by(bundle, refit_policy(own, wanted, facts), settled_at=when)


def earlier_policy_of(previous: PreviousScores | None, bundle: Bundle) -> EarlierPolicy | None:
    """How the run that is built on was graded, beside ``bundle``, which grades now; None where there was none."""
    if previous is None:
        return None
    same = read_facts(previous.folder, remedies=OF_SCORES).get("bundle") == bundle.key
    return earlier_policy(previous.folder, bundle.models.policy, bundle.config.features, same_bundle=same)


def scoring_config(bundle: Bundle, config: Config) -> Config:
    """The bundle's settings, with the caller's policy, place of the book, limits of what is plausible, and way to run.

    The policy is taken over where it differs, so that a config that says the same in other words leads to the same run.
    """
    of_caller = {name: getattr(config, name) for name in ("book", "guard", "monitor", "privacy", "run")}
    settings = bundle.config.model_copy(update=of_caller)
    if config.grading == bundle.config.grading:
        return settings
    return settings.model_copy(update={POLICY_FACTS: config.grading})


def book_facts(
    book: Book,
    bundle: Bundle,
    settings: Config,
    as_of: date,
    names: Set[str],
    *,
    progress: Progress = SilentProgress(),
    title: str = "Scoring",
) -> Facts | None:
    """What is foreseen of all clients active before ``as_of``, with those ``names`` of their features that there are.

    None where no client is active. ``settings`` are those of ``scoring_config``.
    """
    prepared = kept_book(book, settings, as_of, bundle.models.notes)
    panels = panels_by_block(prepared, settings, [0], targets=False)
    tracked = progress.track(panels, total=len(prepared.block_numbers), title=title)
    parts = [_block_facts(bundle, panel, names) for panel in tracked if len(panel)]
    return Facts.joined(parts) if parts else None


def _block_facts(bundle: Bundle, panel: Panel, names: Set[str]) -> Facts:
    models = bundle.models
    forecast = grade_matrix(models, models.contract.encode(panel.features), panel)
    return facts_of(forecast, panel).with_features(sorted(names))


def _graded_by(bundle: Bundle, policy: GradingPolicy, *, settled_at: date | None = None) -> PolicyInForce:
    words = {**bundle.models.words, **rule_words(policy.settings)}
    models = replace(bundle.models, policy=policy, words=words)
    return PolicyInForce(bundle=replace(bundle, models=models), settled_at=settled_at)


CutOffs = dict[str, tuple[float, ...]]


def _published_cut_offs(published: Mapping[str, object] | None, wanted: PolicyConfig) -> CutOffs | None:
    """Where the levels of a policy begin by the manifest of a run that it graded; None where it tells nothing of it."""
    known = (published or {}).get(POLICY_FACTS)
    if not isinstance(known, Mapping) or known.get("hash") != policy_hash(wanted):
        return None
    return {name: tuple(map(float, known["cut_offs"][name])) for name in wanted.dimensions}


def _settling_facts(book: Book, bundle: Bundle, config: Config, as_of: date, progress: Progress) -> tuple[date, Facts]:
    """The clients by whom shares are settled, and their date: see above; where none was active then, at ``as_of``."""
    until, names = bundle.models.learned.until, set(features_for(config.grading, looked_at(config.grading)))
    settings = scoring_config(bundle, config)
    for when in dict.fromkeys((until, as_of) if book.first_date < until <= as_of else (as_of,)):
        facts = book_facts(book, bundle, settings, when, names, progress=progress, title="Settling the policy")
        if facts is not None:
            return when, facts
    raise TooLittleDataError(
        rule=f"the shares of a policy need clients that are active before {as_of}",
        got="none",
        remedy="choose another --as-of, or give cut-offs by amount, points and probability",
    )

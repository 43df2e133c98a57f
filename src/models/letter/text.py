"""The words of a letter: to the client, plain, in every language; each reason in the words of the protected list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.letter.rules import PrincipalReason, Stance, Subject
from models.text import Language, Slot, Text, joined


@dataclass(frozen=True, kw_only=True)
class SubjectWords:
    """How a subject is spoken of.

    ``costs`` and ``speaks`` are sentences, ``weighs`` names it within one, ``helps`` says what a client can do about
    it; None where there is nothing to say or do.
    """

    costs: Text
    speaks: Text | None = None
    weighs: Text | None = None
    helps: Text | None = None


WORDS: Final[Mapping[Subject, SubjectWords]] = {
    "arrears": SubjectWords(
        costs=Text("Payments to us are overdue."),
        speaks=Text("You pay on time."),
        weighs=Text("payments that were overdue"),
        helps=Text("Pay what is overdue. If you cannot, write to us now, so that we agree a plan that you can keep."),
    ),
    "default": SubjectWords(
        costs=Text("In the past a debt to us was not repaid as agreed."),
        speaks=Text("You repaid what you owed as agreed."),
        weighs=Text("whether debts were repaid as agreed"),
        helps=Text("Pay from here on as agreed: what happened counts no more after some time without a further event."),
    ),
    "group": SubjectWords(
        costs=Text("The standing of the group of companies that you belong to holds the grade."),
        speaks=Text("The group of companies that you belong to stands well."),
        weighs=Text("the group of companies that you belong to"),
        helps=Text("If you stand on your own, or no longer belong to the group, write to us and show us."),
    ),
    "rating_age": SubjectWords(
        costs=Text("Your credit rating is missing, or no longer recent."),
        speaks=Text("Your credit rating is recent."),
        weighs=Text("how recent your credit rating is"),
        helps=Text("Send us your latest annual accounts, so that you can be rated anew."),
    ),
    "rating": SubjectWords(
        costs=Text("Your credit rating is not as good as a better grade asks for."),
        speaks=Text("Your credit rating is good."),
        weighs=Text("your credit rating"),
        helps=Text(
            "Send us your latest annual accounts and whatever shows that you stand better than when you were rated."
        ),
    ),
    "debt": SubjectWords(
        costs=Text("By your accounts, your debt is higher against your earnings than we look for."),
        speaks=Text("By your accounts, your debt is low against your earnings."),
        weighs=Text("your debt against your earnings"),
        helps=Text("Lower your debt against your earnings, and send us the accounts that show it."),
    ),
    "cover": SubjectWords(
        costs=Text("By your accounts, your earnings cover your interest less often than we look for."),
        speaks=Text("By your accounts, your earnings cover your interest well."),
        weighs=Text("how often your earnings cover your interest"),
        helps=Text("Send us later accounts, if your earnings cover your interest better now."),
    ),
    "size": SubjectWords(
        costs=Text("By your accounts, your revenue is smaller than a better grade asks for."),
        speaks=Text("By your accounts, your revenue is large."),
        weighs=Text("your revenue"),
        helps=Text("Send us your latest annual accounts, if your revenue has grown since."),
    ),
    "accounts": SubjectWords(
        costs=Text("Your accounts show less than a better grade asks for."),
        speaks=Text("Your accounts speak for you."),
        weighs=Text("what your accounts show"),
        helps=Text("Send us your latest annual accounts."),
    ),
    "capital": SubjectWords(
        costs=Text("Your registered capital is smaller than a better grade asks for."),
        speaks=Text("Your registered capital is large."),
        weighs=Text("your registered capital"),
        helps=Text("If your registered capital has changed, send us the extract from the register."),
    ),
    "standing": SubjectWords(
        costs=Text("Your place in your market is weaker than a better grade asks for."),
        speaks=Text("Your place in your market is strong."),
        weighs=Text("your place in your market"),
        helps=Text("Tell us of orders, licences or audits that show your place in your market."),
    ),
    "sustainability": SubjectWords(
        costs=Text("Your sustainability is rated lower than a better grade asks for."),
        speaks=Text("Your sustainability is rated well."),
        weighs=Text("how your sustainability is rated"),
        helps=Text("Send us certificates or reports on environment, staff and governance that we may not know."),
    ),
    "plans": SubjectWords(
        costs=Text("We know of few projects of yours that are to come."),
        speaks=Text("You have projects to come that you talk to us about."),
        weighs=Text("the projects that you talk to us about"),
    ),
    "utilisation": SubjectWords(
        costs=Text("You use little of what is agreed with us."),
        speaks=Text("You use what is agreed with us."),
        weighs=Text("how much you use of what is agreed"),
    ),
    "ending": SubjectWords(
        costs=Text("Little of what is agreed with us ends soon, so that little is to be decided anew."),
        speaks=Text("Much of what is agreed with us is to be decided anew soon."),
        weighs=Text("how much of what is agreed with us ends soon"),
    ),
    "financings": SubjectWords(
        costs=Text("We work together on few projects."),
        speaks=Text("We work together on several projects."),
        weighs=Text("the projects on which we work together"),
    ),
    "tenure": SubjectWords(
        costs=Text("We have not worked together for long."),
        speaks=Text("We have worked together for long."),
        weighs=Text("how long we have worked together"),
        helps=Text("This comes with time; there is nothing that you need to do."),
    ),
    "breadth": SubjectWords(
        costs=Text("You use few kinds of our services."),
        speaks=Text("You use several kinds of our services."),
        weighs=Text("the kinds of services that you use"),
    ),
    "business": SubjectWords(
        costs=Text("We did less business together than a better grade asks for."),
        speaks=Text("We do much business together."),
        weighs=Text("the extent and the timing of our business together"),
    ),
    "person": SubjectWords(
        costs=Text(
            "A person decided on this grade after looking at your case, not the rules alone. "
            "You may ask for the reasons."
        ),
    ),
    "steady": SubjectWords(
        costs=Text(
            "Your grade is near to a better one. So that grades do not change to and fro, it waits until that lasts."
        ),
        helps=Text("There is nothing that you need to do: the next review looks at it again."),
    ),
    "unknown": SubjectWords(
        costs=Text("We know too little about what we call {dimension}."),
        helps=Text("Send us your latest annual accounts and what else shows how you stand."),
    ),
    "dimension": SubjectWords(
        costs=Text("What we call {dimension}, taken together, is below what a better grade asks for."),
    ),
    "whole": SubjectWords(
        costs=Text("Everything taken together does not reach what a better grade asks for."),
    ),
    "worth": SubjectWords(
        costs=Text("We expect less business together in the time to come than a better grade asks for.{weighed}"),
        speaks=Text("We expect much business together in the time to come.{weighed}"),
    ),
    "staying": SubjectWords(
        costs=Text("We are less sure than a better grade asks that our business together goes on as it was.{weighed}"),
        speaks=Text("We are confident that our business together goes on.{weighed}"),
    ),
    "repaying": SubjectWords(
        costs=Text("We are less sure of repayment than a better grade asks for.{weighed}"),
        speaks=Text("We are confident of repayment.{weighed}"),
    ),
}
_OVERDUE: Final = Text(
    "Payments to us are overdue, by at least {count} day.",
    plural="Payments to us are overdue, by at least {count} days.",
)
_ON_RECORD: Final = Text("{sentence} On record with us: {observed}.", "letter")
_ON_RECORD_OF: Final = Text("{sentence} On record with us: {observed}, of {day}.", "letter")
_WITH: Final = Text("{first} and {next}", "letter")
_WEIGHED: Final = Text(" What weighed most in this: {topics}.", "letter")

LABELS: Final = {
    "title": Text("Your grade: why, and what you may do", "letter"),
    "title_graded": Text("Your grade {tier}: why, and what you may do", "letter"),
    "as_of": Text("As of {day}", "letter"),
    "to": Text("To", "letter"),
    "greeting": Text("Dear client,", "letter"),
    "opening": Text(
        "your grade with us is {tier}. The grades are, the best first: {tiers}. Your grade decides on what terms we "
        "work with you. This letter says why it is so, what may help, and what you may ask of us.",
        "letter",
    ),
    "opening_none": Text(
        "you have no grade with us at present. This letter says why, and what you may ask of us.", "letter"
    ),
    "reasons": Text("Why", "letter"),
    "steps": Text("What may help", "letter"),
    "rights": Text("What you may ask of us", "letter"),
    "contact": Text("Whom to write to", "letter"),
    "office": Text("Office", "letter"),
    "address": Text("Address", "letter"),
    "email": Text("E-mail", "letter"),
    "phone": Text("Telephone", "letter"),
    "form": Text("Objection or question", "letter"),
    "form_note": Text("Cut off or copy, and send it to the address above. A letter in your own words counts as much."),
    "form_person": Text("I ask that a person decide on my grade."),
    "form_wrong": Text("This is not right:"),
    "form_more": Text("I ask for more on the reasons."),
    "form_signed": Text("Name, signature, date", "letter"),
    "model": Text("version of the assessment {version}", "letter"),
    "seal": Text("This letter's mark: {seal}", "letter"),
    "page_foot": Text("mark {seal}", "letter"),
    "by_rules": Text(
        "The grade follows from rules that are the same for every client, applied to your figures by a computer."
    ),
    "by_cap": Text("A limit holds the grade, which no other figure and no decision can lift while its cause lasts."),
    "by_person": Text("A person decided on the grade; the rules that a computer applies did not decide alone."),
    "not_graded": Text(
        "We grade clients with whom we have had business recently, or who asked us for something. "
        "Neither was so on that day."
    ),
    "refused": Text(
        "You refused that we process your data for such an assessment. We respect it: no program looks at your data "
        "for a grade, and you have none."
    ),
    "best": Text("It is the best grade; there is nothing that you need to do."),
    "steps_cap": Text("As long as this lasts, nothing else changes the grade."),
    "steps_promise": Text("This is no promise: the next review looks at everything anew."),
    "no_steps": Text("There is nothing that we would ask you to do."),
    "right_reasons": Text(
        "More on the reasons: you may ask us to explain this grade further, and which of your data it rests on."
    ),
    "right_data": Text("Your data: you may see what we hold about you, and have what is wrong put right."),
    "right_person": Text(
        "A person: you may ask that a person decide on your grade, tell that person your point of view, and refuse a "
        "decision that a computer made alone (Personal Information Protection Law of China, article 24; General Data "
        "Protection Regulation of the European Union, article 22). We grant this to every client."
    ),
    "right_objection": Text(
        "An objection: write to us within {count} day of receiving this letter. It costs nothing and is not held "
        "against you.",
        plural="An objection: write to us within {count} days of receiving this letter. It costs nothing and is not "
        "held against you.",
    ),
    "right_answer": Text(
        "An answer: a person who did not decide on your grade before answers in writing within {count} day.",
        plural="An answer: a person who did not decide on your grade before answers in writing within {count} days.",
    ),
    "right_complaint": Text(
        "A complaint: if our answer does not satisfy you, you may turn to the authority that supervises us."
    ),
}


def say(key: str, language: Language, **slots: Slot) -> str:
    """A heading or sentence of the letter.

    >>> say("title_graded", "en", tier="B")
    'Your grade B: why, and what you may do'
    """
    return LABELS[key].within(language, **slots)


def letter_title(tier: str, language: Language) -> str:
    """The title of a letter: that of a client with a grade names it."""
    return say("title_graded", language, tier=tier) if tier else say("title", language)


def reason_sentence(
    reason: PrincipalReason, language: Language, *, dimension: Slot = "", own: OwnFigure | None = None
) -> str:
    """A reason in words. ``dimension`` is what people call its dimension; ``own`` what is on record of the client."""
    words = WORDS[reason.subject]
    template = (words.speaks if reason.stance is Stance.SPEAKS else None) or words.costs
    if reason.subject == "arrears" and reason.stance is not Stance.SPEAKS and own is not None and own.days >= 1:
        return _OVERDUE.within(language, count=own.days)
    sentence = template.within(language, dimension=dimension, weighed=_weighed(reason, language))
    if own is None or not own.observed:
        return sentence
    shown = _ON_RECORD_OF if own.on else _ON_RECORD
    return shown.within(language, sentence=sentence, observed=own.observed, day=own.on)


@dataclass(frozen=True, kw_only=True)
class OwnFigure:
    """What is on record of the client itself, in words, and of which day; ``days`` overdue, 0 of anything else."""

    observed: str = ""
    on: str = ""
    days: int = 0


def step_sentence(subject: Subject, language: Language) -> str:
    """What a client can do about a subject; empty where there is nothing."""
    helps = WORDS[subject].helps
    return "" if helps is None else helps.within(language)


def _weighed(reason: PrincipalReason, language: Language) -> str:
    names = [words.weighs.within(language) for topic in reason.weighed if (words := WORDS[topic]).weighs is not None]
    return _WEIGHED.within(language, topics=joined(names, language, _WITH)) if names else ""

"""Views of letters: the letter of a client, its filing, the list of what was filed, and cases of objections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from models.decisions.entries import DecisionAct, Draft, Entry
from models.decisions.refusals import RefusedDecisionError
from models.errors import UserError
from models.letter.objections import (
    LETTER_ACTS,
    FiledLetter,
    LetterFiled,
    ObjectionCase,
    ObjectionOutcome,
    answered_objection,
    filed_letters,
    objection_cases,
    opened_objection,
)
from models.letter.report import ClientLetter
from models.letter.text import letter_title
from models.letter.text import say as letter_phrase
from models.reasons.figures import day
from models.review.access.portfolio import record_reading, shown_client
from models.review.chain.record import entries, record, record_draft
from models.review.client.asked import AskedClient, asked_client
from models.review.client.stories import SHELF
from models.review.letters.filing import file_letter, filed_bytes
from models.review.letters.forms import AnswerForm, ObjectionForm
from models.review.letters.text import ANSWERED, FILED, OPENED, OUTCOMES, WRONG_FORM
from models.review.shared.languages import page_language
from models.review.shared.render import page
from models.review.shared.rights import RIGHTS, Right, rights_of
from models.review.site import shown_site
from models.shell.editions import own_name
from models.text import Language, Text, languages


@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """What was filed and objected to, of the own portfolio: open cases first."""
    known = entries(LETTER_ACTS)
    today = datetime.now(tz=UTC).date()
    cases = [case for case in objection_cases(known) if _sees(request, case.entry.subject)]
    filed = [each for each in filed_letters(known) if _sees(request, each.entry.subject)]
    return page(
        request,
        "letters/letters.html",
        cases=[(case, case.is_late(today)) for case in cases],
        filed=filed,
        date=lambda value: day(value, page_language()),
        outcomes=OUTCOMES,
    )


@require_GET
def letter(request: HttpRequest, client: str) -> HttpResponse:
    """The letter to a client as of the newest run, in the language asked for."""
    asked = asked_client(request, client)
    written, refused = _written(request, asked)
    filed = filed_letters(entries(LETTER_ACTS, client))
    return page(
        request,
        "letters/letter.html",
        client=client,
        letter=written,
        refused=refused,
        title="" if written is None else letter_title(written.tier, Language(written.language)),
        as_of=day(asked.run.as_of, asked.language),
        say=lambda key: letter_phrase(key, _spoken(request)),
        spoken=_spoken(request),
        languages=[(each, own_name(each)) for each in languages()],
        filed=filed,
        date=lambda value: day(value, asked.language),
    )


@require_POST
def file(request: HttpRequest, client: str) -> HttpResponseBase:
    """Files the letter as it stands: its page by its hash, and an entry of the chain."""
    asked = asked_client(request, client)
    written, refused = _written(request, asked)
    if written is None:
        messages.error(request, refused)
        return redirect("letter", client=client)
    payload = LetterFiled(
        seal=written.seal,
        file_hash=file_letter(written),
        language=written.language,
        tier=written.tier,
        as_of=written.as_of,
        run_key=asked.run.entry.run_key,
        model_version=written.model_version,
    )
    entry = record_draft(Draft.of(DecisionAct.LETTER_FILED, client, payload), by=request.user.get_username())
    messages.success(request, FILED.within(asked.language, seal=written.seal[:16], number=entry.number))
    return redirect("letter", client=client)


@require_GET
def filed(request: HttpRequest, number: int) -> HttpResponse:
    """A filed letter as a file to keep, never as a page of the workbench. Raises ``Http404``."""
    found = _filed(request, number)
    content = filed_bytes(found.letter.file_hash)
    if content is None:
        raise Http404
    record_reading(request.user, found.entry.subject, route="letter_filed", run_key=found.letter.run_key)
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="letter-{number}.html"'
    return response


@require_GET
def objection(request: HttpRequest, number: int) -> HttpResponse:
    """A filed letter with its objections, where one is entered and answered. Raises ``Http404``."""
    found = _filed(request, number)
    client = found.entry.subject
    cases = [case for case in objection_cases(entries(LETTER_ACTS, client)) if case.objection.letter == number]
    record_reading(request.user, client, route="objection", run_key=found.letter.run_key)
    rights, today = rights_of(request.user), datetime.now(tz=UTC).date()
    return page(
        request,
        "letters/objection.html",
        found=found,
        client=client,
        cases=[(case, case.is_late(today)) for case in cases],
        people=_answering(found.entry.by),
        today=today.isoformat(),
        outcomes=OUTCOMES,
        may_open=Right.WRITE_LETTERS in rights,
        may_answer=Right.ANSWER_OBJECTIONS in rights and found.entry.by != request.user.get_username(),
        date=lambda value: day(value, page_language()),
    )


@require_POST
def open_objection(request: HttpRequest, number: int) -> HttpResponseBase:
    """Enters an objection to a filed letter as a case."""
    found, form = _filed(request, number), ObjectionForm(request.POST)
    if not form.is_valid() or form.cleaned_data["person"] not in _answering(found.entry.by):
        messages.error(request, WRONG_FORM.within(page_language()))
        return redirect("objection", number=number)
    answer_days = shown_site().config.letter.answer_days

    def deciding(known: Sequence[Entry]) -> Draft:
        return opened_objection(known, letter=number, answer_days=answer_days, **form.cleaned_data)

    _recorded(request, deciding, found.entry.subject, OPENED)
    return redirect("objection", number=number)


@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponseBase:
    """Answers an open objection; ``number`` is its entry. Raises ``Http404``."""
    case = _case(request, number)
    form = AnswerForm(request.POST)
    if form.is_valid():
        outcome, text = ObjectionOutcome(form.cleaned_data["outcome"]), form.cleaned_data["text"]
        by = request.user.get_username()

        def deciding(known: Sequence[Entry]) -> Draft:
            return answered_objection(known, objection=number, outcome=outcome, text=text, by=by)

        _recorded(request, deciding, case.entry.subject, ANSWERED)
    else:
        messages.error(request, WRONG_FORM.within(page_language()))
    return redirect("objection", number=case.objection.letter)


def _recorded(request: HttpRequest, deciding: Callable[[Sequence[Entry]], Draft], client: str, said: Text) -> None:
    """Records what the rules allow, and says what became of it."""
    lang = page_language()
    try:
        record(deciding, by=request.user.get_username(), acts=LETTER_ACTS, subject=client)
    except RefusedDecisionError as refused:
        messages.error(request, refused.within(lang))
    else:
        messages.success(request, said.within(lang))


def _written(request: HttpRequest, asked: AskedClient) -> tuple[ClientLetter | None, str]:
    """The letter, or why none is written."""
    try:
        return SHELF.letter(asked.run, asked.client, _spoken(request)), ""
    except UserError as error:
        return None, str(error)


def _spoken(request: HttpRequest) -> Language:
    """The language of the letter: that of the client, which need not be that of the page."""
    wanted = request.POST.get("lang") or request.GET.get("lang")
    return Language(wanted) if wanted in languages() else page_language()


def _sees(request: HttpRequest, client: str) -> bool:
    return shown_client(request.user, client) is not None


def _filed(request: HttpRequest, number: int) -> FiledLetter:
    """A filed letter to a client of the portfolio. Raises ``Http404``."""
    found = next((each for each in filed_letters(entries(LETTER_ACTS)) if each.entry.number == number), None)
    if found is None or not _sees(request, found.entry.subject):
        raise Http404
    return found


def _case(request: HttpRequest, number: int) -> ObjectionCase:
    """The case of an objection about a client of the portfolio. Raises ``Http404``."""
    cases = objection_cases(entries(LETTER_ACTS))
    found = next((each for each in cases if each.entry.number == number), None)
    if found is None or not _sees(request, found.entry.subject):
        raise Http404
    return found


def _answering(filed_by: str) -> list[str]:
    """The accounts that may answer objections to a letter that somebody filed."""
    roles = [role.value for role, rights in RIGHTS.items() if Right.ANSWER_OBJECTIONS in rights]
    members = User.objects.filter(member__role__in=roles, is_active=True).exclude(username=filed_by)
    return sorted(members.values_list("username", flat=True))

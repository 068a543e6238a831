"""What worries the patient, at either door: the danger signs first, and no thanks before they were asked.

What was told is stored first, then answered with what to do now; nobody has to read a queue before.
"""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.decorators import GuestRequest, offered, page_context, patient, remember_no_sign
from portal.forms import MistakeForm, SignsForm, WorryForm
from portal.queries import (
    Guest,
    ToldPain,
    Visit,
    has_told_all_clear,
    inside,
    latest_told,
    signs_to_ask,
    told_here,
    told_pain,
    told_priority,
)
from portal.services import worries
from sessions.choices import DangerSign, Priority

URGENT = (Priority.P0, Priority.P1)

View = Callable[..., HttpResponse]


def _worry(request: GuestRequest) -> HttpResponse:
    """“Is anything worrying you?” A sign is answered at once; words lead to the signs once more, by name."""
    guest = request.visit
    form = WorryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        sign, words = form.cleaned_data["sign"], form.cleaned_data["words"]
        if sign:
            return _tell_sign(request, DangerSign(sign), words)
        if words:
            with inside(guest.by):
                worries.tell(guest=guest, sign=None, words=words, by=guest.by, now=timezone.now())
            return redirect(guest.url("signs"))
        with inside(guest.by):
            worries.say_all_is_well(guest=guest, by=guest.by, now=timezone.now())
        return redirect(guest.url("done"))
    return _page(request, "portal/worry.html", status=422 if form.is_bound else 200, form=form, **_asked(guest))


def _signs(request: GuestRequest) -> HttpResponse:
    """“Is one of these happening?” after words; whoever answers no is asked to call all the same.

    Only words that say nothing but that all is well are thanked for.
    """
    guest = request.visit
    form = SignsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if form.cleaned_data["sign"]:
            return _tell_sign(request, DangerSign(form.cleaned_data["sign"]), _words_told(guest))
        with inside(guest.by):
            is_all_clear, report_id = has_told_all_clear(guest), latest_told(guest)
        if is_all_clear:
            return remember_no_sign(redirect(guest.url("done")), guest, report_id=report_id)
        return redirect(guest.url("call"))
    with inside(guest.by):
        is_emergency = told_priority(guest) == Priority.P0
    return _page(
        request,
        "portal/signs.html",
        status=422 if form.is_bound else 200,
        form=form,
        is_emergency=is_emergency,
        **_asked(guest),
    )


def _call(request: GuestRequest) -> HttpResponse:
    """What to do now, as long as something urgent was told here and not taken back."""
    guest = request.visit
    with inside(guest.by):
        priority = told_priority(guest)
    if priority not in URGENT:
        return redirect(guest.url("done"))
    return _what_to_do(request, priority)


def _mistake(request: GuestRequest) -> HttpResponse:
    """A slip of the finger: it is noted, and a clinician looks at it all the same."""
    guest = request.visit
    form = MistakeForm(request.POST)
    if form.is_valid():
        with inside(guest.by):
            worries.take_back(guest=guest, report_id=form.cleaned_data["report"], by=guest.by, now=timezone.now())
    return redirect(guest.url("worry"))


def _tell_sign(request: GuestRequest, sign: DangerSign, words: str) -> HttpResponse:
    guest = request.visit
    with inside(guest.by):
        told = worries.tell(guest=guest, sign=sign, words=words, by=guest.by, now=timezone.now())
    return _what_to_do(request, told.priority)


def _what_to_do(request: GuestRequest, priority: str) -> HttpResponse:
    guest = request.visit
    with inside(guest.by):
        told = [one for one in told_here(guest) if one.taken_back_at is None]
    slip = next((one for one in told if one.danger_signs), None)
    words = [DangerSign(sign).label for sign in slip.danger_signs] if slip else []
    return _page(
        request,
        "portal/call.html",
        is_emergency=priority == Priority.P0,
        slip=slip,
        slip_words=words,
        mistake_url=guest.url("mistake"),
    )


def _words_told(guest: Guest) -> str:
    """The words that led to the question about the signs."""
    with inside(guest.by):
        told = [one for one in told_here(guest) if one.description and not one.danger_signs]
    return max(told, key=lambda one: one.reported_at).description if told else ""


def _asked(guest: Guest) -> dict[str, Any]:
    """The signs, each with whether it is an emergency, and the pain told before."""
    with inside(guest.by):
        told = told_pain(guest) if isinstance(guest, Visit) else ToldPain(score=None, is_alarming=False)
        taken_back = any(one.taken_back_at for one in told_here(guest))
        signs = signs_to_ask()
    asked: dict[str, Any] = {"signs": signs, "told_pain": told, "is_taken_back": taken_back}
    if isinstance(guest, Visit) and guest.check_in.question_before("worry"):
        questions = guest.check_in.questions
        asked |= {"number": len(questions), "check_in": guest.check_in}
        if not guest.check_in.is_final:
            asked["back_url"] = guest.url(guest.check_in.question_before("worry"))
    return asked


def _page(request: GuestRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    guest = request.visit
    addresses = {"call_url": guest.url("call"), "signs_url": guest.url("signs")}
    return render(request, template, page_context(guest) | addresses | context, status=status)


def _at_both(view: Callable[[GuestRequest], HttpResponse], *methods: str) -> tuple[View, View]:
    """The view behind a check-in, and the same behind an offer."""
    own = cast(View, view)
    return patient(methods=methods)(own), offered(methods=methods)(own)


worry, offer_worry = _at_both(_worry, "GET", "HEAD", "POST")
signs, offer_signs = _at_both(_signs, "GET", "HEAD", "POST")
call, offer_call = _at_both(_call, "GET", "HEAD")
mistake, offer_mistake = _at_both(_mistake, "POST")

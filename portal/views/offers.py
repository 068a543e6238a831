"""A free time: take it, or say no. The page says how it ended, however often it is opened or tapped."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.decorators import OfferRequest, no_sign_after, offered, page_context
from portal.forms import OfferForm
from portal.queries import has_told_all_clear, inside, page_of_urgent
from portal.services import offers
from scheduling.visit_letters import reader_of, until_when, when


@offered(methods=("GET", "HEAD", "POST"))
def offer(request: OfferRequest) -> HttpResponse:
    visit, now = request.visit, timezone.now()
    form = OfferForm(request.POST if request.method == "POST" else None)
    busy = ""
    if form.is_valid():
        with inside(visit.by):
            is_done = offers.answer(
                visit=visit, is_wanted=form.cleaned_data["answer"] == "take", by=visit.by, now=timezone.now()
            )
        if is_done:
            return redirect(visit.url("start"))
        busy = _("Many people are booking at this moment. Please tap again.")
    clinic, shown = visit.by.clinic, visit.offer
    reader = reader_of(visit.patient, clinic)
    context = page_context(visit) | {
        "status": offers.shown_status(shown, now=now),
        "when": when(shown.starts_at, reader),
        "until": until_when(shown.expires_at, reader),
        "instead": when(shown.entry.appointment.starts_at, reader) if shown.entry.appointment else "",
        "busy": busy,
    }
    return render(request, "portal/offer.html", context, status=409 if busy else 422 if form.is_bound else 200)


@offered(methods=("GET", "HEAD"))
def done(request: OfferRequest) -> HttpResponse:
    """After a report: what is urgent once more, or thanks."""
    visit = request.visit
    with inside(visit.by):
        urgent = page_of_urgent(visit, no_sign_after=no_sign_after(request))
        has_words = has_told_all_clear(visit)
    if urgent:
        return redirect(visit.url(urgent))
    return render(request, "portal/done.html", page_context(visit) | {"has_words": has_words})

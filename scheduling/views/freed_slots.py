"""Times that became free: who was asked, who is next, and what a person decides instead."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, made_nothing, saw_list
from common.query_strings import read_query
from common.undo import offer
from scheduling.forms.desk import PageQuery
from scheduling.models import FreedSlot, SlotOffer, WaitingEntry
from scheduling.policies import VisitRefusedError
from scheduling.queries import waiting_lists
from scheduling.queries.waiting_matches import Slot, matches
from scheduling.services import slot_offers
from scheduling.services.slot_offers import OfferEndedError

PAGE_SIZE = 30


@staff(Act.BOOK_VISITS)
def freed_slots(request: StaffRequest) -> HttpResponse:
    number = read_query(PageQuery, request).cleaned_data["page"] or 1
    rows = waiting_lists.freed_slots(request.actor, now=timezone.now())
    page = Paginator(rows, PAGE_SIZE).get_page(number)
    asked: list[SlotOffer] = [one for slot in page for one in slot.asked]  # type: ignore[attr-defined]  # prefetched
    saw_list(request, "scheduling_slotoffer", [one.patient_id for one in asked])
    context = {"page": page}
    return render(request, "scheduling/freed_slots.html", context)


@staff(Act.BOOK_VISITS)
def freed_slot(request: StaffRequest, slot_id: UUID) -> HttpResponse:
    by, now = request.actor, timezone.now()
    slot = _own(request, slot_id)
    standing = waiting_lists.standing_offer(by, slot)
    is_open = slot.closed_at is None and standing is None and slot.starts_at > now
    wanted = Slot(slot.clinician, slot.starts_at, slot.ends_at, slot.pk)
    offers = list(waiting_lists.offers_of(by).filter(freed_slot=slot))
    found = matches(by=by, slot=wanted, now=now) if is_open else []
    saw_list(request, "scheduling_slotoffer", [one.patient_id for one in (*offers, *(match.entry for match in found))])
    context = {
        "slot": slot,
        "standing": standing,
        "offers": offers,
        "matches": found,
        "is_open": is_open,
    }
    return render(request, "scheduling/freed_slot.html", context)


@staff(Act.BOOK_VISITS, methods=("POST",), once=True)
def offer_by_hand(request: StaffRequest, slot_id: UUID, entry_id: UUID) -> HttpResponse:
    """Offer the time to this patient before the others, whatever their notice."""
    slot = _own(request, slot_id)
    entry = get_object_or_404(WaitingEntry.objects.visible_to(request.actor), pk=entry_id)

    def deed() -> None:
        slot_offers.make(slot=slot, entry=entry, by=request.actor, now=timezone.now())

    return _do(request, slot.pk, deed, _("Offered for half an hour."))


@staff(Act.BOOK_VISITS, methods=("POST",))
def close(request: StaffRequest, slot_id: UUID) -> HttpResponse:
    slot = _own(request, slot_id)
    slot_offers.close(slot=slot, by=request.actor, now=timezone.now())
    undo_url = reverse("scheduling:reopen_slot", kwargs={"slot_id": slot.pk})
    offer(request, _("This time is offered to nobody any more."), undo_url=undo_url)
    return redirect("scheduling:freed_slot", slot_id=slot.pk)


@staff(Act.BOOK_VISITS, methods=("POST",))
def reopen(request: StaffRequest, slot_id: UUID) -> HttpResponse:
    slot = _own(request, slot_id)

    def deed() -> None:
        slot_offers.reopen(slot=slot, by=request.actor, now=timezone.now())

    return _do(request, slot.pk, deed, _("This time is offered again."))


@staff(Act.BOOK_VISITS, methods=("POST",))
def withdraw_offer(request: StaffRequest, offer_id: UUID) -> HttpResponse:
    return _answer(request, offer_id, slot_offers.withdraw, _("The offer is withdrawn."))


@staff(Act.BOOK_VISITS, methods=("POST",), once=True)
def accept_offer(request: StaffRequest, offer_id: UUID) -> HttpResponse:
    """The patient says yes on the phone."""
    return _answer(request, offer_id, slot_offers.accept, _("Booked for the patient."))


@staff(Act.BOOK_VISITS, methods=("POST",))
def decline_offer(request: StaffRequest, offer_id: UUID) -> HttpResponse:
    """The patient says no on the phone."""
    return _answer(request, offer_id, slot_offers.decline, _("Declined. The next one is asked."))


def _answer(request: StaffRequest, offer_id: UUID, deed: Callable[..., SlotOffer], said: str) -> HttpResponse:
    made = get_object_or_404(SlotOffer.objects.visible_to(request.actor), pk=offer_id)
    return _do(request, made.freed_slot_id, lambda: deed(offer_id=made.pk, by=request.actor, now=timezone.now()), said)


def _do(request: StaffRequest, slot_id: UUID, deed: Callable[[], object], said: str) -> HttpResponse:
    try:
        deed()
    except (OfferEndedError, VisitRefusedError) as refused:
        messages.error(request, refused.words)
        made_nothing(request)
    else:
        messages.success(request, said)
    return redirect("scheduling:freed_slot", slot_id=slot_id)


def _own(request: StaffRequest, slot_id: UUID) -> FreedSlot:
    rows = FreedSlot.objects.visible_to(request.actor).select_related("clinician__user")
    return get_object_or_404(rows, pk=slot_id)

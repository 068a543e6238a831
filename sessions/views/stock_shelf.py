"""The stock page, put together once for whoever shows it again with a refusal or a form."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.requests import StaffRequest
from common.query_strings import read_query
from common.wall_clock import day_bounds, local_day
from sessions.forms.solution_lots import PageForm
from sessions.models import SolutionLot
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import preparations, solution_lots

_PER_PAGE = 50


def shelf_page(request: StaffRequest, *, status: int = 200) -> HttpResponse:
    """Preparations of today, what is open, the lots; with what needs a look on top."""
    number = read_query(PageForm, request).cleaned_data["page"] or 1
    actor, now = request.actor, timezone.now()
    today = local_day(now, actor.zone)
    rules = solution_lots.rules_of(actor)
    opened = list(preparations.open_or_of_day(actor, since=day_bounds(today, actor.zone)[0]))
    context: dict[str, Any] = {
        "page": Paginator(solution_lots.shelf(actor), _PER_PAGE).get_page(number),
        "made": preparations.of_day(actor, day=today, now=now),
        "opened": opened,
        "past": [row for row in opened if row.discarded_at is None and row.discard_at and row.discard_at <= now],
        "warnings": solution_lots.warnings(actor, day=today, near_expiry_days=rules.near_expiry_days),
        "rules": rules,
        "today": today,
        "now": now,
    }
    return render(request, "sessions/solution_lots/shelf.html", context, status=status)


def refused(request: StaffRequest, refusal: StockRefusedError) -> HttpResponse:
    """The stock page again, with the sentence that says why not."""
    messages.error(request, str(refusal))
    return shelf_page(request, status=409)


def get_lot(request: StaffRequest, lot_id: UUID) -> SolutionLot:
    own = SolutionLot.objects.visible_to(request.actor).select_related("solution", "product")
    return get_object_or_404(own, pk=lot_id)

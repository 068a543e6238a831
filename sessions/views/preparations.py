"""Open a container, prepare, throw away, take back: one tap each on the stock page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.query_strings import read_query
from common.wall_clock import local_day
from sessions.choices import RecordStatus
from sessions.forms.preparations import DiscardForm, FromForm, PrepareForm, chosen_of
from sessions.models import Container, InjectionSession, Preparation, Recipe, SolutionLot
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import preparations as queries
from sessions.queries import recipes, solution_lots
from sessions.services import preparations as service
from sessions.views.stock_shelf import refused


@staff(Act.MANAGE_STOCK, methods=("POST",), once=True)
def open_container(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = get_object_or_404(SolutionLot.objects.visible_to(request.actor), pk=lot_id)

    def act() -> str:
        opened = service.open_container(lot=lot, by=request.actor, now=timezone.now())
        return _("Container %(container)s is open.") % {"container": opened}

    return _do(request, act)


@staff(Act.MANAGE_STOCK, methods=("POST",))
def undo_opening(request: StaffRequest, container_id: UUID) -> HttpResponse:
    container = _container(request, container_id)

    def act() -> str:
        service.undo_opening(container=container, by=request.actor, now=timezone.now())
        return _("Container %(container)s is back on the shelf, unopened.") % {"container": container}

    return _do(request, act)


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"))
def discard_container(request: StaffRequest, container_id: UUID) -> HttpResponse:
    container = _container(request, container_id)
    form = DiscardForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"container": container, "form": form}
        return render(request, "sessions/preparations/discard.html", context, status=422 if form.is_bound else 200)

    def act() -> str:
        service.discard_container(container=container, by=request.actor, now=timezone.now(), **form.cleaned_data)
        return _("Container %(container)s is discarded. It can be taken back below.") % {"container": container}

    return _do(request, act)


@staff(Act.MANAGE_STOCK, methods=("POST",))
def take_back_container(request: StaffRequest, container_id: UUID) -> HttpResponse:
    container = _container(request, container_id)

    def act() -> str:
        service.take_back_container(container=container, by=request.actor)
        return _("Container %(container)s is in use again.") % {"container": container}

    return _do(request, act)


@staff(Act.MANAGE_STOCK, methods=("POST",), once=True)
def use_container(request: StaffRequest, container_id: UUID) -> HttpResponse:
    container = _container(request, container_id)

    def act() -> str:
        made = service.use_as_it_is(container=container, by=request.actor, now=timezone.now())
        return _("%(code)s can be chosen in a session.") % {"code": made.code}

    return _do(request, act)


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), once=True)
def prepare(request: StaffRequest) -> HttpResponse:
    form = _prepare_form(request)
    if not (form.is_bound and form.is_valid()):
        return _prepare_page(request, form, status=422 if form.is_bound else 200)
    try:
        made = service.prepare(mixture=form.mixture(), by=request.actor, now=timezone.now())
    except StockRefusedError as refusal:
        form.add_error(None, str(refusal))
        return _prepare_page(request, form, status=422)
    _tell_prepared(request, made)
    back = _session_to_go_back_to(request, form.cleaned_data["session"])
    return redirect("sessions:edit", session_id=back) if back else redirect("sessions:lots")


@staff(Act.MANAGE_STOCK, methods=("POST",))
def undo_preparation(request: StaffRequest, preparation_id: UUID) -> HttpResponse:
    made = _preparation(request, preparation_id)

    def act() -> str:
        service.undo_preparation(preparation=made, by=request.actor)
        return _("Preparation %(code)s is taken out again.") % {"code": made.code}

    return _do(request, act)


@staff(Act.MANAGE_STOCK, methods=("POST",))
def check_preparation(request: StaffRequest, preparation_id: UUID) -> HttpResponse:
    made = _preparation(request, preparation_id)

    def act() -> str:
        service.check_preparation(preparation=made, by=request.actor, now=timezone.now())
        return _("Preparation %(code)s is checked and can be chosen in a session.") % {"code": made.code}

    return _do(request, act)


@staff(Act.MANAGE_STOCK)
def label(request: StaffRequest, preparation_id: UUID) -> HttpResponse:
    """What is stuck on the syringe, on a page of its size."""
    _preparation(request, preparation_id)
    [row] = queries.on_tray(request.actor.clinic_id, [preparation_id])
    return render(request, "sessions/preparations/label.html", {"row": row})


@staff(Act.MANAGE_STOCK, methods=("POST",))
def discard_preparation(request: StaffRequest, preparation_id: UUID) -> HttpResponse:
    made = _preparation(request, preparation_id)

    def act() -> str:
        service.discard_preparation(preparation=made, by=request.actor, now=timezone.now())
        return _("Preparation %(code)s is discarded. It can be taken back below.") % {"code": made.code}

    return _do(request, act)


@staff(Act.MANAGE_STOCK, methods=("POST",))
def take_back_preparation(request: StaffRequest, preparation_id: UUID) -> HttpResponse:
    made = _preparation(request, preparation_id)

    def act() -> str:
        service.take_back_preparation(preparation=made, by=request.actor)
        return _("Preparation %(code)s is in use again.") % {"code": made.code}

    return _do(request, act)


def _do(request: StaffRequest, act: Callable[[], str]) -> HttpResponse:
    """Do it and say so, or show the stock page with the reason why not."""
    try:
        said = act()
    except StockRefusedError as refusal:
        return refused(request, refusal)
    messages.success(request, said)
    return redirect("sessions:lots")


def _container(request: StaffRequest, pk: UUID) -> Container:
    return get_object_or_404(Container.objects.visible_to(request.actor).select_related("lot"), pk=pk)


def _preparation(request: StaffRequest, pk: UUID) -> Preparation:
    return get_object_or_404(Preparation.objects.visible_to(request.actor), pk=pk)


def _prepare_form(request: StaffRequest) -> PrepareForm:
    """Starts from a recipe of the clinic, or from the container it was opened for."""
    now = timezone.now()
    day = local_day(now, request.actor.zone)
    solutions = solution_lots.solutions()
    containers = list(queries.drawable(request.actor, now=now, day=day))
    if request.method == "POST":
        return PrepareForm(request.POST, solutions=solutions, containers=containers)
    asked = read_query(FromForm, request).cleaned_data
    initial: dict[str, Any] = {"hours": solution_lots.rules_of(request.actor).mix_hours}
    initial |= {"session": asked["session"], "container_1": str(asked["container"] or "")}
    own = Recipe.objects.visible_to(request.actor).offered().filter(pk=asked["recipe"])
    recipe = own.first() if asked["recipe"] else None
    chosen = chosen_of(recipe, containers) if recipe else None
    if chosen is not None:
        initial |= chosen.initial
    return PrepareForm(initial=initial, solutions=solutions, containers=containers, chosen=chosen)


def _prepare_page(request: StaffRequest, form: PrepareForm, *, status: int) -> HttpResponse:
    context = {"form": form, "recipes": recipes.offered(request.actor), "chosen": form.chosen}
    return render(request, "sessions/preparations/prepare.html", context, status=status)


def _tell_prepared(request: StaffRequest, made: Preparation) -> None:
    rules = solution_lots.rules_of(request.actor)
    [row] = queries.on_tray(request.actor.clinic_id, [made.pk])
    held = f" ({row.holds_beside_name})" if row.holds_beside_name else ""
    words = {"code": made.code, "content": f"{made.solution.name}{held}"}
    if made.needs_check:
        messages.warning(request, _("%(code)s is %(content)s. A colleague has to check it first.") % words)
    else:
        messages.success(request, _("%(code)s is %(content)s and can be chosen in a session.") % words)
    if made.measured_ph is not None and not rules.ph_low <= made.measured_ph <= rules.ph_high:
        usual = {"ph": made.measured_ph.normalize(), "low": rules.ph_low, "high": rules.ph_high}
        messages.warning(request, _("pH %(ph)s is outside the usual %(low)s to %(high)s.") % usual)


def _session_to_go_back_to(request: StaffRequest, pk: UUID | None) -> UUID | None:
    drafts = InjectionSession.objects.visible_to(request.actor).filter(status=RecordStatus.DRAFT)
    may_log = request.actor.may(Act.LOG_SESSIONS)
    return pk if pk and may_log and drafts.filter(pk=pk).exists() else None

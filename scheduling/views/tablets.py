"""The clinic's tablets: the admin enrols and revokes them, the desk opens one for the day with a code."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from scheduling.forms.check_in_tablets import TabletForm
from scheduling.models import CheckInTablet
from scheduling.policies import VisitRefusedError
from scheduling.services import check_in_tablets
from scheduling.views.times import refuse


def _page(
    request: StaffRequest, form: TabletForm, *, status: int = 200, code: str = "", of: CheckInTablet | None = None
) -> HttpResponse:
    rows = CheckInTablet.objects.visible_to(request.actor).enrolled()
    context = {"tablets": list(rows), "form": form, "code": code, "of": of, "now": timezone.now()}
    return render(request, "scheduling/tablets.html", context, status=status)


@staff(Act.BOOK_VISITS)
def tablets(request: StaffRequest) -> HttpResponse:
    return _page(request, TabletForm())


@staff(Act.SET_UP_SCHEDULE, methods=("POST",), once=True)
def enrol(request: StaffRequest) -> HttpResponse:
    form = TabletForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        check_in_tablets.enrol(name=form.cleaned_data["name"], by=request.actor)
    except VisitRefusedError as refused:
        return _page(request, form, status=refuse(form, refused))
    messages.success(request, _("The tablet is enrolled. Give it a code to open it."))
    return redirect("scheduling:tablets")


@staff(Act.BOOK_VISITS, methods=("POST",))
def give_code(request: StaffRequest, tablet_id: UUID) -> HttpResponse:
    """The code stands in this answer only."""
    tablet = _own(request, tablet_id)
    code = check_in_tablets.give_code(tablet_id=tablet.pk, by=request.actor, now=timezone.now())
    return _page(request, TabletForm(), code=code, of=tablet)


@staff(Act.SET_UP_SCHEDULE, methods=("POST",))
def revoke(request: StaffRequest, tablet_id: UUID) -> HttpResponse:
    tablet = _own(request, tablet_id)
    check_in_tablets.revoke(tablet_id=tablet.pk, by=request.actor, now=timezone.now())
    messages.success(request, _("The tablet “%(name)s” is revoked.") % {"name": tablet.name})
    return redirect("scheduling:tablets")


def _own(request: StaffRequest, tablet_id: UUID) -> CheckInTablet:
    return get_object_or_404(CheckInTablet.objects.visible_to(request.actor).enrolled(), pk=tablet_id)

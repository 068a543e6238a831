"""What the front desk's board does by itself: how late is too late."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from scheduling.forms.desk import DeskRulesForm
from scheduling.models import DeskRules
from scheduling.services import desk_rules as service


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), one_by_one=True)
def desk_rules(request: StaffRequest) -> HttpResponse:
    own = DeskRules.objects.visible_to(request.actor).first() or DeskRules(clinic=request.actor.clinic)
    form = DeskRulesForm(request.POST or None, instance=own)
    conflict = find_conflict(request.actor, form, own) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        service.save(rules=form.instance, by=request.actor)
        messages.success(request, _("The desk’s rules are saved."))
        return redirect("scheduling:set_up")
    context = {"form": form, "title": _("The front desk’s board"), "conflict": conflict}
    return render(request, "scheduling/set_up_form.html", context, status=status_of(form, conflict))

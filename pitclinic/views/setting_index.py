"""One page that leads to every setting a person may change."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from pitclinic.setting_index import groups_for
from pitclinic.setting_states import setting_states


@staff(Act.OWN_ACCOUNT)
def setting_index(request: StaffRequest) -> HttpResponse:
    states = setting_states(request.actor, now=timezone.now())
    groups = list(groups_for(request.actor, states))
    is_nobody_on_call = request.actor.may(Act.CHANGE_SETTINGS) and not states.on_call
    return render(request, "settings.html", {"groups": groups, "is_nobody_on_call": is_nobody_on_call})

"""One page that leads to every setting a person may change."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.backups import backup_state
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from pitclinic.setting_index import groups_for
from pitclinic.setting_states import setting_states
from reminders.queries.messages import open_hold
from sessions.queries.signature_checks import signature_state


@staff(Act.OWN_ACCOUNT)
def setting_index(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    states = setting_states(request.actor, now=now)
    is_admin = request.actor.may(Act.CHANGE_SETTINGS)
    signatures = signature_state(request.actor) if is_admin else None
    context = {
        "signatures": signatures,
        "is_signature_check_late": signatures is not None and signatures.is_late(now),
        "groups": list(groups_for(request.actor, states)),
        "is_nobody_on_call": is_admin and not states.on_call,
        "hold": open_hold(request.actor) if is_admin else None,
        "backups": backup_state(now=now) if is_admin and not settings.DEMO_MODE else None,
    }
    return render(request, "settings.html", context)

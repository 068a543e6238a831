"""What may be done with a side effect in its state; each refusal is a sentence fit for the screen."""

from datetime import datetime

from django.utils.translation import gettext as _

from sessions.choices import AlertStatus
from sessions.models import InjectionSession, SideEffect
from sessions.triage import is_downgrade


class SideEffectRefusedError(Exception):
    """This cannot be done in this state; the text says why."""


def check_onset(
    injection_session: InjectionSession | None, onset_at: datetime | None, *, reported_at: datetime
) -> None:
    """V30: what began before the session is not its side effect; nothing begins after it was told."""
    if onset_at and onset_at > reported_at:
        raise SideEffectRefusedError(_("It cannot have begun after it was reported."))
    if injection_session and onset_at and onset_at < injection_session.started_at:
        raise SideEffectRefusedError(
            _("This began before the session. Report it without the session, or correct when.")
        )


def check_can_acknowledge(side_effect: SideEffect) -> None:
    if side_effect.status != AlertStatus.OPEN:
        raise SideEffectRefusedError(_("Somebody has already taken this report."))


def check_can_give_back(side_effect: SideEffect) -> None:
    if side_effect.status != AlertStatus.ACKNOWLEDGED:
        raise SideEffectRefusedError(_("Only a report that is taken and not closed can be given back."))


def check_can_change(side_effect: SideEffect) -> None:
    if side_effect.status == AlertStatus.CLOSED:
        raise SideEffectRefusedError(_("This report is closed. Open it again first."))


def check_can_retriage(side_effect: SideEffect, priority: str, reason: str) -> None:
    check_can_change(side_effect)
    if is_downgrade(side_effect.priority, priority) and not reason:
        raise SideEffectRefusedError(_("A lower priority needs a reason."))


def check_can_close(side_effect: SideEffect, outcome: str) -> None:
    check_can_change(side_effect)
    if not outcome:
        raise SideEffectRefusedError(_("Say what came of it before closing."))
    if side_effect.is_serious and not side_effect.causality:
        raise SideEffectRefusedError(_("A serious event needs a judgement of its cause before closing."))


def check_can_reopen(side_effect: SideEffect) -> None:
    if side_effect.status != AlertStatus.CLOSED:
        raise SideEffectRefusedError(_("This report is not closed."))

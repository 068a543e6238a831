"""Why nothing goes out to a patient: asked where somebody looks for the messages."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actors import Actor
from patients.choices import Departure, Purpose, Unreachable
from patients.models import ContactPoint, Patient
from patients.queries.mailboxes import mailbox_of

_PURPOSES = (Purpose.APPOINTMENT, Purpose.CARE)


def why_nothing_goes_out(by: Actor, patient: Patient, *, now: datetime) -> list[str]:
    """A sentence for each kind of message that finds no way to the patient, one where nothing at all does."""
    found = {
        purpose: mailbox_of(clinic_id=by.clinic_id, patient_id=patient.pk, purpose=purpose, now=now)
        for purpose in _PURPOSES
    }
    silent = {purpose: why for purpose, why in found.items() if isinstance(why, Unreachable)}
    if not silent:
        return []
    if len(silent) == len(found) and len(set(silent.values())) == 1:
        (why,) = set(silent.values())
        said = [_("No message goes out: {reason}.").format(reason=why.label)]
    else:
        said = [
            _("No message goes out about “{purpose}”: {reason}.").format(purpose=purpose.label, reason=why.label)
            for purpose, why in silent.items()
        ]
    return said if _is_gone(silent) else said + _stopped(by, patient)


def _is_gone(silent: dict[Purpose, Unreachable]) -> bool:
    return not {why.value for why in silent.values()}.isdisjoint(Departure.values)


def _stopped(by: Actor, patient: Patient) -> list[str]:
    """A mailbox that was good once: the patient opted out, mail came back, or the desk stopped it."""
    stopped = ContactPoint.objects.visible_to(by).emails().filter(patient=patient, stopped_at__isnull=False)
    reasons = list(stopped.order_by("-stopped_at").values_list("stopped_reason", flat=True)[:1])
    if not reasons:
        return []
    if reasons[0]:
        return [_("Messages to an e-mail address were stopped: {reason}.").format(reason=reasons[0])]
    return [_("Messages to an e-mail address were stopped.")]

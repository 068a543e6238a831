"""Put a wish on the waiting list, change it, take it off, and take that back."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.database import held
from patients.models import Patient
from scheduling.choices import EntryStatus
from scheduling.models import Appointment, WaitingEntry
from scheduling.policies import VisitRefusedError, check_is_here
from scheduling.services.day_locks import DEPARTED

_ONE_A_VISIT = "scheduling_waiting_one_a_visit"


def add(*, patient: Patient, by: Actor, now: datetime, **wish: Any) -> WaitingEntry:
    """``wish`` are the entry's fields. Raises ``VisitRefusedError`` when it cannot be."""
    check_is_here(patient)
    wish = _own_type(wish, patient)
    entry = WaitingEntry(clinic=by.clinic, patient=patient, since=now, **wish)
    _save(entry)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def change(*, entry: WaitingEntry, by: Actor, now: datetime, version: int, **wish: Any) -> WaitingEntry:
    """An offer that stands keeps standing; what it was made for cannot be changed under it."""
    current = _claimed(entry, by, version)
    wish = _own_type(wish, current.patient)
    if current.status == EntryStatus.OFFERED and any(
        name in wish and getattr(current, name) != wish[name] for name in ("visit_type", "appointment")
    ):
        raise VisitRefusedError(
            _("A time is on offer to this patient for this visit. Withdraw the offer first, then change the visit.")
        )
    for name, value in wish.items():
        setattr(current, name, value)
    _save(current)
    return current


@transaction.atomic
def withdraw(*, entry: WaitingEntry, by: Actor, now: datetime, version: int) -> WaitingEntry:
    """Take it off the list. An offer must be ended first, for the patient may be reading it."""
    current = _claimed(entry, by, version)
    if current.status == EntryStatus.OFFERED:
        raise VisitRefusedError(_("A time is on offer to this patient. Withdraw the offer first."))
    if current.status != EntryStatus.WAITING:
        raise VisitRefusedError(_("This is no longer on the waiting list."))
    current.status = EntryStatus.WITHDRAWN
    _save(current)
    return current


@transaction.atomic
def restore(*, entry: WaitingEntry, by: Actor, now: datetime, version: int) -> WaitingEntry:
    """Take ``withdraw`` back; the patient has waited all the while."""
    current = _claimed(entry, by, version)
    if current.status != EntryStatus.WITHDRAWN:
        raise VisitRefusedError(_("This was not taken off the waiting list."))
    check_is_here(current.patient)
    current.status = EntryStatus.WAITING
    _save(current)
    return current


def _own_type(wish: dict[str, Any], patient: Patient) -> dict[str, Any]:
    """What is wished for instead of a visit is of that visit's type."""
    appointment: Appointment | None = wish.get("appointment")
    if appointment is None:
        return wish
    if appointment.patient_id != patient.pk:
        raise ValueError("The visit to be replaced is the patient's own.")
    return wish | {"visit_type": appointment.visit_type}


def _claimed(entry: WaitingEntry, by: Actor, version: int) -> WaitingEntry:
    current = held(WaitingEntry.objects.visible_to(by), entry.pk, related=("patient",))
    if current.version != version:
        raise VisitRefusedError(_("Someone else changed this a moment ago. This is how it stands now."))
    return current


def _save(entry: WaitingEntry) -> None:
    if not entry._state.adding:
        entry.version += 1
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        if DEPARTED in str(error):
            raise VisitRefusedError(_("This patient has just been marked as deceased or as having left.")) from error
        if _ONE_A_VISIT not in str(error):
            raise
        raise VisitRefusedError(_("This visit is on the waiting list already.")) from error
